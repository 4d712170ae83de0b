"""How a young person is reached: their addresses, which one is used, and what a person enters.

An address is never shown whole beside their words, only its last three digits. WhatsApp is for
young people of 13 and older (docs/practice.md 5.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.channels.phone_numbers import normalise
from bot.clock import age_on
from bot.escalations import NotPossible
from bot.service import Service
from storage import contacts, people
from storage.database import lock_name, lock_row
from storage.tables import ContactAddress, Staff

WHATSAPP_FROM: Final = 13
"""Years of age (docs/practice.md 5.3)."""
SHOWN_DIGITS: Final = 3
BY_PHONE: Final = ("sms", "whatsapp")
"""What a worker can enter; a Telegram chat is bound by a link."""


@dataclass(frozen=True, slots=True)
class ShownContact:
    """One address in a list; ``ending`` are its last signs, never all of it.

    ``heard_at`` is when something last came from it, ``is_used`` whether the conversation goes on
    there.
    """

    id: UUID
    channel: str
    ending: str
    confirmed: bool
    shared: bool
    reachable: bool
    heard_at: datetime | None
    is_used: bool


def ending_of(address: str) -> str:
    """The last three signs of an address, or fewer: never half of it or more."""
    return address[-min(SHOWN_DIGITS, len(address) // 2) :] if len(address) > 1 else ""


def contacts_shown(
    service: Service, session: Session, young_person_id: UUID
) -> tuple[ShownContact, ...]:
    """Every address of theirs, the longest known first, for a reader who may know the ending."""
    used = people.conversation_of(session, young_person_id).contact_address_id
    return tuple(
        ShownContact(
            id=each.id,
            channel=each.channel,
            ending=ending_of(contacts.open_address(service.vault, each)),
            confirmed=each.confirmed,
            shared=each.shared,
            reachable=each.unreachable_at is None,
            heard_at=each.last_in_at,
            is_used=each.id == used,
        )
        for each in contacts.contacts_of(session, young_person_id)
    )


def contacts_list(service: Service, young_person_id: UUID) -> tuple[ShownContact, ...]:
    """The same, by itself.

    Raises:
        NotPossible: there is no such young person.
    """
    with service.database.read() as session:
        _require(session, young_person_id)
        return contacts_shown(service, session, young_person_id)


def enter_contact(
    service: Service,
    young_person_id: UUID,
    channel: str,
    phone: str,
    actor: str,
    confirmed_by: Staff | None,
) -> UUID:
    """Enter one more number of a young person; the conversation stays where it is.

    A number that somebody else has too becomes a shared one of both.

    Args:
        service: the process's service.
        young_person_id: whose.
        channel: "sms" or "whatsapp".
        phone: as people write it.
        actor: who entered it, as the access log names them.
        confirmed_by: who checked the number with the young person, if anybody did.

    Returns:
        The id of the address.

    Raises:
        NotPossible: nothing was entered; the message says why.
    """
    if channel not in BY_PHONE:
        raise NotPossible("Only a number can be entered: sms or whatsapp.")
    try:
        address = normalise(phone)
    except ValueError as error:
        raise NotPossible(f"{error}") from None
    index = contacts.address_index(service.vault, address)
    now = service.clock.service_now()
    with service.database.write() as session:
        _require(session, young_person_id)
        if channel == "whatsapp":
            _require_old_enough(service, session, young_person_id)
        lock_name(session, index)
        lock_row(session, "conversation", "young_person_id", young_person_id)
        known = contacts.everybody_at(session, index)
        if any(_is_same(each, young_person_id, channel) for each, _ in known):
            raise NotPossible("That number is entered for this young person already.")
        strangers = (each for each, provisional in known if not provisional)
        others = [each for each in strangers if each.young_person_id != young_person_id]
        contact = contacts.add_contact(
            session,
            service.vault,
            young_person_id,
            channel,
            address,
            now,
            confirmed=confirmed_by is not None,
            shared=bool(others),
        )
        for each in others:
            contacts.share(session, each)
        who = {} if confirmed_by is None else {"confirmed_by": str(confirmed_by.id)}
        _audit(service, session, actor, "enter contact", contact, **who)
    return contact.id


def use_contact(service: Service, young_person_id: UUID, contact_id: UUID, actor: str) -> None:
    """Let the conversation go on at this address of theirs, until they write from another.

    Raises:
        NotPossible: it is not an address of theirs, or WhatsApp is not for them yet.
    """
    with service.database.write() as session:
        contact = _theirs(session, young_person_id, contact_id)
        if contact.channel == "whatsapp":
            _require_old_enough(service, session, young_person_id)
        lock_row(session, "conversation", "young_person_id", young_person_id)
        session.refresh(people.conversation_of(session, young_person_id))
        contacts.use(session, contact)
        _audit(service, session, actor, "use contact", contact)


def mark_reachable(
    service: Service, young_person_id: UUID, contact_id: UUID, actor: str, *, reachable: bool
) -> None:
    """Note that an address of theirs cannot be reached, or can be again.

    Raises:
        NotPossible: it is not an address of theirs.
    """
    with service.database.write() as session:
        contact = _theirs(session, young_person_id, contact_id)
        contact.unreachable_at = None if reachable else service.clock.service_now()
        session.add(contact)
        action = "mark contact reachable" if reachable else "mark contact unreachable"
        _audit(service, session, actor, action, contact)


def _require(session: Session, young_person_id: UUID) -> None:
    if not people.exists(session, young_person_id):
        raise NotPossible("There is no young person with that id.")


def _require_old_enough(service: Service, session: Session, young_person_id: UUID) -> None:
    person = people.young_person(session, young_person_id)
    born_on = people.born_on_of(service.vault, person)
    if born_on is None:
        raise NotPossible("WhatsApp is from 13 on: enter their date of birth first.")
    if age_on(born_on, service.clock.service_now()) < WHATSAPP_FROM:
        raise NotPossible("WhatsApp is from 13 on: this young person is younger.")


def _is_same(contact: ContactAddress, young_person_id: UUID, channel: str) -> bool:
    return contact.young_person_id == young_person_id and contact.channel == channel


def _theirs(session: Session, young_person_id: UUID, contact_id: UUID) -> ContactAddress:
    _require(session, young_person_id)
    found = contacts.contacts_of(session, young_person_id)
    contact = next((each for each in found if each.id == contact_id), None)
    if contact is None:
        raise NotPossible("That is not an address of this young person: see people contacts.")
    return contact


def _audit(
    service: Service,
    session: Session,
    actor: str,
    action: str,
    contact: ContactAddress,
    **detail: str,
) -> None:
    now, subject = service.clock.service_now(), f"contact_address:{contact.id}"
    service.audit.append(
        session,
        now,
        actor,
        action,
        subject,
        young_person=str(contact.young_person_id),
        **detail,
    )
