"""What a ladder asks of an escalation: whose it is, when they last wrote, what was left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_
from sqlmodel import Session, col, select

from storage.links import ids_of
from storage.tables import Alert, DeliveryEvent, Escalation, Message, OutboxEntry, YoungPerson


def authority_of(session: Session, young_person_id: UUID) -> UUID | None:
    """The authority that is responsible for a young person, as far as it is entered."""
    statement = select(YoungPerson.authority_id).where(YoungPerson.id == young_person_id)
    return session.exec(statement).first()


def last_text_at(session: Session, young_person_id: UUID) -> datetime | None:
    """When something last came in from a young person (service time)."""
    statement = select(func.max(col(Message.at))).where(
        col(Message.young_person_id).in_(ids_of(session, young_person_id)),
        col(Message.direction) == "in",
    )
    return session.exec(statement).one()


def unacknowledged_on(session: Session, young_person_id: UUID, ladder: str) -> Escalation | None:
    """The escalation of a young person on this ladder that nobody has acknowledged."""
    statement = select(Escalation).where(
        Escalation.young_person_id == young_person_id,
        Escalation.ladder == ladder,
        col(Escalation.acknowledged_at).is_(None),
        col(Escalation.closed_at).is_(None),
    )
    return session.exec(statement).first()


def idle_since(
    session: Session,
    priority: int,
    without: str,
    before: datetime,
    only: UUID | None = None,
) -> Sequence[tuple[UUID, UUID]]:
    """Escalations acknowledged up to ``before`` that lack what must follow, with whose they are.

    Args:
        session: a transaction.
        priority: of which priority.
        without: "first_action" or "outcome". What was handed to the day team has its own check.
        before: service time.
        only: look at this one alone.
    """
    lacks = Escalation.first_action_at if without == "first_action" else Escalation.outcome_at
    statement = select(Escalation.id, Escalation.young_person_id).where(
        col(Escalation.closed_at).is_(None),
        col(Escalation.acknowledged_at) <= before,
        or_(col(Escalation.climbs_since).is_(None), col(Escalation.climbs_since) <= before),
        col(lacks).is_(None),
        col(Escalation.handed_to_day_at).is_(None),
        Escalation.priority == priority,
    )
    if only is not None:
        statement = statement.where(Escalation.id == only)
    return session.exec(statement.order_by(col(Escalation.seq))).all()


@dataclass(frozen=True, slots=True)
class Watched:
    """One alert of an escalation that nobody has acknowledged, and how far it has come.

    ``step_now`` is the step at which the escalation stands.
    """

    alert: Alert
    entry: OutboxEntry
    step_now: int
    delivered: bool


def watched_alerts(
    session: Session, since: datetime, only: UUID | None = None
) -> Sequence[Watched]:
    """Alerts from ``since`` (service time) on, of escalations that nobody has acknowledged."""
    arrived = exists().where(
        col(DeliveryEvent.outbox_id) == col(OutboxEntry.id),
        col(DeliveryEvent.status) == "delivered",
    )
    statement = (
        select(Alert, OutboxEntry, Escalation.alert_step, arrived)
        .join(OutboxEntry, col(OutboxEntry.alert_id) == col(Alert.id))
        .join(Escalation, col(Escalation.id) == col(Alert.escalation_id))
        .where(
            col(Escalation.acknowledged_at).is_(None),
            col(Escalation.closed_at).is_(None),
            col(Alert.at) >= since,
        )
        .order_by(col(OutboxEntry.seq))
    )
    if only is not None:
        statement = statement.where(Escalation.id == only)
    return [Watched(*row) for row in session.exec(statement)]
