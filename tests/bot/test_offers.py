"""What became of an offer, in every way that it can (docs/practice.md, offer and clock)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from bot.offers import Outcome, offers_about, outcome_of
from bot.prompts import is_room
from storage import outbox
from storage.offers import Fate, add_offer, offers_since
from storage.tables import Offer, ProviderReport
from tests.bot.cast import ade
from tests.bot.entering import AGREED, at, enter
from tests.bot.world import START, Child, World

HOUR = timedelta(hours=1)
SENT = Fate("sms", None, 1, START, delivered=False, read=False, failed=None, dropped_at=None)
QUEUED = replace(SENT, accepted_at=None, tries=0, waiting_until=START)


def an_offer(due_at: datetime = START, outcome: str | None = None) -> Offer:
    return Offer(
        id=uuid4(),
        young_person_id=uuid4(),
        kind="invitation",
        message_id=None if outcome else uuid4(),
        due_at=due_at,
        made_by="command",
        outcome=outcome,
        at=START,
    )


@pytest.mark.parametrize(
    ("fate", "wrote", "next_in", "outcome"),
    [
        (QUEUED, [], None, Outcome("waiting")),
        (
            replace(QUEUED, waiting_until=START + HOUR),
            [],
            None,
            Outcome("put_off", until=START + HOUR),
        ),
        (replace(QUEUED, tries=2), [], None, Outcome("trying")),
        (SENT, [], None, Outcome("no_answer", reached="sent")),
        (replace(SENT, delivered=True), [], None, Outcome("no_answer", reached="delivered")),
        (replace(SENT, delivered=True, read=True), [], None, Outcome("no_answer", reached="read")),
        (SENT, [-1, 2, 5], None, Outcome("answered", reached="sent", answered_at=START + 2 * HOUR)),
        (SENT, [71], None, Outcome("answered", reached="sent", answered_at=START + 71 * HOUR)),
        (SENT, [-1, 72], None, Outcome("no_answer", reached="sent")),
        (SENT, [30], 24, Outcome("next_came", reached="sent")),
        (SENT, [20], 24, Outcome("answered", reached="sent", answered_at=START + 20 * HOUR)),
        (
            replace(QUEUED, waiting_until=None, dropped_at=START + HOUR),
            [0.5],
            None,
            Outcome("wrote_first"),
        ),
        (
            replace(QUEUED, waiting_until=None, dropped_at=START + HOUR),
            [-5],
            None,
            Outcome("taken_back"),
        ),
    ],
)
def test_what_became_of_a_text(
    fate: Fate, wrote: list[float], next_in: float | None, outcome: Outcome
) -> None:
    found = outcome_of(
        an_offer(),
        fate,
        [START + each * HOUR for each in wrote],
        START + 100 * HOUR,
        next_at=None if next_in is None else START + next_in * HOUR,
    )

    assert found == outcome


def test_one_that_is_planned_says_until_when() -> None:
    later = START + 5 * HOUR
    fate = replace(QUEUED, waiting_until=later)

    assert outcome_of(an_offer(later), fate, [], START) == Outcome("waiting", until=later)


def test_one_that_never_became_a_text_says_why() -> None:
    found = outcome_of(an_offer(outcome="person_first"), None, [START], START)

    assert found == Outcome("not_written", reason="person_first")


def test_one_that_did_not_arrive_says_why_in_plain_words() -> None:
    found = outcome_of(an_offer(), replace(SENT, failed="30003"), [START + HOUR], START)

    assert found.kind == "not_delivered"
    assert found.meaning
    assert "30003" not in found.meaning


def outcomes(world: World, child: Child) -> list[str]:
    with world.reading() as session:
        found = offers_about(world.service, session, world.interview(child))
    return [each.outcome.kind for each in found]


def test_from_planned_to_answered(world: World) -> None:
    at(world, "2026-11-20T22:00:00+00:00")
    ade(world)
    child = enter(world, AGREED)
    assert outcomes(world, child) == ["waiting"]
    world.wait(hours=10)
    assert outcomes(world, child) == ["no_answer"]
    world.says(child, "yes")
    assert outcomes(world, child) == ["answered"]


def test_who_writes_before_it_leaves_gets_no_offer_and_it_does_not_count(world: World) -> None:
    """What was taken back is no text that they did not ask for."""
    at(world, "2026-11-20T22:00:00+00:00")
    ade(world)
    child = enter(world, AGREED)
    world.says(child, "hi is anyone there")

    assert outcomes(world, child) == ["wrote_first"]
    with world.reading() as session:
        assert offers_since(session, child.id, START - timedelta(days=8)) == []


def test_a_no_is_theirs_and_no_answer_is_none(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    assert outcomes(world, child) == ["no_answer"]
    world.says(child, "no")

    assert outcomes(world, child) == ["said_no"]


def test_a_read_receipt_is_known(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    (entry,) = world.outbox(child)
    assert entry.provider_id is not None
    with world.service.database.write() as session:
        session.add(
            ProviderReport(
                id=uuid4(),
                channel=entry.channel,
                provider_id=entry.provider_id,
                status="read",
                at=START + HOUR,
            )
        )

    with world.reading() as session:
        (offered,) = offers_about(world.service, session, world.interview(child))
    assert offered.outcome == Outcome("no_answer", reached="read")


def test_only_what_left_or_waits_to_leave_counts_to_three(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.run()
    with world.service.database.write() as session:
        for outcome in (None, "person_first", "draft_texts"):
            add_offer(session, child.id, "invitation", START, START, "command", outcome=outcome)
        assert is_room(session, child.id, START)
        add_offer(session, child.id, "reminder", START, START, "reminders")
        assert not is_room(session, child.id, START)


def test_a_text_that_was_taken_back_makes_room_again(world: World) -> None:
    at(world, "2026-11-20T22:00:00+00:00")
    ade(world)
    child = enter(world, AGREED)
    with world.service.database.write() as session:
        for _ in range(2):
            add_offer(session, child.id, "reminder", START, START, "reminders")
        assert not is_room(session, child.id, world.clock.service_now())
        outbox.drop_what_is_not_due(session, child.id, world.clock.service_now())
        assert is_room(session, child.id, world.clock.service_now())
