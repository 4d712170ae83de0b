"""Complete ordinary interviews (tests/conversations/ordinary/), and whom screening would wake.

Every answer was written by hand, as one invented young person, who went missing for an ordinary
reason, would put it; none should wake anybody. The interviews with an odd number up to 72, and
those from 97 to 128, are held back: what they say is not shown, so that nothing can be fitted to
them. Of the others some were printed, and rules and thresholds changed for them.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dialogs.screening import screen

ODD_HELD_BACK_UP_TO = 72
HELD_BACK = range(97, 129)
FOLDER = Path(__file__).parents[1] / "conversations" / "ordinary"
FILES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
"""In the order in which the interviews are numbered; a further file goes to the end."""


@dataclass(frozen=True)
class Answer:
    """What they write while `state` asks: one text, or several that are sent at once."""

    state: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Interview:
    """One young person; numbers begin at 1."""

    number: int
    who: str
    language: str
    answers: tuple[Answer, ...]

    @property
    def held_back(self) -> bool:
        odd = self.number % 2 == 1 and self.number <= ODD_HELD_BACK_UP_TO
        return odd or self.number in HELD_BACK


@dataclass(frozen=True)
class Alarm:
    """An answer in which screening finds anything."""

    interview: Interview
    answer: Answer
    priority: int
    rules: tuple[str, ...]
    score: float | None

    def __str__(self) -> str:
        if self.interview.held_back:
            return f"P{self.priority} {self.interview.number} (held back)"
        score = "" if self.score is None else f" {self.score:.2f}"
        return (
            f"P{self.priority} {self.interview.number} {self.answer.state}{score} "
            f"[{', '.join(self.rules)}] {' / '.join(self.answer.texts)}"
        )


@cache
def interviews() -> tuple[Interview, ...]:
    """All of them, in the order of their numbers."""
    return tuple(
        Interview(
            number=number,
            who=told["who"],
            language=told.get("language", "en"),
            answers=tuple(Answer(state, tuple(texts)) for state, *texts in told["answers"]),
        )
        for number, told in enumerate(_told(), start=1)
    )


def _told() -> Iterator[dict[str, Any]]:
    for name in FILES:
        yield from tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["interview"]


@cache
def alarms() -> tuple[Alarm, ...]:
    """Every answer that screening finds anything in, each screened by itself in its own state."""
    return tuple(
        alarm
        for interview in interviews()
        for answer in interview.answers
        if (alarm := _screened(interview, answer)) is not None
    )


def _screened(interview: Interview, answer: Answer) -> Alarm | None:
    found = screen(answer.texts, (answer.state,), interview.language)
    if found.priority is None:
        return None
    rules = tuple(dict.fromkeys(f"{match.category} {match.rule}" for match in found.because))
    return Alarm(interview, answer, found.priority, rules, found.score)


def woken(*priorities: int) -> set[int]:
    """The numbers of the interviews of which an answer has one of these priorities."""
    return {each.interview.number for each in alarms() if each.priority in priorities}
