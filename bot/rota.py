"""Who is on duty: whom the ladder asks first, and second (docs/practice.md 6.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.clock import in_words
from bot.service import Service
from storage import rota
from storage.staff import duty_workers
from storage.staff_addresses import addresses_of
from storage.staff_sessions import live_sessions
from storage.tables import Staff

DAY_IS_CLEAR = timedelta(days=6)
"""For so long a weekday alone says which day is meant."""


def on_duty(
    service: Service,
    session: Session,
    ladder: str,
    now: datetime,
    position: int | None = None,
) -> list[Staff]:
    """Who is on duty on a ladder at a moment, the one to alert first in front.

    Where no shift was ever entered, everybody who could be on duty is: on the main ladder each
    active duty worker with a telephone number, on the independent ladder each active member of an
    independent team with one, in the order in which they were entered; the first of them stands at
    position 1, the others at position 2.

    Where there is a rota, it alone says who is on duty. An empty list then means that nobody is:
    the ladder goes on to its next step at once, and an alarm stands (bot/rota_alarm.py).

    Args:
        service: the process's service.
        session: a transaction that is open.
        ladder: "main" or "independent".
        now: service time.
        position: 1 for who is alerted first, 2 for who stands by; both without it.
    """
    if rota.any_shift(session, ladder):
        return rota.staff_on_shift(session, ladder, now, position)
    found = everybody(session, ladder)
    if position is None:
        return found
    return found[:1] if position == 1 else found[1:]


def everybody(session: Session, ladder: str) -> list[Staff]:
    """Who could be on duty on a ladder and has a telephone number, in the order entered."""
    if ladder == "independent":
        return list(rota.independent_staff(session))
    return list(duty_workers(session))


def somebody_there(service: Service, session: Session, now: datetime) -> bool:
    """Whether anybody on duty could read a young person's words now.

    Somebody who is on duty and can be alerted, or who is signed in already. Managers and lines
    outside do not count: the ladder asks them too, but a young person is told only of people whose
    task it is to be there (docs/practice.md PR-42).

    Args:
        service: the process's service.
        session: a transaction that is open.
        now: service time.
    """
    there = on_duty(service, session, "main", now)
    machine_now = service.clock.machine_now()
    return any(
        (service.channels and _has_address(session, each))
        or live_sessions(session, each.id, machine_now)
        for each in there
    )


def next_shift(service: Service, session: Session, now: datetime, language: str) -> str | None:
    """When somebody is on duty again, in a young person's words: "8am on Monday".

    Nothing while somebody is on duty, and nothing where it is not known: no text names a time that
    the rota does not (docs/reliability.md 4.12).

    Args:
        service: the process's service.
        session: a transaction that is open.
        now: service time.
        language: of the young person.
    """
    if on_duty(service, session, "main", now):
        return None
    begins = rota.next_start(session, "main", now)
    if begins is None or begins - now > DAY_IS_CLEAR:
        return None
    return in_words(begins, language)


def _has_address(session: Session, staff: Staff) -> bool:
    if staff.phone_sealed is not None:
        return True
    return any(each.verified_at is not None for each in addresses_of(session, staff.id))
