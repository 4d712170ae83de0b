"""Unknown senders and who they turn out to be, for the tests of linking."""

from typing import Any
from uuid import UUID

from bot.links import link_sender
from bot.transcripts import read_transcript
from storage.tables import (
    Staff,
)
from tests.bot.cast import (
    MAX_NUMBER,
    _staff,
    outsider,
)
from tests.bot.world import Child, World

REASON = "Her key worker knows the number"


def manager(world: World) -> Staff:
    return _staff(world, "Mo Lindqvist", "manager", None)


def stranger(world: World, *said: str) -> Child:
    """Max's phone has written this, a minute apart, and everything was answered."""
    for each in said or ("its me",):
        world.text(MAX_NUMBER, each)
        world.run()
        world.wait(minutes=1)
    return outsider(world)


def link(
    world: World, sender: Child | UUID, child: Child | UUID, staff: Staff, **details: Any
) -> None:
    given: dict[str, Any] = {"confirmed": False, "reason": REASON} | details
    ids = [each if isinstance(each, UUID) else each.id for each in (sender, child)]
    link_sender(world.service, ids[0], ids[1], staff, **given)


def transcript(world: World, interview_id: UUID) -> list[tuple[str, str]]:
    """Inbound words of a transcript with what stands beside them."""
    found = read_transcript(world.service, interview_id, "command")
    assert found is not None
    return [(each.text, each.written) for each in found.messages if each.direction == "in"]
