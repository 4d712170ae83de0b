"""Looking ahead: hours that nobody covers, and people on the rota whom no alert would reach.

Reliability asks that every hour of the next 14 days has two people with an address that was
verified within 30 days (docs/reliability.md 4.11). One person who can be reached is the least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from bot.rota import everybody
from bot.rota_hours import Duty, Gap, gaps
from bot.service import Service
from storage import rota
from storage.staff import list_staff
from storage.staff_addresses import addresses_of
from storage.tables import Staff
from storage.tables.rota import LADDERS

LOOKS_AHEAD = timedelta(days=14)
VERIFIED_WITHIN = timedelta(days=30)

Reach = Literal["verified", "old", "none"]
"""Whether an alert reaches somebody: proved lately, perhaps, or not at all."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Somebody on the rota whom an alert may not reach."""

    staff_id: UUID
    name: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is missing from one ladder's rota in the time ahead.

    ``is_entered``: somebody entered a rota; without, everybody who could be on duty counts as such.
    """

    ladder: str
    is_entered: bool
    gaps: tuple[Gap, ...]
    doubts: tuple[Doubt, ...]


def outlook(service: Service, session: Session, ladder: str, ahead: timedelta) -> Outlook:
    """What is missing from now on; who cannot be reached covers no hour.

    Args:
        service: the process's service.
        session: a transaction that is open.
        ladder: "main" or "independent".
        ahead: how far to look.
    """
    now = service.clock.service_now()
    is_entered = rota.any_shift(session, ladder)
    duties = _duties(service, session, ladder, now, now + ahead)
    staff = {each.id: each for each in list_staff(session) if each.active}
    reach = {
        each: reach_of(service, session, staff[each])
        for each in dict.fromkeys(duty.staff_id for duty in duties)
        if each in staff
    }
    there = [each for each in duties if reach.get(each.staff_id, "none") != "none"]
    return Outlook(ladder, is_entered, tuple(gaps(there, now, now + ahead)), _doubts(reach, staff))


def outlooks(service: Service) -> list[Outlook]:
    """The next 14 days of each ladder."""
    with service.database.read() as session:
        return [outlook(service, session, ladder, LOOKS_AHEAD) for ladder in LADDERS]


def is_staffed(service: Service, session: Session, ladder: str) -> bool:
    """Whether somebody who can be reached is on duty now and in every hour of the next 14 days."""
    found = outlook(service, session, ladder, LOOKS_AHEAD)
    return all(each.kind != "nobody" for each in found.gaps)


def reach_of(service: Service, session: Session, staff: Staff) -> Reach:
    """Whether an alert would reach them, by what is known of their addresses."""
    proved = [each.verified_at for each in addresses_of(session, staff.id) if each.verified_at]
    if staff.phone_verified_at is not None:
        proved.append(staff.phone_verified_at)
    if any(service.clock.machine_now() - at <= VERIFIED_WITHIN for at in proved):
        return "verified"
    return "old" if proved or staff.phone_sealed is not None else "none"


def _duties(
    service: Service, session: Session, ladder: str, since: datetime, until: datetime
) -> list[Duty]:
    """Every shift that touches this time; without a rota, everybody for all of it."""
    if rota.any_shift(session, ladder):
        shifts = rota.shifts_between(session, since, until, ladder)
        return [Duty(each.starts_at, each.ends_at, each.position, each.staff_id) for each in shifts]
    return [
        Duty(since, until, 2 if number else 1, each.id)
        for number, each in enumerate(everybody(session, ladder))
    ]


def _doubts(reach: Mapping[UUID, Reach], staff: Mapping[UUID, Staff]) -> tuple[Doubt, ...]:
    return tuple(
        Doubt(staff_id, staff[staff_id].name, how)
        for staff_id, how in reach.items()
        if how != "verified"
    )
