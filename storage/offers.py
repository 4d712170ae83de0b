"""Offers: every text that a young person did not ask for, so that they are never pestered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from storage.tables import Offer


def add_offer(
    session: Session,
    young_person_id: UUID,
    kind: str,
    due_at: datetime,
    now: datetime,
    made_by: str,
    *,
    interview_id: UUID | None = None,
    message_id: UUID | None = None,
) -> Offer:
    """Note one offer.

    Args:
        session: a write transaction.
        young_person_id: to whom.
        kind: ``invitation``, ``reminder``, ``follow_up`` or ``chat_was``.
        due_at: when it may go out (service time).
        now: when it was decided (service time).
        made_by: "staff:<id>", or the name of the part that decided it.
        interview_id: the interview it is about.
        message_id: the text that was queued; None when none was.
    """
    offer = Offer(
        id=uuid4(),
        young_person_id=young_person_id,
        interview_id=interview_id,
        kind=kind,
        message_id=message_id,
        due_at=due_at,
        made_by=made_by,
        at=now,
    )
    session.add(offer)
    session.flush()
    return offer


def offers_since(session: Session, young_person_id: UUID, since: datetime) -> Sequence[Offer]:
    """The offers to this young person that are due at ``since`` (service time) or later."""
    statement = (
        select(Offer)
        .where(Offer.young_person_id == young_person_id, col(Offer.due_at) >= since)
        .order_by(col(Offer.due_at), col(Offer.seq))
    )
    return session.exec(statement).all()


def offers_of_interview(session: Session, interview_id: UUID) -> Sequence[Offer]:
    """The offers about one interview, as they fall due."""
    statement = (
        select(Offer)
        .where(Offer.interview_id == interview_id)
        .order_by(col(Offer.due_at), col(Offer.seq))
    )
    return session.exec(statement).all()
