"""Stage three: at least once, marked after sending, and no question twice (F-12 to F-14, G-01)."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.deliver import IN_DOUBT_GRACE, LEASE, deliver_due
from bot.undelivered import RETRY_FOR
from dialogs.texts import reply
from storage.tables import DeliveryAttempt, OutboxEntry
from tests.bot.cast import DEE_NUMBER, amina, dee, put_question
from tests.bot.detector import DANGER, HARM
from tests.bot.phone import (
    BROKEN,
    DEATH_AFTER,
    DEATH_BEFORE,
    DOUBT_AFTER,
    DOUBT_BEFORE,
    OPTED_OUT,
    OUR_FAULT,
    RETRY,
    WRONG_NUMBER,
    FakePhone,
    Fault,
    Killed,
)
from tests.bot.together import at_once
from tests.bot.world import START, Child, World

QUESTION = reply("going_on", {}).body


def states(world: World, child: Child) -> list[str]:
    return [each.state for each in world.outbox(child)]


def attempts(world: World) -> list[tuple[int, str | None]]:
    return [(each.number, each.result) for each in world.rows(DeliveryAttempt)]


def send(world: World, worker: str = "worker") -> None:
    """One round of a sender, which may die in it."""
    try:
        deliver_due(world.service, worker)
    except Killed:
        return


def move(world: World, by: timedelta) -> None:
    world.clock.move(by)


def test_the_attempt_is_written_before_the_call_and_sent_is_marked_after(world: World) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    seen = list[object]()
    world.phone.meanwhile = lambda: seen.extend([states(world, child), attempts(world)])
    world.run()

    assert seen == [["claimed"], [(1, None)]]
    assert states(world, child) == ["sent"]
    assert attempts(world) == [(1, "sent")]


@pytest.mark.parametrize("death", [DEATH_BEFORE, DEATH_AFTER])
@pytest.mark.parametrize("lists", [True, False])
def test_after_a_death_the_next_worker_asks_and_sends_what_is_missing(
    world: World, death: Fault, lists: bool
) -> None:
    world.phone.lists = lists
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(death)
    send(world, "dead")
    assert states(world, child) == ["claimed"]

    move(world, LEASE)
    send(world, "alive")
    assert world.phone.asked == [], "the lease has not run out yet"
    move(world, timedelta(seconds=1))
    send(world, "alive")

    assert world.phone.asked == [QUESTION]
    assert states(world, child) == ["sent"]
    repeated = death.accepted and not lists
    assert world.heard(child) == [QUESTION] * (2 if repeated else 1)


@pytest.mark.parametrize("doubt", [DOUBT_BEFORE, DOUBT_AFTER, BROKEN])
def test_a_send_in_doubt_waits_longer_than_the_time_out_and_asks_before_it_sends_again(
    world: World, doubt: Fault
) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(doubt)
    send(world)
    assert states(world, child) == ["in_doubt"]

    move(world, timedelta(seconds=world.phone.client_timeout_s) + IN_DOUBT_GRACE)
    move(world, -timedelta(microseconds=1))
    send(world)
    assert world.phone.asked == []
    move(world, timedelta(microseconds=1))
    send(world)

    assert world.phone.asked == [QUESTION]
    assert world.heard(child) == [QUESTION]
    assert states(world, child) == ["sent"]


def test_a_provider_that_cannot_be_asked_is_asked_again_later(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(DOUBT_AFTER)
    world.phone.cannot_be_asked = True
    for _ in range(3):
        send(world)
        move(world, timedelta(seconds=15))
    assert len(world.phone.tried) == 1
    assert states(world, child) == ["in_doubt"]

    world.phone.cannot_be_asked = False
    send(world)
    assert world.heard(child) == [QUESTION]


@pytest.mark.parametrize("code", ["429", "30001"])
def test_a_retry_backs_off_and_never_comes_before_the_provider_allows_it(
    sqlite_world: World, code: str
) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(Fault("refuse", retry="backoff", retry_after=300, code=code))
    send(world)
    for _ in range(29):
        move(world, timedelta(seconds=10))
        send(world)
    assert len(world.phone.tried) == 1

    move(world, timedelta(seconds=10))
    send(world)
    assert world.heard(child) == [QUESTION]
    assert world.phone.asked == [], "a refusal is no doubt"


def test_retries_grow_apart_and_end_after_four_hours_with_a_person(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.always = RETRY
    while world.clock.machine_now() < START + RETRY_FOR + timedelta(minutes=10):
        send(world)
        move(world, timedelta(minutes=1))

    assert states(world, child) == ["failed"]
    assert 30 < len(world.phone.tried) < 90
    assert world.tasks(child) == ["undelivered"]


@pytest.mark.parametrize(
    ("fault", "task"),
    [(OPTED_OUT, "opted_out"), (WRONG_NUMBER, "wrong_address"), (OUR_FAULT, "undelivered")],
)
def test_a_refusal_for_good_is_a_persons_task_and_is_not_tried_again(
    world: World, fault: Fault, task: str
) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(fault)
    world.run()
    world.wait(hours=5)

    assert states(world, child) == ["failed"]
    assert len(world.phone.tried) == 1
    assert world.tasks(child) == [task]
    assert world.escalations() == []
    assert world.interview(child).state == "going_on"


def test_a_safety_reply_that_cannot_be_delivered_is_an_escalation(world: World) -> None:
    child = amina(world)
    put_question(world, child, "danger")
    world.phone.next.append(OUR_FAULT)
    world.run()

    found = world.escalation(child)
    assert (found.priority, world.kinds(found)[0]) == (2, "undelivered")
    assert world.codes(found) == {"TEC"}


def test_a_young_persons_texts_keep_their_order_through_a_failure(world: World) -> None:
    child = amina(world)
    bodies = [reply(key, {}).body for key in ("m3b", "m3c", "going_on")]
    for key in ("m3b", "m3c", "going_on"):
        put_question(world, child, key)
    world.phone.next.append(RETRY)
    for _ in range(4):
        send(world)
        move(world, timedelta(seconds=7))

    assert world.heard(child) == bodies


def test_one_young_persons_trouble_holds_nobody_else_back(sqlite_world: World) -> None:
    world = sqlite_world
    poor, other = amina(world), amina(world, number="+447700900103")
    put_question(world, poor, "going_on")
    put_question(world, other, "going_on")
    world.phone.next.append(RETRY)
    send(world)

    assert (world.heard(poor), world.heard(other)) == ([], [QUESTION])


def test_alerts_go_first_and_a_safety_reply_overtakes(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    put_question(world, child, "m3b")
    put_question(world, child, "danger")
    world.text("+447700900102", DANGER)
    for _ in range(3):
        send(world)

    order = [each.address if each.address == DEE_NUMBER else each.body for each in
             world.phone.accepted]  # fmt: skip
    assert order == [DEE_NUMBER, reply("danger", {}).body, reply("m3b", {}).body]


def test_four_senders_send_each_thing_once(world: World) -> None:
    children = [amina(world, number=f"+4477009007{index:02}") for index in range(5)]
    for child in children:
        for key in ("m3b", "going_on"):
            put_question(world, child, key)
    for _ in range(3):
        at_once(4, lambda number: deliver_due(world.service, f"sender {number}"))

    assert len(world.phone.accepted) == 10
    assert {world.heard(child)[1] for child in children} == {QUESTION}


def test_an_alert_to_somebody_who_left_is_dropped(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    worker = dee(world)
    world.text(child, HARM)
    with world.service.database.write() as session:
        worker.active = False
        session.add(worker)
    send(world)

    (alert,) = world.rows(OutboxEntry, OutboxEntry.rank == 0)
    assert alert.state == "dropped"
    assert world.heard(DEE_NUMBER) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_kill_point_repeats_or_loses_a_text_on_a_provider_that_lists(
    sqlite_world: World, seed: int
) -> None:
    """A worker dies, doubts and fails at points of chance; ten questions arrive once, in order."""
    world, chance = sqlite_world, random.Random(seed)
    child = amina(world)
    keys = [
        "m1",
        "m2",
        "m3",
        "m3b",
        "m3c",
        "halfway",
        "around",
        "going_on",
        "help",
        "anyone_hurting",
    ]
    for key in keys:
        put_question(world, child, key)
    faults = [DEATH_BEFORE, DEATH_AFTER, DOUBT_BEFORE, DOUBT_AFTER, RETRY, BROKEN, None]
    world.phone = _replaced(world, _chancy(faults, chance))
    for number in range(400):
        if set(states(world, child)) == {"sent"}:
            break
        send(world, f"worker {number}")
        move(world, timedelta(seconds=chance.choice((0.5, 3, 16, 40))))

    assert set(states(world, child)) == {"sent"}
    assert world.heard(child) == [reply(key, {}).body for key in keys]


def _chancy(faults: list[Fault | None], chance: random.Random) -> FakePhone:
    phone = FakePhone()
    for fault in chance.choices(faults, k=40):
        phone.next.append(fault or Fault("refuse", retry="backoff", code="30008"))
    return phone


def _replaced(world: World, phone: FakePhone) -> FakePhone:
    from dataclasses import replace

    world.service = replace(world.service, channels={phone.name: phone})
    return phone


def test_a_second_process_takes_over_from_one_that_was_killed(
    world: World, open_world: Callable[..., World]
) -> None:
    child = amina(world)
    dee(world)
    world.text(child, DANGER)
    world.phone.next.append(DEATH_AFTER)
    send(world)
    other = open_world(world.settings, world.clock, world.phone)
    other.wait(seconds=16)

    assert len(world.heard(DEE_NUMBER)) == 1
    assert other.dispositions(child) == ["turn"]
    assert set(states(other, child)) == {"sent"}
