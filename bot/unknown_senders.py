"""Senders whom nobody knows, as the people see them who find out who they are.

A list without words; one sender with every word, the reading logged before; and the young people
to choose from. Names and addresses are opened here and sealed in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.addresses import ending_of
from bot.service import Service
from bot.shown import ShownMessage, shown
from bot.transcripts import log_reading
from storage import contacts, escalations, links, people
from storage import messages as words
from storage.staff import staff_by_id
from storage.tables import ContactAddress, ReturnInterview, YoungPerson

MOST_CHOICES: Final = 20


@dataclass(frozen=True, slots=True)
class SenderLine:
    """One unknown sender in a list: no words.

    ``is_aside``: a person has found that no young person writes there.
    """

    id: UUID
    channel: str
    ending: str
    first_at: datetime
    last_at: datetime
    texts: int
    risk_is_open: bool
    is_aside: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A young person to choose; ``has_number``: the number that wrote is entered for them."""

    id: UUID
    name: str
    returned_at: datetime | None
    has_number: bool


@dataclass(frozen=True, slots=True)
class LinkedTo:
    """Who a sender turned out to be, and who said so."""

    young_person: str
    interview_id: UUID | None
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """One sender with all their words."""

    line: SenderLine
    messages: tuple[ShownMessage, ...]
    linked: LinkedTo | None


def sender_lines(service: Service) -> list[SenderLine]:
    """Every sender who is not linked, those set aside last, otherwise the newest first."""
    with service.database.read() as session:
        lines = [_line(service, session, each) for each in links.unknown_senders(session)]
    lines.sort(key=lambda line: line.last_at, reverse=True)
    return sorted(lines, key=lambda line: line.is_aside)


def is_sender(service: Service, sender_id: UUID) -> bool:
    """Whether there is an unknown sender with this id, linked or not."""
    with service.database.read() as session:
        return _sender(session, sender_id) is not None


def read_sender(service: Service, sender_id: UUID, actor: str) -> Sender | None:
    """One sender with all their words, the reading logged before; None when there is none.

    Args:
        service: the process's service.
        sender_id: the unknown sender.
        actor: who reads, as the access log names them: "staff:<id>" or "command".
    """
    if not is_sender(service, sender_id):
        return None
    log_reading(service, actor, "read sender", f"young_person:{sender_id}")
    with service.database.read() as session:
        person = people.young_person(session, sender_id)
        return Sender(
            line=_line(service, session, person),
            messages=shown(service, session, words.conversation_messages(session, sender_id)),
            linked=_linked(service, session, sender_id),
        )


def reveal_addresses(service: Service, sender_id: UUID, actor: str) -> tuple[str, ...]:
    """The addresses that a sender wrote from, whole; the look is logged before."""
    if not is_sender(service, sender_id):
        return ()
    log_reading(service, actor, "reveal address", f"young_person:{sender_id}")
    with service.database.read() as session:
        found = contacts.contacts_of(session, sender_id)
        return tuple(contacts.open_address(service.vault, each) for each in found)


def reveal_of_escalation(service: Service, escalation_id: UUID, actor: str) -> tuple[str, ...]:
    """The number of an unknown sender for whoever acts on an open escalation of theirs, logged.

    Nobody else may be awake who could show it, and the police will ask for it.
    """
    with service.database.read() as session:
        found = escalations.escalation(session, escalation_id)
        if found is None or found.state == "closed":
            return ()
        sender_id = found.young_person_id
        if links.linked_to(session, sender_id) is not None:
            return ()
    return reveal_addresses(service, sender_id, actor)


def choices(service: Service, sender_id: UUID, name: str = "") -> tuple[tuple[Choice, ...], int]:
    """Young people whose name has every word of ``name`` in it; whoever has the number comes first.

    Returns:
        At most twenty of them, and how many there are.
    """
    wanted = name.casefold().split()
    with service.database.read() as session:
        owners = _owners(session, sender_id)
        everybody = (
            (people.name_of(service.vault, each), each) for each in links.people_to_choose(session)
        )
        found = [
            (found_name, each)
            for found_name, each in everybody
            if all(word in found_name.casefold() for word in wanted)
        ]
        found.sort(key=lambda pair: pair[1].id not in owners)
        shown_ones = tuple(
            Choice(
                id=each.id,
                name=found_name,
                returned_at=_returned_at(session, each.id),
                has_number=each.id in owners,
            )
            for found_name, each in found[:MOST_CHOICES]
        )
    return shown_ones, len(found)


def _sender(session: Session, sender_id: UUID) -> YoungPerson | None:
    if not people.exists(session, sender_id):
        return None
    person = people.young_person(session, sender_id)
    return person if person.provisional else None


def _line(service: Service, session: Session, person: YoungPerson) -> SenderLine:
    contact = _newest(contacts.contacts_of(session, person.id))
    messages = words.conversation_messages(session, person.id)
    theirs = [each.at for each in messages if each.direction == "in"] or [person.created_at]
    return SenderLine(
        id=person.id,
        channel=contact.channel,
        ending=ending_of(contacts.open_address(service.vault, contact)),
        first_at=theirs[0],
        last_at=theirs[-1],
        texts=len(theirs),
        risk_is_open=escalations.risk_is_open(session, person.id),
        is_aside=links.is_set_aside(session, person.id),
    )


def _newest(found: Sequence[ContactAddress]) -> ContactAddress:
    """The address that was heard from last."""
    return max(found, key=lambda each: each.last_in_at or each.created_at)


def _linked(service: Service, session: Session, sender_id: UUID) -> LinkedTo | None:
    link = links.link_of(session, sender_id)
    if link is None:
        return None
    staff = staff_by_id(session, link.linked_by) if link.linked_by else None
    interview = people.current_interview(session, link.young_person_id)
    return LinkedTo(
        young_person=people.name_of(
            service.vault, people.young_person(session, link.young_person_id)
        ),
        interview_id=interview.id if interview else None,
        by=staff.name if staff else None,
        at=link.at,
    )


def _owners(session: Session, sender_id: UUID) -> frozenset[UUID]:
    """Young people for whom a number of this sender is entered too."""
    return frozenset(
        each.young_person_id
        for contact in contacts.contacts_of(session, sender_id)
        for each, provisional in contacts.everybody_at(session, contact.address_index)
        if not provisional
    )


def _returned_at(session: Session, young_person_id: UUID) -> datetime | None:
    interview: ReturnInterview | None = people.current_interview(session, young_person_id)
    if interview is None:
        return None
    return people.episodes_of(session, interview.id)[-1].returned_at
