"""Thousands of requests that are not what Twilio sent, or that nobody can read (T-07, G-05, G-25).

`make test-full` makes ten thousand of each.
"""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from bot.clock import SetClock
from bot.service import Service
from storage import alarms
from storage.messages import raw_of
from storage.tables import HumanTask, Message, ProviderReport
from tests.fakes.twilio_mutations import Posted, malformed, spoilt
from tests.fakes.twilio_requests import fixtures, post, post_fixture


def trials_of(ordinary: int) -> pytest.MarkDecorator:
    full = pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.full])
    return pytest.mark.parametrize("trials", [pytest.param(ordinary, marks=pytest.mark.slow), full])


def send(client: FlaskClient, posted: Posted) -> TestResponse:
    return post(client, posted.path, posted.body, posted.signature, posted.content_type)


def kept_raw(service: Service) -> Iterator[bytes]:
    """Every request that is kept, as words of somebody or as one that nobody could read."""
    with service.database.read() as session:
        for message in session.exec(select(Message).where(Message.direction == "in")):
            yield raw_of(service.vault, message)
        for request in alarms.unreadable(session):
            yield alarms.raw_of(service.vault, request)


def taken(service: Service) -> list[object]:
    """What was believed: words, reports, wishes to be called."""
    with service.database.read() as session:
        return [
            *session.exec(select(Message)).all(),
            *session.exec(select(ProviderReport)).all(),
            *session.exec(select(HumanTask)).all(),
        ]


@trials_of(1_000)
def test_nothing_that_was_spoilt_is_taken(
    client: FlaskClient, service: Service, trials: int
) -> None:
    chance = random.Random(20261122)
    for number in range(trials):
        fixture = fixtures()[number % len(fixtures())]
        posted = spoilt(chance, service.settings.site, fixture)

        answer = send(client, posted)

        if posted.path.startswith("/webhooks/twilio/voice") and answer.status_code == 200:
            # Signed and cut otherwise: whoever rings hears what anybody hears, and no offer.
            assert "<Gather" not in answer.text, posted
            assert "asked for someone" not in answer.text, posted
        else:
            assert answer.status_code in {400, 403, 413, 415}, posted
    assert taken(service) == []

    for fixture in fixtures():
        assert post_fixture(client, service.settings.site, fixture).status_code in {200, 204}


@trials_of(400)
def test_nothing_that_is_signed_is_lost_or_breaks_anything(
    client: FlaskClient, service: Service, clock: SetClock, trials: int
) -> None:
    chance = random.Random(20261123)
    expected: set[bytes] = set()
    for number in range(trials):
        fixture = fixtures()[number % len(fixtures())]
        posted = malformed(chance, service.settings.site, fixture, number)

        status = send(client, posted).status_code

        assert status in {200, 204, 403}, posted
        if status != 204:
            expected.add(posted.body)
        if number % 50 == 49:
            clock.move(timedelta(days=1, seconds=1))  # a hundred are kept a day

    assert expected - set(kept_raw(service)) == set()


@pytest.mark.slow
def test_no_bytes_whatever_break_anything(client: FlaskClient, service: Service) -> None:
    chance = random.Random(20261124)
    bodies = (chance.randbytes(chance.randint(0, 300)) for _ in range(500))

    for number, body in enumerate(bodies):
        fixture = fixtures()[number % len(fixtures())]
        signature = chance.choice(["", "x", "\u00e9", "A" * 27 + "="])
        assert post(client, fixture.path, body, signature).status_code in {400, 403}

    assert taken(service) == []
