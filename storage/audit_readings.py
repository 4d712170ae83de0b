"""Who read a record: asked of the audit trail, which nobody can change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import AuditEntry


def readings_of(session: Session, subject: str, action: str) -> Sequence[tuple[str, datetime]]:
    """Who did this to a record ("read escalation", "escalation:<id>") and when, in order."""
    statement = (
        select(AuditEntry.actor, AuditEntry.at)
        .where(AuditEntry.subject == subject, AuditEntry.action == action)
        .order_by(col(AuditEntry.seq))
    )
    return session.exec(statement).all()
