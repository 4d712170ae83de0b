"""What a provider says later: kept once, late ones change nothing, a failure is acted on (2.4)."""

import random
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlmodel import col, select

from bot.undelivered import LASTING, RETRY_FEW
from storage.tables import Alert, DeliveryAttempt, OutboxEntry, ProviderReport
from tests.bot.cast import DEE_NUMBER, amina, dee, make_guarded, put_question
from tests.bot.detector import HARM
from tests.bot.phone import DOUBT_AFTER, RETRY, FakePhone, Fault
from tests.bot.sending import (
    Status,
    alarms,
    events,
    other_address,
    report,
    send,
    states,
    with_channels,
)
from tests.bot.together import at_once
from tests.bot.world import START, Child, World


def sent(world: World, key: str = "going_on") -> tuple[Child, str]:
    """Amina, to whom one text has been sent, and what the provider calls it."""
    child = amina(world)
    put_question(world, child, key)
    send(world)
    return child, world.phone.accepted[-1].provider_id


def kept(world: World) -> list[tuple[str, bool]]:
    with world.reading() as session:
        found = session.exec(select(ProviderReport).order_by(col(ProviderReport.seq)))
        return [(each.status, each.applied) for each in found]


def test_each_report_is_kept_once_and_takes_the_message_further(world: World) -> None:
    child, sid = sent(world)
    said: list[Status] = ["queued", "sent", "delivered", "read"]
    assert [report(world, sid, status) for status in said] == [True] * 4
    assert [report(world, sid, status) for status in said] == [False] * 4

    assert kept(world) == [(status, True) for status in said]
    (entry,) = world.outbox(child)
    assert events(world, entry) == [("queued", ""), ("sent", ""), ("delivered", "")]
    (attempt,) = world.rows(DeliveryAttempt)
    assert attempt.provider_id == sid


@pytest.mark.parametrize(
    ("first", "late"),
    [("delivered", "sent"), ("read", "delivered"), ("sent", "queued"), ("delivered", "failed"),
     ("read", "failed"), ("failed", "delivered"), ("failed", "sent")],
)  # fmt: skip
def test_a_late_report_is_kept_and_changes_nothing(
    sqlite_world: World, first: Status, late: Status
) -> None:
    world = sqlite_world
    child, sid = sent(world)
    codes = {"failed": "30006"}
    report(world, sid, first, codes.get(first, ""))
    before = (states(world, child), world.tasks(child), events(world, world.outbox(child)[0]))
    report(world, sid, late, codes.get(late, ""))

    assert kept(world) == [(first, True), (late, False)]
    after = (states(world, child), world.tasks(child), events(world, world.outbox(child)[0]))
    assert before == after


def test_twenty_times_from_sixteen_threads_is_once(world: World) -> None:
    child, sid = sent(world)
    new = at_once(16, lambda _number: [report(world, sid, "failed", "30006") for _ in range(20)])

    assert sum(each for row in new for each in row) == 1
    assert kept(world) == [("failed", True)]
    assert (states(world, child), world.tasks(child)) == (["failed"], ["wrong_address"])


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_and_many_times_over_nothing_happens_twice(
    sqlite_world: World, seed: int
) -> None:
    world, chance = sqlite_world, random.Random(seed)
    child, sid = sent(world)
    said: list[tuple[Status, str]] = [
        ("queued", ""), ("sending", ""), ("sent", ""), ("delivered", ""), ("failed", "30005"),
    ] * 4  # fmt: skip
    chance.shuffle(said)
    for status, code in said:
        report(world, sid, status, code)
    send(world)

    first = next(status for status, _ in said if status in ("delivered", "failed"))
    assert states(world, child) == ["failed" if first == "failed" else "sent"]
    assert world.tasks(child) == (["wrong_address"] if first == "failed" else [])
    assert len(world.phone.accepted) == 1


def test_a_report_of_nothing_of_ours_is_kept(sqlite_world: World) -> None:
    world = sqlite_world
    assert report(world, "SM-somebody-elses", "delivered", reference=uuid4())
    assert report(world, "SM-somebody-elses", "delivered") is False
    assert kept(world) == [("delivered", False)]


def test_a_report_that_comes_before_the_answer_to_the_call_is_applied_after(world: World) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    sid = f"SM{0:032x}"
    world.phone.meanwhile = lambda: [report(world, sid, "sent"), report(world, sid, "delivered")]
    send(world)

    assert kept(world) == [("sent", True), ("delivered", True)]
    (entry,) = world.outbox(child)
    assert (entry.state, entry.provider_id) == ("sent", sid)
    assert ("delivered", "") in events(world, entry)


@pytest.mark.parametrize("status", ["sent", "delivered"])
def test_a_report_with_our_reference_settles_a_send_in_doubt(world: World, status: Status) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(DOUBT_AFTER)
    send(world)
    (entry,) = world.outbox(child)
    assert entry.state == "in_doubt"

    assert report(world, "SM-new", status, reference=entry.id)
    (entry,) = world.outbox(child)
    assert (entry.state, entry.provider_id) == ("sent", "SM-new")
    world.wait(hours=1)
    assert len(world.phone.tried) == 1
    (attempt,) = world.rows(DeliveryAttempt)
    assert (attempt.result, attempt.provider_id) == ("sent", "SM-new")


def test_a_failure_reported_while_the_call_lasts_is_not_undone_by_its_answer(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child = amina(world)
    reference = put_question(world, child, "going_on")
    sid = f"SM{0:032x}"
    world.phone.meanwhile = lambda: report(world, sid, "failed", "30006", reference=reference)
    send(world)

    assert states(world, child) == ["failed"]
    assert world.tasks(child) == ["wrong_address"]
    world.wait(hours=5)
    assert len(world.phone.accepted) == 1


def test_a_report_of_an_older_attempt_never_changes_a_newer_one(world: World) -> None:
    child, first = sent(world)
    report(world, first, "failed", "30008")
    world.wait(seconds=10)
    second = world.phone.accepted[-1].provider_id
    assert first != second

    report(world, first, "delivered")
    report(world, first, "failed", "21610")
    (entry,) = world.outbox(child)
    assert (entry.state, entry.provider_id) == ("sent", second)
    assert events(world, entry) == [("queued", ""), ("sent", "")]
    assert world.tasks(child) == []
    report(world, second, "delivered")
    assert events(world, entry)[-1] == ("delivered", "")


def test_what_failed_is_not_taken_for_a_later_attempt_in_doubt(sqlite_world: World) -> None:
    """The provider lists the failed message too: it must not pass for the one in doubt."""
    world = sqlite_world
    child, first = sent(world)
    report(world, first, "failed", "30008")
    world.phone.next.append(Fault("doubt"))
    world.wait(seconds=10)
    assert states(world, child) == ["in_doubt"]
    world.wait(seconds=20)

    assert states(world, child) == ["sent"]
    assert world.phone.accepted[0].provider_id == first
    assert len(world.phone.accepted) == 2


def test_a_phone_that_is_off_gets_three_tries_spread_over_hours(sqlite_world: World) -> None:
    world = sqlite_world
    child, _ = sent(world)
    moments = [START]
    for _ in RETRY_FEW:
        report(world, world.phone.accepted[-1].provider_id, "failed", "30003")
        (entry,) = world.outbox(child)
        assert entry.retry_at is not None
        world.clock.now = entry.retry_at - timedelta(seconds=1)
        send(world)
        assert states(world, child) == ["waiting"]
        world.clock.now = entry.retry_at
        send(world)
        moments.append(world.clock.now)
    report(world, world.phone.accepted[-1].provider_id, "failed", "30003")

    assert states(world, child) == ["failed"]
    assert world.tasks(child) == ["unreachable"]
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert all(0.8 <= wait / meant <= 1.2 for wait, meant in zip(waits, RETRY_FEW, strict=True))


def test_when_they_write_what_waited_for_their_phone_does_not_wait_longer(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child, sid = sent(world)
    report(world, sid, "failed", "30003")
    world.wait(seconds=30)
    assert len(world.phone.accepted) == 1
    world.text(child, "skip")
    world.run()

    assert len(world.heard(child)) >= 3
    assert world.heard(child)[1] == world.heard(child)[0], "the same question first, then on"


def test_a_phone_from_which_they_write_is_not_called_unreachable(sqlite_world: World) -> None:
    """The last report of a text that could not arrive comes after they wrote."""
    world = sqlite_world
    child, _ = sent(world)
    for _ in RETRY_FEW:
        report(world, world.phone.accepted[-1].provider_id, "failed", "30003")
        world.clock.now = world.outbox(child)[0].retry_at or START
        send(world)
    world.text(child, "hi")
    report(world, world.phone.accepted[-1].provider_id, "failed", "30003")

    assert world.tasks(child) == ["undelivered"]


def test_what_a_later_text_has_overtaken_is_not_sent_again_out_of_order(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child, first = sent(world, "around")
    put_question(world, child, "going_on")
    send(world)
    report(world, first, "failed", "30008")

    assert states(world, child) == ["failed", "sent"]
    assert world.tasks(child) == ["undelivered"]


def test_a_failure_that_lasts_is_a_persons_task_once(sqlite_world: World) -> None:
    world = sqlite_world
    child, _ = sent(world)
    while world.clock.now < START + LASTING * 2:
        report(world, world.phone.accepted[-1].provider_id, "failed", "30008")
        if world.clock.now <= START + LASTING:
            assert world.tasks(child) == []
        world.clock.now = world.outbox(child)[0].retry_at or START
        send(world)

    assert states(world, child) == ["sent"]
    assert world.tasks(child) == ["undelivered"]


def test_a_safety_reply_that_did_not_arrive_is_told_at_once_and_once(world: World) -> None:
    child, sid = sent(world, "danger")
    report(world, sid, "failed", "30008")
    found = world.escalation(child)
    assert (found.priority, world.kinds(found)) == (2, ["undelivered", "nobody_reachable"])
    assert states(world, child) == ["waiting"]

    world.wait(seconds=10)
    report(world, world.phone.accepted[-1].provider_id, "failed", "30008")
    assert world.kinds(world.escalation(child)).count("undelivered") == 1


def test_a_reported_failure_of_a_safety_reply_goes_to_another_phone(sqlite_world: World) -> None:
    world, telegram = sqlite_world, FakePhone("telegram")
    with_channels(world, world.phone, telegram)
    child, sid = sent(world, "danger")
    other_address(world, child, "telegram", "4711")
    report(world, sid, "failed", "21610")
    send(world)

    assert telegram.bodies("4711") == world.heard(child)


def test_an_alert_that_did_not_arrive_is_an_alarm(sqlite_world: World) -> None:
    world = sqlite_world
    dee(world)
    world.text(amina(world), HARM)
    send(world)
    (alert,) = [each for each in world.phone.accepted if each.address == DEE_NUMBER]
    report(world, alert.provider_id, "failed", "30005")

    (entry,) = world.rows(OutboxEntry, OutboxEntry.rank == 0)
    assert entry.state == "failed"
    assert world.rows(Alert)
    assert alarms(world) == [("alert_failed", "sms 30005")]


def test_what_was_given_up_in_doubt_and_arrived_after_all_has_arrived(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    reference = put_question(world, child, "going_on")
    world.phone.next.append(DOUBT_AFTER)
    world.phone.cannot_be_asked = True
    while states(world, child) != ["failed"]:
        send(world)
        world.clock.move(timedelta(minutes=4))
    assert world.clock.now < START + timedelta(hours=5)
    assert world.tasks(child) == ["undelivered"]

    report(world, "SM-late", "delivered", reference=reference)
    assert states(world, child) == ["sent"]
    assert len(world.phone.accepted) == 1


def test_after_a_failure_what_became_guarded_is_not_sent_again(sqlite_world: World) -> None:
    world = sqlite_world
    child, sid = sent(world)
    report(world, sid, "failed", "30008")
    make_guarded(world, child)
    world.wait(seconds=10)

    assert states(world, child) == ["dropped"]
    assert len(world.phone.accepted) == 1


def test_a_send_that_is_told_to_wait_does(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    put_question(world, child, "going_on")
    world.phone.next.append(Fault("refuse", retry="backoff", retry_after=300, code="20429"))
    world.phone.next.append(RETRY)
    send(world)
    (entry,) = world.outbox(child)
    assert entry.retry_at == START + timedelta(seconds=300)
