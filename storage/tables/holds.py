"""Who of ours writes with a young person in place of the computer, and which texts are theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

HOW_ENDED = ("handed_back", "taken_over", "fell_silent", "lapsed", "guarded", "withdrawn")


class ConversationHold(SQLModel, table=True):
    """One member of staff has joined one conversation; a young person has at most one open hold.

    ``since`` is when the computer fell silent, ``began_at`` when nothing of it was on its way any
    more and the young person was told who has joined. ``lease_until`` is how long the worker is
    taken to be there without another sign, ``waiting_since`` when the first text came that they
    have not answered (all service time). ``until_seq`` is the newest message when it ended: what
    the computer queued up to it never leaves.
    """

    __tablename__ = "conversation_hold"
    __table_args__ = (
        one_of("ended_how", *HOW_ENDED),
        Index(
            "uq_conversation_hold_open",
            "young_person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_conversation_hold_young_person", "young_person_id", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    young_person_id: UUID = Field(foreign_key="young_person.id")
    staff_id: UUID = Field(foreign_key="staff.id")
    escalation_id: UUID = Field(foreign_key="escalation.id", index=True)
    since: datetime = Field(sa_type=UtcDateTime)
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_until: datetime = Field(sa_type=UtcDateTime)
    last_wrote_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_how: str | None = None
    until_seq: int | None = None


class HoldText(SQLModel, table=True):
    """A text of a hold: what the worker wrote (``staff_id``), or what tells of them."""

    __tablename__ = "hold_text"

    message_id: UUID = Field(foreign_key="message.id", primary_key=True)
    hold_id: UUID = Field(foreign_key="conversation_hold.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
