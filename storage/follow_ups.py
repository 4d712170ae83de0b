"""What came of something a young person asked for: kept until they can hear it safely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.tables import FollowUp, ReturnInterview


def add(
    session: Session,
    vault: Vault,
    interview: ReturnInterview,
    words: str,
    written_by: UUID | None,
    now: datetime,
) -> FollowUp:
    """Keep what a person wrote for the young person of ``interview`` to hear."""
    row_id, owner_id = uuid4(), interview.young_person_id
    row = FollowUp(
        id=row_id,
        young_person_id=owner_id,
        interview_id=interview.id,
        words_sealed=vault.seal(owner_id, "follow_up.words", row_id, words),
        written_by=written_by,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def words_of(vault: Vault, row: FollowUp) -> str:
    """What the person wrote."""
    return vault.open(row.young_person_id, "follow_up.words", row.id, row.words_sealed)


def waiting_of(session: Session, young_person_id: UUID) -> Sequence[FollowUp]:
    """What this young person has not been told yet, the first written first."""
    statement = (
        select(FollowUp)
        .where(FollowUp.young_person_id == young_person_id, col(FollowUp.told_at).is_(None))
        .order_by(col(FollowUp.at), col(FollowUp.id))
    )
    return session.exec(statement).all()


def is_told(session: Session, interview_id: UUID) -> bool:
    """Whether they were told what came of what they asked for in this interview."""
    statement = select(FollowUp.id).where(
        FollowUp.interview_id == interview_id, col(FollowUp.told_at).is_not(None)
    )
    return session.exec(statement).first() is not None


def mark_asked(session: Session, follow_up_id: UUID, now: datetime) -> bool:
    """They were asked whether they can hear it; False when that was noted before."""
    statement = (
        update(FollowUp)
        .where(col(FollowUp.id) == follow_up_id, col(FollowUp.asked_at).is_(None))
        .values(asked_at=now)
    )
    return session.connection().execute(statement).rowcount == 1


def mark_told(session: Session, follow_up_id: UUID, now: datetime) -> bool:
    """They were told; False when that was noted before."""
    statement = (
        update(FollowUp)
        .where(col(FollowUp.id) == follow_up_id, col(FollowUp.told_at).is_(None))
        .values(told_at=now)
    )
    return session.connection().execute(statement).rowcount == 1
