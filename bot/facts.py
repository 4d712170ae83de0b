"""What is true around a conversation now: who reads it and when, and who could be reached.

A fact that is not known is left out; the texts have a variant without it, so that no sentence to a
young person says more than is so (docs/practice.md, the lines).
"""

from __future__ import annotations

from datetime import time
from typing import cast

from sqlmodel import Session

from bot.clock import in_words, next_working_time
from bot.ladder import somebody_reachable
from bot.service import Service
from dialogs.position import Contact, Situation
from storage.people import check_word_of, contact_of, young_person
from storage.staff import first_advocate, staff_by_id
from storage.tables import Conversation, ReturnInterview


def situation_of(
    service: Service, session: Session, conversation: Conversation, interview: ReturnInterview
) -> Situation:
    """The situation that the dialogue takes a turn in."""
    person = young_person(session, conversation.young_person_id)
    contact = contact_of(session, conversation)
    return Situation(
        # The database holds the column to these three (storage/tables/people.py).
        contact=cast("Contact", conversation.contact),
        language=person.language,
        check_word=check_word_of(service.vault, person),
        texting_agreed=interview.texting_agreed_by is not None,
        confirmed=contact.confirmed and not contact.shared,
        reachable=somebody_reachable(service, session),
        facts=_facts(service, session, interview),
    )


def _facts(service: Service, session: Session, interview: ReturnInterview) -> dict[str, str]:
    settings = service.settings
    facts = {"service": settings.service_name}
    advocate = (
        staff_by_id(session, interview.advocate_id)
        if interview.advocate_id
        else first_advocate(session)
    )
    if advocate is None:
        return facts
    facts["name"] = advocate.name.split()[0]
    hour, minute = settings.advocate_reads_at.split(":")
    next_read = next_working_time(service.clock.service_now(), time(int(hour), int(minute)))
    facts["next_read"] = in_words(next_read)
    if settings.employer:
        facts["employer"] = settings.employer
    return facts
