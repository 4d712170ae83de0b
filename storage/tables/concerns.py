"""Whom a disclosure may concern, from whom it is therefore kept, and who was shown it after all."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

HIDDEN_FROM = ("staff", "team", "role", "everybody")


class StaffAlias(SQLModel, table=True):
    """Another name that young people have for a member of staff, or for a home or team."""

    __tablename__ = "staff_alias"
    __table_args__ = (
        CheckConstraint("(staff_id IS NULL) <> (team_id IS NULL)", name="one_owner"),
        Index(
            "uq_staff_alias_staff",
            "staff_id",
            "alias",
            unique=True,
            sqlite_where=text("staff_id IS NOT NULL"),
            postgresql_where=text("staff_id IS NOT NULL"),
        ),
        Index(
            "uq_staff_alias_team",
            "team_id",
            "alias",
            unique=True,
            sqlite_where=text("team_id IS NOT NULL"),
            postgresql_where=text("team_id IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    alias: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class Concern(SQLModel, table=True):
    """That a hit may be about one of our own; append-only in the database itself.

    ``from_seq`` is the first message that is kept from them, with all that come after it, and
    ``since`` when it came. ``why_sealed`` says which words named whom. ``was`` is how the
    conversation stood before that message, as codes and times: what they are still shown.
    ``newcomer``: nothing was known of the young person before it.
    """

    __tablename__ = "concern"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    escalation_id: UUID = Field(foreign_key="escalation.id", index=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    message_id: UUID | None = Field(default=None, foreign_key="message.id")
    from_seq: int
    since: datetime = Field(sa_type=UtcDateTime)
    newcomer: bool
    why_sealed: bytes
    was: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime)


class ConcernHidden(SQLModel, table=True):
    """From whom one concern is kept: a person, whoever is in a team, in a role, or everybody.

    The last two are doubts: of those people nobody is named, and the independent people are not
    among them. Append-only in the database itself.
    """

    __tablename__ = "concern_hidden"
    __table_args__ = (
        one_of("kind", *HIDDEN_FROM),
        Index("ix_concern_hidden_concern_id", "concern_id"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    concern_id: UUID = Field(foreign_key="concern.id")
    kind: str
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    role: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class ConcernShown(SQLModel, table=True):
    """That somebody asks to show it to them after all; it is, once a second person agrees."""

    __tablename__ = "concern_shown"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> asked_by", name="two_people"),
        Index(
            "uq_concern_shown_open",
            "hidden_id",
            unique=True,
            sqlite_where=text("refused_at IS NULL"),
            postgresql_where=text("refused_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    hidden_id: UUID = Field(foreign_key="concern_hidden.id")
    asked_by: UUID = Field(foreign_key="staff.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    reason_sealed: bytes
    agreed_by: UUID | None = Field(default=None, foreign_key="staff.id")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    refused_by: UUID | None = Field(default=None, foreign_key="staff.id")
    refused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
