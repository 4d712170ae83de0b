"""What is wrong with the line itself, on a page, above every page, and on the command line."""

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from bot.alarms import SILENT_AFTER, note_worker, open_alarms, raise_alarm
from bot.clock import SetClock
from bot.service import Service
from storage.tables import AuditEntry, ServiceAlarm
from tests.web.cast import Cast, csrf_token, sign_in
from tests.web.conftest import both_kinds
from tests.web.duty import words_of
from web.command_line import cli

EVERYONE = ["duty_worker", "advocate", "manager", "administrator"]
MOVED = "The provider sends messages to another address than ours"


@pytest.fixture(autouse=True)
def _a_worker_is_there(service: Service) -> None:
    note_worker(service)


def as_role(app: Flask, cast: Cast, role: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.in_role(role))
    return client


def moved(service: Service) -> ServiceAlarm:
    raise_alarm(service, "webhook_moved", "sms")
    return open_alarms(service)[0][0]


@pytest.mark.parametrize("role", EVERYONE)
def test_everybody_who_is_signed_in_sees_it_above_every_page_and_in_full(
    app: Flask, service: Service, cast: Cast, role: str
) -> None:
    client = as_role(app, cast, role)
    home = client.get("/").location
    assert 'aria-label="Alarm"' not in client.get(home).text
    assert "Nothing is wrong with the line" in client.get("/alarms").text

    moved(service)

    above = client.get(home).text
    assert above.count('aria-label="Alarm"') == 1
    assert f"{MOVED} (text messages)" in words_of(above)
    page = words_of(client.get("/alarms").text)
    for part in (MOVED, "Run: return-interview channels check", "About text messages", "Since Fri"):
        assert part in page


def test_nobody_else_sees_it(client: FlaskClient, service: Service, cast: Cast) -> None:
    moved(service)

    assert MOVED not in client.get("/sign-in").text


def test_an_inbox_that_is_left_open_shows_it(app: Flask, service: Service, cast: Cast) -> None:
    client = as_role(app, cast, "duty_worker")
    tag = client.get("/inbox/live").headers["ETag"]
    assert client.get("/inbox/live", headers={"If-None-Match": tag}).status_code == 304

    moved(service)

    answer = client.get("/inbox/live", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert MOVED in answer.text


@both_kinds
@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_managers_and_administrators_clear_it_and_that_is_on_record(
    app: Flask, service: Service, cast: Cast, role: str
) -> None:
    alarm, client = moved(service), as_role(app, cast, role)
    form = {"csrf_token": csrf_token(client.get("/alarms"))}

    answer = client.post(f"/alarms/{alarm.id}/clear", data=form, follow_redirects=True)

    assert "The alarm is cleared" in words_of(answer.text)
    assert open_alarms(service) == []
    with service.database.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "clear alarm")).all()
        cleared = session.get_one(ServiceAlarm, alarm.seq)
    assert [(each.actor, each.subject) for each in entries] == [
        (f"staff:{cast.in_role(role).id}", "webhook_moved:sms")
    ]
    assert cleared.cleared_by == cast.in_role(role).id
    again = client.post(f"/alarms/{alarm.id}/clear", data=form, follow_redirects=True)
    assert "not open any more" in words_of(again.text)


@pytest.mark.parametrize("role", ["duty_worker", "advocate"])
def test_others_read_it_and_have_no_button(
    app: Flask, service: Service, cast: Cast, role: str
) -> None:
    alarm, client = moved(service), as_role(app, cast, role)

    assert "This is dealt with" not in client.get("/alarms").text
    form = {"csrf_token": csrf_token(client.get("/alarms"))}
    assert client.post(f"/alarms/{alarm.id}/clear", data=form).status_code == 403
    assert open_alarms(service)


def test_clearing_what_never_was_is_said(app: Flask, cast: Cast) -> None:
    client = as_role(app, cast, "manager")
    form = {"csrf_token": csrf_token(client.get("/sign-in"))}

    answer = client.post(f"/alarms/{uuid4()}/clear", data=form, follow_redirects=True)

    assert "not open any more" in words_of(answer.text)


def test_a_silent_worker_is_said_on_every_page_and_nobody_can_clear_that(
    app: Flask, cast: Cast, clock: SetClock, service: Service
) -> None:
    client = as_role(app, cast, "manager")
    clock.move(SILENT_AFTER * 2)

    page = client.get("/alarms").text

    assert "No worker is running" in page
    assert "This is dealt with" not in page
    assert "No worker is running" in client.get("/interviews").text
    note_worker(service)
    assert "No worker is running" not in client.get("/interviews").text


def test_what_nobody_has_words_for_is_shown_by_its_code(
    app: Flask, service: Service, cast: Cast
) -> None:
    raise_alarm(service, "new_kind", "30007")

    page = words_of(as_role(app, cast, "advocate").get("/alarms").text)

    assert "New kind" in page
    assert "About 30007" in page


def test_the_command_line_lists_and_clears_them(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = service.settings
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KEYS_DATABASE_URL", settings.key_store_url)
    monkeypatch.setenv("KEYS_FILE", str(settings.keys_file))
    alarm = moved(service)

    listed = CliRunner().invoke(cli, ["alarms", "list"]).output
    assert f"webhook_moved: {MOVED}." in listed
    found = json.loads(CliRunner().invoke(cli, ["alarms", "list", "--json"]).output)
    assert {each["kind"] for each in found} == {"no_worker", "webhook_moved"}, "its clock is ours"

    assert CliRunner().invoke(cli, ["alarms", "clear", str(alarm.id)]).output == "Cleared.\n"
    assert open_alarms(service) == []
    again = CliRunner().invoke(cli, ["alarms", "clear", str(alarm.id)])
    assert "there is no open alarm with that id" in str(again.exception)
