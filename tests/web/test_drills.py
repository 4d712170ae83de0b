"""Drills on their page and at the command line; and one through the real door, signed."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.serving import make_server

from bot import drill_rules
from bot.channels.drill_request import drill_request
from bot.clock import SetClock
from bot.drill_text import ADDRESS, OF_PERSONS, _receive_here
from bot.drills import announce, run_now, sweep_drills
from bot.escalations import NotPossible
from bot.screening_marks import Missed, Place, mark_missed, mark_not_a_disclosure
from bot.service import Service
from bot.worker import step
from storage.tables import Alert, Drill, DrillAlert, Escalation, Message, ServiceAlarm
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER
from tests.web.cast import NOW, Cast, RecordingChannel, csrf_token, gather, sign_in
from tests.web.conftest import MakeService, both_kinds
from web.app import create_app

TODAY = drill_rules.monday_of(NOW)


def rows(service: Service) -> list[Drill]:
    with service.database.read() as session:
        return list(session.exec(select(Drill).order_by(Drill.seq)))  # type: ignore[arg-type]


def escalation(service: Service) -> Escalation:
    with service.database.read() as session:
        return session.exec(select(Escalation)).one()


def message(service: Service) -> Message:
    with service.database.read() as session:
        return session.exec(select(Message).where(Message.direction == "in")).one()


def work(service: Service) -> None:
    while step(service, "worker"):
        continue
    sweep_drills(service)


@pytest.fixture
def to_dee(service: Service, cast: Cast, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A drill to whoever is on duty has just come to Dee."""
    monkeypatch.setattr("bot.drills.chosen_from", lambda moments: moments[0])
    monkeypatch.setattr(
        "bot.drills.send_text",
        lambda service, address, provider_id, _: _receive_here(service, address, provider_id),
    )
    drill = announce(service, TODAY, cast.mo.id)
    clock.now = drill.due_at
    sweep_drills(service)
    while step(service, "worker"):
        continue


@both_kinds
def test_one_through_the_real_door_signed_and_by_http(
    make_service: MakeService, channel: RecordingChannel
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = make_service(public_url=f"http://127.0.0.1:{port}")
    gather(service)

    with _serving(service, port):
        run_now(service)
    work(service)

    (drill,) = [each for each in rows(service) if each.ended_at]
    assert (drill.state, drill.reason, drill.timer_set) == ("passed", "", True)
    assert message(service).provider_id == drill.provider_id
    assert message(service).account == ACCOUNT_SID
    assert escalation(service).is_drill
    with service.database.read() as session:
        assert session.exec(select(Alert)).all() == []
        assert "DRILL" in session.exec(select(DrillAlert)).one().body
    assert channel.sent == []


def test_without_the_right_token_the_door_stays_shut(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    def ask(token: str) -> int:
        request = drill_request(
            service.settings.site,
            ACCOUNT_SID,
            token,
            provider_id="SM" + "0" * 31 + "1",
            sender=ADDRESS,
            recipient=OUR_NUMBER,
            words="DRILL",
        )
        return client.post(request.url, data=request.body, headers=request.headers).status_code

    assert ask("another token") == 403
    assert ask(AUTH_TOKEN) == 200


def test_where_nothing_answers_it_has_failed(service: Service, cast: Cast) -> None:
    run_now(service)

    assert [(each.state, each.reason) for each in rows(service)] == [("failed", "not_reached")]


def test_in_the_demo_it_takes_the_way_of_the_phones(make_service: MakeService) -> None:
    service = make_service(demo=True)
    sweep_drills(service)
    assert rows(service) == []

    run_now(service)
    work(service)

    assert [each.state for each in rows(service)] == ["passed"]
    assert "DRILL" not in create_app(service).test_client().get("/phone").text


def test_the_page_says_what_comes_and_how_it_went(
    client: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    sign_in(client, cast.mo)
    assert "There was none yet." in client.get("/drills").text
    run_now(service)
    sweep_drills(service)

    page = client.get("/drills").text
    assert "0 of 1 passed (0.0 %)" in page
    assert "Our public address did not answer." in page
    assert "The next one to nobody" in page
    assert "A drill did not come through to its alert" in client.get("/alarms").text


def test_a_manager_announces_a_week_and_calls_it_off(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    sign_in(client, cast.mo)
    week = TODAY + timedelta(weeks=1)
    token = csrf_token(client.get("/drills"))

    for wrong in ("", "soon", "2020-01-06", "2026-11-24"):
        client.post("/drills/week", data={"csrf_token": token, "week": wrong})
    assert rows(service) == []
    client.post("/drills/week", data={"csrf_token": token, "week": week.isoformat()})
    page = client.get("/drills").text
    assert "Announced: the week of 23 November 2026." in page
    (drill,) = rows(service)
    assert f"{drill.due_at:%H:%M}" not in page

    client.post("/drills/week/off", data={"csrf_token": token})
    assert [each.state for each in rows(service)] == ["cancelled"]
    assert "Which week" in client.get("/drills").text


@pytest.mark.usefixtures("to_dee")
def test_the_pages_of_a_drill_say_that_it_is_one(
    client: FlaskClient, service: Service, cast: Cast, channel: RecordingChannel
) -> None:
    sign_in(client, cast.dee)
    found = escalation(service)

    assert '<strong class="govuk-tag govuk-tag--grey">Drill</strong>' in client.get("/inbox").text
    page = client.get(f"/escalations/{found.id}").text
    assert "DRILL. No child is in danger: this young person does not exist." in page
    assert "DRILL, not a real child" in page
    assert [words for _, words in channel.sent if "DRILL, no child is in danger" in words]
    assert {ADDRESS, *OF_PERSONS}.isdisjoint(address for address, _ in channel.sent)

    client.post(
        f"/escalations/{found.id}/acknowledge",
        data={"csrf_token": csrf_token(client.get(f"/escalations/{found.id}"))},
    )
    work(service)
    assert [each.state for each in rows(service) if each.target == "person"] == ["passed"]
    assert client.get(f"/escalations/{found.id}").status_code == 200
    assert found.reference not in client.get("/inbox").text
    assert found.reference not in client.get("/inbox?state=closed").text


@pytest.mark.usefixtures("to_dee")
def test_nothing_of_a_drill_becomes_a_mark(service: Service, cast: Cast) -> None:
    found, said = escalation(service), message(service)

    with pytest.raises(NotPossible, match="drill"):
        mark_not_a_disclosure(service, found.id, said.id, cast.dee, "it is a drill")
    with pytest.raises(NotPossible, match="drill"):
        mark_missed(
            service,
            Place("escalation", found.id),
            said.id,
            cast.dee,
            Missed(priority=1, categories=("SUI",), about="self"),
        )


def test_a_drill_is_in_the_figures_of_drills_alone(
    make_service: MakeService, clock: SetClock
) -> None:
    service = make_service(demo=True, metrics_token="t" * 32)
    client = create_app(service).test_client()
    run_now(service)
    clock.move(timedelta(seconds=30))
    page = client.get("/metrics", headers={"Authorization": "Bearer " + "t" * 32}).text
    assert 'unacknowledged_seconds{priority="1"} 0.0' in page
    assert "outbox_entries{" not in page

    work(service)
    clock.move(timedelta(minutes=5))
    page = client.get("/metrics", headers={"Authorization": "Bearer " + "t" * 32}).text
    assert 'drills_last_30_days{state="passed",target="sink"} 1.0' in page
    assert 'drill_passed_age_seconds{target="sink"} 300.0' in page
    assert 'drill_passed_age_seconds{target="person"} +Inf' in page
    assert 'acknowledge_seconds_count{priority="1"} 0.0' in page


def test_an_alarm_says_what_to_do(service: Service, cast: Cast) -> None:
    run_now(service)

    with service.database.read() as session:
        (alarm,) = session.exec(select(ServiceAlarm)).all()
    assert (alarm.kind, alarm.detail) == ("drill_failed", "sink")


@contextmanager
def _serving(service: Service, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, create_app(service), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
