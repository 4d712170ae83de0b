"""The access log, asked: who read something, and how much somebody read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from storage.tables import AuditEntry

_NEWEST = 2_000
"""How far back is looked for what somebody read within an hour: it costs the same always."""


def readings(session: Session, subject: str, most: int = 200) -> Sequence[AuditEntry]:
    """The readings of one record, the last first."""
    statement = select(AuditEntry).where(
        AuditEntry.subject == subject, col(AuditEntry.action).startswith("read ")
    )
    return session.exec(statement.order_by(col(AuditEntry.seq).desc()).limit(most)).all()


def different_since(session: Session, actor: str, since: datetime) -> int:
    """How many different records somebody has read since a moment."""
    newest = select(func.max(col(AuditEntry.seq))).scalar_subquery()
    statement = select(func.count(func.distinct(col(AuditEntry.subject)))).where(
        col(AuditEntry.seq) > newest - _NEWEST,
        AuditEntry.actor == actor,
        col(AuditEntry.action).startswith("read "),
        col(AuditEntry.at) >= since,
    )
    return session.exec(statement).one()
