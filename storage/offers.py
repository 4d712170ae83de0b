"""Offers: every text that a young person did not ask for, so that they are never pestered.

An attempt that never became a text is an offer too, with the reason as its outcome. What counts
against the limit is what left or waits to leave: not what was taken back, nor what was never
written. One that failed counts: nobody knows whether the phone showed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session, col, select

from storage.outbox import LIVE
from storage.tables import (
    DeliveryAttempt,
    DeliveryEvent,
    Message,
    Offer,
    OutboxEntry,
    ProviderReport,
    SenderLink,
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the text of an offer, as far as it is known.

    Attributes:
        channel: on which it leaves.
        waiting_until: it has not left: the moment before which it will not (service time).
        tries: how often sending was tried.
        accepted_at: when the provider took it (service time).
        delivered: the provider says that it arrived.
        read: the provider says that it was read.
        failed: why it did not arrive, as the provider's code; None while it may.
        dropped_at: when it was taken back before it left (service time).
    """

    channel: str
    waiting_until: datetime | None
    tries: int
    accepted_at: datetime | None
    delivered: bool
    read: bool
    failed: str | None
    dropped_at: datetime | None


def counts() -> ColumnElement[bool]:
    """Holds for the offers that a young person got or is still to get."""
    taken_back = exists().where(
        col(OutboxEntry.message_id) == col(Offer.message_id), col(OutboxEntry.state) == "dropped"
    )
    return and_(col(Offer.outcome).is_(None), ~taken_back)


def add_offer(
    session: Session,
    young_person_id: UUID,
    kind: str,
    due_at: datetime,
    now: datetime,
    made_by: str,
    *,
    interview_id: UUID | None = None,
    message_id: UUID | None = None,
    outcome: str | None = None,
) -> Offer:
    """Note one offer.

    Args:
        session: a write transaction.
        young_person_id: to whom.
        kind: ``invitation``, ``reminder``, ``follow_up`` or ``chat_was``.
        due_at: when it may go out (service time).
        now: when it was decided (service time).
        made_by: "staff:<id>", or the name of the part that decided it.
        interview_id: the interview it is about.
        message_id: the text that was queued; None when none was.
        outcome: why no text was written; None when one was.
    """
    offer = Offer(
        id=uuid4(),
        young_person_id=young_person_id,
        interview_id=interview_id,
        kind=kind,
        message_id=message_id,
        due_at=due_at,
        made_by=made_by,
        outcome=outcome,
        at=now,
    )
    session.add(offer)
    session.flush()
    return offer


def offers_since(session: Session, young_person_id: UUID, since: datetime) -> Sequence[Offer]:
    """The offers that count, to this young person, due at ``since`` (service time) or later."""
    statement = (
        select(Offer)
        .where(Offer.young_person_id == young_person_id, col(Offer.due_at) >= since, counts())
        .order_by(col(Offer.due_at), col(Offer.seq))
    )
    return session.exec(statement).all()


def offers_of_interview(session: Session, interview_id: UUID) -> Sequence[Offer]:
    """The offers about one interview, also those without a text, as they fall due."""
    statement = (
        select(Offer)
        .where(Offer.interview_id == interview_id)
        .order_by(col(Offer.due_at), col(Offer.seq))
    )
    return session.exec(statement).all()


def fates_of(session: Session, message_ids: Iterable[UUID]) -> dict[UUID, Fate]:
    """What became of each of these texts, by message."""
    statement = select(OutboxEntry).where(col(OutboxEntry.message_id).in_(list(message_ids)))
    return {
        entry.message_id: _fate(session, entry)
        for entry in session.exec(statement).all()
        if entry.message_id is not None
    }


def wrote_at(session: Session, young_person_id: UUID) -> Sequence[datetime]:
    """When anything came from them, the first first; also before their number was known."""
    linked = select(SenderLink.provisional_id).where(SenderLink.young_person_id == young_person_id)
    statement = (
        select(Message.at)
        .where(
            or_(
                col(Message.young_person_id) == young_person_id,
                col(Message.young_person_id).in_(linked),
            ),
            col(Message.direction) == "in",
        )
        .order_by(col(Message.at))
    )
    return session.exec(statement).all()


def _fate(session: Session, entry: OutboxEntry) -> Fate:
    events = {
        each.status: each
        for each in session.exec(
            select(DeliveryEvent)
            .where(DeliveryEvent.outbox_id == entry.id)
            .order_by(col(DeliveryEvent.seq))
        )
    }
    failed, dropped = events.get("failed"), events.get("dropped")
    return Fate(
        channel=entry.channel,
        waiting_until=entry.due_at if entry.state in LIVE else None,
        tries=entry.tries,
        accepted_at=entry.accepted_at,
        delivered="delivered" in events,
        read=_was_read(session, entry),
        failed=failed.code if failed and entry.state == "failed" else None,
        dropped_at=dropped.at if dropped and entry.state == "dropped" else None,
    )


def _was_read(session: Session, entry: OutboxEntry) -> bool:
    called = select(DeliveryAttempt.provider_id).where(
        DeliveryAttempt.outbox_id == entry.id, col(DeliveryAttempt.provider_id).is_not(None)
    )
    statement = select(ProviderReport.id).where(
        ProviderReport.channel == entry.channel,
        ProviderReport.status == "read",
        or_(
            col(ProviderReport.provider_id) == entry.provider_id,
            col(ProviderReport.provider_id).in_(called),
        ),
    )
    return session.exec(statement).first() is not None
