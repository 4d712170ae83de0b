"""Staff, their sessions, and the attempts that throttle guessing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

ROLES = ("duty_worker", "advocate", "manager", "administrator")


class Staff(SQLModel, table=True):
    """A member of staff; the telephone number is sealed under a key of their own.

    ``chosen_name`` is what young people are told they are called. Without an authority they work
    for all of them; ``left_at`` is when they stopped working here.
    """

    __tablename__ = "staff"
    __table_args__ = (one_of("role", *ROLES), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    name: str
    email: str = Field(unique=True)
    role: str
    phone_sealed: bytes | None = None
    password_hash: str
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
    chosen_name: str | None = None
    authority_id: UUID | None = None
    team_id: UUID | None = None
    phone_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Authority(SQLModel, table=True):
    """A local authority, and the number of its out-of-hours team."""

    __tablename__ = "authority"

    id: UUID = Field(primary_key=True)
    name: str = Field(unique=True)
    out_of_hours_phone: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class Team(SQLModel, table=True):
    """People who work together: a duty team, a home, an advocacy service, an independent team."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("authority_id", "name"),
        one_of("kind", "duty", "home", "advocacy", "independent", "other"),
    )

    id: UUID = Field(primary_key=True)
    authority_id: UUID | None = Field(default=None, foreign_key="authority.id")
    name: str
    kind: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class StaffSession(SQLModel, table=True):
    """A signed-in browser; the cookie's token is kept only as a hash (machine time).

    ``label`` says which browser it is ("Chrome on Android"). ``factor`` is what was given beside
    the password; without it the session is only on its way (web/visits.py). ``proved_at`` is when
    they last proved who they are.
    """

    __tablename__ = "staff_session"
    __table_args__ = (
        Index("uq_staff_session_id", "id", unique=True),
        Index("ix_staff_session_ended_at", "ended_at"),
    )

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    id: UUID | None = None
    label: str | None = None
    factor: str | None = None
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInAttempt(SQLModel, table=True):
    """A failed sign-in, by keyed hash of the account and of the address it came from."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account", "account_index", "at"),
        Index("ix_sign_in_attempt_address", "address_index", "at"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    account_index: str
    address_index: str
    at: datetime = Field(sa_type=UtcDateTime)
