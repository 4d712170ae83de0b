"""What each attempt to send came to, and under which id a provider has the message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, update
from sqlmodel import Session, col, select

from storage.tables import DeliveryAttempt, OutboxEntry, ProviderReport


def known_provider_ids(session: Session, entry: OutboxEntry) -> frozenset[str]:
    """Provider ids that cannot be the message in doubt, so that none is taken for it.

    Those of other entries of this channel, and those of this one that the provider said failed.
    """
    failed = _has_failed(entry.channel)
    statement = (
        select(DeliveryAttempt.provider_id, OutboxEntry.provider_id)
        .join(OutboxEntry, col(OutboxEntry.id) == col(DeliveryAttempt.outbox_id))
        .where(
            OutboxEntry.channel == entry.channel,
            OutboxEntry.young_person_id == entry.young_person_id,
            or_(col(OutboxEntry.id) != entry.id, failed),
        )
    )
    return frozenset(each for row in session.exec(statement) for each in row if each)


def first_attempt_at(session: Session, entry: OutboxEntry) -> datetime:
    """When the first attempt at this entry began (machine time)."""
    statement = select(DeliveryAttempt.started_at).where(DeliveryAttempt.outbox_id == entry.id)
    return session.exec(statement.order_by(col(DeliveryAttempt.number)).limit(1)).one()


def own_provider_id(session: Session, entry: OutboxEntry) -> str | None:
    """The id of a message that an attempt of this entry made and that has not failed since.

    Whoever lost the lease may have come back with it after another had claimed the entry.
    """
    statement = select(DeliveryAttempt.provider_id).where(
        DeliveryAttempt.outbox_id == entry.id,
        col(DeliveryAttempt.provider_id).is_not(None),
        ~_has_failed(entry.channel),
    )
    return session.exec(statement.order_by(col(DeliveryAttempt.number).desc())).first()


def entry_with(session: Session, channel: str, provider_id: str) -> OutboxEntry | None:
    """The entry of which an attempt made the message that the provider calls this."""
    statement = (
        select(OutboxEntry)
        .join(DeliveryAttempt, col(DeliveryAttempt.outbox_id) == col(OutboxEntry.id))
        .where(OutboxEntry.channel == channel, DeliveryAttempt.provider_id == provider_id)
    )
    found = session.exec(statement).first()
    if found is None:
        # Sent before attempts kept the ids.
        old = select(OutboxEntry).where(
            OutboxEntry.channel == channel, OutboxEntry.provider_id == provider_id
        )
        found = session.exec(old).first()
    return found


def name_attempt(
    session: Session, outbox_id: UUID, provider_id: str, machine_now: datetime
) -> None:
    """Write an id down that came with a report: on the first attempt that has none."""
    statement = (
        select(DeliveryAttempt)
        .where(
            DeliveryAttempt.outbox_id == outbox_id,
            col(DeliveryAttempt.provider_id).is_(None),
            or_(
                col(DeliveryAttempt.result).is_(None),
                col(DeliveryAttempt.result).in_(("in_doubt", "failed", "dropped")),
            ),
        )
        .order_by(col(DeliveryAttempt.number))
    )
    attempt = session.exec(statement).first()
    if attempt is None:
        return
    attempt.provider_id = provider_id
    attempt.ended_at = attempt.ended_at or machine_now
    attempt.result = "sent"
    session.add(attempt)
    session.flush()


def note_failure(
    session: Session, outbox_id: UUID, provider_id: str, code: str, machine_now: datetime
) -> None:
    """An attempt that the provider had accepted has failed after all."""
    statement = (
        update(DeliveryAttempt)
        .where(
            col(DeliveryAttempt.outbox_id) == outbox_id,
            col(DeliveryAttempt.provider_id) == provider_id,
        )
        .values(result="failed", code=code, ended_at=machine_now)
    )
    session.connection().execute(statement)


def times_refused(session: Session, entry: OutboxEntry, code: str) -> int:
    """How many attempts at this entry came to this code."""
    statement = select(func.count()).where(
        col(DeliveryAttempt.outbox_id) == entry.id, col(DeliveryAttempt.code) == code
    )
    return session.exec(statement).one()


def last_code(session: Session, outbox_id: UUID) -> str:
    """The code of the newest attempt, empty when it has none."""
    statement = (
        select(DeliveryAttempt.code)
        .where(DeliveryAttempt.outbox_id == outbox_id)
        .order_by(col(DeliveryAttempt.number).desc())
    )
    return session.exec(statement).first() or ""


def retried_later(session: Session, young_person_id: UUID) -> Sequence[OutboxEntry]:
    """Texts to them that wait for another try at a later moment."""
    statement = select(OutboxEntry).where(
        OutboxEntry.young_person_id == young_person_id,
        OutboxEntry.state == "waiting",
        col(OutboxEntry.retry_at).is_not(None),
    )
    return session.exec(statement).all()


def before_last_at(session: Session, entry: OutboxEntry) -> datetime | None:
    """When the attempt before the newest began (machine time)."""
    statement = (
        select(DeliveryAttempt.started_at)
        .where(DeliveryAttempt.outbox_id == entry.id, DeliveryAttempt.number < entry.tries)
        .order_by(col(DeliveryAttempt.number).desc())
    )
    return session.exec(statement).first()


def codes_since(session: Session, channel: str, since: datetime) -> Sequence[str]:
    """The codes that attempts on this channel came to from ``since`` (machine time) on."""
    statement = (
        select(DeliveryAttempt.code)
        .join(OutboxEntry, col(OutboxEntry.id) == col(DeliveryAttempt.outbox_id))
        .where(
            OutboxEntry.channel == channel,
            col(DeliveryAttempt.ended_at) >= since,
            col(DeliveryAttempt.code) != "",
        )
    )
    return [each for each in session.exec(statement) if each]


def _has_failed(channel: str) -> ColumnElement[bool]:
    return exists().where(
        col(ProviderReport.channel) == channel,
        col(ProviderReport.provider_id) == col(DeliveryAttempt.provider_id),
        col(ProviderReport.status) == "failed",
    )
