"""The rota as pages and commands show it: day by day, with the hours that nobody covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bot.clock import in_london
from bot.rota_gaps import LOOKS_AHEAD, outlook
from bot.rota_hours import Gap, Moments, moment_of
from bot.service import Service
from storage import rota
from storage.staff import list_staff
from storage.tables import Shift

DAYS = 14


@dataclass(frozen=True, slots=True)
class ShownShift:
    """One shift with a name; ``is_now``: it has begun and is not over."""

    id: UUID
    ladder: str
    position: int
    staff_id: UUID
    name: str
    works_here: bool
    starts_at: datetime
    ends_at: datetime
    is_now: bool


@dataclass(frozen=True, slots=True)
class ShownDay:
    """What begins on a day: those with the same hours together, and what nobody covers."""

    day: date
    hours: tuple[tuple[Moments, tuple[ShownShift, ...]], ...]
    nobody: tuple[Moments, ...]


def coming_shifts(service: Service, ladder: str, days: int = DAYS) -> list[ShownShift]:
    """The shifts that are not over and begin within so many days, in order."""
    now = service.clock.service_now()
    until = moment_of(in_london(now).date() + timedelta(days=days), time(0))
    with service.database.read() as session:
        staff = {each.id: each for each in list_staff(session)}
        return [
            ShownShift(
                each.id,
                each.ladder,
                each.position,
                each.staff_id,
                staff[each.staff_id].name,
                staff[each.staff_id].active,
                each.starts_at,
                each.ends_at,
                each.starts_at <= now,
            )
            for each in rota.shifts_between(session, now, until, ladder)
        ]


def two_weeks(service: Service, ladder: str) -> list[ShownDay]:
    """Today and the next thirteen days; what began before today stands under today."""
    today = in_london(service.clock.service_now()).date()
    shifts = coming_shifts(service, ladder)
    with service.database.read() as session:
        found = outlook(service, session, ladder, LOOKS_AHEAD)
    nobody = [each for each in found.gaps if each.kind == "nobody"] if found.is_entered else []
    days = (today + timedelta(days=number) for number in range(DAYS))
    return [
        ShownDay(
            day,
            _together([each for each in shifts if _day_of(each.starts_at, today) == day]),
            _within(nobody, day),
        )
        for day in days
    ]


def shift_shown(service: Service, shift_id: UUID) -> ShownShift | None:
    """One shift that is not over and not out."""
    with service.database.read() as session:
        found: Shift | None = rota.shift(session, shift_id)
    if found is None:
        return None
    return next(
        (each for each in coming_shifts(service, found.ladder, 400) if each.id == shift_id), None
    )


def _together(
    shifts: Sequence[ShownShift],
) -> tuple[tuple[Moments, tuple[ShownShift, ...]], ...]:
    found: dict[Moments, list[ShownShift]] = {}
    for each in shifts:
        found.setdefault((each.starts_at, each.ends_at), []).append(each)
    return tuple((hours, tuple(who)) for hours, who in found.items())


def _day_of(moment: datetime, today: date) -> date:
    return max(in_london(moment).date(), today)


def _within(gaps: Sequence[Gap], day: date) -> tuple[Moments, ...]:
    begins, ends = moment_of(day, time(0)), moment_of(day + timedelta(days=1), time(0))
    return tuple(
        (max(each.starts_at, begins), min(each.ends_at, ends))
        for each in gaps
        if each.starts_at < ends and each.ends_at > begins
    )
