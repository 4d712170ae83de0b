"""What an outbox entry to a member of staff, or to a line outside, says and where it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from bot.service import Service
from storage.alarms import text_of
from storage.drills import SINK, sink_alert
from storage.escalations import escalation
from storage.ladders import line, line_alert
from storage.staff import phone_of, staff_by_id
from storage.staff_addresses import address, code_text, value_of
from storage.tables import Alert, LineAlert, OutboxEntry

ALERT_GOOD_FOR: Final = timedelta(minutes=30)
"""What could not be sent for so long has been followed by others; a flood of them helps nobody."""


def to_staff(service: Service, session: Session, entry: OutboxEntry) -> tuple[str, str] | None:
    """The address and the words; None when there is no such address any more."""
    if entry.alert_id is not None:
        alert = session.get_one(Alert, entry.alert_id)
        where = _address_of(service, session, alert)
        return (where, alert.body) if where else None
    if (to_line := line_alert(session, entry.id)) is not None:
        found = line(session, to_line.line_id)
        return (found.phone, to_line.body) if found and found.ended_at is None else None
    if (code := code_text(session, service.vault, entry.id)) is not None:
        return value_of(service.vault, code[0]), code[1]
    if (drill := sink_alert(session, entry.id)) is not None:
        return SINK, drill.body
    told = text_of(session, entry.id)
    staff = staff_by_id(session, told.staff_id)
    phone = phone_of(service.vault, staff) if staff and staff.active else None
    return (phone, told.body) if phone else None


def why_alert_stays(service: Service, session: Session, entry: OutboxEntry) -> str | None:
    """Why an alert is not sent any more: somebody has it, or others have followed it long since."""
    alert: Alert | LineAlert | None = (
        line_alert(session, entry.id)
        if entry.alert_id is None
        else session.get_one(Alert, entry.alert_id)
    )
    found = escalation(session, alert.escalation_id) if alert else None
    if alert is None or found is None:
        return None
    # Of one that somebody has, only the colleague to whom it was handed since is still told.
    if found.closed_at or (found.acknowledged_at and alert.at <= found.acknowledged_at):
        return "answered"
    if service.clock.service_now() - entry.due_at > ALERT_GOOD_FOR:
        return "stale"
    return None


def _address_of(service: Service, session: Session, alert: Alert) -> str | None:
    staff = staff_by_id(session, alert.staff_id)
    if staff is None or not staff.active:
        return None
    if alert.address_id is not None:
        own = address(session, alert.address_id)
        usable = own is not None and own.ended_at is None and own.verified_at is not None
        return value_of(service.vault, own) if own is not None and usable else None
    return staff.email if alert.channel == "email" else phone_of(service.vault, staff)
