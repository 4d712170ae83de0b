"""What providers said of our messages: each report once, and what it changes in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.database import add_once
from storage.outbox import add_event
from storage.tables import OutboxEntry, ProviderReport

LATTICE: Final = ("queued", "sending", "sent", "delivered", "read")
"""A later status never goes back to an earlier one; ``delivered`` and ``failed`` end it."""


def keep(
    session: Session,
    channel: str,
    provider_id: str,
    status: str,
    code: str,
    reference: UUID | None,
    now: datetime,
) -> ProviderReport | None:
    """Keep one report (``now``: service time); None when the same one was kept before."""
    same = select(ProviderReport.id).where(
        ProviderReport.channel == channel,
        ProviderReport.provider_id == provider_id,
        ProviderReport.status == status,
        ProviderReport.code == code,
    )
    row = ProviderReport(
        id=uuid4(),
        channel=channel,
        provider_id=provider_id,
        status=status,
        code=code,
        reference=reference,
        at=now,
    )
    row_id = row.id
    add_once(session, row, lambda: session.exec(same).first() is not None)
    return row if session.exec(same).one() == row_id else None


def goes_on(session: Session, report: ProviderReport) -> bool:
    """Whether a report says more than those that were applied to this message before it."""
    statement = select(ProviderReport.status).where(
        ProviderReport.channel == report.channel,
        ProviderReport.provider_id == report.provider_id,
        col(ProviderReport.applied).is_(True),
    )
    known = set(session.exec(statement))
    if "failed" in known:
        return False
    if report.status == "failed":
        return not known.intersection(("delivered", "read"))
    furthest = max((LATTICE.index(each) for each in known), default=-1)
    return LATTICE.index(report.status) > furthest


def unapplied(session: Session, channel: str, provider_id: str) -> Sequence[ProviderReport]:
    """Reports that were kept and changed nothing, in the order in which they came."""
    statement = select(ProviderReport).where(
        ProviderReport.channel == channel,
        ProviderReport.provider_id == provider_id,
        col(ProviderReport.applied).is_(False),
    )
    return session.exec(statement.order_by(col(ProviderReport.seq))).all()


def accept(session: Session, entry: OutboxEntry, provider_id: str, now: datetime) -> bool:
    """The provider has it after all: whatever we thought, it is sent, under this id.

    False when it is sent already, under another id: then there are two, and the newer counts.
    """
    statement = (
        update(OutboxEntry)
        .where(col(OutboxEntry.id) == entry.id, col(OutboxEntry.state) != "sent")
        .values(
            state="sent",
            provider_id=provider_id,
            accepted_at=now,
            retry_at=None,
            lease_owner=None,
            lease_until=None,
        )
    )
    accepted = session.connection().execute(statement).rowcount == 1
    if accepted:
        add_event(session, entry.id, "sent", now)
        session.refresh(entry)
    return accepted


def take_back(
    session: Session,
    entry: OutboxEntry,
    provider_id: str,
    state: str,
    retry_at: datetime | None,
    now: datetime,
    code: str,
) -> bool:
    """What was sent under this id did not arrive: it waits again, or has failed for good.

    False when another attempt has replaced that one: nothing is changed.
    """
    statement = (
        update(OutboxEntry)
        .where(
            col(OutboxEntry.id) == entry.id,
            col(OutboxEntry.state) == "sent",
            col(OutboxEntry.provider_id) == provider_id,
        )
        .values(state=state, retry_at=retry_at, provider_id=None, accepted_at=None)
    )
    taken = session.connection().execute(statement).rowcount == 1
    if taken and state == "failed":
        add_event(session, entry.id, "failed", now, code)
    if taken:
        session.refresh(entry)
    return taken
