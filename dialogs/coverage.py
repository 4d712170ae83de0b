"""Which state asks about which topic of the published forms, and what is not asked by text.

The topics are the union of published return interview forms (docs/practice.md, coverage). Some are
deliberately left to a person, if the child wants: where and with whom they were, travel, money,
gifts and contacts would feel like a police interview. A child's own offending is never asked about
(PR-38).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dialogs.plan import CORE, MUST, QUESTIONS, SPARE
from dialogs.topics import all_topics, label, purpose

How = Literal[
    "asked",
    "asked if there is room",
    "asked if they choose",
    "said",
    "a person asks",
    "staff",
    "never asked",
]

SAID: Mapping[str, tuple[str, ...]] = {
    "A1": ("way",),
    "A2": ("way",),
    "A3": ("safe_now",),
    "F5": ("keep_private",),
    "G3": ("keep_private",),
    "G4": ("finished", "follow_up"),
}
"""Told, not asked: with the question of which state. G4 is agreed with a person, who sends news."""
ASKED_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "A4": ("hello", "just_you", "recheck"),
    "A5": ("way", "way_time"),
    "A6": ("easier",),
    "G1": ("read_back_safe", "read_back"),
    "G5": ("finished",),
    "G6": ("finished",),
    "G7": ("chat_was",),
}
"""Asked, but not among the planned questions."""
A_PERSON_ASKS = frozenset({"C2", "C4", "C5", "C6", "C7", "C8", "C9"})
NEVER_ASKED = frozenset({"D8"})


@dataclass(frozen=True, slots=True)
class Covered:
    """One topic: what it is, why it is there, who asks and answers it, and in which states."""

    topic: str
    label: str
    purpose: str
    how: How
    answered_by: str
    states: tuple[str, ...]


def coverage() -> tuple[Covered, ...]:
    """Every topic of the published forms, in their order."""
    return tuple(_covered(topic) for topic in all_topics() if _how(topic) is not None)


def unmapped() -> tuple[str, ...]:
    """Topics that nothing asks and nobody is named for; a release has none."""
    return tuple(topic for topic in all_topics() if _how(topic) is None)


def _covered(topic: str) -> Covered:
    how = _how(topic) or "staff"
    answered_by = {
        "a person asks": "the young person, to a person, if they want",
        "staff": "staff",
        "never asked": "nobody",
        "said": "nobody: the young person is told",
    }.get(how, "the young person, by text")
    return Covered(topic, label(topic), purpose(topic), how, answered_by, _states(topic))


def _how(topic: str) -> How | None:
    if topic in NEVER_ASKED:
        return "never asked"
    if topic.startswith("H"):
        return "staff"
    if topic in A_PERSON_ASKS:
        return "a person asks"
    ranks = {QUESTIONS[state].rank for state in _planned(topic)}
    if ranks & {MUST, CORE} or topic in ASKED_ELSEWHERE:
        return "asked"
    if topic in SAID:
        return "said"
    if SPARE in ranks:
        return "asked if there is room"
    return "asked if they choose" if ranks else None


def _states(topic: str) -> tuple[str, ...]:
    states = (*_planned(topic), *ASKED_ELSEWHERE.get(topic, ()), *SAID.get(topic, ()))
    return tuple(dict.fromkeys(states))


def _planned(topic: str) -> tuple[str, ...]:
    return tuple(name for name, question in QUESTIONS.items() if topic in question.topics)
