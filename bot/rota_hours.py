"""The rota as time: local times of day across the change of the clocks, and the hours in between.

Pure: no database and no clock. People think in times of day in London; what is kept are moments.
A time that the clocks skip in spring is the moment at which they skip, and one that comes twice in
autumn is its first coming: two shifts that meet on the wall clock always meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID

from bot.clock import CLOCKS_CHANGE_AT, LONDON, in_london

GapKind = Literal["nobody", "nobody_first", "alone"]

Moments = tuple[datetime, datetime]
"""From (included) and until (not included)."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One person on duty who can be reached: from when, until when, first (1) or second (2)."""

    starts_at: datetime
    ends_at: datetime
    position: int
    staff_id: UUID


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which too few are on duty.

    "nobody": no one at all. "nobody_first": somebody stands by, but nobody is alerted first.
    "alone": one person, and nobody to go on to.
    """

    kind: GapKind
    starts_at: datetime
    ends_at: datetime


def moment_of(day: date, at: time) -> datetime:
    """The moment (UTC) at which clocks in London show this on that day."""
    local = datetime.combine(day, at.replace(fold=0), LONDON)
    moment = local.astimezone(UTC)
    if in_london(moment).replace(tzinfo=None) != local.replace(tzinfo=None):
        return datetime.combine(day, CLOCKS_CHANGE_AT)
    return moment


def hours_of(day: date, start: time, end: time) -> Moments:
    """A shift that begins on a day; one that ends no later than it begins ends on the next."""
    last = day if end > start else day + timedelta(days=1)
    return moment_of(day, start), moment_of(last, end)


def days_of(first: date, weekdays: Iterable[int], weeks: int) -> list[date]:
    """The days of a weekly pattern, from the first day on; without weekdays that day alone.

    Args:
        first: the earliest day.
        weekdays: 0 is Monday.
        weeks: how many weeks of seven days, counted from the first day.
    """
    wanted = set(weekdays) or {first.weekday()}
    days = (first + timedelta(days=number) for number in range(7 * weeks))
    return [day for day in days if day.weekday() in wanted]


def gaps(duties: Sequence[Duty], since: datetime, until: datetime) -> list[Gap]:
    """Every stretch from ``since`` until ``until`` in which too few are on duty, in order."""
    edges = {since, until}
    for each in duties:
        edges |= {at for at in (each.starts_at, each.ends_at) if since < at < until}
    coming = sorted(duties, key=lambda each: each.starts_at, reverse=True)
    there: list[Duty] = []
    found: list[Gap] = []
    for start, end in pairwise(sorted(edges)):
        while coming and coming[-1].starts_at <= start:
            there.append(coming.pop())
        there = [each for each in there if each.ends_at > start]
        kind = _missing(there)
        if kind is None:
            continue
        if found and found[-1].kind == kind and found[-1].ends_at == start:
            start = found.pop().starts_at
        found.append(Gap(kind, start, end))
    return found


def in_words(starts_at: datetime, ends_at: datetime) -> str:
    """A shift as people say it: "Monday 23 November, 20:00 to 08:00"."""
    start, end = in_london(starts_at), in_london(ends_at)
    if ends_at - starts_at > timedelta(hours=25):
        return f"{_day(start)}, {start:%H:%M} to {_day(end)}, {end:%H:%M}"
    return f"{_day(start)}, {start:%H:%M} to {end:%H:%M}"


def _day(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B}"


def _missing(there: Sequence[Duty]) -> GapKind | None:
    if not there:
        return "nobody"
    if all(each.position != 1 for each in there):
        return "nobody_first"
    return "alone" if len({each.staff_id for each in there}) < 2 else None
