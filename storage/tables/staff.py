"""Staff, their sessions, and the attempts that throttle guessing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

ROLES = ("duty_worker", "advocate", "manager", "administrator")


class Staff(SQLModel, table=True):
    """A member of staff; the telephone number is sealed under a key of their own."""

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


class StaffSession(SQLModel, table=True):
    """A signed-in browser; the cookie's token is kept only as a hash (machine time)."""

    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


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
