"""Young people, how to reach them, their missing episodes and their return interviews."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

OFFER_WITHIN = timedelta(hours=72)
"""Elapsed hours from return (docs/practice.md, offer and clock)."""


class YoungPerson(SQLModel, table=True):
    """A young person; ``provisional`` until a worker has linked an unknown sender.

    ``needs_support``: something makes texting hard for them, so a person comes first.
    ``prompts_from`` and ``prompts_until`` ("HH:MM", local time) are the times of day that they
    chose for texts which they did not ask for; without ``school_time_ok`` none goes out in school
    hours either. The date of birth is sealed in ISO form.

    ``authority_id`` is responsible for them, ``host_authority_id`` is where they live and
    ``home_team_id`` the home they live in. ``emergency_sealed`` is what an emergency call asks for
    (storage/emergency_facts.py). ``is_drill``: nobody, made up to test that somebody comes.
    """

    __tablename__ = "young_person"
    __table_args__ = {"sqlite_autoincrement": True}

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    name_sealed: bytes | None = None
    check_word_sealed: bytes | None = None
    duress_word_sealed: bytes | None = None
    born_on_sealed: bytes | None = None
    language: str = "en"
    provisional: bool = False
    needs_support: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    prompts_from: str | None = None
    prompts_until: str | None = None
    school_time_ok: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    created_at: datetime = Field(sa_type=UtcDateTime)
    authority_id: UUID | None = None
    host_authority_id: UUID | None = None
    home_team_id: UUID | None = None
    emergency_sealed: bytes | None = None
    is_drill: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class ContactAddress(SQLModel, table=True):
    """A number or chat id of a young person. An address is never an identity: phones are shared.

    ``last_in_at`` is when something last came from it (machine time): WhatsApp takes free words for
    a day after that.
    """

    __tablename__ = "contact_address"
    __table_args__ = (UniqueConstraint("channel", "address_index", "young_person_id"),)

    id: UUID = Field(primary_key=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    channel: str
    address_sealed: bytes
    address_index: str
    confirmed: bool = False
    shared: bool = False
    unreachable_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class MissingEpisode(SQLModel, table=True):
    """One time missing, of any length; the 72 hours run from ``returned_at``."""

    __tablename__ = "missing_episode"

    id: UUID = Field(primary_key=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    returned_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str

    @property
    def due_at(self) -> datetime:
        """When the 72 elapsed hours are over; summer time does not move it."""
        return self.returned_at + OFFER_WITHIN


class ReturnInterview(SQLModel, table=True):
    """The text part of one return interview: where the young person is in it, never their words.

    ``way`` is how they chose to do it and ``accepted_at`` when they first said so; ``length`` is
    set only where a person chose it for them.
    """

    __tablename__ = "return_interview"
    __table_args__ = (
        one_of("way", "text", "talk", "meet"),
        one_of("length", "full", "short", "repeat"),
        Index(
            "uq_return_interview_open",
            "young_person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    advocate_id: UUID | None = Field(default=None, foreign_key="staff.id")
    texting_agreed_by: UUID | None = Field(default=None, foreign_key="staff.id")
    position: dict[str, Any] = Field(sa_type=JSON)
    version: int = 0
    opened_at: datetime = Field(sa_type=UtcDateTime)
    invited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    way: str | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    length: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def state(self) -> str:
        """The dialogue state, as the dialogue names it."""
        return str(self.position["state"])


class InterviewEpisode(SQLModel, table=True):
    """One interview may cover several episodes (docs/practice.md, offer and clock)."""

    __tablename__ = "interview_episode"

    interview_id: UUID = Field(foreign_key="return_interview.id", primary_key=True)
    episode_id: UUID = Field(foreign_key="missing_episode.id", primary_key=True)


class Conversation(SQLModel, table=True):
    """One conversation for each young person: its safety, its lease and its next turn.

    ``turn_due_at`` and ``waiting_since`` are service time; ``lease_until`` is machine time.
    ``silence_after_seq`` is the message after which a silence was already raised.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        one_of("contact", "open", "guarded", "unverified"),
        Index(
            "ix_conversation_turn_due",
            "turn_due_at",
            sqlite_where=text("turn_due_at IS NOT NULL"),
            postgresql_where=text("turn_due_at IS NOT NULL"),
        ),
    )

    young_person_id: UUID = Field(foreign_key="young_person.id", primary_key=True)
    contact: str
    contact_address_id: UUID = Field(foreign_key="contact_address.id")
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    turn_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    unknown_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    silence_after_seq: int | None = None
