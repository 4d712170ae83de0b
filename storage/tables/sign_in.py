"""What proves that somebody is who they say they are, beside the password (machine time)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of


class OneTimeKey(SQLModel, table=True):
    """The key that an app makes one-time codes from, sealed under its owner's key.

    A member of staff has at most one that counts and one that they are about to confirm with a
    first code. ``last_step`` is the half minute of the newest code that was accepted: neither that
    code nor an older one is taken again.
    """

    __tablename__ = "one_time_key"
    __table_args__ = (
        Index(
            "uq_one_time_key_confirmed",
            "staff_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
        Index(
            "uq_one_time_key_begun",
            "staff_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    secret_sealed: bytes
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """A code for the day on which the telephone is gone; kept as a keyed hash, good once."""

    __tablename__ = "recovery_code"

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    code_index: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Passkey(SQLModel, table=True):
    """The public half of a passkey, with the name that its owner gave it."""

    __tablename__ = "passkey"

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PasskeyChallenge(SQLModel, table=True):
    """What a browser was asked to sign, by its hash; the row goes when the answer comes."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (one_of("purpose", "add", "sign_in", "second"),)

    challenge_hash: str = Field(primary_key=True)
    purpose: str
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)


class StaffInvitation(SQLModel, table=True):
    """A link by which a member of staff chooses a password; kept as a hash, good once."""

    __tablename__ = "staff_invitation"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffIdentity(SQLModel, table=True):
    """Who a member of staff is in the directory of their council: its address and their number."""

    __tablename__ = "staff_identity"
    __table_args__ = (UniqueConstraint("staff_id", "issuer"),)

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
