"""Closed P1 that wait for a second person, who did not act on them (docs/practice.md 6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.clock import next_working_time
from bot.escalations import LOOK_BACK_BY
from bot.inbox import Detail, read_escalation
from bot.service import Service
from storage import escalation_acts as acts
from storage import escalations as records
from storage.staff import staff_by_id
from storage.tables import Staff


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits: no words, no name. ``may``: this member of staff can look back at it."""

    id: UUID
    reference: str
    closed_at: datetime
    closed_by: str
    due_at: datetime
    is_overdue: bool
    may: bool


def waiting_for(service: Service, staff: Staff) -> list[Waiting]:
    """What waits for somebody to look back, the longest waiting first."""
    now = service.clock.service_now()
    with service.database.read() as session:
        found = []
        for each in acts.waiting_for_look_back(session):
            if each.closed_at is None:
                continue
            acted = {event.staff_id for event in records.events_of(session, each.id)}
            by = staff_by_id(session, each.closed_by) if each.closed_by else None
            due_at = next_working_time(each.closed_at, LOOK_BACK_BY, service.settings.nation)
            found.append(
                Waiting(
                    id=each.id,
                    reference=each.reference,
                    closed_at=each.closed_at,
                    closed_by=by.name if by else "",
                    due_at=due_at,
                    is_overdue=due_at < now,
                    may=staff.id not in acted,
                )
            )
        return found


def read_back(service: Service, escalation_id: UUID, staff: Staff) -> Detail | None:
    """One of them in full, the reading logged before; None when it does not wait for anybody."""
    if escalation_id not in {each.id for each in waiting_for(service, staff)}:
        return None
    return read_escalation(service, escalation_id, f"staff:{staff.id}")
