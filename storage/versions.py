"""What a live page shows, as numbers: they change whenever the page would, and open no words.

A page that polls every second is compared by these; only when they differ is anything decrypted,
and only then is a reading logged again (docs/reliability.md I-09).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from storage.links import conversation_now, ids_of
from storage.tables import (
    Alert,
    ConversationHold,
    DeliveryEvent,
    Escalation,
    EscalationEvent,
    Installation,
    Message,
    OutboxEntry,
    ScreeningMark,
    SimulatedDelivery,
    SimulatedPhone,
)

Version = tuple[int | str, ...]
"""Equal while nothing changed."""


def escalation_version(session: Session, found: Escalation) -> Version:
    """Of one escalation: its events, alerts and marks, and the conversation up to its closing.

    Numbers of rows that the reader may see and never their places among all rows: those move with
    what is kept from the reader, too (docs/conflicts.md).
    """
    conversation = conversation_now(session, found.young_person_id)
    ids = ids_of(session, conversation.young_person_id)
    seen: list[ColumnElement[bool]] = [col(Message.young_person_id).in_(ids)]
    if found.closed_at is not None:
        seen.append(col(Message.at) <= found.closed_at)
    count = select(func.count())
    events = count.where(col(EscalationEvent.escalation_id) == found.id)
    messages = count.select_from(Message).where(*seen)
    deliveries = (
        count.select_from(DeliveryEvent)
        .join(OutboxEntry, col(OutboxEntry.id) == col(DeliveryEvent.outbox_id))
        .join(Message, col(Message.id) == col(OutboxEntry.message_id))
        .where(*seen)
    )
    alerts = (
        count.select_from(DeliveryEvent)
        .join(OutboxEntry, col(OutboxEntry.id) == col(DeliveryEvent.outbox_id))
        .join(Alert, col(Alert.id) == col(OutboxEntry.alert_id))
        .where(Alert.escalation_id == found.id)
    )
    marks = count.where(col(ScreeningMark.escalation_id) == found.id)
    numbers = [session.exec(each).one() for each in (events, messages, deliveries, alerts, marks)]
    # A message that is kept back and one that comes leave the number as it was.
    newest = select(Message.id).where(*seen).order_by(col(Message.seq).desc()).limit(1)
    return (
        conversation.contact,
        *(str(each) for each in ids),
        *numbers,
        str(session.exec(newest).first()),
        *_hold(session, ids),
    )


def _hold(session: Session, ids: Sequence[UUID]) -> Version:
    """Who is in the conversation, and whether they are waited for."""
    statement = select(ConversationHold).where(
        col(ConversationHold.young_person_id).in_(ids), col(ConversationHold.ended_at).is_(None)
    )
    hold = session.exec(statement).first()
    return () if hold is None else (str(hold.id), str(hold.began_at), str(hold.waiting_since))


def phone_version(session: Session, young_person_id: UUID, address_index: str) -> Version:
    """Of one simulated handset: what was written, what reached it, its signal, the clock."""
    newest_message = select(func.max(col(Message.seq))).where(
        Message.young_person_id == young_person_id
    )
    deliveries = (
        select(func.max(col(DeliveryEvent.seq)))
        .join(OutboxEntry, col(OutboxEntry.id) == col(DeliveryEvent.outbox_id))
        .where(OutboxEntry.young_person_id == young_person_id)
    )
    reached = select(func.count()).where(col(SimulatedDelivery.address_index) == address_index)
    phone = session.get(SimulatedPhone, address_index)
    numbers = (session.exec(each).one() for each in (newest_message, deliveries, reached))
    return (
        int(phone is not None and phone.out_of_signal),
        _clock(session),
        *(number or 0 for number in numbers),
    )


def worker_phones_version(session: Session) -> Version:
    """Of the simulated phones of all staff: how many alerts reached them."""
    statement = (
        select(func.count())
        .select_from(SimulatedDelivery)
        .join(OutboxEntry, col(OutboxEntry.id) == col(SimulatedDelivery.outbox_id))
        .where(col(OutboxEntry.alert_id).is_not(None))
    )
    return (_clock(session), session.exec(statement).one())


def _clock(session: Session) -> int:
    installation = session.get(Installation, 1)
    return installation.clock_offset_s if installation else 0
