"""That a worker is at work: the last moment at which one said so (machine time).

It is kept as an alarm that a worker clears again and again, whether or not it is open: when it was
cleared last is when somebody was there. Any number of workers and machines share the one row.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from storage.tables import ServiceAlarm

KIND = "no_worker"
SWEEP = "no_sweep"
"""The ladders were swept to the end; never an open alarm, only a figure (web/metrics.py)."""


def beat(session: Session, machine_now: datetime, kind: str = KIND) -> None:
    """A worker is here, or has done this."""
    statement = update(ServiceAlarm).where(col(ServiceAlarm.kind) == kind)
    if session.connection().execute(statement.values(cleared_at=machine_now)).rowcount:
        return
    session.add(
        ServiceAlarm(
            id=uuid4(),
            kind=kind,
            raised_at=machine_now,
            last_at=machine_now,
            cleared_at=machine_now,
        )
    )
    session.flush()


def last_beat(session: Session, kind: str = KIND) -> datetime | None:
    """When a worker last said so; None when none ever did."""
    statement = select(func.max(col(ServiceAlarm.cleared_at)))
    return session.exec(statement.where(col(ServiceAlarm.kind) == kind)).one()
