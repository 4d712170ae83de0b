"""A P2 by night: it pages only if harm could recur before the morning or the child is texting.

Otherwise it heads the list at 08:00, and the out-of-hours team hears that it is there
(docs/practice.md 6.2).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.clock import after_quiet, is_quiet
from bot.ladder_people import alert_line, lines_of
from bot.ladder_table import rules
from bot.service import Service
from storage import climbing
from storage import escalations as records
from storage import ladders as stored
from storage.tables import Escalation

A_NIGHT: Final = timedelta(hours=11)
"""From 21:00 to 08:00."""


def waits_for_morning(service: Service, session: Session, found: Escalation, now: datetime) -> bool:
    """Whether nobody is to be woken for it now; its ladder begins anew at 08:00 then."""
    if found.priority != 2 or not is_quiet(now) or _pages(service, session, found, now):
        return False
    for line in lines_of(service, session, found, ("out_of_hours",)):
        if not stored.line_was_told(session, found.id, line.id, now - A_NIGHT):
            alert_line(service, session, found, line, now)
    found.climbs_since = found.next_alert_at = after_quiet(now)
    found.alert_step = 0
    return True


def _pages(service: Service, session: Session, found: Escalation, now: datetime) -> bool:
    last = climbing.last_text_at(session, found.young_person_id)
    if last is not None and now - last <= rules().still_texting:
        return True
    codes: set[str] = set()
    for event in records.events_of(session, found.id):
        codes.update(records.detail_of(service.vault, found, event).get("categories", ()))
    return bool(codes & rules().night_pages)
