"""The buttons of an escalation's page, and what the page says of what was done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.clock import SetClock
from bot.inbox import summaries
from bot.service import Service
from bot.worker import step
from storage import escalations as records
from storage.staff import add_staff
from storage.tables import Escalation, Staff
from tests.web.cast import NOW, Cast, RecordingChannel, _known_hash, sign_in, text
from tests.web.duty import DANGER, OUTCOME, address_of, only_escalation, press, words_of

SAM_NUMBER = "+447700900202"
NIGHT = timedelta(hours=6)
"""From four in the afternoon to ten at night."""
CALLED = {"who": "police_999", "said": "They are sending a car", "reference": "CAD 17"}


@pytest.fixture
def duty(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.dee)
    return client


@pytest.fixture
def sam(service: Service, cast: Cast) -> Staff:
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    given = ("Sam Whitlock", "sam@example.org", "duty_worker", SAM_NUMBER, _known_hash(), NOW)
    with service.database.write() as session:
        return add_staff(session, service.vault, staff_id, *given)


@pytest.fixture
def page(client: FlaskClient, service: Service, cast: Cast) -> str:
    text(client, service, f"yes {DANGER} pls")
    return address_of(service)


@pytest.fixture
def taken(duty: FlaskClient, page: str) -> str:
    press(duty, page, "acknowledge")
    return page


def row(service: Service) -> Escalation:
    with service.database.read() as session:
        found = records.escalation(session, only_escalation(service))
    assert found is not None
    return found


@contextmanager
def another(app: Flask, person: Staff) -> Iterator[FlaskClient]:
    client = app.test_client()
    sign_in(client, person)
    yield client


def test_passing_on_names_somebody_and_keeps_it_open_to_all(
    duty: FlaskClient, page: str, sam: Staff, service: Service, channel: RecordingChannel
) -> None:
    assert "The next people on the list" in duty.get(page).text
    press(duty, page, "pass-on", to=str(sam.id), note="with the police already")
    while step(service, "worker"):
        continue

    shown = words_of(duty.get(page).text)
    assert "Passed on to Sam Whitlock by Dee Okafor" in shown
    assert "I can act now" in shown
    assert any(number == SAM_NUMBER for number, _ in channel.sent)
    assert summaries(service)[0].state == "raised"


def test_a_hand_over_waits_for_the_other_to_say_that_they_can(
    duty: FlaskClient, taken: str, sam: Staff, app: Flask, service: Service
) -> None:
    press(duty, taken, "hand-over", to=str(sam.id), note="Her aunt calls back at six")

    assert "Sam Whitlock was asked to take this" in words_of(duty.get(taken).text)
    with another(app, sam) as other:
        assert "This was handed to you." in words_of(other.get(taken).text)
        press(other, taken, "take-over")
        shown = words_of(other.get(taken).text)
    assert "You have this." in shown
    assert "Her aunt calls back at six" in shown
    assert row(service).holder_id == sam.id


def test_a_call_stands_in_the_timeline_and_fills_the_outcome_in(
    duty: FlaskClient, taken: str, service: Service
) -> None:
    press(duty, taken, "record", **CALLED, person="Operator 7", at="15:50")

    shown = duty.get(taken).text
    plain = words_of(shown)
    assert "Called: 999, Fri 20 Nov, 15:50 by Dee Okafor" in plain
    assert "They are sending a car" in plain
    assert "999, Operator 7, 15:50</textarea>" in shown
    assert "CAD 17</textarea>" in shown
    assert row(service).first_action_at is not None


def test_what_is_refused_comes_back_with_all_that_was_typed(
    duty: FlaskClient, taken: str, service: Service
) -> None:
    answer = press(duty, taken, "record", **{**CALLED, "at": "soon"})

    assert answer.status_code == 200
    assert "<title>Error:" in answer.text
    assert "Write the time as 21:30" in answer.text
    assert "They are sending a car</textarea>" in answer.text
    assert row(service).first_action_at is None


def test_words_for_a_closed_one_are_not_lost(
    duty: FlaskClient, taken: str, service: Service
) -> None:
    press(duty, taken, "outcome", **OUTCOME, then="close")
    assert summaries(service)[0].state == "closed"

    answer = press(duty, taken, "record", **CALLED)

    assert "This escalation is closed" in answer.text
    assert "They are sending a car" in answer.text


def test_made_safe_is_offered_by_night_and_stays_open(
    duty: FlaskClient, taken: str, service: Service, clock: SetClock, app: Flask, cast: Cast
) -> None:
    assert "hand it to the day team" not in duty.get(taken).text
    clock.move(NIGHT)
    with another(app, cast.dee) as night:
        assert 'value="2026-11-21T08:00"' in night.get(taken).text
        press(
            night,
            taken,
            "made-safe",
            did="Police are with her",
            holds="Jo, on call",
            next_check_at="2026-11-21T08:00",
        )
        shown = words_of(night.get(taken).text)

    assert "Made safe, handed to the day team by Dee Okafor" in shown
    assert "Next check: Sat 21 Nov, 08:00" in shown
    assert (row(service).state, row(service).handed_to_day_at) == ("acknowledged", clock.now)


def test_a_check_is_recorded_with_the_next_one(
    duty: FlaskClient, taken: str, service: Service
) -> None:
    press(duty, taken, "check", seen="She is at her aunt's", next_check_at="2026-11-20T18:00")
    assert "Next check: Fri 20 Nov, 18:00" in words_of(duty.get(taken).text)

    press(duty, taken, "check", seen="Asleep", next_check_at="")

    assert row(service).next_check_at is None
    refused = press(duty, taken, "check", seen="Asleep", next_check_at="later")
    assert "Write the day and the time" in refused.text


def test_priority_and_links(duty: FlaskClient, taken: str, service: Service) -> None:
    assert press(duty, taken, "priority", priority="2", reason="").status_code == 200
    press(duty, taken, "priority", priority="2", reason="She is home with her aunt")
    press(duty, taken, "link", reference="QQQQQQ", why="same man")

    shown = words_of(duty.get(taken).text)
    assert "Priority changed: P2 same day by Dee Okafor" in shown
    assert "She is home with her aunt" in shown
    assert summaries(service)[0].priority == 2
    assert "Linked to" not in shown


def test_a_p1_is_looked_back_at_by_somebody_who_did_not_act(
    duty: FlaskClient, taken: str, app: Flask, cast: Cast, service: Service
) -> None:
    press(duty, taken, "outcome", **OUTCOME, then="close")
    here = taken.replace("/escalations", "/look-back")
    assert "somebody else looks back" in duty.get("/look-back").text
    press_own = duty.get(here)
    assert press_own.status_code == 200

    with another(app, cast.mo) as manager:
        assert here in manager.get("/look-back").text
        shown = manager.get(here)
        assert DANGER in shown.text
        assert "Police are on their way" in shown.text
        refused = manager.post(here, data={"csrf_token": _token(shown.text), "seen": " "})
        assert "Write down what you saw" in refused.text
        done = manager.post(here, data={"csrf_token": _token(shown.text), "seen": "Well done"})
        assert done.status_code == 303
        assert manager.get(here).status_code == 404
    assert row(service).looked_back_by == cast.mo.id
    assert "Mo Lindqvist looked back at it" in words_of(duty.get(taken).text)


def test_beside_the_words_stand_who_read_them_who_was_alerted_and_what_came_before(
    duty: FlaskClient, taken: str, client: FlaskClient, service: Service, clock: SetClock
) -> None:
    press(duty, taken, "outcome", **OUTCOME, then="close")
    clock.move(timedelta(minutes=2))
    text(client, service, DANGER)
    after = next(each for each in summaries(service) if each.state == "raised")
    before = next(each for each in summaries(service) if each.state == "closed")

    shown = words_of(duty.get(f"/escalations/{after.id}").text)

    assert "Alert to Dee Okafor by text" in shown
    assert "Dee Okafor: Fri 20 Nov, 16:02" in shown
    assert f"{before.reference}: In danger now" in shown
    assert f"Linked to another escalation: {before.reference}" in shown
    assert "They wrote again after that one was closed" in shown
    assert "Returned Fri 20 Nov, 13:00" in shown


def _token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]
