"""One's own account: browsers that are signed in, the password, proving again who one is."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from bot.clock import SetClock
from bot.service import Service
from storage.staff_sessions import find_session
from storage.tables import AuditEntry, StaffSession
from tests.web.cast import PASSWORD, Cast, sign_in, try_to_sign_in
from tests.web.conftest import both_kinds
from tests.web.factors import begin_app, code_at, post, recovery_codes
from web.access import ACCESS, PROVED
from web.passwords import SHORTEST, weakness
from web.visits import PROOF_FOR

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
NEW = "four otters under lamplight"


def browser(app: Flask, agent: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    return client


def ends(page: str) -> list[str]:
    return re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', page)


@both_kinds
def test_a_browser_is_listed_and_ended_for_its_next_request(app: Flask, cast: Cast) -> None:
    phone, laptop, ade = browser(app, PHONE), browser(app, LAPTOP), browser(app, LAPTOP)
    sign_in(phone, cast.dee)
    sign_in(laptop, cast.dee)
    sign_in(ade, cast.ade)

    page = laptop.get("/account").text

    assert "Edge on Windows</strong> (this one)" in page
    assert "Chrome on Android</strong><br>" in page
    (end,) = ends(page)
    assert post(ade, end).status_code == 404
    assert phone.get("/inbox").status_code == 200
    post(laptop, end)
    assert [phone.get("/inbox").status_code for _ in range(100)] == [303] * 100
    assert laptop.get("/inbox").status_code == 200
    assert ends(laptop.get("/account").text) == []
    assert post(laptop, end).status_code == 404


def test_all_other_browsers_are_ended_at_once(app: Flask, cast: Cast) -> None:
    here, ade = app.test_client(), app.test_client()
    others = [app.test_client() for _ in range(3)]
    for client in (here, *others):
        sign_in(client, cast.dee)
    sign_in(ade, cast.ade)

    post(here, "/account/sessions/end")

    assert [each.get("/inbox").status_code for each in others] == [303] * 3
    assert [here.get("/inbox").status_code, ade.get("/interviews").status_code] == [200, 200]


def test_sessions_that_are_over_are_not_listed(app: Flask, clock: SetClock, cast: Cast) -> None:
    sign_in(app.test_client(), cast.dee)
    clock.move(timedelta(minutes=16))
    here = app.test_client()
    sign_in(here, cast.dee)

    assert ends(here.get("/account").text) == []


@both_kinds
def test_another_password_takes_the_old_one_and_ends_other_browsers(
    app: Flask, client: FlaskClient, service: Service, cast: Cast
) -> None:
    other = app.test_client()
    sign_in(client, cast.dee)
    sign_in(other, cast.dee)

    assert post(client, "/account/password", old="guess", new=NEW).status_code == 403
    assert post(client, "/account/password", old=PASSWORD, new="short").status_code == 400
    assert other.get("/inbox").status_code == 200
    post(client, "/account/password", old=PASSWORD, new=NEW)

    assert client.get("/inbox").status_code == 200
    assert other.get("/inbox").status_code == 303
    assert try_to_sign_in(other, cast.dee.email, PASSWORD).status_code == 403
    assert try_to_sign_in(other, cast.dee.email, NEW).status_code == 303
    with service.database.read() as session:
        assert NEW not in str(session.exec(select(AuditEntry)).all())


def test_the_old_password_is_not_guessed_there(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.dee)

    statuses = [
        post(client, "/account/password", old="guess", new=NEW).status_code for _ in range(5)
    ]

    assert statuses == [403] * 5
    assert post(client, "/account/password", old=PASSWORD, new=NEW).status_code == 429


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("a" * 14, False),
        ("heron-lantern-g", True),
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("abababababababababab", False),
        ("my name is okafor yes", False),
        ("DEE.OKAFOR is my name", False),
        ("only lower case letters", True),
        ("حصان بطارية صحيح دباسة", True),
        ("x1!" * 200, False),
        ("correct horse " * 9, True),
    ],
)
def test_long_is_what_counts(password: str, good: bool) -> None:
    assert (weakness(password, "Dee Okafor", "dee.okafor@example.org") is None) == good
    assert SHORTEST >= 15


def prove(client: FlaskClient, way: str, **fields: str) -> int:
    return post(client, f"/account/prove/{way}", next="/account/codes", **fields).status_code


def test_what_needs_a_proof_asks_for_it_after_five_minutes(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    sign_in(client, cast.dee)
    clock.move(PROOF_FOR)
    assert post(client, "/account/codes").status_code == 200
    clock.move(timedelta(seconds=1))

    asked = post(client, "/account/codes")

    assert asked.location == "/account/prove?next=/account/codes"
    assert 'name="next" value="/account/codes"' in client.get(asked.location).text
    assert prove(client, "password", password="guess") == 403
    assert post(client, "/account/codes").status_code == 303
    assert prove(client, "password", password=PASSWORD) == 303
    assert post(client, "/account/codes").status_code == 200
    assert client.get("/inbox").status_code == 200


def test_a_code_or_a_recovery_code_proves_it_too(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    sign_in(client, cast.dee)
    secret = begin_app(client)
    post(client, "/set-up/app/code", code=code_at(secret, clock.machine_now()))
    codes = recovery_codes(client)
    for recovery in (None, codes[0]):
        clock.move(PROOF_FOR + timedelta(seconds=1))
        assert post(client, "/account/app/remove").location == "/account/prove?next=/account"
        assert prove(client, "code", code="000000") == 403
        code = recovery or code_at(secret, clock.machine_now())
        assert prove(client, "code", code=code) == 303
        assert prove(client, "code", code=code) == 403


def test_every_page_that_needs_a_proof_asks_for_it(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    sign_in(client, cast.ada)
    clock.move(PROOF_FOR + timedelta(seconds=1))
    asked = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PROVED:
            address = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", rule.rule)
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            answer = client.open(address, method=method)
            if answer.status_code != 403:
                assert answer.location.startswith("/account/prove?next=/"), rule
            asked.add(rule.endpoint)

    assert asked == set(PROVED)
    assert set(PROVED.values()) <= set(ACCESS)


def test_no_proof_stands_between_a_duty_worker_and_an_escalation() -> None:
    for endpoint in PROVED:
        access = ACCESS[endpoint]
        of_duty = access in ("public", "second", "set-up") or "duty_worker" in access
        # What duty workers prove themselves for is their own account, and showing to somebody else
        # what is kept from them; never the inbox, or an escalation that they see themselves.
        to_others = endpoint in ("concerns.ask", "concerns.decide")
        assert not of_duty or to_others or endpoint.split(".")[0] in ("account", "set_up"), endpoint


def test_a_proof_is_of_one_browser(app: Flask, clock: SetClock, cast: Cast) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here, cast.dee)
    sign_in(there, cast.dee)
    clock.move(PROOF_FOR + timedelta(seconds=1))

    assert prove(here, "password", password=PASSWORD) == 303

    assert post(there, "/account/codes").status_code == 303


def test_a_token_that_was_replaced_is_dead(
    client: FlaskClient, service: Service, clock: SetClock, cast: Cast
) -> None:
    sign_in(client, cast.dee)
    with client.session_transaction() as cookie:
        first = cookie["token"]
    sign_in(client, cast.dee)

    with service.database.read() as session:
        assert find_session(session, first, clock.machine_now()) is None
        rows = session.exec(select(StaffSession)).all()
    assert len(rows) == 2
    assert len({each.id for each in rows}) == 2
