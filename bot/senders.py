"""Whose message it is: by its address, by a link that a worker gave, or a newcomer's.

A number is an address, never an identity (docs/reliability.md T-02). Somebody who writes on another
app from a number that is known goes on there, but as somebody whom nobody has checked yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlmodel import Session

from bot.channels import Inbound
from bot.service import Service
from storage import contacts, people
from storage import messages as words
from storage.bindings import use_token
from storage.database import lock_name, lock_row
from storage.tables import ContactAddress

BY_NUMBER = ("sms", "whatsapp")
"""Channels whose addresses are telephone numbers: the same number is the same phone."""


def key_for_newcomer(service: Service, inbound: Inbound) -> UUID | None:
    """A person id with a committed key, when nobody is known at this address."""
    index = contacts.address_index(service.vault, inbound.sender)
    with service.database.read() as session:
        if contacts.contacts_at(session, inbound.channel, index):
            return None
    newcomer = uuid4()
    service.vault.new_owner(newcomer)
    return newcomer


def sender_of(
    service: Service, session: Session, inbound: Inbound, newcomer: UUID | None
) -> ContactAddress:
    """The address that a message came from, with the young person that it is for.

    The conversation goes on where they wrote last.

    Args:
        service: the process's service.
        session: a write transaction.
        inbound: the message.
        newcomer: what `key_for_newcomer` gave before the transaction began.
    """
    index = contacts.address_index(service.vault, inbound.sender)
    if newcomer is not None:
        # Two first messages at once must not make two people.
        lock_name(session, index)
    contact = (
        _bound(service, session, inbound, index)
        or _last_prompted(session, contacts.contacts_at(session, inbound.channel, index))
        or _on_another_app(service, session, inbound, index)
    )
    if contact is None and newcomer is not None:
        contact = people.add_young_person(
            session,
            service.vault,
            people.NewYoungPerson(
                id=newcomer, channel=inbound.channel, address=inbound.sender, provisional=True
            ),
            service.clock.service_now(),
        )
    if contact is None:
        # They were linked to somebody else between the look and the transaction.
        raise RuntimeError("nobody is known at this address any more")
    return _came_from(service, session, contact)


def _bound(
    service: Service, session: Session, inbound: Inbound, index: str
) -> ContactAddress | None:
    """Bind this address to whom a link was given for, if it came with one that is good."""
    if inbound.token is None:
        return None
    now = service.clock.machine_now()
    token = use_token(session, inbound.token, inbound.channel, now)
    if token is None:
        return None
    lock_row(session, "conversation", "young_person_id", token.young_person_id)
    for known in contacts.contacts_at(session, inbound.channel, index):
        if known.young_person_id == token.young_person_id:
            return known
    return contacts.add_contact(
        session,
        service.vault,
        token.young_person_id,
        inbound.channel,
        inbound.sender,
        service.clock.service_now(),
        confirmed=token.created_by is not None,
    )


def _last_prompted(session: Session, known: Sequence[ContactAddress]) -> ContactAddress | None:
    """Of several young people who share a phone, the one who was written to last."""
    if len(known) < 2:
        return known[0] if known else None
    return max(known, key=lambda each: words.last_message_seq(session, each.young_person_id))


def _on_another_app(
    service: Service, session: Session, inbound: Inbound, index: str
) -> ContactAddress | None:
    """The young person who has this number on the other channel; here nobody has checked it."""
    others = [each for each in BY_NUMBER if each != inbound.channel]
    if inbound.channel not in BY_NUMBER:
        return None
    known = [each for other in others for each in contacts.contacts_at(session, other, index)]
    last = _last_prompted(session, known)
    if last is None:
        return None
    return contacts.add_contact(
        session,
        service.vault,
        last.young_person_id,
        inbound.channel,
        inbound.sender,
        service.clock.service_now(),
        confirmed=False,
        shared=last.shared,
    )


def _came_from(service: Service, session: Session, contact: ContactAddress) -> ContactAddress:
    """Somebody writes from there, so it can be reached, and the conversation goes on there."""
    contact.unreachable_at = None
    contact.last_in_at = service.clock.machine_now()
    session.add(contact)
    conversation = people.conversation_of(session, contact.young_person_id)
    if conversation.contact_address_id != contact.id:
        lock_row(session, "conversation", "young_person_id", contact.young_person_id)
        session.refresh(conversation)
        conversation.contact_address_id = contact.id
        if conversation.contact != "guarded":
            conversation.contact = contacts.contact_state(contact)
        session.add(conversation)
    session.flush()
    return contact
