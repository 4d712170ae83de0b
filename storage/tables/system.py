"""One installation, who approved its texts, and the record of who did and read what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.types import UtcDateTime, one_of

APPROVING_ROLES = ("safeguarding_lead", "young_peoples_group", "translator")


class Installation(SQLModel, table=True):
    """The one row that says whether this database serves children or a rehearsal.

    Only a demo's service clock can be moved; a live database never becomes a demo.
    """

    __tablename__ = "installation"
    __table_args__ = (
        one_of("mode", "live", "demo"),
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint(
            "clock_offset_s = 0 OR (mode = 'demo' AND clock_offset_s > 0)", name="demo_clock"
        ),
    )

    id: int = Field(default=1, primary_key=True)
    mode: str
    clock_offset_s: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)


class ScriptApproval(SQLModel, table=True):
    """That a named person read the texts of one language, exactly these (``digest``), and agreed.

    ``name`` is who read them; ``entered_by`` is who says so here.
    """

    __tablename__ = "script_approval"
    __table_args__ = (
        UniqueConstraint("language", "version", "digest", "role"),
        one_of("role", *APPROVING_ROLES),
    )

    id: UUID = Field(primary_key=True)
    language: str
    version: str
    digest: str
    role: str
    name: str
    at: datetime = Field(sa_type=UtcDateTime)
    entered_by: str


class AuditEntry(SQLModel, table=True):
    """One link of the audit chain: ids only, never words (docs/reliability.md T-09)."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject", "action"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(unique=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str
    detail: dict[str, str] = Field(sa_type=JSON)
    previous: str
    mac: str
