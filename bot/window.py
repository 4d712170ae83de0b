"""WhatsApp takes free words only for a day after they last wrote there.

Outside that day a prompt goes as the approved template, whose words are one neutral line of the
script; anything else goes to another address of theirs that a person checked, or a person takes it
(docs/reliability.md F-31). Each text takes another way once: there is no loop between channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session

from bot.copies import queue_copy
from bot.outbox import facts_for_anybody, queue_replies
from bot.reach import add_task
from bot.service import Service
from dialogs.position import Reply
from dialogs.texts import DEFAULT_LANGUAGE, reply
from storage import again
from storage.contacts import contact_of, contact_state
from storage.database import lock_row
from storage.people import conversation_of
from storage.tables import ContactAddress, Conversation, Message, OutboxEntry
from storage.unanswered import last_outbound_id

WHATSAPP = "whatsapp"
TEMPLATE = "whatsapp_hello"
FREE_WORDS_FOR = timedelta(hours=24) - timedelta(minutes=5)
TASK = "outside_window"
_ASKING = ("hello", "follow_up")
"""What "is now a good time to text?" can stand for: a yes to it is heard as a yes to these."""


def is_open(service: Service, contact: ContactAddress) -> bool:
    """Whether free words may go to this address now (machine time)."""
    if contact.channel != WHATSAPP:
        return True
    last = contact.last_in_at
    return last is not None and service.clock.machine_now() < last + FREE_WORDS_FOR


def is_template(message: Message) -> bool:
    """Whether a text is sent as the approved template."""
    return message.channel == WHATSAPP and message.text_key == TEMPLATE


def another_contact(
    service: Service, session: Session, contact: ContactAddress
) -> ContactAddress | None:
    """Another address that a person checked with them, where words can go now; texts first."""
    found = [
        each
        for each in again.other_contacts(session, contact)
        if each.channel in service.channels and is_open(service, each)
    ]
    return min(found, key=lambda each: each.channel != service.phone_channel, default=None)


def replies_of_prompt(
    service: Service, session: Session, conversation: Conversation, replies: Sequence[Reply]
) -> Sequence[Reply]:
    """What a prompt says where the conversation is now; nothing when a person must take it.

    Args:
        service: the process's service.
        session: the write transaction that queues it.
        conversation: goes on at another address of theirs, when free words cannot go to this one
            and there is no template.
        replies: what it would say.
    """
    contact = contact_of(session, conversation)
    if not replies or is_open(service, contact):
        return replies
    hello = _template(service, replies[-1].asks)
    if hello is not None:
        return [hello]
    other = _other_for(service, session, conversation, contact)
    if other is not None:
        _go_on_at(session, conversation, other)
        return replies
    add_task(service, session, TASK, conversation.young_person_id)
    return []


def take_another_way(
    service: Service, session: Session, entry: OutboxEntry, message: Message
) -> bool:
    """Queue what cannot go as free words another way, once; False when a person must take it.

    The entry itself is for the caller to settle. In a guarded conversation nothing goes anywhere
    else: nobody knows who looks at the other phone.
    """
    lock_row(session, "conversation", "young_person_id", message.young_person_id)
    conversation = conversation_of(session, message.young_person_id)
    if again.is_copy(session, message.id) or again.has_copy(session, message.id):
        return False
    if entry.prompt and not is_template(message) and _ask_by_template(service, session, entry):
        return True
    contact = session.get_one(ContactAddress, message.contact_address_id)
    other = _other_for(service, session, conversation, contact)
    if other is None:
        return False
    copy_id = queue_copy(service, session, entry, message, other)
    again.move_offer(session, message.id, copy_id)
    if conversation.contact_address_id == contact.id:
        _go_on_at(session, conversation, other)
    return True


def _ask_by_template(service: Service, session: Session, entry: OutboxEntry) -> bool:
    """One neutral line in place of all texts of a prompt."""
    now = service.clock.service_now()
    texts = again.texts_of_prompt(session, entry)
    asks = next((each.question for each in reversed(texts) if each.question), None)
    hello = _template(service, asks)
    conversation = conversation_of(session, texts[0].young_person_id)
    if hello is None or conversation.contact_address_id != texts[0].contact_address_id:
        return False
    again.drop_rest_of_prompt(session, entry, now, TASK)
    interview_id = texts[0].interview_id
    queue_replies(service, session, conversation, interview_id, [hello], now, prompt=True)
    queued = last_outbound_id(session, conversation.young_person_id)
    for each in texts:
        again.move_offer(session, each.id, queued or each.id)
    return True


def _template(service: Service, asks: str | None) -> Reply | None:
    """The line of the template, word for word as it was approved, in the language it was."""
    if asks not in _ASKING or not service.settings.twilio_whatsapp_template_sid:
        return None
    facts = facts_for_anybody(service, DEFAULT_LANGUAGE)
    return reply(TEMPLATE, facts, DEFAULT_LANGUAGE, asks)


def _other_for(
    service: Service, session: Session, conversation: Conversation, contact: ContactAddress
) -> ContactAddress | None:
    if conversation.contact == "guarded":
        return None
    return another_contact(service, session, contact)


def _go_on_at(session: Session, conversation: Conversation, contact: ContactAddress) -> None:
    """Let the conversation go on at another address of theirs."""
    conversation.contact_address_id = contact.id
    conversation.contact = contact_state(contact)
    session.add(conversation)
    session.flush()
