"""Filters of the inbox: they stand in the address; what they leave out still makes itself heard."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.clock import SetClock
from bot.escalations import Outcome, acknowledge, close, record_outcome
from bot.inbox_list import CLOSED_ON_A_PAGE, summaries
from bot.service import Service
from storage.escalations import new_escalation
from tests.web.cast import Cast, sign_in, text
from tests.web.duty import DANGER, OUTCOME, VIOLENCE, words_of

SECOND = "+447700900111"


@pytest.fixture
def duty(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.dee)
    return client


@pytest.fixture
def two(client: FlaskClient, service: Service, cast: Cast) -> None:
    """A P1 that Dee has, and a P2 that nobody has."""
    text(client, service, DANGER)
    acknowledge(service, summaries(service)[0].id, cast.dee)
    text(client, service, VIOLENCE, sender=SECOND)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"P1 now", "P2 same day"}),
        ("?priority=1", {"P1 now"}),
        ("?priority=2", {"P2 same day"}),
        ("?priority=3", set()),
        ("?state=raised", {"P2 same day"}),
        ("?state=acknowledged", {"P1 now"}),
        ("?state=closed", set()),
        ("?mine=1", {"P1 now"}),
        ("?mine=1&state=raised", set()),
        ("?priority=9&state=x&mine=no&page=-1", {"P1 now", "P2 same day"}),
    ],
)
def test_a_filter_shows_what_it_says_and_counts_everything(
    duty: FlaskClient, query: str, shown: set[str]
) -> None:
    for page in (f"/inbox{query}", f"/inbox/live{query}"):
        found = duty.get(page).text
        cases = found[found.index('id="open"') : found.index('id="closed"')]
        tags = {each for each in ("P1 now", "P2 same day") if f">{each}</strong>" in cases}

        assert tags == shown
        assert "2 open, 1 not acknowledged" in words_of(found)


@pytest.mark.usefixtures("two")
def test_what_a_filter_leaves_out_is_counted_and_still_arrives(duty: FlaskClient) -> None:
    page = duty.get("/inbox?priority=1").text

    assert "1 open one is not shown." in words_of(page)
    assert page.count("data-urgency=") == 1
    assert 'action="/inbox"' in page
    assert 'data-live="/inbox/live?priority=1"' in page
    assert '<option value="1" selected>' in page


def test_unread_is_what_somebody_has_not_opened_since_it_last_came_up(
    duty: FlaskClient, client: FlaskClient, service: Service, clock: SetClock
) -> None:
    text(client, service, DANGER)
    (found,) = summaries(service)
    assert str(found.id) in duty.get("/inbox/live?unread=1").text
    before = duty.get("/inbox/live?unread=1").headers["ETag"]

    duty.get(f"/escalations/{found.id}")

    after = duty.get("/inbox/live?unread=1", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert f"case-{found.id}" not in after.text
    assert "1 open one is not shown." in words_of(after.text)

    clock.move(timedelta(minutes=1))
    text(client, service, "he has a knife and he is coming in")

    assert f"case-{found.id}" in duty.get("/inbox/live?unread=1").text


def test_closed_escalations_come_by_the_page(
    duty: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    with service.database.write() as session:
        for _ in range(CLOSED_ON_A_PAGE + 1):
            made = new_escalation(session, cast.amina.young_person_id, None, 2, clock.now)
            clock.move(timedelta(seconds=1))
            made.acknowledged_at = made.closed_at = clock.now
            made.acknowledged_by = cast.dee.id
            session.add(made)

    first, second = (duty.get(f"/inbox?state=closed{page}").text for page in ("", "&page=2"))

    assert first.count('<li class="app-case ') == CLOSED_ON_A_PAGE
    assert "?state=closed&amp;page=2" in first
    assert second.count('<li class="app-case ') == 1
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_the_list_says_until_when_what_has_to_be_done(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    text(client, service, DANGER)
    page = duty.get("/inbox").text
    assert "To be acknowledged by Fri 20 Nov, 16:05" in words_of(page)
    assert 'data-until="2026-11-20T16:05:00Z"' in page

    clock.move(timedelta(minutes=2))
    (found,) = summaries(service)
    acknowledge(service, found.id, cast.dee)
    assert "To be acted on by Fri 20 Nov, 16:17" in words_of(duty.get("/inbox").text)

    record_outcome(service, found.id, cast.dee, Outcome(**OUTCOME))
    close(service, found.id, cast.dee)
    assert "To be" not in words_of(duty.get("/inbox").text)
