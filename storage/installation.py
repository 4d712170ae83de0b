"""The one row that says whether this is a live service or a rehearsal, and its service clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from storage.database import add_once
from storage.tables import Installation


class NotADemo(Exception):
    """The service clock of a live installation was to be moved; it never is."""


def ensure_installation(session: Session, mode: str, now: datetime) -> Installation:
    """The installation row, made with ``mode`` when the database is new."""
    new = Installation(id=1, mode=mode, created_at=now)
    add_once(session, new, lambda: session.get(Installation, 1) is not None)
    return session.get_one(Installation, 1)


def mode(session: Session) -> str | None:
    """``live`` or ``demo``; None before the first ``db upgrade``."""
    row = session.get(Installation, 1)
    return row.mode if row else None


def clock_offset(session: Session) -> timedelta:
    """How far the demo's service clock has been moved on; zero for a live service."""
    row = session.get(Installation, 1)
    return timedelta(seconds=row.clock_offset_s if row else 0)


def move_clock(session: Session, by: timedelta) -> None:
    """Move a demo's service clock forward.

    Raises:
        NotADemo: the installation is live.
        ValueError: ``by`` is not forward.
    """
    if by <= timedelta(0):
        raise ValueError("the clock only moves forward")
    statement = (
        update(Installation)
        .where(col(Installation.mode) == "demo")
        .values(clock_offset_s=Installation.clock_offset_s + int(by.total_seconds()))
    )
    if session.connection().execute(statement).rowcount != 1:
        raise NotADemo("only a demo's clock can be moved")
