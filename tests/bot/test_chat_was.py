"""How was this chat: asked on a later day, once, of somebody who held it to the end."""

from datetime import timedelta

import pytest

from bot.reminders import remind
from storage import people
from storage.offers import add_offer
from tests.bot.cast import ade
from tests.bot.detector import HARM
from tests.bot.entering import AGREED, at, enter
from tests.bot.prompting import DAY, end, offers, put_in
from tests.bot.together import at_once
from tests.bot.world import START, Child, World

pytestmark = pytest.mark.slow


@pytest.fixture
def finished(world: World) -> Child:
    """Amina, who has held her interview to the end, on Friday at four."""
    ade(world)
    child = enter(world, AGREED)
    world.run()
    end(world, child)
    return child


def test_on_a_later_day_they_are_asked_once_how_the_chat_was(world: World, finished: Child) -> None:
    for _ in range(24 * 4):
        world.wait(hours=1)

    assert offers(world) == [("invitation", START), ("chat_was", START + timedelta(hours=20))]
    assert world.interview(finished).state == "chat_was"
    assert world.interview(finished).ended_at == START
    assert world.tasks(finished) == []


@pytest.mark.parametrize(
    "spoil",
    ["guarded", "unverified", "declined", "closed_unsafe", "risk", "new episode", "three prompts"],
)
def test_who_is_not_asked_how_it_was(world: World, finished: Child, spoil: str) -> None:
    if spoil in ("guarded", "unverified"):
        with world.service.database.write() as session:
            people.conversation_of(session, finished.id).contact = spoil
    elif spoil in ("declined", "closed_unsafe"):
        put_in(world, finished, spoil)
    elif spoil == "risk":
        world.text(finished, HARM)
        world.run()
        end(world, finished)
    elif spoil == "new episode":
        enter(world, young_person_id=finished.id)
    else:
        with world.service.database.write() as session:
            for _ in range(2):
                add_offer(session, finished.id, "reminder", START, START, "command")
    world.wait(days=1)
    assert "chat_was" not in [kind for kind, _ in offers(world)]


def test_not_on_the_same_day_and_not_weeks_later(world: World, finished: Child) -> None:
    early = START.replace(hour=0, minute=30)
    with world.service.database.write() as session:
        interview = people.current_interview(session, finished.id)
        assert interview is not None
        interview.ended_at, interview.invited_at = early, early
        session.add(interview)
    at(world, "2026-11-20T20:45+00:00").run()
    assert len(offers(world)) == 1
    at(world, "2026-11-28T12:00+00:00").run()
    assert len(offers(world)) == 1


def test_two_workers_at_once_ask_once(world: World, finished: Child) -> None:
    world.clock.move(DAY)
    at_once(4, lambda _number: remind(world.service))

    assert [kind for kind, _ in offers(world)] == ["invitation", "chat_was"]
