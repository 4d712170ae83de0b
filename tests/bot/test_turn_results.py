"""What a turn leaves behind besides its texts: topics, the way they chose, news as told."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dialogs.position import Answer, Heard, Passing, Position, Turn
from storage import answers, follow_ups
from storage.tables import FollowUp
from tests.bot.cast import amina, dee
from tests.bot.detector import HARM
from tests.bot.world import START, Child, World

Says = Callable[..., None]


@pytest.fixture
def turn_is(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Lets the dialogue answer everything with one turn, whatever it would have said."""

    def prepare(**results: object) -> None:
        def take_turn(position: Position, _heard: Heard, *_: object) -> Turn:
            return Turn(position, (), **results)  # type: ignore[arg-type]

        monkeypatch.setattr("bot.turns.take_turn", take_turn)

    return prepare


def passing(world: World, child: Child) -> list[tuple[str, object]]:
    with world.reading() as session:
        told = answers.passing_of(session, world.interview(child).id)
        return [(topic, message.id) for topic, message in told]


def test_what_was_told_in_passing_refers_to_its_message(world: World, turn_is: Says) -> None:
    child = amina(world)
    first = world.text(child, "we had a row").message_id
    world.text(child, "", media=("picture",))
    second = world.text(child, "he has a car").message_id
    turn_is(
        answers=(Answer("going_on", (0,)),),
        passing=(Passing("C2", 1), Passing("B4", 0), Passing("B4", 1)),
    )
    world.wait(seconds=20)

    assert passing(world, child) == [("B4", first), ("B4", second), ("C2", second)]
    with world.reading() as session:
        ((answer, said),) = answers.answers_of(session, world.interview(child).id)
    assert (answer.question, [each.id for each in said]) == ("going_on", [first])


def test_the_first_way_they_choose_accepts_and_a_later_one_counts(
    world: World, turn_is: Says
) -> None:
    child = amina(world)
    seen = []
    for way in (None, "talk", None, "meet"):
        turn_is(way=way)
        world.says(child, "hi")
        interview = world.interview(child)
        seen.append((interview.way, interview.accepted_at))

    accepted_at = START + timedelta(seconds=40)
    assert seen == [
        (None, None),
        ("talk", accepted_at),
        ("talk", accepted_at),
        ("meet", accepted_at),
    ]


def test_news_is_noted_as_told_once_it_went_out(world: World, turn_is: Says) -> None:
    child = amina(world, "follow_up")
    with world.service.database.write() as session:
        interview = world.interview(child)
        first, second = (
            follow_ups.add(session, world.service.vault, interview, words, None, at)
            for words, at in (("We asked.", START), ("You get one.", START + timedelta(hours=1)))
        )
    turn_is()
    world.says(child, "hm")
    assert [row.told_at for row in world.rows(FollowUp)] == [None, None]

    turn_is(news_told=True)
    world.says(child, "yes")
    told = {row.id: row.told_at for row in world.rows(FollowUp)}
    assert told[first.id] is not None
    assert told[second.id] is None


@pytest.mark.parametrize(
    "state", ["finished", "declined", "closed_unsafe", "chat_was", "follow_up"]
)
def test_an_ended_state_ends_the_interview_and_keeps_its_time(
    sqlite_world: World, turn_is: Says, state: str
) -> None:
    world = sqlite_world
    child = amina(world, state)
    turn_is()
    world.says(child, "hi")
    ended_at = world.interview(child).ended_at
    world.says(child, "hi")

    assert ended_at is not None
    assert world.interview(child).ended_at == ended_at


def test_what_is_told_after_the_end_does_not_open_it_again(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world, "finished")
    dee(world)
    world.says(child, "thanks")
    ended_at = world.interview(child).ended_at
    world.says(child, HARM)

    interview = world.interview(child)
    assert interview.state == "after_disclosure"
    assert interview.ended_at == ended_at
    assert ended_at is not None


def test_a_disclosure_at_the_last_question_comes_before_the_end(
    sqlite_world: World, turn_is: Says
) -> None:
    world = sqlite_world
    child = amina(world, "after_disclosure", resume="finished")
    turn_is()
    world.says(child, "hi")

    assert world.interview(child).ended_at is None
