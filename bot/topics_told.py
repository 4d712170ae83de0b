"""What an interview has talked about and what never came up, topic by topic.

A topic counts as told only on evidence: an answer to its question, or a message that told about it.
That the plan leaves a topic out after a disclosure is not telling: it says so, and a person decides
(docs/practice.md, coverage).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dialogs.coverage import SAID, Covered, coverage
from dialogs.plan import QUESTIONS
from dialogs.position import Position

Status = Literal["told", "asked", "skipped", "left_out", "for_a_person", "said", "not_yet"]
"""left_out: not asked because of something they told; said: we told them, nothing was asked."""

CONSENT = frozenset({"harm_ok"})
"""Questions whose answer says only whether the next one may be asked."""
_NOT_LISTED = frozenset({"staff", "never asked"})
_ONLY_IF_ASKED = frozenset({"F8"})
"""What was promised last time: for most, nothing was."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is stored of one interview: states that were asked or answered, topics in passing."""

    asked: frozenset[str]
    answered: frozenset[str]
    passing: frozenset[str]


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic and how it stands."""

    topic: str
    label: str
    status: Status

    @property
    def letter(self) -> str:
        """Its part of the published forms: "A" to "G"."""
        return self.topic[0]


def topic_lines(position: Position, evidence: Evidence) -> tuple[TopicLine, ...]:
    """Every topic of an interview with its status, in the order of the published forms.

    Topics that only staff answer, or that are never asked about, are left out. So is, unless it
    was answered, what merely arranges the conversation.
    """
    lines: list[TopicLine] = []
    for each in coverage():
        status = None if each.how in _NOT_LISTED else _status(each, position, evidence)
        if status is not None:
            lines.append(TopicLine(each.topic, each.label, status))
    return tuple(lines)


def _status(topic: Covered, position: Position, evidence: Evidence) -> Status | None:
    if topic.topic in SAID:
        return "said" if _is_said(topic.topic, position, evidence) else "not_yet"
    states = [state for state in topic.states if state not in CONSENT]
    told_by = evidence.answered.intersection(states)
    if topic.topic in evidence.passing or _is_told(topic.topic, told_by, position):
        return "told"
    planned = [state for state in topic.states if state in QUESTIONS]
    if any(QUESTIONS[state].section in position.skipped for state in planned):
        return "skipped"
    if evidence.asked.intersection(states):
        return "asked" if planned else None
    if topic.topic in position.covered:
        return "left_out"
    if topic.how == "a person asks":
        return "for_a_person"
    return "not_yet" if planned and topic.topic not in _ONLY_IF_ASKED else None


def _is_told(topic: str, told_by: frozenset[str], position: Position) -> bool:
    """An answer tells of its question's first topic, or of all if one word can answer it.

    Of the others that an open question also invites, only what was recognised in their words.
    """
    for state in told_by:
        question = QUESTIONS.get(state)
        if question is None or question.closed or question.topics == (topic,):
            return True
        if topic in position.covered or topic == _main_topic(state):
            return True
    return False


def _main_topic(state: str) -> str | None:
    """What a question is about first; `around` lets them choose one of four."""
    question = QUESTIONS[state]
    return question.topics[0] if set(question.told_by) != set(question.topics) else None


def _is_said(topic: str, position: Position, evidence: Evidence) -> bool:
    """What is told with a question was told when that was put; the rest with the goodbye."""
    states = SAID.get(topic, ())
    with_goodbye = "finished" in states and position.goodbye_said
    return with_goodbye or bool(evidence.asked.intersection(states))
