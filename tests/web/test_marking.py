"""Marking a message: a false alarm changes nothing, a missed disclosure is raised at once."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.clock import SetClock
from bot.inbox import read_escalation, summaries
from bot.service import Service
from bot.worker import step
from tests.web.cast import Cast, RecordingChannel, sign_in, text
from tests.web.conftest import both_kinds
from tests.web.duty import (
    DANGER,
    OUTCOME,
    VIOLENCE,
    address_of,
    make_contact,
    only_escalation,
    press,
    readings,
    with_broken_log,
    words_of,
)
from tests.web.marking import FOUND, HINTED, fill_in, message_with, signed_in
from web.app import create_app


@pytest.fixture
def duty(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.dee)


@pytest.fixture
def advocate(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.ade)


@pytest.fixture
def false_alarm(client: FlaskClient, service: Service, cast: Cast) -> str:
    """Where a message that was flagged is marked."""
    text(client, service, VIOLENCE)
    return f"{address_of(service)}/messages/{message_with(service, VIOLENCE)}/not-a-disclosure"


@pytest.fixture
def miss(client: FlaskClient, service: Service, cast: Cast) -> str:
    """Where an advocate marks a message in which the computer saw nothing."""
    text(client, service, HINTED)
    message_id = message_with(service, HINTED)
    return f"/interviews/{cast.amina.interview_id}/messages/{message_id}/missed"


@both_kinds
def test_a_false_alarm_is_kept_with_its_reason_and_changes_nothing(
    duty: FlaskClient, service: Service, false_alarm: str
) -> None:
    (before,) = summaries(service)
    page = duty.get(address_of(service)).text
    assert f'href="{false_alarm}"' in page

    answer = fill_in(duty, false_alarm, reason="It is a line of a song")

    assert answer.status_code == 303
    assert summaries(service) == [before]
    page = duty.get(address_of(service)).text
    seen = words_of(page)
    assert "Your mark is kept. The escalation is as open or closed as it was." in seen
    assert "Marked as not a disclosure by Dee Okafor" in seen
    assert "It is a line of a song" in seen
    assert f'href="{false_alarm}"' not in page
    assert VIOLENCE in words_of(page)


def test_a_false_alarm_needs_a_reason(
    duty: FlaskClient, service: Service, false_alarm: str
) -> None:
    answer = fill_in(duty, false_alarm, reason=" ")

    assert "<title>Error:" in answer.text
    assert "Write down why" in answer.text
    assert "Marked as" not in duty.get(address_of(service)).text


def test_a_false_alarm_is_marked_once_and_stays(
    duty: FlaskClient, service: Service, false_alarm: str
) -> None:
    form = duty.get(false_alarm).text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', form)[-1]
    for reason in ("first", "second"):
        duty.post(false_alarm, data={"csrf_token": token, "reason": reason})

    seen = words_of(duty.get(address_of(service)).text)
    assert "Somebody has already marked this message in the same way." in seen
    assert "first" in seen
    assert "second" not in seen
    assert "This is marked already" in words_of(duty.get(false_alarm).text)


def test_a_false_alarm_may_be_marked_when_all_is_closed(
    duty: FlaskClient, service: Service, false_alarm: str
) -> None:
    page = address_of(service)
    press(duty, page, "acknowledge")
    press(duty, page, "outcome", **OUTCOME)
    press(duty, page, "close")

    fill_in(duty, false_alarm, reason="It is a line of a song")

    assert "It is a line of a song" in duty.get(page).text
    assert summaries(service)[0].state == "closed"


def test_the_whole_thought_that_was_flagged_is_shown(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    for part in ("he hits me", "hes here now"):
        text(client, service, part)

    page = f"{address_of(service)}/messages/{message_with(service, 'he hits me')}/not-a-disclosure"

    seen = words_of(duty.get(page).text)
    assert "he hits me" in seen
    assert "hes here now" in seen


@pytest.mark.parametrize("way", ["not-a-disclosure", "missed"])
def test_only_messages_of_this_escalation_can_be_marked(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast, way: str
) -> None:
    text(client, service, VIOLENCE)
    text(client, service, "somebody elses words", sender="+447700900177")
    other = message_with(service, "somebody elses words")
    found = next(each.id for each in summaries(service) if each.interview_id)

    assert duty.get(f"/escalations/{found}/messages/{other}/{way}").status_code == 404


def test_what_was_not_flagged_is_no_false_alarm(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, "hiya")
    text(client, service, VIOLENCE)
    page = f"{address_of(service)}/messages/{message_with(service, 'hiya')}/not-a-disclosure"

    assert duty.get(page).status_code == 404


@both_kinds
def test_a_missed_disclosure_is_raised_at_once_and_somebody_is_alerted(
    advocate: FlaskClient, duty: FlaskClient, service: Service, channel: RecordingChannel, miss: str
) -> None:
    assert summaries(service) == []
    transcript = miss.split("/messages/")[0]
    assert f'href="{miss}"' in advocate.get(transcript).text

    answer = fill_in(advocate, miss, **FOUND)

    assert answer.status_code == 303
    (raised,) = summaries(service)
    assert (raised.priority, raised.categories, raised.state) == (2, ("ABU",), "raised")
    while step(service, "worker"):
        continue
    assert any(raised.reference in body for _, body in channel.sent)
    seen = words_of(advocate.get(transcript).text)
    assert f"The duty workers are being alerted now: {raised.reference}." in seen
    assert "Marked as a disclosure that the computer missed (P2 same day), by Ade Bello" in seen
    page = words_of(duty.get(address_of(service)).text)
    assert "A person read it: the computer had missed it" in page
    assert "Marked as a disclosure that the computer missed (P2 same day) by Ade Bello" in page
    assert HINTED in page


@pytest.mark.parametrize("left_out", ["priority", "categories", "about"])
def test_each_part_of_a_miss_is_needed_and_nothing_is_lost(
    advocate: FlaskClient, service: Service, miss: str, left_out: str
) -> None:
    answer = fill_in(advocate, miss, **{**FOUND, left_out: ""})

    assert f'href="#{left_out}"' in answer.text
    assert answer.text.count(" checked") == 2
    assert summaries(service) == []


def test_a_p1_says_999(advocate: FlaskClient, miss: str) -> None:
    fill_in(advocate, miss, **{**FOUND, "priority": "1"})

    assert "call 999." in words_of(advocate.get(miss.split("/messages/")[0]).text)


def test_a_message_that_is_open_already_is_not_raised_twice(
    advocate: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, VIOLENCE)
    (before,) = summaries(service)
    page = (
        f"/interviews/{cast.amina.interview_id}/messages/{message_with(service, VIOLENCE)}/missed"
    )

    fill_in(advocate, page, **FOUND)

    assert summaries(service) == [before]
    detail = read_escalation(service, before.id, "command")
    assert detail is not None
    assert [each.kind for each in detail.marks] == ["missed"]


def test_a_more_urgent_mark_raises_what_is_open(
    advocate: FlaskClient, service: Service, miss: str
) -> None:
    fill_in(advocate, miss, **{**FOUND, "priority": "3"})
    assert summaries(service)[0].priority == 3

    fill_in(advocate, miss, **{**FOUND, "priority": "1"})
    fill_in(advocate, miss, **{**FOUND, "priority": "1"})

    (found,) = summaries(service)
    assert (found.priority, found.hits) == (1, 2)


def test_after_it_is_closed_a_miss_is_raised_anew(
    advocate: FlaskClient, duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, VIOLENCE)
    page = address_of(service)
    press(duty, page, "acknowledge")
    press(duty, page, "outcome", **OUTCOME)
    press(duty, page, "close")

    fill_in(duty, f"{page}/messages/{message_with(service, VIOLENCE)}/missed", **FOUND)

    assert sorted(each.state for each in summaries(service)) == ["closed", "raised"]


def test_a_duty_worker_marks_what_stands_beside(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, VIOLENCE)
    text(client, service, HINTED)
    page = address_of(service)

    fill_in(duty, f"{page}/messages/{message_with(service, HINTED)}/missed", **FOUND)

    (found,) = summaries(service)
    assert found.hits == 2


def test_nobody_is_told_by_night_that_nobody_has_answered_yet(
    advocate: FlaskClient,
    service: Service,
    clock: SetClock,
    channel: RecordingChannel,
    cast: Cast,
    miss: str,
) -> None:
    make_contact(service, cast, "open")
    while step(service, "worker"):
        continue
    clock.move(timedelta(hours=10))
    sign_in(advocate, cast.ade)
    fill_in(advocate, miss, **{**FOUND, "priority": "1"})
    written = len([to for to, _ in channel.sent if to.endswith("101")])

    clock.move(timedelta(minutes=15))
    while step(service, "worker"):
        continue

    assert [body for to, body in channel.sent if to.endswith("101")][written:] == []


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_who_may_not_read_the_words_may_not_mark_them(
    app: Flask, service: Service, cast: Cast, false_alarm: str, role: str
) -> None:
    other = signed_in(app, cast.in_role(role))
    message_id = message_with(service, VIOLENCE)

    for page in (
        false_alarm,
        f"{address_of(service)}/messages/{message_id}/missed",
        f"/interviews/{cast.amina.interview_id}/messages/{message_id}/missed",
    ):
        assert other.get(page).status_code == 403
        assert VIOLENCE not in other.get(page).text


def test_an_advocate_has_no_way_through_an_escalation_nor_a_duty_worker_through_a_transcript(
    advocate: FlaskClient, duty: FlaskClient, false_alarm: str, miss: str
) -> None:
    assert advocate.get(false_alarm).status_code == 403
    assert duty.get(miss).status_code == 403


def test_reading_to_mark_is_logged_and_names_the_reader(
    advocate: FlaskClient, service: Service, cast: Cast, miss: str
) -> None:
    advocate.get(miss)

    subject = f"message:{message_with(service, HINTED)}"
    assert readings(service) == [(f"staff:{cast.ade.id}", "read message to mark", subject)]


def test_when_the_reading_cannot_be_logged_no_word_is_served(
    service: Service, cast: Cast, miss: str
) -> None:
    client = create_app(with_broken_log(service)).test_client()
    sign_in(client, cast.ade)

    answer = client.get(miss)

    assert answer.status_code == 500
    assert HINTED not in answer.text


def test_an_open_page_hears_of_a_mark(
    duty: FlaskClient, service: Service, false_alarm: str
) -> None:
    page = f"{address_of(service)}/live"
    tag = duty.get(page).headers["ETag"]
    assert duty.get(page, headers={"If-None-Match": tag}).status_code == 304

    fill_in(duty, false_alarm, reason="It is a line of a song")

    assert duty.get(page, headers={"If-None-Match": tag}).status_code == 200


def test_a_picture_without_words_is_nothing_to_learn_from(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)
    text(client, service, "", NumMedia="1", MediaUrl0="https://x", MediaContentType0="image/png")
    page = f"/escalations/{only_escalation(service)}/messages/{message_with(service, '')}/missed"

    fill_in(duty, page, **FOUND)

    assert "There are no words in this message" in duty.get(address_of(service)).text
