"""The ladders as data: the defaults of `bot/ladder.toml`, or what an authority set in their place.

Every planned moment is counted from when the ladder was begun, so that lateness never adds up, and
after its last step a ladder goes round for ever: it ends only with a named acknowledgement
(docs/practice.md 6.2, docs/reliability.md section 4).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from bot.clock import next_working_time
from storage import ladders as stored
from storage.ladders import SetStep
from storage.tables.alerting import ADDRESS_KINDS

LADDERS: Final = ("main", "independent")
PRIORITIES: Final = (1, 2, 3)
TARGETS: Final = ("duty", "second", "manager", "staffed_line", "out_of_hours")
LINES: Final[Mapping[str, str]] = {"staffed_line": "staffed", "out_of_hours": "out_of_hours"}
"""Targets that are telephones outside, and the kind of line that each is."""
AT_NOON: Final = -1
"""In place of seconds: noon of the next working day."""
NOON: Final = time(12, 0)

TOO_SOON: Final = "The first step has to come at once: nobody would be alerted until later."


@dataclass(frozen=True, slots=True)
class Step:
    """One step: to whom, by which kinds, how many seconds after the ladder was begun."""

    after_s: int
    to: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reopening:
    """How long an acknowledgement may stay without what must follow it."""

    priority: int
    after: timedelta
    without: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every ladder."""

    night_pages: frozenset[str]
    still_texting: timedelta
    next_kind_after: timedelta
    kinds_at_once: Mapping[int, int]
    next_kinds: tuple[str, ...]
    repeat: Mapping[int, timedelta]
    reopens: tuple[Reopening, ...]
    steps: Mapping[tuple[str, int], tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one ladder and priority, and how often it repeats after them."""

    steps: tuple[Step, ...]
    repeat: timedelta | None
    nation: str

    def planned(self, number: int, since: datetime) -> datetime:
        """When step ``number`` (from 0) is due, for a ladder begun at ``since``."""
        last = len(self.steps) - 1
        step = self.steps[min(number, last)]
        if self.repeat is None or step.after_s == AT_NOON:
            moment = since
            for _ in range(number + 1):
                moment = next_working_time(moment, NOON, self.nation)
            return moment
        more = max(number - last, 0) * self.repeat
        return since + timedelta(seconds=step.after_s) + more

    def due(self, taken: int, since: datetime, now: datetime) -> int:
        """The newest step that is due, ``taken`` being the number of those taken; -1: none is."""
        number = taken
        while self.planned(number, since) <= now:
            number += 1
        return number - 1 if number > taken else -1

    def at(self, number: int) -> Step:
        """Step ``number``; after the last one, everybody of all steps by every kind of theirs."""
        if number < len(self.steps):
            return self.steps[number]
        return together(self.steps)

    def since(self, first: int, last: int) -> Step:
        """The steps from ``first`` to ``last`` as one: those that a dead worker missed, too."""
        return together([self.at(each) for each in range(min(first, len(self.steps)), last + 1)])


def together(steps: Sequence[Step]) -> Step:
    """Several steps as one."""
    to = tuple(each for each in TARGETS if any(each in step.to for step in steps))
    by = tuple(each for each in ADDRESS_KINDS if any(each in step.by for step in steps))
    return Step(steps[-1].after_s, to, by)


@cache
def rules() -> Rules:
    """What `bot/ladder.toml` says."""
    raw = tomllib.loads(Path(__file__).with_name("ladder.toml").read_text(encoding="utf-8"))
    steps: dict[tuple[str, int], tuple[Step, ...]] = {}
    for each in raw["step"]:
        key = (each["ladder"], each["priority"])
        steps[key] = (*steps.get(key, ()), _step(each))
    return Rules(
        night_pages=frozenset(raw["night_pages"]),
        still_texting=timedelta(minutes=raw["still_texting_minutes"]),
        next_kind_after=timedelta(seconds=raw["next_kind_seconds"]),
        kinds_at_once={int(key): value for key, value in raw["kinds_at_once"].items()},
        next_kinds=tuple(raw["next_kinds"]),
        repeat={int(key): timedelta(minutes=m) for key, m in raw["repeat_minutes"].items()},
        reopens=tuple(
            Reopening(each["priority"], timedelta(minutes=each["minutes"]), each["without"])
            for each in raw["reopens"]
        ),
        steps=steps,
    )


def ladder_of(
    session: Session, nation: str, authority_id: UUID | None, ladder: str, priority: int
) -> Ladder:
    """The ladder that holds: the authority's own, or this service's, or the defaults.

    A ladder that nobody knows climbs like the main one: no case is without a ladder.
    """
    known = ladder if ladder in LADDERS else "main"
    steps = rules().steps[known, priority]
    if own := _set(session, authority_id, known, priority):
        steps = tuple(Step(each.after_s, each.to, each.by) for each in own)
    return Ladder(steps, rules().repeat.get(priority), nation)


def _set(session: Session, authority_id: UUID | None, ladder: str, priority: int) -> list[SetStep]:
    if not stored.any_set_steps(session):
        return []
    own = stored.set_steps(session, authority_id, ladder, priority) if authority_id else []
    return own or stored.set_steps(session, None, ladder, priority)


def _step(raw: Mapping[str, Any]) -> Step:
    minutes = raw["minutes"]
    after_s = AT_NOON if minutes == "noon" else int(minutes * 60)
    return Step(after_s, tuple(raw["to"]), tuple(raw["by"]))
