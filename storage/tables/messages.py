"""The words: every message in and out, what screening said of it, and what answered what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of


class Message(SQLModel, table=True):
    """One message, exactly as it came or went; append-only in the database itself.

    ``provider_id`` is the provider's own id of an inbound message, unique for ever
    (docs/reliability.md F-08). ``raw_sealed`` is the request body byte for byte; ``exact`` is
    false when the bytes were not valid UTF-8 and U+FFFD stands in the words. ``question`` is the
    last prompt that the provider had accepted when an inbound message arrived, or the state that
    an outbound prompt asks; ``question_in_flight`` a prompt that was being sent at that moment.
    ``media`` are the kinds of what came with it, or instead of words: "sticker" and "call" too.
    ``choices`` are the buttons that an outbound text had, as pairs of what they say and how they
    read. ``sent_at`` is the provider's own time.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "account", "provider_id"),
        one_of("direction", "in", "out"),
        one_of("kind", "text", "media", "pin"),
        Index("ix_message_conversation", "young_person_id", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    young_person_id: UUID = Field(foreign_key="young_person.id")
    interview_id: UUID | None = Field(default=None, foreign_key="return_interview.id", index=True)
    contact_address_id: UUID = Field(foreign_key="contact_address.id")
    direction: str
    channel: str
    account: str = ""
    provider_id: str | None = None
    kind: str = "text"
    media: str = ""
    body_sealed: bytes
    exact: bool = True
    raw_sealed: bytes | None = None
    content_type: str | None = None
    question: str | None = None
    question_in_flight: str | None = None
    text_key: str | None = None
    exposure: str | None = None
    readback: bool = False
    script_version: str | None = None
    choices: list[list[str]] | None = Field(default=None, sa_type=JSON)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    at: datetime = Field(sa_type=UtcDateTime)
    machine_at: datetime = Field(sa_type=UtcDateTime)


class RelatedMessage(SQLModel, table=True):
    """That a message is a later version, or a copy on another channel, of one that stays as it was.

    ``edit``: the young person changed what they had written. ``copy``: we sent the same text again
    another way, because it could not be delivered.
    """

    __tablename__ = "related_message"
    __table_args__ = (one_of("kind", "edit", "copy"),)

    message_id: UUID = Field(foreign_key="message.id", primary_key=True)
    kind: str
    of_message_id: UUID = Field(foreign_key="message.id", index=True)


class ScreeningResult(SQLModel, table=True):
    """What screening made of an inbound message; born ``waiting``, with a machine-time deadline."""

    __tablename__ = "screening_result"
    __table_args__ = (
        one_of("state", "waiting", "screened", "not_screened"),
        Index(
            "ix_screening_result_waiting",
            "deadline_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    message_id: UUID = Field(foreign_key="message.id", primary_key=True)
    state: str = "waiting"
    deadline_at: datetime = Field(sa_type=UtcDateTime)
    priority: int | None = None
    result_sealed: bytes | None = None
    detector: str | None = None


class Disposition(SQLModel, table=True):
    """What became of an inbound message; one without is escalated (docs/reliability.md I-02)."""

    __tablename__ = "disposition"
    __table_args__ = (
        one_of(
            "kind",
            "turn",
            "held",
            "parked",
            "after_end",
            "unknown_sender",
            "media",
            "over_budget",
            "edit",
            "call",
        ),
    )

    message_id: UUID = Field(foreign_key="message.id", primary_key=True)
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)


class Answer(SQLModel, table=True):
    """An answer is a reference to the words of a question's messages, never a copy."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("interview_id", "question"), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    interview_id: UUID = Field(foreign_key="return_interview.id")
    question: str
    at: datetime = Field(sa_type=UtcDateTime)


class AnswerMessage(SQLModel, table=True):
    """One message of an answer; their order is the messages' own."""

    __tablename__ = "answer_message"

    answer_id: UUID = Field(foreign_key="answer.id", primary_key=True)
    message_id: UUID = Field(foreign_key="message.id", primary_key=True)


class PassingMention(SQLModel, table=True):
    """A topic that a message told about although nothing was asked about it; never a copy."""

    __tablename__ = "passing_mention"
    __table_args__ = (UniqueConstraint("interview_id", "topic", "message_id"),)

    id: UUID = Field(primary_key=True)
    interview_id: UUID = Field(foreign_key="return_interview.id")
    topic: str
    message_id: UUID = Field(foreign_key="message.id")
    at: datetime = Field(sa_type=UtcDateTime)
