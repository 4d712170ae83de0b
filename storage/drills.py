"""Drills: planned, started once, measured from what the real tables say, finished once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from storage.outbox import ALERT_RANK, queue_entry
from storage.tables import (
    Alert,
    ContactAddress,
    DeliveryAttempt,
    Drill,
    DrillAlert,
    Escalation,
    EscalationEvent,
    Message,
    OutboxEntry,
    YoungPerson,
)

SINK = "sink"
"""The channel that carries an alert to nobody."""
LADDER = "drill"
"""The ladder of a drill that goes to the sink: nobody is asked by it and no list shows it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How far a drill has come, in machine time; None: not so far yet."""

    received_at: datetime | None = None
    detected_at: datetime | None = None
    timer_set: bool = False
    alerted_at: datetime | None = None
    acknowledged_at: datetime | None = None


def child_at(session: Session, address_index: str) -> bool:
    """Whether a made-up young person has this number."""
    statement = (
        select(YoungPerson.id)
        .join(ContactAddress, col(ContactAddress.young_person_id) == col(YoungPerson.id))
        .where(col(YoungPerson.is_drill), ContactAddress.address_index == address_index)
    )
    return session.exec(statement).first() is not None


def is_of_drill(session: Session, young_person_id: UUID) -> bool:
    """Whether this is the made-up young person."""
    statement = select(YoungPerson.is_drill).where(YoungPerson.id == young_person_id)
    return bool(session.exec(statement).first())


def drill_of(session: Session, young_person_id: UUID, message_id: UUID | None) -> Drill | None:
    """The drill that a hit belongs to; None for whatever may be real.

    A text from the made-up address that no drill sent is nobody's idea of a test. What happens
    without a text (a send that failed) belongs to the newest drill.
    """
    if not is_of_drill(session, young_person_id):
        return None
    statement = select(Drill).order_by(col(Drill.seq).desc())
    if message_id is None:
        return session.exec(statement.where(col(Drill.provider_id).is_not(None))).first()
    named = select(Message.provider_id).where(Message.id == message_id)
    return session.exec(statement.where(col(Drill.provider_id).in_(named))).first()


def plan(
    session: Session,
    target: str,
    due_at: datetime,
    *,
    week: date | None = None,
    set_by: UUID | None = None,
) -> Drill:
    """A new drill, due at ``due_at`` (service time)."""
    drill = Drill(id=uuid4(), target=target, due_at=due_at, week=week, set_by=set_by)
    session.add(drill)
    session.flush()
    return drill


def planned(session: Session, target: str) -> Drill | None:
    """The drill of this kind that comes next."""
    statement = select(Drill).where(Drill.target == target, Drill.state == "planned")
    return session.exec(statement).first()


def running(session: Session) -> Drill | None:
    """The drill that is going on."""
    return session.exec(select(Drill).where(Drill.state == "running")).first()


def move(session: Session, drill: Drill, state: str, now: datetime, **more: Any) -> bool:
    """Take a drill on from the state that it was read in; False when somebody else has.

    Args:
        session: a write transaction.
        drill: as it was read.
        state: "running", or how it ended.
        now: machine time.
        more: further columns.
    """
    at = {"started_at": now} if state == "running" else {"ended_at": now}
    statement = (
        update(Drill)
        .where(col(Drill.id) == drill.id, col(Drill.state) == drill.state)
        .values(state=state, **(at | more))
    )
    return session.connection().execute(statement).rowcount == 1


def put_off(session: Session, drill: Drill, until: datetime, reason: str, *, counted: bool) -> bool:
    """Let a planned drill wait for a later moment (service time), and keep why."""
    statement = (
        update(Drill)
        .where(
            col(Drill.id) == drill.id,
            col(Drill.state) == "planned",
            col(Drill.due_at) == drill.due_at,
        )
        .values(due_at=until, reason=reason, postponed=drill.postponed + counted)
    )
    return session.connection().execute(statement).rowcount == 1


def risk_is_open(session: Session) -> bool:
    """Whether a P1 or P2 of a real young person is not closed, on any ladder."""
    statement = select(Escalation.id).where(
        col(Escalation.closed_at).is_(None),
        col(Escalation.priority) <= 2,
        col(Escalation.is_drill).is_(False),
    )
    return session.exec(statement.limit(1)).first() is not None


def measured(session: Session, drill: Drill) -> Measured:
    """What the real tables say of a drill's text: kept, found, with a timer, alerted, answered."""
    made_up = select(YoungPerson.id).where(col(YoungPerson.is_drill))
    message = session.exec(
        select(Message).where(
            # There is an index on whose it is, and none on the provider's id alone.
            col(Message.young_person_id).in_(made_up),
            Message.provider_id == drill.provider_id,
            Message.direction == "in",
        )
    ).first()
    if message is None or drill.provider_id is None:
        return Measured()
    hit = session.exec(
        select(EscalationEvent, Escalation)
        .join(Escalation, col(Escalation.id) == col(EscalationEvent.escalation_id))
        .where(EscalationEvent.message_id == message.id, EscalationEvent.kind == "hit")
    ).first()
    if hit is None:
        return Measured(message.machine_at)
    event, found = hit
    # Events carry service time; the message says how far that is from the machine's.
    apart = message.machine_at - message.at
    answered_at = found.acknowledged_at
    return Measured(
        received_at=message.machine_at,
        detected_at=event.at + apart,
        timer_set=found.next_alert_at is not None or answered_at is not None,
        alerted_at=_alerted_at(session, found.id),
        acknowledged_at=answered_at + apart if answered_at else None,
    )


def open_escalations(session: Session) -> Sequence[Escalation]:
    """Escalations of drills that are not closed."""
    statement = select(Escalation).where(
        col(Escalation.is_drill), col(Escalation.closed_at).is_(None)
    )
    return session.exec(statement).all()


def close(session: Session, found: Escalation, now: datetime) -> bool:
    """Close an escalation of a drill, without the fields that a real one needs (service time)."""
    statement = (
        update(Escalation)
        .where(
            col(Escalation.id) == found.id,
            col(Escalation.is_drill),
            col(Escalation.closed_at).is_(None),
        )
        .values(closed_at=now, next_alert_at=None)
    )
    return session.connection().execute(statement).rowcount == 1


def alert_sink(session: Session, found: Escalation, body: str, now: datetime) -> None:
    """Queue an alert that goes to nobody, by the way that every alert goes."""
    entry = queue_entry(session, ALERT_RANK, SINK, now, now)
    session.add(DrillAlert(outbox_id=entry.id, escalation_id=found.id, body=body, at=now))
    session.flush()


def sink_alert(session: Session, outbox_id: UUID) -> DrillAlert | None:
    """The alert to nobody that an outbox entry carries."""
    return session.get(DrillAlert, outbox_id)


def history(session: Session, most: int) -> Sequence[Drill]:
    """The newest drills that are over, the newest first; those that were called off left out."""
    statement = select(Drill).where(col(Drill.state).not_in(("planned", "running", "cancelled")))
    return session.exec(statement.order_by(col(Drill.seq).desc()).limit(most)).all()


def ended_since(session: Session, since: datetime) -> Sequence[tuple[str, str, int]]:
    """How many drills ended since then (machine time): target, state, number."""
    statement = (
        select(Drill.target, Drill.state, func.count())
        .where(col(Drill.ended_at) >= since, Drill.state != "cancelled")
        .group_by(col(Drill.target), col(Drill.state))
    )
    return session.exec(statement).all()


def last_passed(session: Session) -> dict[str, datetime]:
    """By target: when a drill last passed (machine time)."""
    statement = (
        select(Drill.target, func.max(col(Drill.ended_at)))
        .where(Drill.state == "passed")
        .group_by(col(Drill.target))
    )
    return {target: at for target, at in session.exec(statement) if at}


def _alerted_at(session: Session, escalation_id: UUID) -> datetime | None:
    """When a provider, or the sink, first took an alert (machine time)."""
    alerts = select(Alert.id).where(Alert.escalation_id == escalation_id)
    sunk = select(DrillAlert.outbox_id).where(DrillAlert.escalation_id == escalation_id)
    statement = (
        select(func.min(col(DeliveryAttempt.ended_at)))
        .join(OutboxEntry, col(OutboxEntry.id) == col(DeliveryAttempt.outbox_id))
        .where(
            or_(col(OutboxEntry.alert_id).in_(alerts), col(OutboxEntry.id).in_(sunk)),
            col(DeliveryAttempt.result) == "sent",
        )
    )
    return session.exec(statement).one()
