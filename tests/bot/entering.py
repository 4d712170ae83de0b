"""Entering Amina's episodes, as a worker does."""

from datetime import datetime, timedelta
from typing import Any

from bot.invitations import Invitation, NewEpisode, enter_episode
from tests.bot.cast import AMINA_NUMBER
from tests.bot.world import START, Child, World

AGREED = Invitation(agreed_by="ade@example.org")
AT_ONCE = Invitation(agreed_by="Ade@Example.org ", ignore_quiet_hours=True)


def episode(**details: Any) -> NewEpisode:
    known: dict[str, Any] = {
        "returned_at": START - timedelta(hours=3),
        "name": "Amina",
        "phone": "07700 900101",
    }
    return NewEpisode(**(known | details))


def enter(world: World, invitation: Invitation | None = None, **details: Any) -> Child:
    entered = enter_episode(world.service, episode(**details), "command", invitation)
    return Child(entered.young_person_id, AMINA_NUMBER)


def another(world: World, child: Child, **details: Any) -> None:
    """Missing again: one more episode, with the wish to invite."""
    new = NewEpisode(world.clock.service_now(), young_person_id=child.id, **details)
    enter_episode(world.service, new, "command", AGREED)
    world.run()


def decline(world: World, child: Child) -> None:
    world.text(child, "no")
    world.run()
    assert world.interview(child).ended_at is not None


def at(world: World, written: str) -> World:
    world.clock.now = datetime.fromisoformat(written)
    return world
