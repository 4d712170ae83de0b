"""What people say of the screening: false alarms, misses, and the copies that may leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

MARK_KINDS = ("not_a_disclosure", "missed")
MARK_DECISIONS = ("cleaned", "left_out")


class ScreeningMark(SQLModel, table=True):
    """That a person who read a message found the screening wrong; append-only in the database.

    It changes nothing else: no escalation is closed, lowered or deleted by it. ``message_id`` is
    the last message of the thought that it is about. ``escalation_id`` is where it was marked, or
    what was raised for it. ``priority`` says how soon a person should have looked at a missed one,
    0 of the others. ``detail_sealed`` holds the rest under the young person's key.
    """

    __tablename__ = "screening_mark"
    __table_args__ = (
        UniqueConstraint("message_id", "kind", "priority"),
        one_of("kind", *MARK_KINDS),
        CheckConstraint("priority >= 0", name="priority_known"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    kind: str
    priority: int
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    interview_id: UUID | None = Field(default=None, foreign_key="return_interview.id")
    escalation_id: UUID | None = Field(default=None, foreign_key="escalation.id", index=True)
    message_id: UUID = Field(foreign_key="message.id")
    staff_id: UUID = Field(foreign_key="staff.id")
    detail_sealed: bytes
    at: datetime = Field(sa_type=UtcDateTime)


class ScreeningMarkCopy(SQLModel, table=True):
    """What a person decided about the words of a mark; append-only, the newest one counts.

    ``cleaned``: a copy without what could tell who it is, sealed under the young person's key.
    ``left_out``: it would tell whatever is removed, so it never leaves.
    """

    __tablename__ = "screening_mark_copy"
    __table_args__ = (
        one_of("decision", *MARK_DECISIONS),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    mark_id: UUID = Field(foreign_key="screening_mark.id", index=True)
    decision: str
    staff_id: UUID = Field(foreign_key="staff.id")
    detail_sealed: bytes
    at: datetime = Field(sa_type=UtcDateTime)


class ScreeningMarkExport(SQLModel, table=True):
    """That the cleaned copy of a mark was written to a file, once; not under which reference."""

    __tablename__ = "screening_mark_export"

    mark_id: UUID = Field(foreign_key="screening_mark.id", primary_key=True)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
