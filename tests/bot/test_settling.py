"""When a turn is due, and several texts that are one answer (docs/practice.md PR-28)."""

from datetime import datetime, timedelta

import pytest

from bot.settle import plan_turn
from storage.answers import answers_of
from storage.people import conversation_of
from storage.tables import Message
from tests.bot.cast import amina, dee, put_question
from tests.bot.detector import DANGER, HARM, SOONER, SPLIT_HARM
from tests.bot.together import at_once
from tests.bot.world import START, Child, World


def due(world: World, child: Child) -> float | None:
    """Seconds until the next turn of this conversation."""
    at: datetime | None = world.conversation(child).turn_due_at
    return None if at is None else (at - world.clock.service_now()).total_seconds()


def answers(world: World, child: Child) -> dict[str, list[str]]:
    """The ids of the messages that answer each question."""
    with world.reading() as session:
        found = answers_of(session, world.interview(child).id)
        return {answer.question: [str(each.id) for each in said] for answer, said in found}


def test_an_open_question_settles_for_twenty_seconds_of_silence(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    sqlite_world.text(child, "so basically")
    assert due(sqlite_world, child) == 20

    sqlite_world.wait(seconds=15)
    sqlite_world.text(child, "me and my mate went out")
    assert due(sqlite_world, child) == 20
    assert sqlite_world.heard(child) == []


def test_it_settles_for_sixty_seconds_at_most(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    for number in range(5):
        world.text(child, f"and then {number}")
        if number < 4:
            world.wait(seconds=14)
    assert due(world, child) == 60 - 4 * 14

    world.wait(seconds=4)
    assert world.dispositions(child) == ["turn"] * 5
    world.text(child, "one more thing")
    assert due(world, child) == 20, "the next thought has its own sixty seconds"


def test_the_times_are_settings(sqlite_world: World) -> None:
    from dataclasses import replace

    settings = sqlite_world.settings.model_copy(
        update={"settle_seconds": 3.0, "settle_at_most_seconds": 5.0}
    )
    sqlite_world.service = replace(sqlite_world.service, settings=settings)
    child = amina(sqlite_world)
    sqlite_world.text(child, "so")
    assert due(sqlite_world, child) == 3


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("safe_now", "yes"),
        ("way", "text"),
        ("hello", "yes"),
        ("finished", "bye"),
        ("going_on", "skip"),
        ("going_on", "busy"),
        ("going_on", "dont wanna say"),
        ("going_on", HARM),
        ("going_on", DANGER),
    ],
)
def test_closed_questions_commands_and_disclosures_are_due_at_once(
    sqlite_world: World, state: str, said: str
) -> None:
    child = amina(sqlite_world, state)
    sqlite_world.text(child, said)

    assert due(sqlite_world, child) == 0
    sqlite_world.run()
    assert sqlite_world.dispositions(child) != [""]


def test_what_is_due_at_once_is_not_put_off_by_the_next_text(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    sqlite_world.text(child, HARM)
    sqlite_world.text(child, "and so on")

    assert due(sqlite_world, child) == 0


def test_quick_texts_are_one_answer_with_all_their_messages(world: World) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    world.run()
    sent = len(world.heard(child))
    ids = [
        str(world.text(child, part).message_id)
        for part in ("we had a row", "me and mum", "so i left")
    ]
    world.wait(seconds=20)

    assert answers(world, child) == {"going_on": ids}
    assert len(world.heard(child)) == sent + 1
    assert world.interview(child).state == "help"


def test_a_late_text_joins_the_answer_of_its_own_question(world: World) -> None:
    child = amina(world, "going_on")
    put_question(world, child, "going_on")
    world.run()
    first = world.text(child, "we had a row").message_id
    world.wait(seconds=20)
    # The next question is queued; the text comes before the provider has it.
    world.phone.meanwhile = None
    assert world.interview(child).state == "help"
    state = world.interview(child).version
    world.phone.always = None
    late = _arrived_before_the_next_question(world, child, "and she threw my stuff out")

    assert answers(world, child)["going_on"] == [str(first), str(late)]
    assert "help" not in answers(world, child)
    assert world.interview(child).state == "help"
    assert world.interview(child).version == state + 1


def _arrived_before_the_next_question(world: World, child: Child, said: str) -> object:
    """A text whose standing question, when it came, was still going_on; answered afterwards."""
    from storage.asked import Prompts

    patch = pytest.MonkeyPatch()
    patch.setattr("storage.messages.prompts_for", lambda *_: Prompts("going_on", None))
    receipt = world.text(child, said)
    patch.undo()
    world.wait(seconds=20)
    return receipt.message_id


def test_a_thought_split_over_three_texts_escalates(world: World) -> None:
    child = amina(world)
    first, second, third = (world.text(child, part) for part in SPLIT_HARM)

    found = world.escalation(child)
    assert world.codes(found) == {"CSE"}
    (hit,) = [each for each in world.events(found) if each.kind == "hit"]
    assert hit.message_id == third.message_id
    said = [each["message_id"] for each in world.detail(found, "hit")["because"]]
    assert said == [str(each.message_id) for each in (first, second, third)]


def test_quick_texts_do_not_raise_the_same_hit_again(world: World) -> None:
    child = amina(world)
    world.text(child, HARM)
    world.text(child, "all the time")
    world.text(child, "he does")

    assert world.kinds(world.escalation(child)).count("hit") == 1


def test_a_text_that_makes_an_earlier_one_more_urgent_raises_it(world: World) -> None:
    """It matches nothing itself; a P2 must not stay one because the words came in two texts."""
    child = amina(world)
    dee(world)
    world.text(child, HARM)
    world.text(child, f"hes back {SOONER}")

    found = world.escalation(child)
    assert found.priority == 1
    assert [each.priority for each in world.events(found)] == [2, 1]
    world.text(child, "please")
    assert len(world.events(found)) == 2


def test_the_real_detector_raises_across_two_texts_too(sqlite_world: World) -> None:
    from dataclasses import replace

    from dialogs.screening import screen

    world = sqlite_world
    world.service = replace(world.service, screen=screen)
    child = amina(world)
    dee(world)
    world.text(child, "my dad hits me")
    world.text(child, "hes here now")

    assert world.escalation(child).priority == 1


def test_texts_a_long_time_apart_are_no_one_thought(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    sqlite_world.text(child, SPLIT_HARM[0])
    sqlite_world.clock.move(timedelta(seconds=61))
    sqlite_world.text(child, SPLIT_HARM[1])

    assert [texts for texts, _, _ in sqlite_world.detector.heard] == [
        SPLIT_HARM[:1],
        SPLIT_HARM[1:2],
    ]


def test_quick_texts_at_once_from_many_threads_are_all_answered(world: World) -> None:
    child = amina(world)
    at_once(8, lambda number: world.text(child, f"part {number}"))
    world.wait(seconds=20)

    assert world.dispositions(child) == ["turn"] * 8
    assert len(answers(world, child)["going_on"]) == 8


@pytest.mark.postgres
def test_a_plan_is_made_on_the_conversation_as_it_is_now(world: World, database_kind: str) -> None:
    """PostgreSQL lets a turn finish between a look at the conversation and its lock."""
    if database_kind == "sqlite":
        return
    child = amina(world)
    receipt = world.text(child, HARM)
    (message,) = world.rows(Message, Message.id == receipt.message_id)
    with world.service.database.write() as session:
        seen = conversation_of(session, child.id)
        assert seen.turn_due_at == START
        with world.service.database.write() as elsewhere:
            conversation_of(elsewhere, child.id).turn_due_at = None
        plan_turn(world.service, session, message, at_once=True)

    assert world.conversation(child).turn_due_at == START
