"""Figures for whoever watches the machines: how long, how many; never who, never which.

Nothing of the independent ladder is counted among escalations, nor anything that is kept from
somebody since: whoever may read both the figures and the inbox could subtract one from the other
and learn of a case (docs/conflicts.md). Two sweepers watch those timers by other ways
(docs/reliability.md section 4). Drills are figures of their own and never among real work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import Session, col, select

from storage.drills import SINK
from storage.outbox import LIVE
from storage.tables import (
    Concern,
    Conversation,
    DeliveryAttempt,
    Disposition,
    Escalation,
    Message,
    OutboxEntry,
    ScreeningResult,
    SenderLink,
    ServiceAlarm,
)

TROUBLE = ("failed", "in_doubt")
"""What an attempt came to that a provider did not take, as far as anybody knows."""


def oldest_unacknowledged(session: Session) -> Mapping[int, datetime]:
    """By priority: since when the escalation has waited that has waited longest (service time)."""
    statement = (
        select(Escalation.priority, func.min(col(Escalation.raised_at)))
        .where(
            col(Escalation.acknowledged_at).is_(None),
            col(Escalation.closed_at).is_(None),
            *_counted(),
        )
        .group_by(col(Escalation.priority))
    )
    return dict(session.exec(statement).all())


def times_to_acknowledge(session: Session, since: datetime) -> Sequence[tuple[int, timedelta]]:
    """The priority of each escalation raised since then, and after how long a person answered."""
    statement = select(Escalation.priority, Escalation.raised_at, Escalation.acknowledged_at).where(
        col(Escalation.raised_at) >= since,
        col(Escalation.acknowledged_at).is_not(None),
        *_counted(),
    )
    return [(number, at - raised_at) for number, raised_at, at in session.exec(statement) if at]


def outbox_depths(session: Session) -> Sequence[tuple[str, str, int]]:
    """How many entries are not settled: channel, state, number."""
    statement = (
        select(OutboxEntry.channel, OutboxEntry.state, func.count())
        .where(col(OutboxEntry.state).in_(LIVE), col(OutboxEntry.channel) != SINK)
        .group_by(col(OutboxEntry.channel), col(OutboxEntry.state))
    )
    return session.exec(statement).all()


def unscreened(session: Session) -> int:
    """How many messages have no screening result yet."""
    statement = select(func.count()).where(col(ScreeningResult.state) == "waiting")
    return session.exec(statement).one()


def unread(session: Session) -> int:
    """How many messages nothing has become of yet."""
    statement = (
        select(func.count())
        .select_from(Message)
        .join(Disposition, col(Disposition.message_id) == col(Message.id), isouter=True)
        .where(col(Message.direction) == "in", col(Disposition.message_id).is_(None))
    )
    return session.exec(statement).one()


def turns_due(session: Session, now: datetime) -> int:
    """How many conversations wait for a turn of ours that is due (service time)."""
    statement = select(func.count()).where(col(Conversation.turn_due_at) <= now)
    return session.exec(statement).one()


def failed_attempts(session: Session, since: datetime) -> Sequence[tuple[str, str, int]]:
    """Attempts since then (machine time) that came to nothing: channel, code, number."""
    code = func.coalesce(col(DeliveryAttempt.code), "")
    statement = (
        select(OutboxEntry.channel, code, func.count())
        .join(OutboxEntry, col(OutboxEntry.id) == col(DeliveryAttempt.outbox_id))
        .where(
            col(DeliveryAttempt.started_at) >= since,
            # One that waits for another try was refused as well.
            or_(
                col(DeliveryAttempt.result).in_(TROUBLE),
                and_(col(DeliveryAttempt.result) == "waiting", code != ""),
            ),
        )
        .group_by(col(OutboxEntry.channel), code)
    )
    return session.exec(statement).all()


def open_alarms(session: Session) -> Mapping[str, int]:
    """How many alarms are open, by kind."""
    statement = (
        select(ServiceAlarm.kind, func.count())
        .where(col(ServiceAlarm.cleared_at).is_(None))
        .group_by(col(ServiceAlarm.kind))
    )
    return dict(session.exec(statement).all())


def _counted() -> tuple[ColumnElement[bool], ...]:
    """What may be counted among escalations by whoever reads the figures."""
    whose = or_(
        col(Concern.young_person_id) == col(Escalation.young_person_id),
        # Of somebody who has turned out to be somebody: both records are one person.
        exists().where(
            or_(
                and_(
                    col(SenderLink.provisional_id) == col(Concern.young_person_id),
                    col(SenderLink.young_person_id) == col(Escalation.young_person_id),
                ),
                and_(
                    col(SenderLink.young_person_id) == col(Concern.young_person_id),
                    col(SenderLink.provisional_id) == col(Escalation.young_person_id),
                ),
            )
        ),
    )
    kept = exists().where(whose, col(Escalation.raised_at) >= col(Concern.since))
    return (col(Escalation.ladder) == "main", col(Escalation.is_drill).is_(False), ~kept)
