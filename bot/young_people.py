"""Entering a young person, what was agreed with them, and how they are reached."""

from __future__ import annotations

from dataclasses import asdict, fields
from uuid import UUID

from sqlmodel import Session

from bot.channels.phone_numbers import normalise
from bot.new_episode import NewEpisode, NotEntered, details_after
from bot.service import Service
from storage import contacts, people
from storage.database import lock_row
from storage.person_details import Details, details_of, save_details
from storage.tables import ContactAddress


def enter_young_person(
    service: Service,
    session: Session,
    new: NewEpisode,
    person_id: UUID,
    actor: str,
    *,
    confirmed: bool,
) -> tuple[ContactAddress, Details]:
    """Enter somebody new, or bring what is known of them up to date.

    Args:
        service: the process's service.
        session: a write transaction; it holds their conversation from here on.
        new: what a worker entered.
        person_id: whose; the key of somebody new exists already.
        actor: who entered it.
        confirmed: a named person confirmed the number with them.

    Returns:
        The address they are written to, and their details as they now stand.

    Raises:
        NotEntered: something in it cannot be used.
    """
    if new.young_person_id is not None:
        return _known_person(service, session, new, person_id, actor, confirmed=confirmed)
    return _new_person(service, session, new, person_id, confirmed=confirmed)


def _known_person(
    service: Service,
    session: Session,
    new: NewEpisode,
    person_id: UUID,
    actor: str,
    *,
    confirmed: bool,
) -> tuple[ContactAddress, Details]:
    if not people.exists(session, person_id):
        raise NotEntered("there is no young person with that id")
    lock_row(session, "conversation", "young_person_id", person_id)
    contact = contacts.contact_of(session, people.conversation_of(session, person_id))
    if new.phone is not None:
        index = contacts.address_index(service.vault, _address(new.phone))
        if index != contact.address_index:
            raise NotEntered("that is not the number that this young person is known by")
    details = _bring_up_to_date(service, session, new, person_id, actor)
    if confirmed:
        _confirm(session, contact)
    return contact, details


def _bring_up_to_date(
    service: Service, session: Session, new: NewEpisode, person_id: UUID, actor: str
) -> Details:
    person = people.young_person(session, person_id)
    known = details_of(service.vault, person)
    now = service.clock.service_now()
    details = details_after(known, new, person.language, now)
    changed = [
        each.name
        for each in fields(Details)
        if getattr(known, each.name) != getattr(details, each.name)
    ]
    if changed:
        save_details(session, service.vault, person, details)
        subject = f"young_person:{person_id}"
        # Which details, never what they say.
        service.audit.append(
            session, now, actor, "change details", subject, changed=" ".join(changed)
        )
    return details


def _new_person(
    service: Service, session: Session, new: NewEpisode, person_id: UUID, *, confirmed: bool
) -> tuple[ContactAddress, Details]:
    if not new.name or not new.phone:
        raise NotEntered("give the young person's name and phone number")
    address = _address(new.phone)
    now = service.clock.service_now()
    details = details_after(Details(), new, new.language, now)
    index = contacts.address_index(service.vault, address)
    known = contacts.contacts_at(session, service.phone_channel, index)
    if known and not new.shared_phone:
        raise NotEntered(
            f"that number is known: it is young person {known[0].young_person_id}'s "
            "(give --young-person for another episode, --shared-phone for another child)"
        )
    for other in known:
        _mark_shared(session, other)
    contact = people.add_young_person(
        session,
        service.vault,
        people.NewYoungPerson(
            id=person_id,
            channel=service.phone_channel,
            address=address,
            name=new.name,
            language=new.language,
            confirmed=confirmed,
            shared=new.shared_phone,
            **asdict(details),
        ),
        now,
    )
    return contact, details


def _confirm(session: Session, contact: ContactAddress) -> None:
    """A named person confirmed the number with the young person; a guarded one stays guarded."""
    contact.confirmed = True
    conversation = people.conversation_of(session, contact.young_person_id)
    if conversation.contact == "unverified" and not contact.shared:
        conversation.contact = "open"
    session.add_all((contact, conversation))


def _mark_shared(session: Session, contact: ContactAddress) -> None:
    """A shared phone is never proof of who is writing: every use of it is unverified."""
    contact.shared = True
    conversation = people.conversation_of(session, contact.young_person_id)
    if conversation.contact == "open":
        conversation.contact = "unverified"
    session.add_all((contact, conversation))


def _address(phone: str) -> str:
    try:
        return normalise(phone)
    except ValueError as error:
        raise NotEntered(str(error)) from None
