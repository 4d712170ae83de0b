"""The pages on which a ladder is set, a line entered, and somebody says how they are alerted."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from bot.alerting.web_push import WebPushAlerts, make_keys
from bot.deliver import deliver_due
from bot.ladder_table import ladder_of
from bot.service import Service
from storage.authorities import add_authority
from storage.ladders import lines, lines_for
from storage.staff_addresses import addresses_of
from tests.bot.test_dead_ways import subscription
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER
from tests.web.cast import Cast, RecordingChannel, csrf_token, sign_in
from tests.web.duty import words_of
from web.app import create_app
from web.commands.ladders import ladder, line

LINE = {
    "kind": "staffed",
    "name": "Night line",
    "phone": "01632 960001",
    "agreed_on": "2026-11-01",
    "agreed_with": "R Marsh",
}


@pytest.fixture
def manager(client: FlaskClient, cast: Cast) -> FlaskClient:
    sign_in(client, cast.mo)
    return client


def steps(service: Service, authority_id: UUID | None = None) -> list[int]:
    with service.database.read() as session:
        found = ladder_of(session, "england", authority_id, "main", 1)
        return [each.after_s for each in found.steps]


def northmoor(service: Service, name: str = "Northmoor") -> UUID:
    with service.database.write() as session:
        return add_authority(session, name, service.clock.service_now()).id


def test_the_ladders_stand_there_with_what_is_missing(manager: FlaskClient) -> None:
    said = words_of(manager.get("/ladders").text)

    assert "Invitations are refused until one is entered" in said
    assert "15 min: Duty worker, Second person on duty, Managers, Staffed 24-hour line." in said


def test_a_line_is_entered_with_its_letter_and_ended(
    manager: FlaskClient, service: Service
) -> None:
    token = csrf_token(manager.get("/ladders"))
    without = {**LINE, "agreed_on": "", "csrf_token": token}
    refused = manager.post("/ladders/lines", data=without)
    assert "written agreement" in refused.text
    assert manager.post("/ladders/lines", data=LINE | {"csrf_token": token}).status_code == 303
    page = manager.get("/ladders")
    assert "Agreed on 1 November 2026 with R Marsh" in words_of(page.text)
    with service.database.read() as session:
        (entered,) = lines(session)
    manager.post(f"/ladders/lines/{entered.id}/end", data={"csrf_token": token})
    with service.database.read() as session:
        assert lines(session) == []


def test_a_ladder_is_set_refused_and_set_back(manager: FlaskClient, service: Service) -> None:
    token = csrf_token(manager.get("/ladders/main/1"))
    form = {
        "csrf_token": token,
        "minutes-0": "0",
        "to-0": ["duty"],
        "by-0": ["voice"],
        "minutes-1": "3",
        "to-1": ["manager"],
        "by-1": ["sms"],
    }
    refused = manager.post("/ladders/main/1", data=form)
    assert "has no verified address for voice" in refused.text
    assert manager.post("/ladders/main/1", data=form | {"by-0": ["sms"]}).status_code == 303
    assert steps(service) == [0, 180]
    manager.post("/ladders/main/1", data={"csrf_token": token, "defaults": "yes"})
    assert steps(service) == [0, 300, 600, 900]
    assert manager.get("/ladders/main/4").status_code == 404


def test_an_authority_has_a_ladder_and_a_line_of_its_own(
    manager: FlaskClient, service: Service
) -> None:
    own = northmoor(service)
    at = f"authority={own}"
    assert "Northmoor" in manager.get("/ladders").text
    token = csrf_token(manager.get(f"/ladders/main/1?{at}"))
    form = {"csrf_token": token, "minutes-0": "0", "to-0": ["duty"], "by-0": ["sms"]}
    assert manager.post(f"/ladders/main/1?{at}", data=form).location == f"/ladders?{at}"
    assert steps(service, own) == [0]
    assert steps(service) == [0, 300, 600, 900]
    assert "set here for this authority" in words_of(manager.get(f"/ladders?{at}").text)

    night = LINE | {"csrf_token": token, "name": "Northmoor at night"}
    assert manager.post(f"/ladders/lines?{at}", data=night).status_code == 303
    assert "Northmoor at night" in manager.get(f"/ladders?{at}").text
    assert "Northmoor at night" not in manager.get("/ladders").text
    with service.database.read() as session:
        assert [each.name for each in lines_for(session, "staffed", own)] == ["Northmoor at night"]
        assert lines_for(session, "staffed", None) == []


def test_whoever_belongs_to_one_authority_sets_no_other(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    own, other = northmoor(service), northmoor(service, "Eastwick")
    with service.database.write() as session:
        session.merge(cast.mo).authority_id = own
    sign_in(client, cast.mo)

    page = client.get("/ladders").text
    assert "Northmoor" in page
    assert "Eastwick" not in page
    for wrong in (str(other), "00000000-0000-4000-8000-000000000000", "rubbish"):
        assert client.get(f"/ladders?authority={wrong}").status_code == 404
        assert client.get(f"/ladders/main/1?authority={wrong}").status_code == 404
    form = {
        "csrf_token": csrf_token(client.get("/ladders/main/1")),
        "minutes-0": "0",
        "to-0": ["duty"],
        "by-0": ["sms"],
    }
    assert client.post(f"/ladders/main/1?authority={other}", data=form).status_code == 404
    client.post("/ladders/main/1", data=form)
    assert (steps(service, own), steps(service)) == ([0], [0, 300, 600, 900])


@pytest.mark.usefixtures("cast")
def test_the_command_line_sets_what_holds_for_an_authority(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = northmoor(service)
    for name in ("database_url", "keys_database_url", "keys_file", "secret_key", "public_url"):
        monkeypatch.setenv(name.upper(), str(getattr(service.settings, name)))
    for name, value in (("ACCOUNT_SID", ACCOUNT_SID), ("AUTH_TOKEN", AUTH_TOKEN)):
        monkeypatch.setenv(f"TWILIO_{name}", value)
    monkeypatch.setenv("TWILIO_SMS_FROM", OUR_NUMBER)
    row = ["set", "--priority", "1", "--step", "0:out_of_hours:sms", "--authority"]
    refused = CliRunner().invoke(ladder, [*row, "Nowhere"])
    assert "There is no authority Nowhere" in str(refused.exception)
    nobody = CliRunner().invoke(ladder, [*row, "northmoor"])
    assert "No out of hours is entered" in str(nobody.exception)

    entered = ["add", "--kind", "out_of_hours", "--name", "EDT", "--phone", "01632 960400"]
    assert CliRunner().invoke(line, [*entered, "--authority", "Northmoor"]).exit_code == 0

    assert "Northmoor" in CliRunner().invoke(line, ["list"]).output
    shown = CliRunner().invoke(ladder, ["show", "--authority", "Northmoor"])
    assert shown.exit_code == 0, shown.exception
    set_ = CliRunner().invoke(ladder, [*row, "northmoor"])
    assert set_.exit_code == 0, set_.exception
    assert (steps(service, own), steps(service)) == ([0], [0, 300, 600, 900])


def test_somebody_adds_a_number_and_proves_it(
    client: FlaskClient, service: Service, cast: Cast, channel: RecordingChannel
) -> None:
    sign_in(client, cast.dee)
    page = client.get("/my-alerts")
    assert "Alerts reach you by: text message." in words_of(page.text)
    form = {"csrf_token": csrf_token(page), "kind": "second_sms", "value": "07700 900777"}
    assert client.post("/my-alerts", data=form).status_code == 303
    page = client.get("/my-alerts")
    assert "Not verified: not used yet" in page.text
    assert "900777" not in page.text
    deliver_due(service, "worker")
    found = re.search(r"\d{6}", channel.sent[-1][1])
    assert found
    action = re.search(r'action="(/my-alerts/[^"]+/verify)"', page.text)
    assert action
    client.post(action[1], data={"csrf_token": csrf_token(page), "code": found[0]})
    assert "text to a second number" in client.get("/my-alerts").text


def test_a_browser_subscribes_and_another_kind_is_refused(service: Service, cast: Cast) -> None:
    keys = service.settings.keys_file.parent / "web-push-keys.json"
    shown = make_keys(keys)
    push = {"webpush": WebPushAlerts(keys, "ops@listen.example")}
    at = replace(service, alert_channels=push)
    client = create_app(at).test_client()
    sign_in(client, cast.dee)
    page = client.get("/my-alerts")
    assert f'data-push-key="{shown}"' in page.text
    token = csrf_token(page)
    for kind, value in (("webhook", "https://x.example"), ("webpush", "{}")):
        form = {"csrf_token": token, "kind": kind, "value": value}
        assert "Not done" in client.post("/my-alerts", data=form).text
    form = {"csrf_token": token, "kind": "webpush", "value": subscription(4000)}
    assert client.post("/my-alerts", data=form).status_code == 303
    with service.database.read() as session:
        (found,) = addresses_of(session, cast.dee.id)
    assert found.verified_at is not None


def test_the_script_that_shows_alerts_lies_at_the_root(client: FlaskClient) -> None:
    with client.get("/push-worker.js") as answer:
        assert answer.status_code == 200
        assert "javascript" in answer.content_type
        assert b"showNotification" in answer.get_data()
