"""A person who has spoken with the young person says that the phone is safe again."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from bot.contact import mark_safe_again
from bot.escalations import NotPossible
from dialogs.position import Position
from dialogs.turn import has_ended
from storage import contacts, people
from storage.tables import AuditEntry, Staff
from tests.bot.cast import ade, amina, make_guarded
from tests.bot.prompting import put_in
from tests.bot.world import Child, World

REASON = "Rang her at school, she was alone"


@pytest.fixture
def advocate(world: World) -> Staff:
    return ade(world)


Mark = Callable[..., None]


@pytest.fixture
def mark(world: World, advocate: Staff) -> Mark:
    def call(child: Child, **details: Any) -> None:
        given: dict[str, Any] = {"confirmed_with_child": True, "reason": REASON} | details
        mark_safe_again(world.service, child.id, advocate, **given)

    return call


def contact(world: World, child: Child) -> str:
    with world.reading() as session:
        return people.conversation_of(session, child.id).contact


def position(world: World, child: Child) -> Position:
    return Position.from_json(world.interview(child).position)


def closed(world: World, **position: Any) -> Child:
    """Amina, whose conversation two wrong check words have closed."""
    child = amina(world, check_word="marmalade")
    make_guarded(world, child)
    moved = {"resume": "going_on", "wrong_words": 2, "doubted": True, "checked": False}
    put_in(world, child, "closed_unsafe", **(moved | position))
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        interview.ended_at = world.service.clock.service_now()
        session.add(interview)
    return child


def test_a_guarded_phone_is_open_again_and_nothing_is_sent(world: World, mark: Mark) -> None:
    child = amina(world, "busy", resume="going_on", doubted=True, wrong_words=1)
    make_guarded(world, child)
    before = len(world.outbox(child))

    mark(child)
    world.run()

    assert contact(world, child) == "open"
    assert (position(world, child).doubted, position(world, child).wrong_words) == (False, 0)
    assert position(world, child).state == "busy"
    assert len(world.outbox(child)) == before


@pytest.mark.parametrize("known", [{"confirmed": False}, {"shared": True}])
def test_a_number_that_is_not_surely_theirs_stays_unverified(
    world: World, mark: Mark, known: dict[str, bool]
) -> None:
    child = amina(world, "busy", resume="going_on")
    make_guarded(world, child)
    with world.service.database.write() as session:
        row = contacts.contact_of(session, people.conversation_of(session, child.id))
        for name, value in known.items():
            setattr(row, name, value)
        session.add(row)

    mark(child)

    assert contact(world, child) == "unverified"


def test_what_wrong_words_closed_says_hello_at_the_next_text(world: World, mark: Mark) -> None:
    child = closed(world)

    mark(child)

    assert world.interview(child).ended_at is None
    after = position(world, child)
    assert (after.state, after.resume, after.checked) == ("not_started", "going_on", False)
    (said,) = world.says(child, "hiya")
    assert position(world, child).state == "hello"
    assert "good time" in said


def test_what_had_ended_before_it_was_closed_stays_ended(world: World, mark: Mark) -> None:
    child = closed(world, resume="finished")

    mark(child)

    assert world.interview(child).ended_at is not None
    assert has_ended(position(world, child))


def test_a_closed_phone_that_is_not_guarded_can_be_marked_too(world: World, mark: Mark) -> None:
    child = closed(world)
    make_guarded(world, child, "unverified")

    mark(child)

    assert position(world, child).state == "not_started"


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"confirmed_with_child": False}, "Speak with the young person first"),
        ({"reason": "  "}, "in a few words"),
        ({"reason": "she's fine"}, "in a few words"),
    ],
)
def test_without_having_spoken_or_a_reason_nothing_changes(
    world: World, mark: Mark, details: dict[str, Any], why: str
) -> None:
    child = closed(world)

    with pytest.raises(NotPossible, match=why):
        mark(child, **details)

    assert contact(world, child) == "guarded"
    assert position(world, child).state == "closed_unsafe"


def test_it_is_done_once(world: World, mark: Mark) -> None:
    child = closed(world)
    mark(child)

    with pytest.raises(NotPossible, match="not marked as unsafe"):
        mark(child)


def test_nobody_by_that_id(world: World, mark: Mark) -> None:
    with pytest.raises(NotPossible, match="no such young person"):
        mark(Child(uuid4(), "+447700900109"))


def test_the_log_names_who_did_it_and_never_the_words(
    world: World, mark: Mark, advocate: Staff
) -> None:
    child = closed(world)

    mark(child)

    (entry,) = [each for each in world.rows(AuditEntry) if each.action == "mark contact safe"]
    assert entry.actor == f"staff:{advocate.id}"
    assert entry.subject == f"young_person:{child.id}"
    assert entry.detail == {"contact": "open", "reason": "given"}
    assert world.audit_is_sound()


def test_an_episode_that_came_later_is_not_begun_again(world: World, mark: Mark) -> None:
    """Only the interview of today moves; an older one that was closed stays as it was."""
    child = closed(world)
    old = world.interview(child).id
    with world.service.database.write() as session:
        now = world.service.clock.service_now()
        episode = people.add_episode(session, child.id, now, now, "command")
        people.interview_for(session, episode, Position().to_json(), now)

    mark(child)

    assert contact(world, child) == "open"
    with world.reading() as session:
        states = {each.id: each.state for each in people.list_interviews(session)}
    assert states.pop(old) == "closed_unsafe"
    assert list(states.values()) == ["not_started"]
