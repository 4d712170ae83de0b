"""Whom to alert and how: steps of the ladders, addresses of staff, lines outside."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

ADDRESS_KINDS = ("sms", "second_sms", "voice", "email", "webpush", "webhook")
LINE_KINDS = ("staffed", "out_of_hours")


class LadderStep(SQLModel, table=True):
    """One step of a ladder where an authority, or this service, does not keep to the defaults.

    All steps of one authority, ladder and priority together stand in place of the defaults
    (bot/ladder.toml). ``to`` and ``by`` are names with spaces between them.
    """

    __tablename__ = "ladder_step"
    __table_args__ = (
        one_of("priority", 1, 2, 3),
        Index("ix_ladder_step_of", "authority_id", "ladder", "priority"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    authority_id: UUID | None = Field(default=None, foreign_key="authority.id")
    ladder: str
    priority: int
    after_s: int
    to: str
    by: str
    set_by: UUID | None = Field(default=None, foreign_key="staff.id")
    at: datetime = Field(sa_type=UtcDateTime)


class Line(SQLModel, table=True):
    """A telephone outside that people answer: an out-of-hours team, or a staffed 24-hour line.

    ``agreed_on`` is the date of the letter in which they agreed to act on our calls, and
    ``agreed_with`` who wrote it; without both a staffed line does not count.
    """

    __tablename__ = "line"
    __table_args__ = (one_of("kind", *LINE_KINDS), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    authority_id: UUID | None = Field(default=None, foreign_key="authority.id")
    kind: str
    name: str
    phone: str
    agreed_on: date | None = None
    agreed_with: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffAddress(SQLModel, table=True):
    """One way to alert a member of staff; sealed under their key, used only once it is verified.

    A code is sent to it and given back (machine time); only a hash of the code is kept. A browser
    that subscribed is verified by having done so. ``value_index`` finds the same address again.
    """

    __tablename__ = "staff_address"
    __table_args__ = (
        one_of("kind", *ADDRESS_KINDS),
        Index(
            "uq_staff_address_value",
            "staff_id",
            "kind",
            "value_index",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    kind: str
    value_sealed: bytes
    value_index: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    code_hash: str | None = None
    code_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    code_tries: int = 0


class LineAlert(SQLModel, table=True):
    """One content-free alert about an escalation to a line outside; the outbox entry carries it."""

    __tablename__ = "line_alert"

    outbox_id: UUID = Field(foreign_key="outbox_entry.id", primary_key=True)
    line_id: UUID = Field(foreign_key="line.id")
    escalation_id: UUID = Field(foreign_key="escalation.id", index=True)
    step: int
    channel: str
    body: str
    at: datetime = Field(sa_type=UtcDateTime)


class AddressCode(SQLModel, table=True):
    """The text with a code to an address that is to be verified; the outbox entry carries it."""

    __tablename__ = "address_code"

    outbox_id: UUID = Field(foreign_key="outbox_entry.id", primary_key=True)
    address_id: UUID = Field(foreign_key="staff_address.id")
    body_sealed: bytes
