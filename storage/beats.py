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


def beat(session: Session, machine_now: datetime) -> None:
    """A worker is here."""
    statement = update(ServiceAlarm).where(col(ServiceAlarm.kind) == KIND)
    if session.connection().execute(statement.values(cleared_at=machine_now)).rowcount:
        return
    session.add(
        ServiceAlarm(
            id=uuid4(),
            kind=KIND,
            raised_at=machine_now,
            last_at=machine_now,
            cleared_at=machine_now,
        )
    )
    session.flush()


def last_beat(session: Session) -> datetime | None:
    """When a worker last said that it was there; None when none ever did."""
    statement = select(func.max(col(ServiceAlarm.cleared_at)))
    return session.exec(statement.where(col(ServiceAlarm.kind) == KIND)).one()
