"""Texts that time has passed by, and texts that are sent once more another way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.outbox import LIVE, ORDINARY_RANK, SAFETY_RANK, add_event
from storage.tables import ContactAddress, DeliveryEvent, Message, Offer, OutboxEntry
from storage.tables import RelatedMessage as Related

# Made once: an alias is dear to make, and this is asked several times a second.
_NEWER, _LATER = aliased(OutboxEntry), aliased(Message)


def stale(
    session: Session, now: datetime, patience: timedelta, kept: Collection[str], limit: int = 50
) -> Sequence[UUID]:
    """Ordinary texts that have waited too long while the conversation moved on.

    Args:
        session: any transaction.
        now: service time.
        patience: how long a text may wait.
        kept: lines of the script that are never too late.
        limit: how many at most.
    """
    has_waited = select(OutboxEntry.id).where(
        OutboxEntry.state == "waiting",
        OutboxEntry.rank == ORDINARY_RANK,
        col(OutboxEntry.due_at) <= now - patience,
    )
    if session.exec(has_waited.limit(1)).first() is None:
        return ()
    statement = (
        select(OutboxEntry.id)
        .join(Message, col(Message.id) == col(OutboxEntry.message_id))
        .where(OutboxEntry.state == "waiting", _is_stale(now, patience, kept))
        .order_by(col(OutboxEntry.seq))
        .limit(limit)
    )
    return session.exec(statement).all()


def is_stale(
    session: Session,
    entry: OutboxEntry,
    now: datetime,
    patience: timedelta,
    kept: Collection[str],
) -> bool:
    """The same of one entry, in whatever state it is."""
    statement = (
        select(OutboxEntry.id)
        .join(Message, col(Message.id) == col(OutboxEntry.message_id))
        .where(OutboxEntry.id == entry.id, _is_stale(now, patience, kept))
    )
    return session.exec(statement).first() is not None


def drop_waiting(session: Session, outbox_id: UUID, now: datetime, code: str) -> bool:
    """Take back one entry that nobody is sending; False when somebody is."""
    statement = (
        update(OutboxEntry)
        .where(col(OutboxEntry.id) == outbox_id, col(OutboxEntry.state) == "waiting")
        .values(state="dropped")
    )
    dropped = session.connection().execute(statement).rowcount == 1
    if dropped:
        add_event(session, outbox_id, "dropped", now, code)
    return dropped


def texts_of_prompt(session: Session, entry: OutboxEntry) -> Sequence[Message]:
    """The texts of the prompt that this entry belongs to and that have not left, in order."""
    statement = (
        select(Message)
        .join(OutboxEntry, col(OutboxEntry.message_id) == col(Message.id))
        .where(_same_prompt(entry), or_(col(OutboxEntry.id) == entry.id, _is_waiting()))
    )
    return session.exec(statement.order_by(col(Message.seq))).all()


def drop_rest_of_prompt(session: Session, entry: OutboxEntry, now: datetime, code: str) -> None:
    """Take back the other texts of the prompt that this entry belongs to."""
    statement = select(OutboxEntry.id).where(
        _same_prompt(entry), OutboxEntry.id != entry.id, _is_waiting()
    )
    for each in session.exec(statement).all():
        drop_waiting(session, each, now, code)


def is_overtaken(session: Session, entry: OutboxEntry) -> bool:
    """Whether a later text of the conversation was accepted: this one would come out of order."""
    newer, message = aliased(OutboxEntry), aliased(Message)
    statement = (
        select(newer.id)
        .join(message, col(message.id) == col(newer.message_id))
        .where(
            newer.young_person_id == entry.young_person_id,
            col(newer.seq) > entry.seq,
            newer.state == "sent",
            _moves_on(newer, message),
        )
    )
    return session.exec(statement).first() is not None


def has_written_since(session: Session, message: Message) -> bool:
    """Whether the young person wrote after this text was queued; a call is no text."""
    statement = select(Message.id).where(
        Message.young_person_id == message.young_person_id,
        Message.direction == "in",
        Message.media != "call",
        col(Message.seq) > message.seq,
    )
    return session.exec(statement).first() is not None


def is_copy(session: Session, message_id: UUID) -> bool:
    """Whether this text is one that was sent again another way."""
    related = session.get(Related, message_id)
    return related is not None and related.kind == "copy"


def has_copy(session: Session, message_id: UUID) -> bool:
    """Whether this text was sent again another way."""
    statement = select(Related.message_id).where(
        Related.of_message_id == message_id, Related.kind == "copy"
    )
    return session.exec(statement).first() is not None


def move_offer(session: Session, message_id: UUID, to_message_id: UUID) -> None:
    """An offer's text was replaced by another one: it is the same offer."""
    statement = (
        update(Offer).where(col(Offer.message_id) == message_id).values(message_id=to_message_id)
    )
    session.connection().execute(statement)


def other_contacts(session: Session, contact: ContactAddress) -> Sequence[ContactAddress]:
    """Their other addresses that a person checked, that are theirs alone and can be reached."""
    statement = select(ContactAddress).where(
        ContactAddress.young_person_id == contact.young_person_id,
        ContactAddress.id != contact.id,
        col(ContactAddress.confirmed).is_(True),
        col(ContactAddress.shared).is_(False),
        col(ContactAddress.unreachable_at).is_(None),
    )
    return session.exec(statement.order_by(col(ContactAddress.created_at))).all()


def late_safety(session: Session, due_before: datetime) -> Sequence[OutboxEntry]:
    """Safety replies, due before then (service time), that no provider has accepted."""
    statement = select(OutboxEntry).where(
        OutboxEntry.rank == SAFETY_RANK,
        col(OutboxEntry.state).in_(LIVE),
        col(OutboxEntry.message_id).is_not(None),
        col(OutboxEntry.due_at) <= due_before,
    )
    return session.exec(statement.order_by(col(OutboxEntry.seq))).all()


def why_dropped(session: Session, outbox_id: UUID) -> str:
    """The code with which an entry was taken back, empty when it was not."""
    statement = select(DeliveryEvent.code).where(
        DeliveryEvent.outbox_id == outbox_id, DeliveryEvent.status == "dropped"
    )
    return session.exec(statement).first() or ""


def _same_prompt(entry: OutboxEntry) -> ColumnElement[bool]:
    return and_(
        col(OutboxEntry.young_person_id) == entry.young_person_id,
        col(OutboxEntry.due_at) == entry.due_at,
        col(OutboxEntry.prompt).is_(True),
    )


def _is_waiting() -> ColumnElement[bool]:
    return col(OutboxEntry.state) == "waiting"


def _is_stale(now: datetime, patience: timedelta, kept: Collection[str]) -> ColumnElement[bool]:
    newer, later = _NEWER, _LATER
    moved_on = exists().where(
        col(newer.young_person_id) == col(OutboxEntry.young_person_id),
        col(newer.seq) > col(OutboxEntry.seq),
        col(newer.state).in_(LIVE),
        col(newer.due_at) <= now,
        col(later.id) == col(newer.message_id),
        col(later.at) > col(Message.at),
        _moves_on(newer, later),
    )
    return and_(
        col(OutboxEntry.rank) == ORDINARY_RANK,
        col(OutboxEntry.due_at) <= now - patience,
        or_(col(Message.text_key).is_(None), col(Message.text_key).not_in(list(kept))),
        moved_on,
    )


def _moves_on(entry: type[OutboxEntry], message: type[Message]) -> ColumnElement[bool]:
    """Holds for a text that takes the conversation further: no safety text that asks nothing."""
    return or_(col(entry.rank) == ORDINARY_RANK, col(message.question).is_not(None))
