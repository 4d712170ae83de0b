"""Escalations: a record of their own with a life of their own, never a state of the interview."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of


class Escalation(SQLModel, table=True):
    """Something a person must look at: raised, acknowledged by a named person, then closed.

    Every unacknowledged escalation has ``next_alert_at`` (service time) from the commit that
    made it (docs/reliability.md I-04). A young person has at most one unacknowledged escalation
    on each ladder: a further hit joins it as an event and can raise its priority, never lower it.

    ``ladder`` is who is asked: everybody on duty, or, where somebody of ours may be concerned, the
    independent people only. ``climbs_since`` is when the ladder was last set at its foot and
    ``reopened`` how often that happened after an acknowledgement. ``holder_id`` is the member of
    staff who has it now; ``first_action_at`` when the first thing was done about it.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        one_of("priority", 1, 2, 3),
        Index(
            "uq_escalation_unacknowledged",
            "young_person_id",
            "ladder",
            unique=True,
            sqlite_where=text("acknowledged_at IS NULL AND closed_at IS NULL"),
            postgresql_where=text("acknowledged_at IS NULL AND closed_at IS NULL"),
        ),
        Index(
            "ix_escalation_inbox",
            "priority",
            "raised_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_escalation_closed",
            "closed_at",
            "seq",
            sqlite_where=text("closed_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    reference: str = Field(unique=True)
    young_person_id: UUID = Field(foreign_key="young_person.id", index=True)
    interview_id: UUID | None = Field(default=None, foreign_key="return_interview.id")
    priority: int
    version: int = 0
    raised_at: datetime = Field(sa_type=UtcDateTime)
    next_alert_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    alert_step: int = 0
    child_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by: UUID | None = Field(default=None, foreign_key="staff.id")
    outcome_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: UUID | None = Field(default=None, foreign_key="staff.id")
    ladder: str = Field(default="main", sa_column_kwargs={"server_default": "main"})
    climbs_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reopened: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    holder_id: UUID | None = None
    first_action_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_check_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_to_day_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    looked_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    looked_back_by: UUID | None = None
    is_drill: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})

    @property
    def state(self) -> str:
        """``raised``, ``acknowledged`` or ``closed``."""
        if self.closed_at is not None:
            return "closed"
        return "raised" if self.acknowledged_at is None else "acknowledged"


class EscalationEvent(SQLModel, table=True):
    """One line of an escalation's timeline; append-only in the database itself.

    ``detail_sealed`` holds what quotes or describes the young person (categories, matched spans,
    outcome text), sealed under their key.
    """

    __tablename__ = "escalation_event"
    __table_args__ = (
        one_of(
            "kind",
            "hit",
            "not_screened",
            "unread",
            "undelivered",
            "turn_failed",
            "opted_out",
            "nobody_reachable",
            "contact_not_safe",
            "acknowledged",
            "outcome",
            "closed",
            "child_told",
            "can_act_now",
            "passed_on",
            "handed_over",
            "reopened",
            "priority_set",
            "linked",
            "call",
            "referral",
            "made_safe",
            "day_check",
            "looked_back",
            "joined",
            "left",
            "revealed",
            "copied_for_police",
            "contact_made_safe",
            "safe_instruction",
            "ladder_step",
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    escalation_id: UUID = Field(foreign_key="escalation.id", index=True)
    kind: str
    priority: int | None = None
    message_id: UUID | None = Field(default=None, foreign_key="message.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    detail_sealed: bytes
    at: datetime = Field(sa_type=UtcDateTime)


class Alert(SQLModel, table=True):
    """One content-free alert about an escalation to one member of staff, by one channel.

    ``address_id`` is the address it goes to; None is the number on their own row.
    """

    __tablename__ = "alert"

    id: UUID = Field(primary_key=True)
    escalation_id: UUID = Field(foreign_key="escalation.id", index=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    step: int
    body: str
    at: datetime = Field(sa_type=UtcDateTime)
    channel: str = Field(default="sms", sa_column_kwargs={"server_default": "sms"})
    address_id: UUID | None = None


class HumanTask(SQLModel, table=True):
    """Something for a person to do that is not about safety tonight; a code, never words."""

    __tablename__ = "human_task"
    __table_args__ = (
        Index(
            "uq_human_task_open",
            "young_person_id",
            "kind",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    kind: str
    young_person_id: UUID = Field(foreign_key="young_person.id")
    interview_id: UUID | None = Field(default=None, foreign_key="return_interview.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: UUID | None = Field(default=None, foreign_key="staff.id")
