"""Escalations and tasks: raised, joined, acknowledged and closed, each by a conditional change."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.human_tasks import add_task as add_task
from storage.human_tasks import finish_task as finish_task
from storage.human_tasks import open_tasks as open_tasks
from storage.links import ids_of
from storage.tables import Alert, Escalation, EscalationEvent

# No vowels and no look-alikes: a reference can be read out and never spells a word.
_REFERENCE_LETTERS = "BCDFGHJKMNPQRSTVWXZ23456789"
_REFERENCE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """One reason to escalate: what kind, how fast a person must look, and what was seen.

    ``detail`` is sealed with the event: ``categories`` (codes) and ``because`` (matched spans).
    """

    kind: str
    priority: int
    message_id: UUID | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def unacknowledged_of(
    session: Session, young_person_id: UUID, ladder: str | None = None
) -> Escalation | None:
    """The open escalation that nobody acknowledged, of one ladder or the most urgent of both."""
    statement = select(Escalation).where(
        Escalation.young_person_id == young_person_id,
        col(Escalation.acknowledged_at).is_(None),
        col(Escalation.closed_at).is_(None),
        col(Escalation.ladder) == (ladder or Escalation.ladder),
    )
    return session.exec(statement.order_by(col(Escalation.priority))).first()


def risk_is_open(session: Session, young_person_id: UUID) -> bool:
    """Whether a P1 or P2 of this young person is not closed, also one of before we knew them."""
    statement = select(func.count()).where(
        col(Escalation.young_person_id).in_(ids_of(session, young_person_id)),
        col(Escalation.closed_at).is_(None),
        col(Escalation.priority) <= 2,
    )
    return bool(session.exec(statement).one())


def new_escalation(
    session: Session,
    young_person_id: UUID,
    interview_id: UUID | None,
    priority: int,
    now: datetime,
    ladder: str = "main",
) -> Escalation:
    """A new escalation, without events or timer yet."""
    letters = (secrets.choice(_REFERENCE_LETTERS) for _ in range(_REFERENCE_LENGTH))
    escalation = Escalation(
        id=uuid4(),
        reference="".join(letters),
        young_person_id=young_person_id,
        interview_id=interview_id,
        priority=priority,
        raised_at=now,
        ladder=ladder,
    )
    session.add(escalation)
    session.flush()
    return escalation


def add_event(
    session: Session,
    vault: Vault,
    escalation: Escalation,
    kind: str,
    now: datetime,
    *,
    priority: int | None = None,
    message_id: UUID | None = None,
    staff_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> EscalationEvent:
    """Add one line to the timeline, sealed under the young person's key."""
    event_id = uuid4()
    event = EscalationEvent(
        id=event_id,
        escalation_id=escalation.id,
        kind=kind,
        priority=priority,
        message_id=message_id,
        staff_id=staff_id,
        detail_sealed=vault.seal_json(
            escalation.young_person_id, "escalation_event.detail", event_id, detail or {}
        ),
        at=now,
    )
    session.add(event)
    session.flush()
    return event


def has_event(session: Session, escalation_id: UUID, kind: str) -> bool:
    """Whether the timeline has an event of this kind."""
    statement = select(EscalationEvent.id).where(
        EscalationEvent.escalation_id == escalation_id, EscalationEvent.kind == kind
    )
    return session.exec(statement).first() is not None


def message_has_event(session: Session, message_id: UUID, kind: str) -> bool:
    """Whether a message has caused an event of this kind already."""
    statement = select(EscalationEvent.id).where(
        EscalationEvent.message_id == message_id, EscalationEvent.kind == kind
    )
    return session.exec(statement).first() is not None


def events_of(session: Session, escalation_id: UUID) -> Sequence[EscalationEvent]:
    """The timeline, in order."""
    statement = select(EscalationEvent).where(EscalationEvent.escalation_id == escalation_id)
    return session.exec(statement.order_by(col(EscalationEvent.seq))).all()


def events_about(
    session: Session, young_person_id: UUID
) -> Sequence[tuple[Escalation, EscalationEvent]]:
    """All timelines of one young person as one, in order, also those of before we knew them."""
    statement = (
        select(Escalation, EscalationEvent)
        .join(EscalationEvent, col(EscalationEvent.escalation_id) == col(Escalation.id))
        .where(col(Escalation.young_person_id).in_(ids_of(session, young_person_id)))
        .order_by(col(EscalationEvent.seq))
    )
    return session.exec(statement).all()


def detail_of(vault: Vault, escalation: Escalation, event: EscalationEvent) -> dict[str, Any]:
    """What an event says, opened."""
    opened = vault.open_json(
        escalation.young_person_id, "escalation_event.detail", event.id, event.detail_sealed
    )
    return dict(opened)


def escalation(session: Session, escalation_id: UUID) -> Escalation | None:
    """One escalation, None when there is none."""
    return session.exec(select(Escalation).where(Escalation.id == escalation_id)).first()


def list_escalations(session: Session, *, only_open: bool = False) -> Sequence[Escalation]:
    """Escalations, the most urgent and longest waiting first; closed ones last; no drills."""
    statement = select(Escalation).where(col(Escalation.is_drill).is_(False))
    if only_open:
        statement = statement.where(col(Escalation.closed_at).is_(None))
    statement = statement.order_by(
        col(Escalation.closed_at).is_not(None),
        col(Escalation.acknowledged_at).is_not(None),
        col(Escalation.priority),
        col(Escalation.seq),
    )
    return session.exec(statement).all()


def alerts_due(session: Session, now: datetime) -> Sequence[Escalation]:
    """Unacknowledged escalations whose timer has run out, the most urgent first."""
    statement = (
        select(Escalation)
        .where(
            col(Escalation.closed_at).is_(None),
            col(Escalation.acknowledged_at).is_(None),
            col(Escalation.next_alert_at) <= now,
        )
        .order_by(col(Escalation.priority), col(Escalation.seq))
    )
    return session.exec(statement).all()


def child_waiting(session: Session, priority: int, raised_before: datetime) -> Sequence[Escalation]:
    """Unacknowledged escalations that had this priority before a moment, child not told yet."""
    # One that was a doubt for an hour and rose a minute ago has waited for a minute, and so has
    # one that was set back to the foot of its ladder then.
    had_it = select(EscalationEvent.id).where(
        col(EscalationEvent.escalation_id) == col(Escalation.id),
        col(EscalationEvent.priority) == priority,
    )
    statement = select(Escalation).where(
        col(Escalation.closed_at).is_(None),
        col(Escalation.acknowledged_at).is_(None),
        col(Escalation.child_told_at).is_(None),
        col(Escalation.priority) == priority,
        col(Escalation.raised_at) <= raised_before,
        or_(col(Escalation.reopened) == 0, col(Escalation.climbs_since) <= raised_before),
        or_(had_it.where(col(EscalationEvent.at) <= raised_before).exists(), ~had_it.exists()),
    )
    return session.exec(statement).all()


def next_timer(session: Session) -> datetime | None:
    """The earliest moment at which an unacknowledged escalation needs attention."""
    statement = select(func.min(col(Escalation.next_alert_at))).where(
        col(Escalation.closed_at).is_(None), col(Escalation.acknowledged_at).is_(None)
    )
    return session.exec(statement).one()


def acknowledge(session: Session, found: Escalation, staff_id: UUID, now: datetime) -> bool:
    """Put a name to an escalation; False when somebody else was first."""
    statement = (
        update(Escalation)
        .where(
            col(Escalation.id) == found.id,
            col(Escalation.acknowledged_at).is_(None),
            col(Escalation.closed_at).is_(None),
        )
        .values(
            acknowledged_at=now, acknowledged_by=staff_id, holder_id=staff_id, next_alert_at=None
        )
    )
    return session.connection().execute(statement).rowcount == 1


def set_outcome(session: Session, found: Escalation, now: datetime) -> bool:
    """Mark that an outcome is recorded; False when it is closed or nobody acknowledged it."""
    statement = (
        update(Escalation)
        .where(
            col(Escalation.id) == found.id,
            col(Escalation.acknowledged_at).is_not(None),
            col(Escalation.closed_at).is_(None),
        )
        .values(outcome_at=now)
    )
    return session.connection().execute(statement).rowcount == 1


def close(session: Session, found: Escalation, staff_id: UUID, now: datetime) -> bool:
    """Close; False when it has no outcome, is closed already, or was not acknowledged."""
    statement = (
        update(Escalation)
        .where(
            col(Escalation.id) == found.id,
            col(Escalation.acknowledged_at).is_not(None),
            col(Escalation.outcome_at).is_not(None),
            col(Escalation.closed_at).is_(None),
        )
        .values(closed_at=now, closed_by=staff_id)
    )
    return session.connection().execute(statement).rowcount == 1


def add_alert(
    session: Session, found: Escalation, staff_id: UUID, body: str, now: datetime
) -> Alert:
    """One content-free alert to one member of staff; it is sent through the outbox."""
    alert = Alert(
        id=uuid4(),
        escalation_id=found.id,
        staff_id=staff_id,
        step=found.alert_step,
        body=body,
        at=now,
    )
    session.add(alert)
    session.flush()
    return alert


def alerts_of(session: Session, escalation_id: UUID) -> Sequence[Alert]:
    """The alerts of an escalation, the first first."""
    statement = select(Alert).where(Alert.escalation_id == escalation_id)
    return session.exec(statement.order_by(col(Alert.at), col(Alert.step))).all()
