"""The interview as a table: states, triggers and guards, on one screen.

The table is turned into one shared machine when this module loads. It holds nothing about anybody:
each turn fires it on a small `Step` of its own, so threads need no lock. Guards only read the step.
Which question is next, and why, is planned in dialogs.plan (docs/practice.md PR-20, PR-23, PR-32).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from transitions import EventData, Machine

from dialogs.plan import QUESTIONS, SECTIONS

PHASES: dict[str, tuple[str, ...]] = {
    "hello": ("not_started", "hello", "check_word", "just_you", "recheck"),
    "about": ("way", "way_time", "easier"),
    **{
        section: tuple(name for name, question in QUESTIONS.items() if question.section == section)
        for section in SECTIONS
    },
    "readback": ("read_back_safe", "read_back"),
    "safety": ("after_disclosure", "after_danger", "after_own_act", "carry_on"),
    "standby": ("busy", "paused"),
    "ends": ("finished", "declined", "closed_unsafe"),
    "later": ("follow_up", "follow_up_word", "chat_was"),
}
"""The states by phase; the questions themselves and their order are in dialogs.plan."""
STATES = tuple(state for states in PHASES.values() for state in states)
ENDED = frozenset((*PHASES["ends"], *PHASES["later"]))
OPEN = tuple(state for state in STATES if state not in ENDED)
LISTENING = tuple(state for state in STATES if state != "closed_unsafe")

ASKED = ("way", "way_time", "easier", *QUESTIONS)
"""Everything that is asked of them about the interview, in the usual order."""
FREE = frozenset(name for name, question in QUESTIONS.items() if not question.closed) | frozenset(
    {"way_time", "easier", "read_back"}
)
"""Questions to which any words are an answer; the others can be answered by one word."""
PROMPTED = (
    frozenset(ASKED)
    | frozenset(PHASES["readback"])
    | frozenset(PHASES["later"])
    | frozenset({"hello", "check_word", "just_you", "recheck", "carry_on", "after_disclosure"})
)
"""States that ask something: only here can a text be too early to answer it."""

SAME, RESUME, PLANNED = "=", "resume", "@planned"
RESUMABLE = ("way", "easier", *QUESTIONS, "finished")


@dataclass(slots=True)
class Step:
    """What the guards of one turn may look at; the machine writes `state`.

    `resume` is the question to come back to, `planned` the one that the plan puts next.
    """

    state: str
    resume: str | None = None
    planned: str = "finished"
    said_no: bool = False
    guarded: bool = False
    unverified: bool = False
    doubted: bool = False
    word_agreed: bool = False
    checked: bool = False
    begun: bool = False
    asked_any: bool = False
    asked_again: bool = False
    wrong_words: int = 0


Guard = Callable[[Step], bool]


def word_needed(step: Step) -> bool:
    """A word is agreed, and it was not given in this session."""
    return step.word_agreed and not step.checked


def first_try(step: Step) -> bool:
    """No check word was wrong yet."""
    return step.wrong_words == 0


def first_time(step: Step) -> bool:
    """The standing question was put once only."""
    return not step.asked_again


def more_to_ask(step: Step) -> bool:
    """They have not declined, and a question is left."""
    return not step.said_no and step.resume != "finished"


def _is(name: str) -> Guard:
    def guard(step: Step) -> bool:
        return bool(getattr(step, name))

    guard.__name__ = name
    return guard


def not_begun(step: Step) -> bool:
    """No question of the interview was put."""
    return not step.asked_any


def nobody_asked(step: Step) -> bool:
    """Nobody said that they are alone: not at all, or not in this session at an unsure number."""
    return not step.begun or (step.unverified and not step.checked)


def _resumes(state: str) -> Guard:
    def guard(step: Step) -> bool:
        return (step.resume or "way") == state

    guard.__name__ = f"resumes {state}"
    return guard


def _plans(state: str) -> Guard:
    def guard(step: Step) -> bool:
        return step.planned == state

    guard.__name__ = f"plans {state}"
    return guard


guarded, word_agreed, said_no, doubted = map(_is, ("guarded", "word_agreed", "said_no", "doubted"))

Row = tuple[str, str | tuple[str, ...], str, Guard | None]

QUESTION_ROWS: tuple[Row, ...] = tuple(
    row
    for question in ("way", "easier", *QUESTIONS)
    for row in (
        ("answered", question, PLANNED, None),
        ("skip", question, PLANNED, None),
        ("unclear", question, SAME, first_time),
        ("unclear", question, PLANNED, None),
    )
)
CHECKS = ("recheck", "carry_on", "just_you")
TABLE: tuple[Row, ...] = (
    # trigger, from, to, guard: the first row whose guard agrees is taken.
    ("begin", STATES, "hello", None),
    # Is it a good time, and is it you?
    ("yes", "hello", "check_word", word_agreed),
    ("yes", ("hello", "recheck", "carry_on"), "check_word", word_needed),
    ("yes", ("hello", *CHECKS), "busy", doubted),
    ("yes", "hello", "just_you", None),
    ("yes", ("recheck", "carry_on"), "just_you", nobody_asked),
    ("yes", CHECKS, RESUME, None),
    ("right_word", "check_word", RESUME, None),
    ("wrong_word", ("check_word", "follow_up_word"), SAME, first_try),
    ("wrong_word", ("check_word", "follow_up_word"), "closed_unsafe", None),
    ("no", "hello", "busy", guarded),
    ("no", "hello", "declined", None),
    ("no", "just_you", "busy", None),
    ("no", ("recheck", "carry_on"), "paused", None),
    ("unclear", ("hello", "just_you", "recheck"), SAME, None),
    ("unclear", "carry_on", SAME, first_time),
    ("unclear", "carry_on", "paused", None),
    # The questions, as the plan puts them; a call or a meeting instead, at any time.
    *QUESTION_ROWS,
    ("easier", "way", "easier", None),
    ("grown_up", "way", "finished", None),
    ("arrange", OPEN, "way_time", None),
    ("answered", "way_time", "paused", None),
    ("skip", "way_time", "paused", None),
    ("unclear", "way_time", SAME, first_time),
    ("unclear", "way_time", "paused", None),
    ("idle", (*ASKED, *PHASES["readback"]), "recheck", None),
    # Their own words, read back to them if it is safe.
    ("show", (*ASKED, "finished", "carry_on"), "read_back_safe", None),
    ("yes", "read_back_safe", "read_back", None),
    ("answered", "read_back", RESUME, None),
    ("no", "read_back_safe", "busy", None),
    ("no", "read_back", RESUME, None),
    ("skip", PHASES["readback"], RESUME, None),
    ("unclear", "read_back_safe", SAME, first_time),
    ("unclear", PHASES["readback"], RESUME, None),
    # They told of harm, or of danger, or of something they did.
    ("disclosed", LISTENING, "after_disclosure", None),
    ("danger", LISTENING, "after_danger", None),
    ("own_act", LISTENING, "after_own_act", None),
    ("wrote", "after_disclosure", SAME, None),
    ("wrote", "after_danger", "after_disclosure", None),
    ("yes", ("after_disclosure", "after_own_act"), "carry_on", more_to_ask),
    ("yes", ("after_disclosure", "after_own_act"), "declined", said_no),
    ("yes", ("after_disclosure", "after_own_act"), "finished", None),
    ("reassured", "after_disclosure", RESUME, None),
    ("skip", "after_disclosure", "carry_on", more_to_ask),
    ("skip", "after_disclosure", "declined", said_no),
    ("skip", "after_disclosure", "finished", None),
    # They write while nothing is asked.
    ("wrote", "paused", "recheck", None),
    ("wrote", ("declined", "finished"), SAME, None),
    # News from a person, and how the chat was: on a later day.
    ("news", ("finished", "declined", "chat_was"), "follow_up", None),
    ("yes", "follow_up", "follow_up_word", word_agreed),
    ("yes", "follow_up", "finished", None),
    ("right_word", "follow_up_word", "finished", None),
    ("no", "follow_up", "finished", None),
    ("unclear", "follow_up", SAME, first_time),
    ("unclear", "follow_up", "finished", None),
    ("ask_chat", "finished", "chat_was", None),
    ("answered", "chat_was", "finished", None),
    # Words that always work.
    ("busy", LISTENING, "busy", None),
    ("later", OPEN, "busy", guarded),
    ("later", OPEN, "paused", None),
    ("later", PHASES["later"], "finished", None),
    ("stop", OPEN, "busy", guarded),
    ("stop", (*OPEN, *PHASES["later"]), "declined", None),
    ("finish", OPEN, "declined", not_begun),
    ("finish", (*OPEN, *PHASES["later"]), "finished", None),
    ("skip", (*PHASES["hello"], "carry_on", "busy", "paused"), "busy", guarded),
    ("skip", (*PHASES["hello"], "carry_on", "busy", "paused"), "paused", None),
    ("skip", ("after_danger", "after_own_act"), SAME, None),
    ("skip", PHASES["later"], "finished", None),
    ("help", LISTENING, SAME, None),
    ("person", LISTENING, SAME, None),
    ("how", LISTENING, SAME, None),
    ("who", LISTENING, SAME, None),
)


class InterviewError(RuntimeError):
    """The table has no way from this state by this trigger: a fault of ours, never of the child."""


def fire(step: Step, trigger: str) -> str:
    """Move `step` along the table and return its new state.

    Raises:
        InterviewError: the trigger is unknown, not accepted in this state, or every guard refused.
    """
    event = MACHINE.events.get(trigger)
    if event is None or step.state not in event.transitions:
        raise InterviewError(f"{step.state} does not accept {trigger}")
    if not event.trigger(step):
        raise InterviewError(f"no guard lets {trigger} leave {step.state}")
    return step.state


def accepts(state: str, trigger: str) -> bool:
    """Whether the table has a row for this trigger in this state."""
    event = MACHINE.events.get(trigger)
    return event is not None and state in event.transitions


def rows() -> list[tuple[str, str, str, Guard | None]]:
    """The table with one row for each source and destination: SAME, RESUME, PLANNED spelled out."""
    return [
        (trigger, source, source if dest == SAME else dest, guard)
        for trigger, sources, to, guard_of_row in TABLE
        for source in ((sources,) if isinstance(sources, str) else sources)
        for dest, guard in _DESTINATIONS.get(to, [(to, guard_of_row)])
    ]


_DESTINATIONS: dict[str, list[tuple[str, Guard | None]]] = {
    RESUME: [(state, _resumes(state)) for state in RESUMABLE],
    PLANNED: [(state, _plans(state)) for state in (*QUESTIONS, "finished")],
}


def _condition(guard: Guard) -> Callable[[EventData], bool]:
    def condition(event: EventData) -> bool:
        return guard(cast(Step, event.model))

    return condition


def _machine() -> Machine:
    transitions: list[dict[str, Any]] = [
        {
            "trigger": trigger,
            "source": source,
            "dest": dest,
            "conditions": [_condition(guard)] if guard else [],
        }
        for trigger, source, dest, guard in rows()
    ]
    return Machine(
        model=None,
        states=list(STATES),
        transitions=transitions,
        initial="not_started",
        auto_transitions=False,
        send_event=True,
        queued=False,
    )


MACHINE = _machine()
