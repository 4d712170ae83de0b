"""Whose turn is due, and the lease that makes turns of one conversation strictly serial."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import Session, col, select

from storage.tables import Conversation


def due(session: Session, now: datetime, machine_now: datetime) -> Sequence[UUID]:
    """Young people whose turn is due and free to take, the longest due first."""
    statement = (
        select(Conversation.young_person_id)
        .where(col(Conversation.turn_due_at) <= now, _free(machine_now))
        .order_by(col(Conversation.turn_due_at))
    )
    return session.exec(statement).all()


def claim(
    session: Session,
    young_person_id: UUID,
    owner: str,
    now: datetime,
    machine_now: datetime,
    lease_until: datetime,
) -> int | None:
    """Take the lease; returns how many times this turn has been tried, None when it is taken."""
    statement = (
        update(Conversation)
        .where(
            col(Conversation.young_person_id) == young_person_id,
            col(Conversation.turn_due_at) <= now,
            _free(machine_now),
        )
        .values(lease_owner=owner, lease_until=lease_until, tries=Conversation.tries + 1)
    )
    if session.connection().execute(statement).rowcount != 1:
        return None
    return session.exec(
        select(Conversation.tries).where(Conversation.young_person_id == young_person_id)
    ).one()


def release(session: Session, young_person_id: UUID, owner: str) -> None:
    """Give the lease back without the turn; it is tried again."""
    statement = (
        update(Conversation)
        .where(
            col(Conversation.young_person_id) == young_person_id,
            col(Conversation.lease_owner) == owner,
        )
        .values(lease_owner=None, lease_until=None)
    )
    session.connection().execute(statement)


def next_turn(session: Session) -> datetime | None:
    """The earliest service time at which a turn is due."""
    return session.exec(select(func.min(col(Conversation.turn_due_at)))).one()


def _free(machine_now: datetime) -> ColumnElement[bool]:
    return or_(col(Conversation.lease_owner).is_(None), col(Conversation.lease_until) < machine_now)
