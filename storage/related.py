"""Messages that belong to an earlier one: a later version of it, or a copy on another channel."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from storage.tables import RelatedMessage


def related_among(session: Session, message_ids: Collection[UUID]) -> dict[UUID, RelatedMessage]:
    """Which of these are an edit or a copy, and of which message, by message."""
    statement = select(RelatedMessage).where(col(RelatedMessage.message_id).in_(list(message_ids)))
    return {each.message_id: each for each in session.exec(statement)}
