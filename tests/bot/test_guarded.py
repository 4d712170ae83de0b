"""Contact safety outranks everything: what may leave a conversation, and what never does (G-26)."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.channels import Pin
from bot.outbox import may_leave, queue_replies
from dialogs.interview import ENDED, STATES
from dialogs.position import Disclosure, Heard, HeardText, Position, Reply, Situation
from dialogs.texts import load
from dialogs.turn import take_turn
from storage import people
from tests.bot.cast import DEE_NUMBER, UNDER_WAY, amina, dee, make_guarded, put_question
from tests.bot.detector import (
    COUNTY,
    DANGER,
    HARM,
    MISSING,
    OWN_ACT,
    SEXUAL,
    SUICIDE,
    UNSURE,
)
from tests.bot.world import START, Child, World

pytestmark = pytest.mark.slow

DISCLOSED = (
    None,
    Disclosure(1, ("IMM",), "clear"),
    Disclosure(2, ("ABU",), "clear"),
    Disclosure(2, ("MIS",), "unsure"),
    Disclosure(2, ("CCE",), "clear", own_act=True),
)


def exposures(world: World, child: Child) -> set[str | None]:
    return {each.exposure for each in world.messages(child, "out")}


@pytest.mark.parametrize(
    ("contact", "allowed"),
    [
        ("guarded", {"bland"}),
        ("unverified", {"bland", "general"}),
        ("open", {"bland", "general", "case"}),
    ],
)
def test_the_rule(contact: str, allowed: set[str]) -> None:
    every = ("bland", "general", "case")
    assert {each for each in every if may_leave(contact, each)} == allowed


SAID = (DANGER, HARM, UNSURE, OWN_ACT, "no", "HELP", "he took my phone")
GUARDED_IN = ("hello", "check_word", "just_you", "busy", "after_disclosure", "closed_unsafe")


@pytest.mark.parametrize("state", GUARDED_IN)
def test_only_bland_texts_leave_a_guarded_conversation(sqlite_world: World, state: str) -> None:
    """Where a guarded conversation stands, with every kind of message; then nobody comes."""
    world = sqlite_world
    dee(world)
    children = [
        amina(world, state, contact="guarded", checked=False, number=f"+4477009005{index:02}")
        for index in range(len(SAID) + 1)
    ]
    for child, said in zip(children, SAID, strict=False):
        world.text(child, said)
    world.text(children[-1], "", media=("picture",))
    world.wait(seconds=20)
    world.wait(minutes=11)

    assert [world.conversation(child).contact for child in children] == ["guarded"] * len(children)
    for child in children:
        assert exposures(world, child) <= {"bland"}
    assert len(world.escalations()) >= 5, "screening and alerting go on as before"


@pytest.mark.parametrize("check_word", [None, "marigold"])
@pytest.mark.parametrize("state", STATES)
def test_every_entry_of_the_table_answers_a_guarded_child_in_bland_texts(
    state: str, check_word: str | None
) -> None:
    """Whatever the state, whatever is told, as long as the conversation stays guarded."""
    position = Position(state, told=UNDER_WAY)
    situation = Situation("guarded", check_word=check_word, texting_agreed=True)
    for disclosure in DISCLOSED:
        for said in (*SAID, "yes", "stop", "who is this", "SKIP", "marigold", " "):
            heard = Heard((HeardText(said),), ("picture",), disclosure)
            turn = take_turn(position, heard, situation, START)
            if turn.contact != "open":
                assert {each.exposure for each in turn.replies} <= {"bland"}, (said, disclosure)


def test_what_was_queued_before_the_phone_was_unsafe_is_dropped_when_it_is_sent(
    world: World,
) -> None:
    child = amina(world)
    dee(world)
    for key in ("going_on", "danger", "lead_ok"):
        put_question(world, child, key)
    make_guarded(world, child)
    world.run()
    world.run()

    assert [each.state for each in world.outbox(child)] == ["dropped", "dropped", "sent"]
    assert len(world.heard(child)) == 1


def test_busy_takes_back_what_the_same_child_was_about_to_be_sent(world: World) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    world.text(child, "busy")
    world.run()

    assert world.conversation(child).contact == "guarded"
    (heard,) = world.heard(child)
    assert heard == load().lines["busy"].texts[0].template


def test_a_guarded_escalation_says_that_contact_is_not_safe_once(world: World) -> None:
    child = amina(world, "busy", contact="guarded")
    dee(world)
    for _ in range(2):
        world.text(child, HARM)
        world.wait(minutes=2)

    found = world.escalation(child)
    assert world.kinds(found).count("contact_not_safe") == 1
    assert len(world.heard(DEE_NUMBER)) == 1, "the ladder runs as before"


def test_an_unverified_conversation_gets_no_case_text(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world, "going_on", contact="unverified", told=UNDER_WAY)
    replies = [Reply(each, each, each) for each in ("bland", "general", "case")]
    with world.service.database.write() as session:
        conversation = people.conversation_of(session, child.id)
        queue_replies(
            world.service, session, conversation, None, replies, world.clock.service_now()
        )

    assert world.keys_sent(child) == ["bland", "general"]


def test_every_line_of_the_script_has_an_exposure_the_rule_knows() -> None:
    for line in load().lines.values():
        assert may_leave("open", line.exposure)


def test_two_wrong_check_words_guard_the_conversation_and_fetch_a_person(world: World) -> None:
    child = amina(world, "check_word", check_word="marigold", checked=False)
    dee(world)
    for guess in ("daisy", "rose"):
        world.text(child, guess)
        world.run()

    assert world.conversation(child).contact == "guarded"
    assert (world.interview(child).state, world.escalation(child).priority) == ("closed_unsafe", 2)
    assert world.codes(world.escalation(child)) == {"TEC"}
    assert exposures(world, child) <= {"bland"}


# --- nothing that leaves a guarded conversation tells what was said in it ---

BLAND = "ok nice day"
TOLD: dict[str, dict[str, Any]] = {
    "danger": {"words": DANGER},
    "suicide": {"words": SUICIDE},
    "harm": {"words": HARM},
    "missing": {"words": MISSING},
    "sexual": {"words": SEXUAL},
    "county lines": {"words": COUNTY},
    "own act": {"words": OWN_ACT},
    "unsure": {"words": UNSURE},
    "picture": {"words": "", "media": ("picture",)},
    "pin": {"words": "", "pin": Pin("53.48", "-2.24")},
}


def after_busy(world: World, child: Child) -> None:
    world.says(child, "busy")


def after_wrong_words(world: World, child: Child) -> None:
    stand_at(world, child, "check_word")
    for guess in ("daisy", "rose"):
        world.says(child, guess)


def after_staff_changed_the_number(world: World, child: Child) -> None:
    """She stands at an open question, which would settle in any other conversation."""
    make_guarded(world, child)


def after_duress(world: World, child: Child) -> None:
    world.says(child, "all good, sunflower")


def after_somebody_else_answered(world: World, child: Child) -> None:
    world.says(child, "this is her mum")


def back_at_the_check_word(world: World, child: Child) -> None:
    for said in ("busy", "hi", "yes"):
        world.says(child, said)
    assert world.interview(child).state == "check_word"


WAYS_IN: dict[str, Callable[[World, Child], None]] = {
    "busy": after_busy,
    "wrong words": after_wrong_words,
    "number changed": after_staff_changed_the_number,
    "duress word": after_duress,
    "somebody else": after_somebody_else_answered,
    "check word again": back_at_the_check_word,
}


def stand_at(world: World, child: Child, state: str) -> None:
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        position = interview.position | {"state": state, "checked": False}
        assert people.save_position(session, interview, position)


def what_leaves(world: World, child: Child, message: dict[str, Any]) -> list[Any]:
    """All that a phone could show of two such messages: the texts, and after how long each."""
    seen: list[Any] = []
    for _ in range(2):
        world.text(child, **message)
        now = world.service.clock.service_now()
        turn_due_at = world.conversation(child).turn_due_at
        assert turn_due_at is not None
        seen.append((turn_due_at - now).total_seconds())
        known, heard = len(world.outbox(child)), len(world.heard(child))
        for wait in (0, 20, 11 * 60, 60 * 60):
            world.wait(seconds=wait)
            seen.append((wait, world.heard(child)[heard:]))
        fresh = world.outbox(child)[known:]
        seen += [((each.due_at - now).total_seconds(), each.rank) for each in fresh]
        assert fresh or world.interview(child).state in ENDED, "somebody answers"
    return seen


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_what_leaves_a_guarded_conversation_never_differs(sqlite_world: World, way_in: str) -> None:
    """Texts, their number and their delay are those that an ordinary message gets (PR-12)."""
    world = sqlite_world
    messages = {"bland": {"words": BLAND}, **TOLD}
    dee(world)
    seen = {}
    for index, (name, message) in enumerate(messages.items()):
        child = amina(
            world, number=f"+4477009005{index:02}", check_word="marigold", duress_word="sunflower"
        )
        WAYS_IN[way_in](world, child)
        assert world.conversation(child).contact == "guarded"
        seen[name] = what_leaves(world, child, message)

    if way_in == "check word again":
        # No words are no guess: she is asked again as she was, whatever the picture shows.
        assert seen.pop("picture") == seen.pop("pin")
    bland = seen["bland"]
    assert {name: each for name, each in seen.items() if each != bland} == {}
    assert len(world.escalations()) >= len(TOLD), "people are alerted as ever"


def test_only_a_guarded_open_question_does_not_settle(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    sqlite_world.text(child, BLAND)

    due_at = sqlite_world.conversation(child).turn_due_at
    assert due_at is not None
    assert (due_at - START).total_seconds() == 20
