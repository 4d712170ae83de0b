"""Who is on duty: whom the ladder asks first, and second (docs/practice.md 6.2)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.service import Service
from storage import rota
from storage.staff import duty_workers
from storage.tables import Staff


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
    everybody = list(
        rota.independent_staff(session) if ladder == "independent" else duty_workers(session)
    )
    if position is None:
        return everybody
    return everybody[:1] if position == 1 else everybody[1:]
