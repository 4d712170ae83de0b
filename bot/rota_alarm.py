"""An empty shift is itself an alarm: now, and from a day before it begins.

Told to managers and administrators as every alarm is (bot/alarms.py), and gone by itself when
somebody is entered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.alarms import clear_alarm, raise_alarm
from bot.rota_gaps import outlook
from bot.service import Service
from storage import alarms, rota

EMPTY, GAP = "rota_empty", "rota_gap"
WARNED_BEFORE = timedelta(hours=24)


def sweep_rota(service: Service) -> int:
    """Raise what is wrong with the rota and clear what is right again; how many changed."""
    now = service.clock.service_now()
    with service.database.read() as session:
        wrong = _wrong(service, session, now)
        known = {
            (each.kind, each.detail)
            for each in alarms.open_alarms(session)
            if each.kind in (EMPTY, GAP)
        }
    for each in wrong - known:
        raise_alarm(service, *each)
    for each in known - wrong:
        clear_alarm(service, *each)
    return len(wrong ^ known)


def _wrong(service: Service, session: Session, now: datetime) -> set[tuple[str, str]]:
    """Kind and ladder of each alarm that must stand now."""
    found: set[tuple[str, str]] = set()
    for ladder in ("main", "independent"):
        if ladder == "independent" and not rota.has_independent(session):
            continue
        for each in outlook(service, session, ladder, WARNED_BEFORE).gaps:
            if each.kind == "nobody":
                found.add((EMPTY if each.starts_at <= now else GAP, ladder))
    return found
