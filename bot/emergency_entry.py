"""Entering what an emergency call asks for, before it is needed; every look at it is logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bot.addresses import ShownContact, contacts_shown
from bot.service import Service
from bot.transcripts import log_reading
from storage import authorities, people
from storage.emergency_facts import EmergencyFacts, facts_of, save_facts
from storage.tables import Authority, ReturnInterview, Staff

LONGEST: Final = 2_000
"""Signs in one field: it is read in a hurry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered now, and what there is to choose from."""

    young_person_id: UUID
    name: str
    facts: EmergencyFacts
    contacts: tuple[ShownContact, ...]
    authorities: tuple[Authority, ...]
    authority_id: UUID | None
    host_authority_id: UUID | None


def read_entry(service: Service, interview_id: UUID, staff: Staff) -> Entry | None:
    """What is entered for whom an interview is with, the look logged before; None without one."""
    with service.database.read() as session:
        interview = session.get(ReturnInterview, interview_id)
    if interview is None:
        return None
    young_person_id = interview.young_person_id
    log_reading(
        service, f"staff:{staff.id}", "read emergency facts", f"young_person:{young_person_id}"
    )
    with service.database.read() as session:
        person = people.young_person(session, young_person_id)
        return Entry(
            young_person_id=person.id,
            name=people.name_of(service.vault, person),
            facts=facts_of(service.vault, person) or EmergencyFacts(),
            contacts=contacts_shown(service, session, person.id),
            authorities=tuple(authorities.authorities(session)),
            authority_id=person.authority_id,
            host_authority_id=person.host_authority_id,
        )


def enter_facts(
    service: Service,
    young_person_id: UUID,
    facts: EmergencyFacts,
    authority_id: UUID | None,
    host_authority_id: UUID | None,
    actor: str,
    by: str,
) -> None:
    """Keep what is known in place of what was known before, audited by ids.

    Args:
        service: the process's service.
        young_person_id: whose.
        facts: all that is known; what is empty is not known any more.
        authority_id: who is responsible for them.
        host_authority_id: where they live.
        actor: who entered it, as the access log names them.
        by: the same for people who read it.
    """
    now = service.clock.service_now()
    with service.database.write() as session:
        person = people.young_person(session, young_person_id)
        known = {each.id for each in authorities.authorities(session)}
        save_facts(
            session,
            service.vault,
            person,
            facts,
            authority_id if authority_id in known else None,
            host_authority_id if host_authority_id in known else None,
            now,
            by,
        )
        subject = f"young_person:{young_person_id}"
        service.audit.append(session, now, actor, "enter emergency facts", subject)
