"""A safety reply that does not arrive: a person at once, another phone once (F-12, F-30)."""

from datetime import timedelta
from typing import Any

import pytest

from bot.undelivered import SAFETY_WITHIN
from dialogs.interview import STATES
from dialogs.texts import reply
from storage.tables import DeliveryAttempt, RelatedMessage
from tests.bot.cast import DEE_NUMBER, amina, dee, make_guarded, put_question
from tests.bot.detector import HARM
from tests.bot.phone import OPTED_OUT, RETRY, FakePhone, Fault
from tests.bot.sending import alarms, other_address, report, send, states, with_channels
from tests.bot.world import START, Child, World

DANGER = reply("danger", {}).body
FLOOD = Fault("refuse", retry="backoff", retry_after=10, code="20429")


def two_phones(world: World, **details: Any) -> tuple[Child, FakePhone]:
    """Amina, with a chat that was checked with her unless ``details`` say else."""
    telegram = FakePhone("telegram")
    with_channels(world, world.phone, telegram)
    child = amina(world)
    other_address(world, child, "telegram", "4711", **details)
    put_question(world, child, "danger")
    return child, telegram


@pytest.mark.parametrize("fault", [RETRY, OPTED_OUT])
def test_at_its_first_failure_a_person_is_told_and_the_other_phone_gets_it(
    world: World, fault: Fault
) -> None:
    child, telegram = two_phones(world)
    world.phone.always = fault
    world.run()

    found = world.escalation(child)
    assert world.kinds(found).count("undelivered") == 1
    assert telegram.bodies("4711") == [DANGER]
    (related,) = world.rows(RelatedMessage)
    assert related.kind == "copy"
    world.wait(hours=5)
    assert telegram.bodies("4711") == [DANGER], "never two copies"
    assert world.kinds(world.escalation(child)).count("undelivered") == 1


def test_too_many_at_once_is_no_failure_until_a_minute_has_passed(sqlite_world: World) -> None:
    world = sqlite_world
    child, telegram = two_phones(world)
    world.phone.always = FLOOD
    while world.clock.now < START + SAFETY_WITHIN:
        send(world)
        assert world.escalations(child) == []
        world.clock.move(timedelta(seconds=10))
    send(world)
    send(world)

    assert world.kinds(world.escalation(child))[0] == "undelivered"
    assert telegram.bodies("4711") == [DANGER]


def test_in_doubt_for_a_minute_is_told_too(sqlite_world: World) -> None:
    world = sqlite_world
    child, _ = two_phones(world)
    world.phone.always = Fault("doubt")
    world.phone.cannot_be_asked = True
    send(world)
    assert world.escalations(child) == []
    world.clock.move(SAFETY_WITHIN)
    send(world)
    assert world.kinds(world.escalation(child))[0] == "undelivered"


@pytest.mark.parametrize(
    "details", [{"confirmed": False}, {"shared": True}], ids=["not checked", "shared"]
)
def test_no_phone_that_is_not_surely_theirs(sqlite_world: World, details: Any) -> None:
    world = sqlite_world
    _, telegram = two_phones(world, **details)
    world.phone.always = RETRY
    world.run()
    assert telegram.tried == []


def test_in_a_guarded_conversation_no_other_phone_is_tried(sqlite_world: World) -> None:
    world, telegram = sqlite_world, FakePhone("telegram")
    with_channels(world, world.phone, telegram)
    child = amina(world)
    other_address(world, child, "telegram", "4711")
    world.phone.always = RETRY
    put_question(world, child, "danger")
    make_guarded(world, child)
    send(world)
    assert states(world, child) == ["dropped"]
    assert telegram.tried == []


def test_guarded_after_the_first_failure_the_copy_does_not_leave(sqlite_world: World) -> None:
    world = sqlite_world
    child, telegram = two_phones(world)
    world.phone.always = RETRY
    send(world)
    make_guarded(world, child)
    world.wait(seconds=30)

    assert telegram.tried == []
    assert states(world, child) == ["dropped", "dropped"]


def test_guarded_while_the_call_lasts_no_copy_is_made(sqlite_world: World) -> None:
    world = sqlite_world
    child, telegram = two_phones(world)
    world.phone.next.append(RETRY)
    world.phone.meanwhile = lambda: make_guarded(world, child)
    send(world)

    assert world.kinds(world.escalation(child)).count("undelivered") == 1
    assert world.rows(RelatedMessage) == []
    assert telegram.tried == []


def test_a_copy_that_fails_too_is_not_copied_again(sqlite_world: World) -> None:
    world = sqlite_world
    child, telegram = two_phones(world)
    world.phone.always, telegram.always = RETRY, OPTED_OUT
    world.wait(hours=1)
    world.wait(hours=4)

    assert len(telegram.tried) == 1
    assert set(states(world, child)) == {"failed"}
    assert len(world.rows(RelatedMessage)) == 1


def test_an_alert_that_nobody_gets_is_an_alarm_and_never_silence(sqlite_world: World) -> None:
    world = sqlite_world
    dee(world)
    world.phone.always = Fault("refuse", trouble="wrong_address", code="21211")
    world.text(amina(world), HARM)
    send(world)

    assert alarms(world) == [("alert_failed", "sms 21211")]
    assert world.heard(DEE_NUMBER) == []


# --- whoever cuts the line has not finished (F-30) ---

CUTS = [
    pytest.param(state, way, marks=() if way == "refused" else pytest.mark.full)
    for way in ("refused", "word", "reported", "blocked")
    for state in STATES
] + [("going_on", way) for way in ("word", "reported", "blocked")]


@pytest.mark.parametrize(("state", "way"), CUTS)
def test_an_opt_out_in_any_state_is_unreachable_and_never_an_end(
    sqlite_world: World, state: str, way: str
) -> None:
    world = sqlite_world
    if way == "blocked":
        with_channels(world, FakePhone("telegram"))
    child = amina(world, state)
    before = world.interview(child)
    _cut(world, child, way)

    assert "opted_out" in world.tasks(child)
    after = world.interview(child)
    assert (after.state, after.ended_at) == (before.state, before.ended_at)
    assert "declined" not in world.tasks(child)
    world.wait(days=2)
    assert world.interview(child).state == before.state


def _cut(world: World, child: Child, way: str) -> None:
    if way == "word":
        world.text(child, "STOP", opt_out=True)
        world.wait(seconds=25)
        return
    put_question(world, child, "going_on")
    code = {"blocked": "telegram_blocked"}.get(way, "21610")
    if way != "reported":
        world.phone.next.append(Fault("refuse", trouble="opted_out", code=code))
    send(world)
    if way == "reported":
        report(world, world.phone.accepted[-1].provider_id, "failed", code)
    assert [each.number for each in world.rows(DeliveryAttempt)] == [1]
