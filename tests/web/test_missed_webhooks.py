"""Twilio keeps webhooks from us, or our own check turns them away: nothing is lost (G-20, T-08)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from bot.alarms import open_alarms
from bot.channels.configured import configured
from bot.clock import SetClock
from bot.reconcile import Memory, reconcile, watch_webhooks
from bot.service import Service
from bot.worker import step
from storage import messages as words
from storage.tables import Message, ProviderReport
from tests.fakes.twilio_server import Message as Listed
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_texts import AUTH_TOKEN, OUR_NUMBER, PHONE, message_address, sign, text_form
from tests.web.cast import AMINA_NUMBER, gather, post_body
from tests.web.conftest import MakeService
from web.app import create_app

ROUND = timedelta(minutes=5)
"""bot.worker.RECONCILE_S and WATCH_S."""
SIX_MINUTES = timedelta(minutes=6)


@pytest.fixture
def clock() -> SetClock:
    """Twilio's fake keeps the machine's time, to the second."""
    return SetClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        server.withhold = True
        yield server


@pytest.fixture
def service(make_service: MakeService, twilio: TwilioServer) -> Service:
    """The service with the real channel, which asks the fake."""
    made = make_service(twilio_api_url=twilio.url)
    twilio.account.point_at(made.settings.site)
    return replace(made, channels=configured(made.settings, made.database, made.vault))


@pytest.fixture
def write(
    service: Service, twilio: TwilioServer, clock: SetClock
) -> Callable[..., Callable[[FlaskClient], int]]:
    """Somebody texts: Twilio has it now. What is given back posts the webhook, whenever called."""

    def text(words: str, sender: str = AMINA_NUMBER) -> Callable[[FlaskClient], int]:
        form = text_form(Body=words, From=sender)
        listed = Listed(OUR_NUMBER, sender, words, "inbound", "received", sid=form["MessageSid"])
        listed.created = listed.sent_at = clock.now
        twilio.messages.append(listed)
        signature = sign(message_address(service.settings.site), form, AUTH_TOKEN)
        body = urlencode(form).encode()
        return lambda client: post_body(client, body, signature).status_code

    return text


def kept(service: Service) -> dict[str, timedelta]:
    """Every text that is kept, with how late it was; fails when one is kept twice."""
    with service.database.read() as session:
        found = session.exec(select(Message).where(Message.direction == "in")).all()
    bodies = [words.body_of(service.vault, each) for each in found]
    assert len(set(bodies)) == len(bodies), "kept twice"
    late = [each.machine_at - (each.sent_at or each.machine_at) for each in found]
    return dict(zip(bodies, late, strict=True))


def kinds(service: Service) -> set[tuple[str, str]]:
    return {(alarm.kind, alarm.detail) for alarm, _ in open_alarms(service)}


@pytest.mark.slow
def test_five_in_a_hundred_withheld_of_five_hundred_are_there_within_six_minutes(
    service: Service,
    clock: SetClock,
    write: Callable[..., Callable[[FlaskClient], int]],
) -> None:
    gather(service)
    client, memory, chance = create_app(service).test_client(), Memory(), Random(20)
    withheld = set(chance.sample(range(500), 25))
    owed: list[Callable[[FlaskClient], int]] = []
    next_round = clock.now
    for number in range(500):
        post = write(f"text {number}")
        if number in withheld:
            owed.append(post)
        else:
            assert post(client) == 200
        clock.move(timedelta(seconds=3))
        if clock.now >= next_round:
            reconcile(service, memory)
            next_round += ROUND
    for _ in range(2):
        clock.move(next_round - clock.now)
        reconcile(service, memory)
        next_round += ROUND

    found = kept(service)
    assert set(found) == {f"text {number}" for number in range(500)}
    assert max(found.values()) <= SIX_MINUTES
    assert {post(client) for post in owed} == {200}, "the webhook comes after all"
    assert len(kept(service)) == 500
    assert kinds(service) == {("webhooks_missed", "sms")}


def test_statuses_that_were_withheld_are_known_too(
    service: Service,
    twilio: TwilioServer,
    clock: SetClock,
    write: Callable[..., Callable[[FlaskClient], int]],
) -> None:
    assert write("hi", PHONE)(create_app(service).test_client()) == 200
    while step(service, "worker"):
        continue
    (answer,) = twilio.sent
    twilio.deliver(answer, "delivered")
    answer.created = answer.sent_at = answer.updated = clock.now

    reconcile(service)
    reconcile(service)

    with service.database.read() as session:
        (report,) = session.exec(select(ProviderReport)).all()
    assert (report.status, report.applied) == ("delivered", True)


def test_a_webhook_that_somebody_moves_is_an_alarm_within_ten_minutes_until_it_is_back(
    service: Service, twilio: TwilioServer, clock: SetClock
) -> None:
    watch_webhooks(service)
    assert kinds(service) == set()
    moved_at = clock.now
    twilio.account.point_at("https://elsewhere.example")

    while ("webhook_moved", "sms") not in kinds(service):
        clock.move(ROUND)
        watch_webhooks(service)

    assert clock.now - moved_at <= timedelta(minutes=10)
    twilio.account.point_at(service.settings.site)
    watch_webhooks(service)
    assert kinds(service) == set()


def test_our_own_check_is_broken_and_every_text_is_there_all_the_same(
    service: Service,
    clock: SetClock,
    write: Callable[..., Callable[[FlaskClient], int]],
) -> None:
    """Another token stands in the settings of `serve`; the worker's is right (T-08)."""
    gather(service)
    broken = replace(
        service, settings=service.settings.model_copy(update={"twilio_auth_token": "old"})
    )
    client = create_app(broken).test_client()
    started = clock.now

    refused = []
    for number in range(3):
        refused.append(write(f"text {number}", PHONE)(client))
        clock.move(timedelta(seconds=90))

    assert refused == [403, 403, 403]
    assert ("refused", "twilio") in kinds(service)
    assert clock.now - started <= ROUND
    write("just now", PHONE)
    reconcile(service)
    assert set(kept(service)) == {"text 0", "text 1", "text 2", "just now"}
