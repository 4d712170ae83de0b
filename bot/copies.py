"""The same text once more, another way: on another address of the young person."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from bot.service import Service
from storage.messages import Outgoing, body_of, keep_outbound, relate
from storage.outbox import queue_entry
from storage.tables import ContactAddress, Message, OutboxEntry


def queue_copy(
    service: Service,
    session: Session,
    entry: OutboxEntry,
    message: Message,
    contact: ContactAddress,
) -> UUID:
    """Queue the words of ``message`` for another address, at once, in the caller's commit."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    choices = tuple((says, label) for says, label in message.choices or ())
    copy = keep_outbound(
        session,
        service.vault,
        Outgoing(
            body=body_of(service.vault, message),
            text_key=message.text_key or "",
            exposure=message.exposure or "case",
            question=message.question,
            readback=message.readback,
            script_version=message.script_version,
            choices=choices,
        ),
        message.young_person_id,
        message.interview_id,
        contact.id,
        contact.channel,
        now,
        machine_now,
    )
    relate(session, copy.id, "copy", message.id)
    queue_entry(
        session,
        entry.rank,
        contact.channel,
        now,
        now,
        young_person_id=message.young_person_id,
        message_id=copy.id,
        prompt=entry.prompt,
    )
    return copy.id


def message_of(session: Session, entry: OutboxEntry) -> Message:
    """The text to a young person that an entry carries."""
    return session.exec(select(Message).where(Message.id == entry.message_id)).one()
