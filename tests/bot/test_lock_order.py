"""Whoever holds a row of the outbox holds the conversation already: nobody waits in a circle.

On SQLite there is one writer; on PostgreSQL a sender meets reports, turns and other senders.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import text

from bot.undelivered import RETRY_FOR
from storage.database import lock_row
from tests.bot.cast import amina, put_question
from tests.bot.phone import DOUBT_BEFORE, FakePhone, Fault
from tests.bot.sending import other_address, report, send, states, with_channels, wrote_at
from tests.bot.world import START, Child, World

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database_kind", ["postgres"], indirect=True),
]
OUTSIDE = Fault("refuse", retry="template", trouble="outside_window", code="63016")
WAITING = (
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
PATIENCE_S = 30.0


class Intruder:
    """Somebody who holds the conversation and takes the row once a sender runs into that."""

    def __init__(self, world: World, child: Child, threads: ThreadPoolExecutor) -> None:
        self.world, self.child, self.threads = world, child, threads
        (entry,) = world.outbox(child)
        self.entry_id = entry.id
        self.done: Future[None] | None = None

    def come(self) -> None:
        held = Event()
        self.done = self.threads.submit(self._work, held)
        assert held.wait(PATIENCE_S)

    def _work(self, held: Event) -> None:
        with self.world.service.database.write() as session:
            lock_row(session, "conversation", "young_person_id", self.child.id)
            held.set()
            until = monotonic() + PATIENCE_S
            while not self._somebody_waits():
                assert monotonic() < until, "nobody needed the conversation"
            lock_row(session, "outbox_entry", "id", self.entry_id)

    def _somebody_waits(self) -> bool:
        with self.world.service.database.read() as session:
            return session.connection().execute(text(WAITING)).first() is not None


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def child(world: World) -> Child:
    """Amina on WhatsApp, inside its day, with a text to her and a number that somebody checked."""
    whatsapp = FakePhone("whatsapp")
    with_channels(world, whatsapp)
    found = amina(world)
    with_channels(world, whatsapp, FakePhone("sms"))
    other_address(world, found, "sms", "+447700900177")
    wrote_at(world, found, START)
    put_question(world, found, "going_on")
    return found


def finish(coming: Intruder) -> None:
    assert coming.done is not None
    coming.done.result(timeout=PATIENCE_S)


def test_taking_another_way_before_a_call(
    world: World, child: Child, threads: ThreadPoolExecutor
) -> None:
    wrote_at(world, child, None)
    coming = Intruder(world, child, threads)
    coming.come()
    send(world)
    finish(coming)

    assert states(world, child) == ["failed", "waiting"]
    assert world.phone.tried == []


def test_taking_another_way_after_a_refusal(
    world: World, child: Child, threads: ThreadPoolExecutor
) -> None:
    coming = Intruder(world, child, threads)
    world.phone.next.append(OUTSIDE)
    world.phone.meanwhile = coming.come
    send(world)
    finish(coming)

    assert states(world, child) == ["failed", "waiting"]
    assert len(world.phone.tried) == 1


def test_the_answer_to_a_call_while_reports_of_it_come(
    world: World, child: Child, threads: ThreadPoolExecutor
) -> None:
    coming = Intruder(world, child, threads)
    sid = f"SM{0:032x}"

    def meanwhile() -> None:
        report(world, sid, "sent")
        coming.come()

    world.phone.meanwhile = meanwhile
    send(world)
    finish(coming)

    assert states(world, child) == ["sent"]


def test_giving_up_what_is_in_doubt(
    world: World, child: Child, threads: ThreadPoolExecutor
) -> None:
    coming = Intruder(world, child, threads)
    world.phone.next.append(DOUBT_BEFORE)
    send(world)
    world.clock.move(RETRY_FOR)
    wrote_at(world, child, world.clock.now)
    world.phone.next.append(DOUBT_BEFORE)
    world.phone.meanwhile = coming.come
    send(world)
    finish(coming)

    assert states(world, child) == ["failed"]
    assert world.tasks(child) == ["undelivered"]
