"""What changes hands when a member of staff stops working here (service time)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, update
from sqlmodel import Session, col, select

from storage.tables import Escalation, ReturnInterview, Staff


def close_account(session: Session, staff_id: UUID, now: datetime) -> bool:
    """They work here no longer, from the next request on; False when they had left already."""
    statement = (
        update(Staff)
        .where(col(Staff.id) == staff_id, col(Staff.active).is_(True))
        .values(active=False, left_at=now)
    )
    return session.connection().execute(statement).rowcount == 1


def is_last_of_role(session: Session, staff: Staff) -> bool:
    """Whether nobody else who works here has their role."""
    count = select(func.count()).select_from(Staff)
    others = count.where(
        Staff.role == staff.role, col(Staff.active).is_(True), Staff.id != staff.id
    )
    return session.exec(others).one() == 0


def held_by(session: Session, staff_id: UUID) -> Sequence[tuple[UUID, UUID]]:
    """The open escalations that somebody has, with whose they are; in an order to lock them by."""
    nobody_since = and_(
        col(Escalation.holder_id).is_(None), col(Escalation.acknowledged_by) == staff_id
    )
    statement = select(Escalation.id, Escalation.young_person_id).where(
        col(Escalation.closed_at).is_(None),
        col(Escalation.acknowledged_at).is_not(None),
        or_(col(Escalation.holder_id) == staff_id, nobody_since),
    )
    order = (col(Escalation.young_person_id), col(Escalation.seq))
    return session.exec(statement.order_by(*order)).all()


def give_interviews(session: Session, staff_id: UUID, to_id: UUID | None) -> int:
    """Whose advocate they are, gets another one; without, whoever is the first (storage.staff)."""
    statement = update(ReturnInterview).where(col(ReturnInterview.advocate_id) == staff_id)
    return session.connection().execute(statement.values(advocate_id=to_id)).rowcount
