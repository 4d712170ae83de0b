"""What was offered to a young person unasked, and what people wrote for them to hear later."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of


class Offer(SQLModel, table=True):
    """One text that a young person did not ask for, so that they are never pestered.

    ``message_id`` stays empty when it was decided but nothing was written; ``due_at`` (service
    time) is when it may go out, and ``made_by`` who or what decided it. ``outcome`` says why
    nothing was written; what became of a text is known from its delivery.
    """

    __tablename__ = "offer"
    __table_args__ = (
        one_of("kind", "invitation", "reminder", "follow_up", "chat_was"),
        Index("ix_offer_due", "young_person_id", "due_at"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    young_person_id: UUID = Field(foreign_key="young_person.id")
    interview_id: UUID | None = Field(default=None, foreign_key="return_interview.id", index=True)
    kind: str
    message_id: UUID | None = Field(default=None, foreign_key="message.id")
    due_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str
    outcome: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class FollowUp(SQLModel, table=True):
    """What came of something they asked for, in a person's words, sealed under their key.

    First they are asked whether it is safe to hear it (``asked_at``), then told (``told_at``).
    """

    __tablename__ = "follow_up"

    id: UUID = Field(primary_key=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    interview_id: UUID = Field(foreign_key="return_interview.id", index=True)
    words_sealed: bytes
    written_by: UUID | None = Field(default=None, foreign_key="staff.id")
    at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
