"""Who is on duty when, and what they hand over to whoever comes next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

LADDERS = ("main", "independent")
POSITIONS = (1, 2)


class Shift(SQLModel, table=True):
    """One person on duty from one moment until another (service time).

    Position 1 is alerted first, position 2 stands by. Without an authority the shift is for all of
    them. A shift is never changed: it is removed, and another is entered in its place.
    """

    __tablename__ = "shift"
    __table_args__ = (
        one_of("ladder", *LADDERS),
        one_of("position", *POSITIONS),
        CheckConstraint("ends_at > starts_at", name="goes_forward"),
        Index(
            "uq_shift_staff_starts",
            "staff_id",
            "starts_at",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_shift_ladder", "ladder", "ends_at"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    ladder: str
    position: int
    staff_id: UUID = Field(foreign_key="staff.id")
    authority_id: UUID | None = Field(default=None, foreign_key="authority.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    entered_by: UUID | None = Field(default=None, foreign_key="staff.id")
    entered_at: datetime = Field(sa_type=UtcDateTime)
    removed_by: UUID | None = Field(default=None, foreign_key="staff.id")
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HandoverNote(SQLModel, table=True):
    """What somebody on duty leaves for whoever comes next on the same ladder.

    The words may name young people: they are sealed under the writer's key.
    """

    __tablename__ = "handover_note"
    __table_args__ = (
        one_of("ladder", *LADDERS),
        Index("ix_handover_note_ladder", "ladder", "at"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    ladder: str
    staff_id: UUID = Field(foreign_key="staff.id")
    shift_id: UUID | None = Field(default=None, foreign_key="shift.id")
    words_sealed: bytes
    at: datetime = Field(sa_type=UtcDateTime)


class HandoverReading(SQLModel, table=True):
    """Somebody on duty has read a hand-over note, and says so."""

    __tablename__ = "handover_reading"

    note_id: UUID = Field(foreign_key="handover_note.id", primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
