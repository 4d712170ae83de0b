"""The outbox: what is to be sent, each attempt to send it, and what the provider said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of


class OutboxEntry(SQLModel, table=True):
    """One thing to send: a message to a young person, or an alert to a member of staff.

    ``rank`` 0 alerts, 1 safety replies, 2 the rest. ``due_at`` and ``accepted_at`` are service
    time; ``retry_at`` and ``lease_until`` are machine time. Marked sent only after sending
    (docs/reliability.md F-01, F-13). ``prompt``: it answers nothing that they wrote, so that quiet
    hours hold for it until it leaves.
    """

    __tablename__ = "outbox_entry"
    __table_args__ = (
        one_of("state", "waiting", "claimed", "in_doubt", "sent", "failed", "dropped"),
        Index(
            "ix_outbox_entry_live",
            "rank",
            "seq",
            sqlite_where=text("state IN ('waiting', 'claimed', 'in_doubt')"),
            postgresql_where=text("state IN ('waiting', 'claimed', 'in_doubt')"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    rank: int
    channel: str
    young_person_id: UUID | None = Field(default=None, foreign_key="young_person.id", index=True)
    message_id: UUID | None = Field(default=None, foreign_key="message.id", unique=True)
    alert_id: UUID | None = Field(default=None, foreign_key="alert.id", unique=True)
    state: str = "waiting"
    prompt: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    due_at: datetime = Field(sa_type=UtcDateTime)
    retry_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    provider_id: str | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeliveryAttempt(SQLModel, table=True):
    """One call to a provider; written before the call, its result after (machine time).

    ``provider_id`` is what the provider called the message that this attempt made: its reports name
    that, also when a later attempt made another.
    """

    __tablename__ = "delivery_attempt"
    __table_args__ = (UniqueConstraint("outbox_id", "number"),)

    id: UUID = Field(primary_key=True)
    outbox_id: UUID = Field(foreign_key="outbox_entry.id")
    number: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    result: str | None = None
    code: str | None = None
    provider_id: str | None = Field(default=None, index=True)


class DeliveryEvent(SQLModel, table=True):
    """What is known of the fate of one outbox entry; append-only, the furthest status counts."""

    __tablename__ = "delivery_event"
    __table_args__ = (
        UniqueConstraint("outbox_id", "status", "code"),
        one_of("status", "queued", "sent", "delivered", "failed", "dropped"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    outbox_id: UUID = Field(foreign_key="outbox_entry.id")
    status: str
    code: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


class SimulatedPhone(SQLModel, table=True):
    """The demo's handset of one address: only whether it has signal."""

    __tablename__ = "simulated_phone"

    address_index: str = Field(primary_key=True)
    out_of_signal: bool = False


class SimulatedDelivery(SQLModel, table=True):
    """What the demo's pretended provider has accepted; a repeated send finds it here."""

    __tablename__ = "simulated_delivery"

    outbox_id: UUID = Field(foreign_key="outbox_entry.id", primary_key=True)
    address_index: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
