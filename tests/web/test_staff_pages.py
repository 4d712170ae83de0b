"""Staff are entered, invited by a link that is good once, and removed at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from bot.clock import SetClock
from bot.service import Service
from storage.staff import staff_by_email
from storage.tables import Staff
from tests.storage.everything import contents
from tests.web.cast import PASSWORD, Cast, try_to_sign_in
from tests.web.conftest import MakeService, both_kinds
from tests.web.factors import code_at, post, set_up_app
from web.commands.staff import staff
from web.staff_entry import invite

NEW = "four otters under lamplight"


@pytest.fixture
def service(make_service: MakeService) -> Service:
    return make_service(second_factor="required")


@pytest.fixture
def ada(app: Flask, clock: SetClock, cast: Cast) -> FlaskClient:
    """The administrator's browser."""
    client = app.test_client()
    set_up_app(client, cast.ada, clock.machine_now())
    return client


def link_on(page: str) -> str:
    found = re.search(r"(http://127.0.0.1:8080/invitation#[\w-]{43})", page)
    assert found, page
    return found[1]


def accept(client: FlaskClient, link: str, password: str = NEW) -> int:
    return post(client, "/invitation", invitation=link, password=password).status_code


@both_kinds
def test_somebody_is_entered_and_comes_in_by_the_link(
    app: Flask, service: Service, clock: SetClock, ada: FlaskClient
) -> None:
    page = post(
        ada, "/staff/add", name="Zed Amis", email="Zed@example.org", role="duty_worker",
        phone="07700 900333",
    ).text  # fmt: skip
    link = link_on(page)
    assert "has not opened the link yet" in ada.get("/staff").text
    zed = app.test_client()

    assert zed.get("/invitation").status_code == 200
    assert accept(zed, link, "zed") == 400
    answer = post(zed, "/invitation", invitation=link, password=NEW)
    assert answer.location == "/set-up"
    assert zed.get("/inbox").location == "/set-up"

    assert accept(app.test_client(), link) == 403
    assert "has not opened the link yet" not in ada.get("/staff").text
    assert try_to_sign_in(zed, "zed@example.org", NEW).location == "/set-up"
    kept = str(contents(service.database))
    assert link.partition("#")[2] not in kept
    assert NEW not in kept


@both_kinds
def test_a_link_is_taken_once_also_by_many_at_once(
    app: Flask, service: Service, cast: Cast
) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    link = invite(service, cast.dee.id, "command")

    def take(_: int) -> int:
        typed = {"invitation": link, "password": NEW}
        return app.test_client().post("/invitation", data=typed).status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(take, range(8))) == [303] + [403] * 7


def test_a_link_is_good_for_two_days_and_void_after_another(
    client: FlaskClient, service: Service, clock: SetClock, cast: Cast
) -> None:
    first = str(invite(service, cast.dee.id, "command"))
    second = str(invite(service, cast.dee.id, "command"))
    clock.move(timedelta(hours=48, seconds=1))
    third = str(invite(service, cast.ade.id, "command"))
    clock.move(timedelta(hours=48))

    refused = {
        re.sub(
            r'value="[^"]+"', "", post(client, "/invitation", invitation=each, password=NEW).text
        )
        for each in (first, second, "", "#", "guess", first[:-1])
    }

    assert len(refused) == 1
    assert accept(client, third) == 303


def test_an_invitation_asks_for_the_second_factor_that_is_there(
    app: Flask, client: FlaskClient, service: Service, clock: SetClock, cast: Cast
) -> None:
    set_up_app(client, cast.dee, clock.machine_now())
    thief = app.test_client()
    link = str(invite(service, cast.dee.id, "command"))

    assert post(thief, "/invitation", invitation=link, password=NEW).location == "/sign-in/second"
    assert thief.get("/inbox").location == "/sign-in/second"
    # Whoever was signed in with the password before is signed out.
    assert client.get("/inbox").location.startswith("/sign-in?")


def test_who_lost_their_phone_is_invited_anew(
    app: Flask, ada: FlaskClient, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    set_up_app(client, cast.dee, clock.machine_now())
    plain = post(ada, f"/staff/{cast.dee.id}/invite").text
    assert client.get("/inbox").status_code == 200

    anew = post(ada, f"/staff/{cast.dee.id}/invite", anew="yes").text

    assert client.get("/inbox").status_code == 303
    assert accept(app.test_client(), link_on(plain)) == 403
    dee = app.test_client()
    answer = post(dee, "/invitation", invitation=link_on(anew), password=NEW)
    assert answer.location == "/set-up"


def test_removing_inviting_and_entering_ask_who_it_is(
    ada: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    clock.move(timedelta(minutes=6))

    page = f"/account/prove?next=/staff/{cast.dee.id}"

    assert post(ada, f"/staff/{cast.dee.id}/leave", sure="yes").location == page
    assert post(ada, f"/staff/{cast.dee.id}/invite").location == page
    assert post(ada, "/staff/add").location == "/account/prove?next=/staff/add"


def test_what_is_wrong_stands_beside_what_was_typed(ada: FlaskClient, cast: Cast) -> None:
    empty = post(ada, "/staff/add").text
    known = post(
        ada, "/staff/add", name="Dee", email=cast.dee.email, role="manager", phone="12"
    ).text

    assert all(each in empty for each in ("Enter a name", "Enter an e-mail", "Choose what they do"))
    assert 'id="phone-error"' in known
    assert 'value="Dee"' in known
    assert ada.get("/staff/00000000-0000-4000-8000-000000000000").status_code == 404


def test_who_is_removed_is_out_at_the_next_request(
    app: Flask, ada: FlaskClient, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    secret = set_up_app(client, cast.dee, clock.machine_now())
    link = link_on(post(ada, f"/staff/{cast.dee.id}/invite").text)
    assert post(ada, f"/staff/{cast.dee.id}/leave").status_code == 303
    assert client.get("/inbox").status_code == 200

    post(ada, f"/staff/{cast.dee.id}/leave", sure="yes")

    assert [client.get("/inbox").status_code for _ in range(100)] == [303] * 100
    assert try_to_sign_in(app.test_client(), cast.dee.email, PASSWORD).status_code == 403
    assert accept(app.test_client(), link) == 403
    assert post(ada, f"/staff/{cast.dee.id}/invite").status_code == 404
    assert code_at(secret, clock.machine_now()) not in ada.get("/staff").text
    assert "Account closed" in ada.get("/staff").text


def test_the_last_administrator_stays(ada: FlaskClient, service: Service, cast: Cast) -> None:
    answer = post(ada, f"/staff/{cast.ada.id}/leave", sure="yes")

    assert "Enter another administrator first" in ada.get(answer.location).text
    assert post(ada, f"/staff/{cast.dee.id}/leave", sure="yes", to="nobody").status_code == 400
    with service.database.read() as session:
        assert all(each.active for each in session.exec(select(Staff)))


@pytest.fixture
def run(service: Service, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr("web.commands.staff.opened", lambda: nullcontext(service))
    return CliRunner()


def test_the_command_line_enters_invites_and_removes(
    run: CliRunner, client: FlaskClient, service: Service, cast: Cast
) -> None:
    def said(*words: str) -> str:
        done = run.invoke(staff, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    person = ("--name", "Zed Amis", "--email", "zed@example.org", "--role", "administrator")
    first = link_on(said("add", *person))
    again = link_on(said("invite", "--email", "zed@example.org", "--anew"))
    assert accept(client, first) == 403
    assert accept(client, again) == 303
    other = ("--name", "Yan Roe", "--email", "yan@example.org", "--role", "advocate")
    found = re.search(r"once: (\S+)", said("add", *other, "--password"))
    assert found
    assert try_to_sign_in(client, "yan@example.org", found[1]).location == "/set-up"
    said("leave", "--email", "yan@example.org", "--to", cast.ade.email)
    with service.database.read() as session:
        assert staff_by_email(session, "yan@example.org") is None
        assert staff_by_email(session, "zed@example.org") is not None
