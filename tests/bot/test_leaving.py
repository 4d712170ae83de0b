"""What is looked at again when a message leaves: hours, newer texts, a guarded phone (G-19)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels import SendInDoubt
from bot.escalations import raise_escalation
from bot.leaving import LEAST_VALID, PATIENCE
from bot.outbox import queue_replies
from dialogs.texts import reply
from storage import people
from storage.again import why_dropped
from storage.escalations import Hit
from storage.offers import offers_since
from tests.bot.cast import ade, amina, dee, make_guarded, put_question
from tests.bot.detector import HARM
from tests.bot.entering import AGREED, AT_ONCE, at, enter
from tests.bot.phone import RETRY, FakePhone, Fault
from tests.bot.prompting import offers
from tests.bot.sending import other_address, send, send_until, states, with_channels
from tests.bot.world import START, Child, World

OUTAGE = Fault("doubt", code="503")
MINUTE = timedelta(minutes=1)


class DeadPhone(FakePhone):
    """A provider that is down: it answers nothing, until it is `back`; it counts the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.always = OUTAGE
        self.cannot_be_asked = True

    def back(self) -> None:
        self.always, self.cannot_be_asked = None, False


def invited(world: World, **details: Any) -> Child:
    """Amina, whose first text waits because the provider is away."""
    ade(world)
    world.phone.always = RETRY
    child = enter(world, AGREED, **details)
    send(world)
    return child


def why(world: World, child: Child) -> list[str]:
    with world.reading() as session:
        return [why_dropped(session, each.id) for each in world.outbox(child)]


# --- prompts ---


def test_a_prompt_that_waited_into_the_night_comes_in_the_morning(world: World) -> None:
    at(world, "2026-11-20T20:50+00:00")
    child = invited(world)
    world.clock.now = datetime.fromisoformat("2026-11-20T21:20+00:00")
    world.phone.always = None
    send(world)
    assert states(world, child) == ["waiting"]
    assert world.heard(child) == []

    world.clock.now = datetime.fromisoformat("2026-11-21T07:59+00:00")
    send(world)
    assert world.heard(child) == []
    world.clock.now = datetime.fromisoformat("2026-11-21T08:00+00:00")
    send(world)
    assert len(world.heard(child)) == 1
    assert states(world, child) == ["sent"]


def test_a_prompt_keeps_the_times_that_they_chose(sqlite_world: World) -> None:
    world = at(sqlite_world, "2026-11-20T18:50+00:00")
    child = invited(world, prompts_from="18:00", prompts_until="19:00")
    world.phone.always = None
    world.clock.now = datetime.fromisoformat("2026-11-20T19:05+00:00")
    send(world)

    (entry,) = world.outbox(child)
    assert entry.due_at == datetime.fromisoformat("2026-11-21T18:00+00:00")


def test_what_a_person_chose_for_the_night_leaves_then_or_waits_for_the_morning(
    sqlite_world: World,
) -> None:
    world = at(sqlite_world, "2026-11-20T23:00+00:00")
    ade(world)
    child = enter(world, AT_ONCE)
    world.phone.next.append(Fault("refuse", retry="backoff", retry_after=1200, code="20429"))
    send(world)
    world.clock.move(timedelta(minutes=20))
    send(world)
    assert world.heard(child) == [], "what was agreed was now, not later in the night"

    world.clock.now = datetime.fromisoformat("2026-11-21T08:00+00:00")
    send(world)
    assert len(world.heard(child)) == 1


def test_who_began_by_themselves_needs_no_prompt(sqlite_world: World) -> None:
    world = sqlite_world
    child = invited(world)
    world.text(child, "hi")
    world.phone.always = None
    world.wait(seconds=30)

    assert why(world, child)[0] == "wrote_since"
    assert world.heard(child)
    assert states(world, child)[1:] == ["sent"] * (len(states(world, child)) - 1)


def test_while_a_person_looks_into_a_risk_no_prompt_leaves(sqlite_world: World) -> None:
    world = sqlite_world
    child = invited(world)
    with world.service.database.write() as session:
        raise_escalation(world.service, session, child.id, None, Hit("hit", 2))
    world.phone.always = None
    world.wait(seconds=10)

    assert why(world, child) == ["risk_open"]


def test_a_prompt_of_yesterday_is_not_sent(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.clock.move(timedelta(days=1, minutes=1))
    send(world)

    assert why(world, child) == ["too_late"]


def test_a_prompt_that_was_taken_back_does_not_count(sqlite_world: World) -> None:
    world = sqlite_world
    child = invited(world)
    world.text(child, "later")
    world.phone.always = None
    world.wait(seconds=10)
    assert [kind for kind, _ in offers(world)] == ["invitation"]
    with world.reading() as session:
        assert offers_since(session, child.id, START) == []


# --- what has become stale ---


def test_after_half_an_hour_of_outage_only_the_current_question_is_sent(world: World) -> None:
    phone = DeadPhone()
    with_channels(world, phone)
    child = amina(world)
    for number, key in enumerate(("around", "away", "slept", "going_on")):
        world.clock.now = START + number * 8 * MINUTE
        put_question(world, child, key)
        send_until(world, world.clock.now + 7 * MINUTE, every=timedelta(seconds=20))
    phone.back()
    send_until(world, START + 37 * MINUTE, every=timedelta(seconds=5))

    assert world.heard(child) == [reply("going_on", {}).body]
    assert set(states(world, child)) == {"dropped", "sent"}
    assert world.tasks(child) == ["undelivered"]


def test_an_outage_holds_back_nothing_that_was_said_to_stay_away_until_later(
    sqlite_world: World,
) -> None:
    """Told to wait five minutes, nothing calls before; then the outage is over within five."""
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.always = Fault("refuse", retry="backoff", retry_after=300, code="20429")
    send_until(world, START + 299 * timedelta(seconds=1), every=timedelta(seconds=7))
    assert len(world.phone.tried) == 1
    world.phone.always = None
    world.clock.now = START + timedelta(seconds=300)
    send(world)
    assert len(world.heard(child)) == 1


def test_the_current_question_does_not_wait_for_a_stale_one_to_be_tried_again(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "around")
    world.phone.next.append(Fault("refuse", retry="backoff", retry_after=3600, code="20429"))
    send(world)
    world.clock.move(PATIENCE + MINUTE)
    put_question(world, child, "going_on")
    send(world)

    assert world.heard(child) == [reply("going_on", {}).body]
    assert why(world, child) == ["stale", ""]


def test_texts_of_one_turn_are_not_stale_to_each_other(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    _queue(world, child, "around", "away", "going_on")
    world.clock.move(PATIENCE * 2)
    world.run()

    assert world.heard(child) == [reply(key, {}).body for key in ("around", "away", "going_on")]


def test_what_explains_is_never_too_late(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "m3b")
    world.clock.move(PATIENCE * 2)
    put_question(world, child, "going_on")
    world.run()

    assert world.heard(child) == [reply(key, {}).body for key in ("m3b", "going_on")]


def test_the_last_waiting_text_and_a_safety_reply_are_never_stale(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "around")
    put_question(world, child, "danger")
    world.clock.move(timedelta(hours=2))
    put_question(world, child, "numbers")
    world.run()

    assert "dropped" not in states(world, child)[1:]
    assert reply("danger", {}).body in world.heard(child)
    lonely = amina(world, number="+447700900103")
    put_question(world, lonely, "around")
    world.clock.move(timedelta(hours=2))
    world.run()
    assert len(world.heard(lonely)) == 1


def test_a_stale_text_in_doubt_is_asked_about_and_never_sent(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    for accepted in (False, True):
        world.phone.next.append(Fault("doubt", accepted=accepted))
        put_question(world, child, "around")
        send(world)
        world.clock.move(PATIENCE * 2)
        put_question(world, child, "going_on")
        send(world)
        send(world)
    assert states(world, child) == ["dropped", "sent", "sent", "sent"]
    assert world.phone.tried.count(reply("around", {}).body) == 2


# --- guarded, and whose turn it is ---


@pytest.mark.parametrize("accepted", [True, False])
def test_in_doubt_and_guarded_since_the_provider_is_only_asked(
    sqlite_world: World, accepted: bool
) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(Fault("doubt", accepted=accepted))
    send(world)
    make_guarded(world, child)
    world.wait(seconds=20)

    assert len(world.phone.tried) == 1
    assert states(world, child) == ["sent" if accepted else "dropped"]


def test_what_is_in_doubt_for_four_hours_is_given_up_with_a_person(sqlite_world: World) -> None:
    world = sqlite_world
    phone = DeadPhone()
    with_channels(world, phone)
    child = amina(world)
    put_question(world, child, "going_on")
    send_until(world, START + timedelta(hours=4, minutes=10), every=timedelta(minutes=2))

    assert states(world, child) == ["failed"]
    assert world.tasks(child) == ["undelivered"]


def test_the_next_text_waits_until_the_one_before_is_accepted(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    for key in ("around", "going_on"):
        put_question(world, child, key)
    world.phone.next.append(Fault("doubt"))
    for _ in range(3):
        send(world)
    assert world.phone.tried == [reply("around", {}).body]
    world.wait(seconds=20)
    assert world.heard(child) == [reply("around", {}).body, reply("going_on", {}).body]


def test_another_address_of_theirs_does_not_wait_for_a_dead_one(sqlite_world: World) -> None:
    world, telegram = sqlite_world, FakePhone("telegram")
    with_channels(world, world.phone, telegram)
    child = amina(world)
    put_question(world, child, "around")
    world.phone.always = Fault("refuse", retry="few", trouble="unreachable", code="30003")
    send(world)
    contact_id = other_address(world, child, "telegram", "4711")
    with world.service.database.write() as session:
        people.conversation_of(session, child.id).contact_address_id = contact_id
    put_question(world, child, "going_on")
    send(world)

    assert telegram.bodies("4711") == [reply("going_on", {}).body]


def test_what_goes_to_an_address_that_opted_out_is_not_tried(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "around")
    world.phone.next.append(Fault("refuse", trouble="opted_out", code="21610"))
    send(world)
    put_question(world, child, "going_on")
    put_question(world, child, "danger")
    world.run()

    assert len(world.phone.tried) == 2, "a safety reply is tried all the same"
    assert states(world, child) == ["failed", "failed", "sent"]
    assert world.tasks(child) == ["opted_out"]
    world.text(child, "start")
    put_question(world, child, "away")
    send(world)
    assert len(world.phone.tried) == 3


# --- how long it may still be delivered ---


@pytest.mark.parametrize(
    ("key", "waited", "seconds"),
    [
        ("going_on", timedelta(), 3600),
        ("going_on", timedelta(minutes=20), 2400),
        ("going_on", timedelta(hours=3), 300),
        ("danger", timedelta(), 4 * 3600),
        ("danger", timedelta(minutes=60), 3 * 3600),
    ],
)
def test_a_text_is_delivered_soon_or_not_at_all(
    sqlite_world: World, key: str, waited: timedelta, seconds: int
) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, key)
    world.clock.move(waited)
    send(world)

    assert world.phone.accepted[0].outbound.valid_for_s == seconds


def test_an_alert_is_valid_for_hours(sqlite_world: World) -> None:
    world = sqlite_world
    dee(world)
    world.text(amina(world), HARM)
    send(world)
    assert world.phone.accepted[0].outbound.valid_for_s == 4 * 3600


def test_a_prompt_of_the_evening_is_not_delivered_in_the_night(sqlite_world: World) -> None:
    world = at(sqlite_world, "2026-11-20T20:40+00:00")
    ade(world)
    enter(world, AGREED)
    send(world)
    valid = world.phone.accepted[0].outbound.valid_for_s
    assert valid is not None
    assert LEAST_VALID.total_seconds() <= valid < 20 * 60


def test_the_lease_is_renewed_between_asking_and_sending(sqlite_world: World) -> None:
    """A provider that is slow to say what it has must not make two senders of one text."""
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(Fault("doubt"))
    send(world)
    world.clock.move(timedelta(seconds=20))

    def slow(*_arguments: object) -> None:
        world.clock.move(timedelta(seconds=16))
        world.phone.__dict__.pop("find")
        send(world, "other")

    world.phone.find = slow  # type: ignore[method-assign, assignment]
    send(world, "slow")
    assert len(world.heard(child)) == 1


def test_what_cannot_be_asked_is_not_sent(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(Fault("doubt"))
    send(world)

    def unknown(*_arguments: object) -> None:
        raise SendInDoubt("no list")

    world.phone.find = unknown  # type: ignore[method-assign, assignment]
    world.wait(seconds=20)
    assert len(world.phone.tried) == 1


def _queue(world: World, child: Child, *keys: str) -> None:
    """Several texts of one turn."""
    now = world.clock.service_now()
    interview = world.interview(child)
    with world.service.database.write() as session:
        conversation = people.conversation_of(session, child.id)
        texts = [reply(key, {}) for key in keys]
        queue_replies(world.service, session, conversation, interview.id, texts, now)
