"""Changing the rota: entering shifts, giving one to somebody else, swapping two, removing one.

Each change is made whole or not at all, and audited. What cannot be is refused in a sentence that
says what stands against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.escalations import NotPossible
from bot.rota_hours import days_of, hours_of, in_words
from bot.service import Service
from storage import rota
from storage.rota import Clash, NewShift
from storage.staff import list_staff, staff_by_id
from storage.tables import Shift, Staff

MOST_WEEKS: Final = 26
POSITION_NAMES: Final = {1: "first", 2: "second"}
GONE: Final = "This shift is over or was removed already."


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shift as people enter it: a day, times in London, and for how many weeks."""

    ladder: str
    position: int
    staff_id: UUID
    day: date
    start: time
    end: time
    weekdays: frozenset[int] = frozenset()
    weeks: int = 1


def enter(service: Service, pattern: Pattern, by: UUID | None) -> list[Shift]:
    """Enter one shift, or one on each day of a weekly pattern: all of them or none.

    Args:
        service: the process's service.
        pattern: what to enter.
        by: who enters it; None for whoever runs the command line.

    Raises:
        NotPossible: the time has passed, that person cannot be on this rota, or the rota has
            something else then.
    """
    now = service.clock.service_now()
    if not 1 <= pattern.weeks <= MOST_WEEKS:
        raise NotPossible(f"Enter a pattern for 1 to {MOST_WEEKS} weeks.")
    days = days_of(pattern.day, pattern.weekdays, pattern.weeks)
    times = [hours_of(day, pattern.start, pattern.end) for day in days]
    coming = [each for each in times if each[1] > now and each[0] < each[1]]
    if not coming:
        raise NotPossible("That time has passed already.")
    with service.database.write() as session, _explained(session):
        _require_fit(session, pattern.ladder, pattern.staff_id)
        new = NewShift(pattern.ladder, pattern.position, pattern.staff_id, *coming[0])
        entered = [
            rota.add_shift(session, replace(new, starts_at=start, ends_at=end), by, now)
            for start, end in coming
        ]
        for each in entered:
            _audit(service, session, by, "enter shift", each)
    return entered


def remove(service: Service, shift_id: UUID, by: UUID | None) -> None:
    """Take a coming shift out; one that has begun ends now.

    Raises:
        NotPossible: it is over or out already.
    """
    now = service.clock.service_now()
    with service.database.write() as session:
        found = _running_or_coming(session, shift_id, now)
        rota.end_shift(session, shift_id, by, now)
        _audit(service, session, by, "remove shift", found)


def give(service: Service, shift_id: UUID, staff_id: UUID, by: UUID | None) -> None:
    """Somebody else takes a shift, or what is left of it.

    Raises:
        NotPossible: it is over, or they cannot take it.
    """
    now = service.clock.service_now()
    with service.database.write() as session, _explained(session):
        found = _running_or_coming(session, shift_id, now)
        _require_fit(session, found.ladder, staff_id)
        _move(service, session, [(found, staff_id)], by, now)


def swap(service: Service, shift_id: UUID, other_id: UUID, by: UUID | None) -> None:
    """Two people take each other's shifts.

    Raises:
        NotPossible: one of them is over, or somebody is on duty twice then.
    """
    now = service.clock.service_now()
    with service.database.write() as session, _explained(session):
        one = _running_or_coming(session, shift_id, now)
        other = _running_or_coming(session, other_id, now)
        _require_fit(session, one.ladder, other.staff_id)
        _require_fit(session, other.ladder, one.staff_id)
        moves = [(one, other.staff_id), (other, one.staff_id)]
        _move(service, session, moves, by, now)


def possible_people(session: Session, ladder: str) -> list[Staff]:
    """Who may be entered on a ladder: duty workers, or members of an independent team.

    Nobody stands on both: the independent ladder is for what may concern a colleague
    (docs/practice.md 6.1, the conflict rule).
    """
    active = [each for each in list_staff(session) if each.active]
    if ladder == "independent":
        return [each for each in active if rota.is_independent(session, each)]
    return [
        each
        for each in active
        if each.role == "duty_worker" and not rota.is_independent(session, each)
    ]


def _move(
    service: Service,
    session: Session,
    moves: list[tuple[Shift, UUID]],
    by: UUID | None,
    now: datetime,
) -> None:
    for shift, _ in moves:
        rota.end_shift(session, shift.id, by, now)
        _audit(service, session, by, "remove shift", shift)
    for shift, staff_id in moves:
        starts_at = max(shift.starts_at, now)
        new = NewShift(
            shift.ladder,
            shift.position,
            staff_id,
            starts_at,
            shift.ends_at,
            shift.authority_id,
        )
        _audit(service, session, by, "enter shift", rota.add_shift(session, new, by, now))


def _running_or_coming(session: Session, shift_id: UUID, now: datetime) -> Shift:
    """The shift, with the rota held, so that nobody else changes it meanwhile."""
    rota.hold(session)
    found = rota.shift(session, shift_id)
    if found is None or found.removed_at is not None or found.ends_at <= now:
        raise NotPossible(GONE)
    return found


def _require_fit(session: Session, ladder: str, staff_id: UUID) -> None:
    staff = staff_by_id(session, staff_id)
    if staff is None or not staff.active:
        raise NotPossible("Choose somebody who works here.")
    if staff in possible_people(session, ladder):
        return
    if ladder == "independent":
        raise NotPossible(f"{staff.name} is not in an independent team.")
    if rota.is_independent(session, staff):
        raise NotPossible(f"{staff.name} is independent: only the independent rota is for them.")
    raise NotPossible(f"{staff.name} is not a duty worker.")


@contextmanager
def _explained(session: Session) -> Iterator[None]:
    """What the rota has already, as a sentence."""
    try:
        yield
    except Clash as clash:
        raise NotPossible(_sentence(session, clash)) from None


def _sentence(session: Session, clash: Clash) -> str:
    found = clash.found
    staff = staff_by_id(session, found.staff_id)
    name = staff.name if staff else "Somebody"
    when = in_words(found.starts_at, found.ends_at)
    if found.staff_id == clash.new.staff_id:
        return f"{name} is on duty then already: {when}. Nothing was changed."
    return f"{name} is first then already: {when}. Choose second, or remove that shift before."


def _audit(service: Service, session: Session, by: UUID | None, action: str, shift: Shift) -> None:
    service.audit.append(
        session,
        service.clock.service_now(),
        f"staff:{by}" if by else "command",
        action,
        f"shift:{shift.id}",
        staff=str(shift.staff_id),
        ladder=shift.ladder,
        position=POSITION_NAMES[shift.position],
    )
