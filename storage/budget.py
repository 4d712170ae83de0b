"""How much came from one young person lately, and what was answered: to notice floods and loops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from storage.tables import Disposition, Message, ScreeningResult


def came_since(session: Session, young_person_id: UUID, since: datetime) -> int:
    """How many messages came from them after ``since`` (service time)."""
    statement = select(func.count()).where(
        col(Message.young_person_id) == young_person_id,
        col(Message.direction) == "in",
        col(Message.at) > since,
    )
    return session.exec(statement).one()


def answered_since(session: Session, young_person_id: UUID, since: datetime) -> int:
    """How often they were sent something after ``since`` (service time); one turn counts once."""
    statement = select(func.count(func.distinct(col(Message.at)))).where(
        col(Message.young_person_id) == young_person_id,
        col(Message.direction) == "out",
        col(Message.at) > since,
    )
    return session.exec(statement).one()


def last_answer_at(session: Session, young_person_id: UUID) -> datetime | None:
    """When something was last queued for them (service time)."""
    statement = select(Message.at).where(
        Message.young_person_id == young_person_id, Message.direction == "out"
    )
    return session.exec(statement.order_by(col(Message.seq).desc()).limit(1)).first()


def has_finding(session: Session, young_person_id: UUID) -> bool:
    """Whether something urgent was found in what they wrote and nobody has answered yet.

    What could not be screened counts as urgent.
    """
    statement = (
        select(Message.id)
        .join(ScreeningResult, col(ScreeningResult.message_id) == col(Message.id))
        .join(Disposition, col(Disposition.message_id) == col(Message.id), isouter=True)
        .where(
            Message.young_person_id == young_person_id,
            Message.direction == "in",
            col(Disposition.message_id).is_(None),
            or_(
                col(ScreeningResult.priority) <= 2,
                col(ScreeningResult.state) == "not_screened",
            ),
        )
        .limit(1)
    )
    return session.exec(statement).first() is not None


def before(
    session: Session, first: Message, since: datetime, most: int
) -> Sequence[tuple[Message, str]]:
    """What came before ``first`` and after ``since``, the newest first, with what became of it."""
    statement = (
        select(Message, Disposition.kind)
        .join(Disposition, col(Disposition.message_id) == col(Message.id))
        .where(
            Message.young_person_id == first.young_person_id,
            Message.direction == "in",
            col(Message.seq) < first.seq,
            col(Message.at) > since,
        )
        .order_by(col(Message.seq).desc())
        .limit(most)
    )
    return session.exec(statement).all()
