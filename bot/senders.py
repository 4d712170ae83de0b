"""Whose message it is: by its address, by a link that a worker gave, or a newcomer's.

A number is an address, never an identity (docs/reliability.md T-02). Somebody who writes on another
app from a number that is known goes on there, but as somebody whom nobody has checked yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import Session

from bot.channels import Inbound
from bot.links import join
from bot.service import Service
from storage import contacts, people
from storage.bindings import use_token
from storage.database import lock_name, lock_row
from storage.links import person_of
from storage.tables import ContactAddress, Conversation

BY_NUMBER = ("sms", "whatsapp")
"""Channels whose addresses are telephone numbers: the same number is the same phone."""

_E164: Final = re.compile(r"\+[1-9]\d{6,14}")


def can_be_answered(channel: str, address: str) -> bool:
    """Whether a text can be sent there: a short code, or a name in place of a number, takes none.

    Args:
        channel: where they wrote.
        address: as it is kept: a number in E.164 form, or exactly what came.
    """
    return channel != "sms" or _E164.fullmatch(address) is not None


def key_for_newcomer(service: Service, inbound: Inbound) -> UUID | None:
    """A person id with a committed key, when nobody is known at this address."""
    index = contacts.address_index(service.vault, inbound.sender)
    with service.database.read() as session:
        if any(contacts.contacts_at(session, each, index) for each in _same_phone(inbound)):
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
    # Two first messages at once must not make two people, also on two apps of one phone; and
    # nobody is linked to somebody while a message of theirs is being kept.
    lock_name(session, index)
    contact = (
        _bound(service, session, inbound, index)
        or _last_prompted(session, contacts.contacts_at(session, inbound.channel, index))
        or _on_another_app(service, session, inbound, index)
    )
    if contact is None and newcomer is not None:
        contact = _newcomer(service, session, inbound, newcomer)
    if contact is None:
        # They were linked to somebody else between the look and the transaction.
        raise RuntimeError("nobody is known at this address any more")
    return _came_from(service, session, inbound, contact)


def _newcomer(
    service: Service, session: Session, inbound: Inbound, newcomer: UUID
) -> ContactAddress:
    new = people.NewYoungPerson(
        id=newcomer, channel=inbound.channel, address=inbound.sender, provisional=True
    )
    return people.add_young_person(session, service.vault, new, service.clock.service_now())


def _bound(
    service: Service, session: Session, inbound: Inbound, index: str
) -> ContactAddress | None:
    """Bind this address to whom a link was given for, if it came with one that is good.

    What an unknown sender wrote from here is that young person's from now on. Somebody who is known
    here shares the phone with them.
    """
    if inbound.token is None:
        return None
    now = service.clock.machine_now()
    token = use_token(session, inbound.token, inbound.channel, now)
    if token is None:
        return None
    child = person_of(session, token.young_person_id)
    confirmed = token.created_by is not None
    lock_row(session, "conversation", "young_person_id", child)
    here = contacts.everybody_at(session, index, inbound.channel)
    if not people.young_person(session, child).provisional:
        for each, provisional in here:
            if provisional:
                join(
                    service,
                    session,
                    each.young_person_id,
                    child,
                    token.created_by,
                    confirmed=confirmed,
                )
    own = _own(session, inbound.channel, index, child) or contacts.add_contact(
        session,
        service.vault,
        child,
        inbound.channel,
        inbound.sender,
        service.clock.service_now(),
        confirmed=confirmed,
    )
    if confirmed:
        contacts.confirm(session, own)
    others = [each for each, provisional in here if not provisional and each.id != own.id]
    for each in (*others, own) if others else ():
        contacts.share(session, each)
    return own


def _own(
    session: Session, channel: str, index: str, young_person_id: UUID
) -> ContactAddress | None:
    here = contacts.everybody_at(session, index, channel)
    return next((each for each, _ in here if each.young_person_id == young_person_id), None)


def _last_prompted(session: Session, known: Sequence[ContactAddress]) -> ContactAddress | None:
    """Of several young people who share a phone, the one who was last in touch with us on it."""
    if len(known) < 2:
        return known[0] if known else None
    return max(known, key=lambda each: contacts.last_seq_at(session, each))


def _same_phone(inbound: Inbound) -> tuple[str, ...]:
    """The channels on which this address is the same phone, where they wrote first."""
    if inbound.channel not in BY_NUMBER:
        return (inbound.channel,)
    return (inbound.channel, *(each for each in BY_NUMBER if each != inbound.channel))


def _on_another_app(
    service: Service, session: Session, inbound: Inbound, index: str
) -> ContactAddress | None:
    """The young person who has this number on the other channel; here nobody has checked it."""
    _, *others = _same_phone(inbound)
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
        shared=last.shared or len(known) > 1,
    )


def _came_from(
    service: Service, session: Session, inbound: Inbound, contact: ContactAddress
) -> ContactAddress:
    """Somebody writes from there, so it can be reached, and the conversation goes on there.

    A call changes nothing of that: it says nothing of where they want to read. A text that was
    fetched late counts from when it was written.
    """
    if "call" in inbound.media:
        return contact
    now = service.clock.machine_now()
    written_at = min(now, inbound.sent_at or now)
    contact.unreachable_at = None
    contact.last_in_at = max(written_at, contact.last_in_at or written_at)
    session.add(contact)
    conversation = people.conversation_of(session, contact.young_person_id)
    if not can_be_answered(inbound.channel, inbound.sender):
        told_at = service.clock.service_now()
        # An answer would only come back as a failure: they count as told, day after day.
        contact.unreachable_at = conversation.unknown_told_at = told_at
        session.add(conversation)
    if conversation.contact_address_id != contact.id and _is_newest(
        session, conversation, written_at
    ):
        lock_row(session, "conversation", "young_person_id", contact.young_person_id)
        session.refresh(conversation)
        contacts.use(session, contact)
    session.flush()
    return contact


def _is_newest(session: Session, conversation: Conversation, written_at: datetime) -> bool:
    """Whether they wrote nothing later where the conversation is now."""
    last_in_at = contacts.contact_of(session, conversation).last_in_at
    return last_in_at is None or last_in_at <= written_at
