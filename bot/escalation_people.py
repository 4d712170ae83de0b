"""Who can take an escalation over, and telling one of them by name that they should."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.escalation_changes import NotPossible
from bot.outbox import queue_alert
from bot.service import Service
from storage import escalations as records
from storage.staff import duty_workers
from storage.tables import Escalation, Staff

_FOR_YOU = "Alert {reference} from {service} is for you. Please open the duty inbox: {site}/inbox"
_CHECK = "Check {reference} of {service} is due. Please open the duty inbox: {site}/inbox"


def colleagues(
    service: Service, session: Session, found: Escalation, staff: Staff
) -> Sequence[Staff]:
    """Everybody else on duty who can be reached and may see this escalation."""
    return [each for each in duty_workers(session) if each.id != staff.id]


def colleague(
    service: Service, session: Session, found: Escalation, staff: Staff, staff_id: UUID
) -> Staff:
    """One of them.

    Raises:
        NotPossible: they are not among them.
    """
    for each in colleagues(service, session, found, staff):
        if each.id == staff_id:
            return each
    raise NotPossible("Choose somebody who is on duty.")


def alert_by_name(
    service: Service,
    session: Session,
    found: Escalation,
    to: Staff,
    now: datetime,
    *,
    check: bool = False,
) -> None:
    """Tell one person that an escalation is for them, or that a check is due; without content."""
    body = (_CHECK if check else _FOR_YOU).format(
        reference=found.reference,
        service=service.settings.service_name,
        site=service.settings.site,
    )
    if service.channels:
        alert = records.add_alert(session, found, to.id, body, now)
        queue_alert(service, session, alert, now)
