"""What was sent unasked, and an interview put where a test wants it."""

from datetime import datetime, timedelta
from typing import Any

from storage import people
from storage.tables import Offer
from tests.bot.world import START, Child, World

DAY = timedelta(days=1)


def offers(world: World) -> list[tuple[str, datetime]]:
    """What was put into words for them; an attempt that became no text is no part of it."""
    written = [each for each in world.rows(Offer) if each.outcome is None]
    found = sorted(written, key=lambda each: each.seq)
    return [(each.kind, each.due_at) for each in found]


def put_in(world: World, child: Child, state: str, **position: Any) -> None:
    """Her interview stands here now; nothing is written about how it came there."""
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        people.save_position(session, interview, {**interview.position, "state": state, **position})


def end(world: World, child: Child) -> None:
    """She has held her interview to the end, on Friday at four."""
    put_in(world, child, "finished", goodbye_said=True)
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        interview.ended_at = START
        session.add(interview)
