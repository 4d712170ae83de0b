"""Answers that still stand are given without the application, and nothing else is."""

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from bot.service import Service
from storage.staff_sessions import end_sessions
from tests.web.cast import Cast, sign_in, text
from tests.web.duty import DANGER, VIOLENCE
from web.live import keep_looks
from web.standing import AT_ONCE, StandingAnswers


class Counting:
    """The application, and how often it was asked."""

    def __init__(self, app: Flask) -> None:
        self.asked = 0
        self._wsgi = app.wsgi_app

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        self.asked += 1
        return self._wsgi(environ, start)


@pytest.fixture
def counting(app: Flask) -> Counting:
    return Counting(app)


@pytest.fixture
def cookie(app: Flask, cast: Cast) -> str:
    client = app.test_client()
    sign_in(client, cast.dee)
    found = client.get_cookie("session")
    assert found is not None
    return f"session={found.value}"


@pytest.fixture
def front(app: Flask, counting: Counting) -> Client:
    """What stands before an application whose looks are kept as long as the test takes."""
    return Client(StandingAnswers(counting, keep_looks(app, 60)), TestResponse, use_cookies=False)


def ask(front: Client, cookie: str, tag: str = "", query: str = "") -> TestResponse:
    return front.get(f"/inbox/live{query}", headers={"Cookie": cookie, "If-None-Match": tag})


def test_the_same_question_is_answered_without_the_application(
    front: Client, counting: Counting, cookie: str
) -> None:
    first = ask(front, cookie)
    again = ask(front, cookie, first.headers["ETag"])

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert counting.asked == 1
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-store"
    assert again.headers["Service-Time"] == first.headers["Service-Time"]
    assert "Content-Security-Policy" in again.headers
    assert "Content-Length" not in again.headers


@pytest.mark.parametrize("other", ["cookie", "query"])
def test_any_other_question_goes_to_the_application(
    front: Client, counting: Counting, cookie: str, other: str
) -> None:
    tag = ask(front, cookie).headers["ETag"]
    changed = {"cookie": cookie + "x", "query": "?priority=1"}[other]

    answer = ask(front, **{"cookie": cookie, "tag": tag} | {other: changed})

    assert counting.asked == 2
    assert answer.status_code == (401 if other == "cookie" else 200)


def test_a_change_goes_through_every_check(
    app: Flask, counting: Counting, cookie: str, service: Service, cast: Cast
) -> None:
    front = Client(StandingAnswers(counting, keep_looks(app)), TestResponse, use_cookies=False)
    client = app.test_client()
    text(client, service, DANGER)
    tag = ask(front, cookie).headers["ETag"]
    text(client, service, VIOLENCE, sender="+447700900111")
    changed = ask(front, cookie, tag)
    assert changed.status_code == 200

    with service.database.write() as session:
        end_sessions(session, cast.dee.id, service.clock.machine_now())
    text(client, service, DANGER, sender="+447700900112")

    assert ask(front, cookie, changed.headers["ETag"]).status_code == 401


def test_a_session_that_was_ended_gets_nothing_more(
    app: Flask, counting: Counting, cookie: str, service: Service, cast: Cast
) -> None:
    front = Client(StandingAnswers(counting, keep_looks(app)), TestResponse, use_cookies=False)
    tag = ask(front, cookie).headers["ETag"]

    with service.database.write() as session:
        end_sessions(session, cast.dee.id, service.clock.machine_now())

    assert ask(front, cookie, tag).status_code == 401


def test_the_end_of_any_session_is_a_change(
    app: Flask, counting: Counting, cookie: str, service: Service, cast: Cast
) -> None:
    shared = keep_looks(app, 60)
    front = Client(StandingAnswers(counting, shared), TestResponse, use_cookies=False)
    tag = ask(front, cookie).headers["ETag"]
    with service.database.write() as session:
        end_sessions(session, cast.dee.id, service.clock.machine_now())
    assert ask(front, cookie, tag).status_code == 304

    # A whole page of anybody looks anew, as the next poll does half a second later.
    other = app.test_client()
    sign_in(other, cast.mo)
    assert other.get("/inbox").status_code == 200

    assert ask(front, cookie, tag).status_code == 401


def test_it_stands_for_seconds_only(
    front: Client, counting: Counting, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = ask(front, cookie).headers["ETag"]
    assert (ask(front, cookie, tag).data, counting.asked) == (b"", 1)

    monkeypatch.setattr("web.standing.STANDS_FOR_S", 0.0)

    assert ask(front, cookie, tag).status_code == 304
    assert counting.asked == 2


def test_another_tab_of_the_session_is_given_what_the_first_was(
    front: Client, counting: Counting, cookie: str
) -> None:
    first = ask(front, cookie)
    other = ask(front, cookie, '"what it had before"')

    assert (other.status_code, other.data, counting.asked) == (200, first.data, 1)
    assert other.headers["Content-Type"] == first.headers["Content-Type"]
    assert other.headers["Content-Length"] == str(len(first.data))
    assert len(other.headers.getlist("Service-Time")) == 1


@pytest.mark.parametrize("has_it", [True, False])
def test_nobody_can_tell_who_answered(app: Flask, front: Client, cookie: str, has_it: bool) -> None:
    """The application is asked whenever anything moved: also what is kept from whoever asks."""
    plain = Client(app, TestResponse, use_cookies=False)
    tag = ask(front, cookie).headers["ETag"] if has_it else '"other"'
    ask(front, cookie, tag)

    ours, theirs = ask(front, cookie, tag), ask(plain, cookie, tag)

    assert (ours.status, ours.data) == (theirs.status, theirs.data)
    assert sorted(each[0] for each in ours.headers) == sorted(each[0] for each in theirs.headers)
    for name in set(dict(ours.headers)) - {"Service-Time"}:
        assert ours.headers[name] == theirs.headers[name]


def test_too_many_at_once_are_asked_to_ask_again(
    app: Flask, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.standing.PATIENCE_S", 0.0)
    answers: list[TestResponse] = []

    def slow(environ: Any, start: Any) -> Iterable[bytes]:
        """While each is answered, another asks."""
        if len(answers) < AT_ONCE + 1:
            answers.append(ask(door, cookie))
        return app.wsgi_app(environ, start)

    door = Client(StandingAnswers(slow, keep_looks(app)), TestResponse, use_cookies=False)
    first = ask(door, cookie)

    assert first.status_code == 200
    assert answers[0].status_code == 503
    assert answers[0].headers["Retry-After"] == "1"
    # Whoever was answered made room.
    assert ask(door, cookie).status_code == 200
