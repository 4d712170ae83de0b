"""Who can take an escalation over, and telling one of them by name that they should."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.concerns import may_be_alerted
from bot.escalation_changes import NotPossible
from bot.outbox import queue_alert
from bot.rota import on_duty
from bot.service import Service
from storage import escalations as records
from storage.rota import independent_staff
from storage.staff import duty_workers
from storage.tables import Escalation, Staff

_FOR_YOU = "Alert {reference} from {service} is for you. Please open the duty inbox: {site}/inbox"
_CHECK = "Check {reference} of {service} is due. Please open the duty inbox: {site}/inbox"


def colleagues(
    service: Service, session: Session, found: Escalation, staff: Staff
) -> list[tuple[Staff, bool]]:
    """Everybody else of this ladder who can be alerted, and whether they are on duty now.

    Whoever it may be about is not among them (bot/concerns.py).
    """
    now = service.clock.service_now()
    here = {each.id: each for each in on_duty(service, session, found.ladder, now)}
    others = {each.id: each for each in _everybody(session, found)}
    return [
        (each, each.id in here)
        for each in (here | others).values()
        if each.id != staff.id and may_be_alerted(session, each, found)
    ]


def colleague(
    service: Service,
    session: Session,
    found: Escalation,
    staff: Staff,
    staff_id: UUID,
    *,
    only_on_duty: bool,
) -> Staff:
    """One of them.

    Raises:
        NotPossible: they are not among them.
    """
    for each, is_here in colleagues(service, session, found, staff):
        if each.id == staff_id and (is_here or not only_on_duty):
            return each
    raise NotPossible("Choose somebody who is on duty and has a number to alert.")


def on_duty_or_all(
    service: Service, session: Session, found: Escalation, now: datetime
) -> Sequence[Staff]:
    """Who is on duty on its ladder; with nobody there everybody who could be."""
    for people in (on_duty(service, session, found.ladder, now), _everybody(session, found)):
        if may_know := [each for each in people if may_be_alerted(session, each, found)]:
            return may_know
    return []


def _everybody(session: Session, found: Escalation) -> Sequence[Staff]:
    if found.ladder == "independent":
        return list(independent_staff(session))
    return duty_workers(session)


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
