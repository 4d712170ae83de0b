"""Drills: made-up disclosures that show whether a real one would reach a person, and how fast."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

DRILL_TARGETS = ("sink", "person")
DRILL_STATES = ("planned", "running", "passed", "failed", "missed", "cancelled")


class Drill(SQLModel, table=True):
    """One drill, from when it was planned; ``due_at`` is service time, the rest machine time.

    ``target`` is who is alerted: nobody (the sink), or a person on duty in the announced ``week``,
    named by its Monday. ``provider_id`` is what the text comes in under: only a message of that id
    is a drill. ``reason`` is a code for why it failed, was missed, or was last ``postponed``.
    """

    __tablename__ = "drill"
    __table_args__ = (
        one_of("target", *DRILL_TARGETS),
        one_of("state", *DRILL_STATES),
        Index(
            "uq_drill_planned",
            "target",
            unique=True,
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        # There is one made-up young person, with one conversation.
        Index(
            "uq_drill_running",
            "state",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    target: str
    state: str = "planned"
    due_at: datetime = Field(sa_type=UtcDateTime)
    week: date | None = None
    set_by: UUID | None = Field(default=None, foreign_key="staff.id")
    postponed: int = 0
    reason: str = ""
    provider_id: str | None = Field(default=None, unique=True)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    detected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    timer_set: bool = False
    alerted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DrillAlert(SQLModel, table=True):
    """One alert of a drill that goes to nobody; the outbox entry carries it to the sink."""

    __tablename__ = "drill_alert"

    outbox_id: UUID = Field(foreign_key="outbox_entry.id", primary_key=True)
    escalation_id: UUID = Field(foreign_key="escalation.id", index=True)
    body: str
    at: datetime = Field(sa_type=UtcDateTime)
