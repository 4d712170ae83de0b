"""Entering a young person, what was agreed with them, and how they are reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.channels.phone_numbers import normalise
from bot.clock import age_on
from bot.links import join_whoever_wrote
from bot.new_episode import NewEpisode, NotEntered, detail_problems, details_after
from bot.service import Service
from storage import contacts, people
from storage.database import lock_name, lock_row
from storage.person_details import Details, details_of, save_details
from storage.tables import ContactAddress

WHATSAPP: Final = "whatsapp"
WHATSAPP_FROM: Final = 13
"""The least age in years (docs/practice.md, channel facts)."""


def problems(service: Service, session: Session, new: NewEpisode) -> Iterator[NotEntered]:
    """Everything that speaks against entering ``new``; nothing is written.

    Args:
        service: the process's service.
        session: a transaction; a read is enough.
        new: what a worker entered.
    """
    if new.young_person_id is None:
        yield from problems_by_itself(service, new)
        yield from _known_number(service, session, new)
        return
    if not people.exists(session, new.young_person_id):
        yield NotEntered("there is no young person with that id", "young_person_id")
        return
    contact = contacts.contact_of(session, people.conversation_of(session, new.young_person_id))
    yield from _other_address(service, new, contact)
    person = people.young_person(session, new.young_person_id)
    known, now = details_of(service.vault, person), service.clock.service_now()
    yield from detail_problems(known, new, person.language, now)


def problems_by_itself(service: Service, new: NewEpisode) -> Iterator[NotEntered]:
    """What is wrong with somebody new whatever is stored; the rest is for `problems`."""
    if not new.name:
        yield NotEntered("give the young person's name and phone number", "name", "give a name")
    yield from _number_problem(new)
    yield from _whatsapp_problem(service, new)
    now = service.clock.service_now()
    yield from detail_problems(Details(), new, new.language, now)


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
    for problem in problems(service, session, new):
        raise problem
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
    lock_row(session, "conversation", "young_person_id", person_id)
    contact = contacts.contact_of(session, people.conversation_of(session, person_id))
    details = _bring_up_to_date(service, session, new, person_id, actor)
    if confirmed:
        confirm(session, contact)
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
    address = _address(new.phone or "")
    index = contacts.address_index(service.vault, address)
    lock_name(session, index)
    now = service.clock.service_now()
    details = details_after(Details(), new, new.language, now)
    known = known_at(service, session, address)
    for other in known:
        _mark_shared(session, other)
    contact = people.add_young_person(
        session,
        service.vault,
        people.NewYoungPerson(
            id=person_id,
            channel=_channel(service, new),
            address=address,
            name=new.name,
            language=new.language,
            confirmed=confirmed,
            shared=new.shared_phone,
            **asdict(details),
        ),
        now,
    )
    join_whoever_wrote(service, session, index, person_id, confirmed=confirmed)
    return contact, details


def _number_problem(new: NewEpisode) -> Iterator[NotEntered]:
    if not new.phone:
        yield NotEntered("give the young person's name and phone number", "phone", "give a number")
        return
    try:
        _address(new.phone)
    except NotEntered as problem:
        yield problem


def _known_number(service: Service, session: Session, new: NewEpisode) -> Iterator[NotEntered]:
    if not new.phone or new.shared_phone or any(_number_problem(new)):
        return
    known = known_at(service, session, _address(new.phone))
    if known:
        yield NotEntered(
            f"that number is known: it is young person {known[0].young_person_id}'s "
            "(give --young-person for another episode, --shared-phone for another child)",
            "phone",
            "that number is known already: choose who it is under Young person, "
            "or say that they share the phone",
        )


def _whatsapp_problem(service: Service, new: NewEpisode) -> Iterator[NotEntered]:
    if new.channel != WHATSAPP:
        return
    if WHATSAPP not in service.channels:
        yield NotEntered("WhatsApp is not set up here (TWILIO_WHATSAPP_FROM)", "channel")
    now = service.clock.service_now()
    if new.born_on is not None and age_on(new.born_on, now) < WHATSAPP_FROM:
        yield NotEntered(f"WhatsApp is for {WHATSAPP_FROM} and older: use text messages", "channel")


def _other_address(
    service: Service, new: NewEpisode, contact: ContactAddress
) -> Iterator[NotEntered]:
    """Where a known young person is written to is changed with them, not in passing."""
    if new.phone is not None:
        try:
            index = contacts.address_index(service.vault, _address(new.phone))
        except NotEntered as problem:
            yield problem
        else:
            if index != contact.address_index:
                said = "that is not the number that this young person is known by"
                yield NotEntered(said, "phone")
    if new.channel is not None and _channel(service, new) != contact.channel:
        yield NotEntered("they are written to on another channel already", "channel")


def _channel(service: Service, new: NewEpisode) -> str:
    return WHATSAPP if new.channel == WHATSAPP else service.phone_channel


def known_at(service: Service, session: Session, address: str) -> list[ContactAddress]:
    """Every young person who has this number (E.164), by text message or by WhatsApp.

    Nobody who wrote from it and was not known: those words turn out to be the newcomer's.
    """
    index = contacts.address_index(service.vault, address)
    everybody = contacts.everybody_at(session, index)
    channels = (service.phone_channel, WHATSAPP)
    return [each for each, unknown in everybody if not unknown and each.channel in channels]


def confirm(session: Session, contact: ContactAddress) -> None:
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
        raise NotEntered(str(error), "phone") from None
