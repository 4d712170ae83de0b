"""Drills as managers see them: what comes next, how the last ones went, how many passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.drill_rules import every
from bot.service import Service
from storage import drills
from storage.tables import Drill

SHOWN: Final = 50
COUNTED: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One drill that is over; seconds are counted from when its text was sent."""

    target: str
    state: str
    reason: str
    at: datetime
    received_s: float | None
    detected_s: float | None
    alerted_s: float | None
    answered_s: float | None
    timer_set: bool
    postponed: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one kind, in the last 30 days: how many there were and how many of them passed."""

    target: str
    passed: int
    all: int

    @property
    def percent(self) -> str:
        """With one decimal, never rounded up to all."""
        tenths = 1000 * self.passed // self.all if self.all else 0
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True, slots=True)
class Drills:
    """Everything on the page."""

    is_on: bool
    next_at: datetime | None
    announced: date | None
    postponed: int
    going_on: str | None
    rates: tuple[Rate, ...]
    lines: tuple[Line, ...]


def drills_shown(service: Service, most: int = SHOWN) -> Drills:
    """How drills stand now."""
    with service.database.read() as session:
        sink, person = drills.planned(session, "sink"), drills.planned(session, "person")
        running = drills.running(session)
        ended = drills.ended_since(session, service.clock.machine_now() - COUNTED)
        history = drills.history(session, most)
    return Drills(
        is_on=every(service.settings) is not None,
        next_at=sink.due_at if sink else None,
        announced=person.week if person else None,
        postponed=person.postponed if person else 0,
        going_on=running.target if running else None,
        rates=tuple(_rate(target, ended) for target in ("sink", "person")),
        lines=tuple(_line(each) for each in history),
    )


def _rate(target: str, ended: Sequence[tuple[str, str, int]]) -> Rate:
    own = {state: number for kind, state, number in ended if kind == target}
    return Rate(target, own.get("passed", 0), sum(own.values()))


def _line(drill: Drill) -> Line:
    def after(moment: datetime | None) -> float | None:
        if moment is None or drill.started_at is None:
            return None
        return max((moment - drill.started_at).total_seconds(), 0.0)

    return Line(
        target=drill.target,
        state=drill.state,
        reason=drill.reason,
        at=drill.started_at or drill.due_at,
        received_s=after(drill.received_at),
        detected_s=after(drill.detected_at),
        alerted_s=after(drill.alerted_at),
        answered_s=after(drill.acknowledged_at),
        timer_set=drill.timer_set,
        postponed=drill.postponed,
    )
