"""Where a reply leads, in the words of people who do not read tables; taken from the table."""

from __future__ import annotations

from dialogs.diagram import NOTED
from dialogs.interview import PLANNED, RESUME, SAME, TABLE, Row

TRIGGERS = {
    "begin": "We text first",
    "yes": "YES",
    "no": "NO",
    "unclear": "Not clear",
    "answered": "An answer",
    "skip": "SKIP",
    "right_word": "The right word",
    "wrong_word": "A wrong word",
    "easier": "Texting is hard for them",
    "grown_up": "They are 18",
    "arrange": "TALK or MEET",
    "idle": "After a long silence",
    "show": "They ask to see it",
    "disclosed": "They tell of harm",
    "danger": "They are in danger",
    "own_act": "They tell what they did",
    "reassured": "YES, and it was only a doubt",
    "wrote": "They write",
    "news": "A person has news for them",
    "ask_chat": "On a later day",
    "busy": "BUSY",
    "later": "LATER",
    "stop": "They want to stop",
    "finish": "FINISH",
    "help": "They ask for help",
    "person": "PERSON",
    "how": "HOW",
    "who": "WHO",
}
"""What each trigger of the table is, said plainly."""
GUARDS = {
    "word_agreed": "if a word was agreed",
    "word_needed": "if their word is still to be given",
    "doubted": "if it may not be them",
    "guarded": "if somebody may be looking",
    "nobody_asked": "if they did not say yet that they are alone",
    "first_try": "the first time",
    "first_time": "the first time",
    "more_to_ask": "if questions are left",
    "said_no": "if they said no before",
    "not_begun": "if no question was put yet",
}
"""When each guard of the table agrees, said plainly."""
PLACES = {PLANNED: "the next question", RESUME: "the next question", SAME: "stays here"}
USUAL = frozenset({"idle", "show"})
"""Triggers that the picture explains for all questions at once."""


def routes_of(state: str) -> list[str]:
    """One line for each trigger that this state answers in a way of its own.

    What holds almost everywhere, and what an answer to a question does, is said once in the
    picture and not here.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for row in TABLE:
        trigger, _, dest, guard = row
        if state in _sources(row) and _sources(row) not in NOTED and not _is_usual(row):
            place = PLACES.get(dest, dest)
            when = found.setdefault(trigger, {}).setdefault(place, [])
            when += [GUARDS[guard.__name__]] if guard else []
    grouped: dict[str, list[str]] = {}
    for trigger, places in found.items():
        grouped.setdefault(_joined(places), []).append(TRIGGERS[trigger])
    return [f"{' or '.join(triggers)}: {places}" for places, triggers in grouped.items()]


def _sources(row: Row) -> frozenset[str]:
    return frozenset((row[1],) if isinstance(row[1], str) else row[1])


def _is_usual(row: Row) -> bool:
    trigger, _, dest, guard = row
    stays = dest == SAME and (guard is None or trigger == "unclear")
    skips = trigger == "skip" and "hello" in _sources(row)
    return trigger in USUAL or dest == PLANNED or stays or skips


def _joined(places: dict[str, list[str]]) -> str:
    """As the table tries them: "a if this, b if that, else c"."""
    said = [" ".join((place, " or ".join(when))).strip() for place, when in places.items()]
    if len(said) > 1 and not list(places.values())[-1]:
        said[-1] = f"else {said[-1]}"
    return ", ".join(said)
