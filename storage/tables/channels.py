"""What the providers said and did: reports, alarms, what was refused, who is bound and linked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of


class ProviderReport(SQLModel, table=True):
    """One thing that a provider said of a message of ours, kept once for ever (service time).

    ``applied`` is false for what changed nothing: it came late, or of an attempt that another has
    replaced (docs/reliability.md 2.4). ``reference`` is the id of our outbox entry, where the
    provider gave it back.
    """

    __tablename__ = "provider_report"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id", "status", "code"),
        one_of("status", "queued", "sending", "sent", "delivered", "read", "failed"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    channel: str
    provider_id: str
    status: str
    code: str = ""
    reference: UUID | None = None
    at: datetime = Field(sa_type=UtcDateTime)
    applied: bool = False


class SenderLink(SQLModel, table=True):
    """That a provisional young person, an unknown sender, is this young person after all.

    Their words stay where they were written and are read with the record that they belong to.
    """

    __tablename__ = "sender_link"

    provisional_id: UUID = Field(foreign_key="young_person.id", primary_key=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    linked_by: UUID | None = Field(default=None, foreign_key="staff.id")
    at: datetime = Field(sa_type=UtcDateTime)


class BindingToken(SQLModel, table=True):
    """A link that a worker gave to a young person, good once and for a day (machine time).

    Only a hash of it is kept (docs/reliability.md T-02).
    """

    __tablename__ = "binding_token"

    token_hash: str = Field(primary_key=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    channel: str
    created_by: UUID | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ServiceAlarm(SQLModel, table=True):
    """Something that is wrong with the line itself, for an operator (machine time); never words.

    ``kind`` says what, ``detail`` which channel or code. One is open for each kind and detail.
    """

    __tablename__ = "service_alarm"
    __table_args__ = (
        Index(
            "uq_service_alarm_open",
            "kind",
            "detail",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    kind: str
    detail: str = ""
    times: int = 1
    raised_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cleared_by: UUID | None = Field(default=None, foreign_key="staff.id")


class AlarmText(SQLModel, table=True):
    """One text about an alarm to one member of staff; the outbox entry carries it."""

    __tablename__ = "alarm_text"

    outbox_id: UUID = Field(foreign_key="outbox_entry.id", primary_key=True)
    alarm_id: UUID = Field(foreign_key="service_alarm.id", index=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    body: str


class RefusalCount(SQLModel, table=True):
    """How many requests were refused in one minute, and why; nothing of them is kept."""

    __tablename__ = "refusal_count"

    minute: datetime = Field(sa_type=UtcDateTime, primary_key=True)
    source: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    times: int = 1


class UnreadableRequest(SQLModel, table=True):
    """A request that certainly was a provider's and that we could not read, byte for byte.

    Sealed under a key of its own (``id``), because nobody knows whose words it holds.
    """

    __tablename__ = "unreadable_request"
    __table_args__ = (
        UniqueConstraint("source", "digest"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    source: str
    reason: str
    digest: str
    raw_sealed: bytes
    content_type: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)
