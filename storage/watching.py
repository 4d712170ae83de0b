"""What somebody who watches over the worker looks at: only reads, and only ids and moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, and_, create_engine, or_
from sqlmodel import Session, col, select

from storage.database import database_url
from storage.tables import Alert, Escalation, LineAlert, OutboxEntry

PATIENCE_S = 5


class ReadOnly:
    """A database that can be read and never written, also by mistake."""

    def __init__(self, url: str) -> None:
        """Open ``url`` for reading; nothing is asked yet."""
        self._engine = _engine(url)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read transaction; what it loaded stays readable after it."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def overdue_timers(session: Session, before: datetime) -> Sequence[str]:
    """References of unacknowledged escalations whose timer ran out before, or that have none."""
    statement = select(Escalation.reference).where(
        col(Escalation.closed_at).is_(None),
        col(Escalation.acknowledged_at).is_(None),
        or_(col(Escalation.next_alert_at).is_(None), col(Escalation.next_alert_at) < before),
    )
    return session.exec(statement.order_by(col(Escalation.priority), col(Escalation.seq))).all()


def unsent_alerts(session: Session, before: datetime, machine_now: datetime) -> Sequence[str]:
    """References of unacknowledged escalations with an alert that nobody has even tried to send.

    Args:
        session: a transaction.
        before: service time up to which it was due.
        machine_now: a lease that ended before belongs to a sender that is no more.
    """
    untried = or_(
        and_(col(OutboxEntry.state) == "waiting", col(OutboxEntry.tries) == 0),
        and_(col(OutboxEntry.state) == "claimed", col(OutboxEntry.lease_until) < machine_now),
    )
    statement = (
        select(Escalation.reference)
        .join(
            Alert,
            col(Alert.escalation_id) == col(Escalation.id),
            isouter=True,
        )
        .join(
            LineAlert,
            col(LineAlert.escalation_id) == col(Escalation.id),
            isouter=True,
        )
        .join(
            OutboxEntry,
            or_(
                col(OutboxEntry.alert_id) == col(Alert.id),
                col(OutboxEntry.id) == col(LineAlert.outbox_id),
            ),
        )
        .where(
            untried,
            col(OutboxEntry.due_at) < before,
            col(Escalation.acknowledged_at).is_(None),
            col(Escalation.closed_at).is_(None),
        )
        .distinct()
    )
    return session.exec(statement).all()


def _engine(url: str) -> Engine:
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        query = {"mode": "ro", "uri": "true"}
        named = parsed.set(database=f"file:{parsed.database}", query=query)
        return create_engine(
            named, hide_parameters=True, connect_args={"timeout": PATIENCE_S}, pool_size=1
        )
    options = f"-c default_transaction_read_only=on -c statement_timeout={PATIENCE_S}s"
    return create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=1,
        connect_args={"options": options, "connect_timeout": PATIENCE_S},
    )
