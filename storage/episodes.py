"""Episodes by what tells one from another: whose, and when they returned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from storage.tables import MissingEpisode


def returns_of(session: Session, young_person_id: UUID) -> Sequence[datetime]:
    """When this young person returned, each time, the newest first."""
    statement = select(MissingEpisode.returned_at).where(
        MissingEpisode.young_person_id == young_person_id
    )
    return session.exec(statement.order_by(col(MissingEpisode.returned_at).desc())).all()


def is_entered(session: Session, young_person_ids: Iterable[UUID], returned_at: datetime) -> bool:
    """Whether one of these young people has an episode with this return."""
    statement = select(MissingEpisode.id).where(
        col(MissingEpisode.young_person_id).in_(list(young_person_ids)),
        MissingEpisode.returned_at == returned_at,
    )
    return session.exec(statement).first() is not None
