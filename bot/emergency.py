"""What an emergency call asks for, on the escalation that the call is about.

One tap reveals it, while the escalation is open and for a limited time: who looked stands in the
access log before anything is opened, and why is asked afterwards (docs/practice.md, who reads).
Nobody who has a child to help waits for a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.clock import age_on
from bot.escalation_changes import NotPossible, changing
from bot.service import Service
from bot.transcripts import log_reading
from storage import authorities, contacts, links, people
from storage import escalations as records
from storage import messages as words
from storage.emergency_facts import EmergencyFacts, facts_of
from storage.tables import Authority, Escalation, EscalationEvent, Staff, YoungPerson

REVEALED_FOR: Final = timedelta(minutes=30)
"""How long one tap lasts; afterwards it takes another one."""
OPEN: Final = ("raised", "acknowledged")
REASONS: Final = (
    "calling_999",
    "calling_police",
    "calling_out_of_hours",
    "calling_carers",
    "making_contact",
    "other",
)


@dataclass(frozen=True, slots=True)
class Phone:
    """One of their own numbers; ``not_to_use``: somebody else may be looking."""

    number: str
    channel: str
    is_used: bool
    not_to_use: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """The last place that they sent themselves, as text: it was never looked up anywhere."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that is asked for; ``facts`` is empty where nobody has entered any."""

    name: str
    born_on: date | None
    age: int | None
    phones: tuple[Phone, ...]
    facts: EmergencyFacts
    is_entered: bool
    noted_at: datetime | None
    noted_by: str | None
    responsible: Authority | None
    host: Authority | None
    pin: Pin | None
    reason_wanted: bool


def reveal(service: Service, escalation_id: UUID, staff: Staff) -> None:
    """Open it for this member of staff for half an hour; on record before anything is shown.

    Raises:
        NotPossible: there is no such escalation, or it is closed.
    """
    with changing(service, escalation_id, staff, "reveal emergency facts", *OPEN) as change:
        change.note("revealed")


def give_reason(service: Service, escalation_id: UUID, staff: Staff, reason: str) -> None:
    """Say afterwards what it was needed for; the question stays until it is answered.

    Raises:
        NotPossible: that is no reason, or they looked at nothing here.
    """
    if reason not in REASONS:
        raise NotPossible("Choose what you needed it for.")
    states = (*OPEN, "closed")
    with changing(service, escalation_id, staff, "give reason", *states) as change:
        seen = _looks(service, change.session, change.found, staff)
        if not seen or seen[-1][1] is not None:
            raise NotPossible("No reason is asked for here.")
        change.note("revealed", reason=reason)


def note_copied(service: Service, escalation_id: UUID, staff: Staff) -> None:
    """Put on record that the lines for the police were copied.

    Raises:
        NotPossible: it is closed, or they have not revealed it.
    """
    with changing(service, escalation_id, staff, "copy for police", *OPEN) as change:
        if not _is_revealed(service, change.session, change.found, staff, change.now):
            raise NotPossible("Show what 999 will ask first.")
        change.note("copied_for_police")


def reason_wanted(service: Service, escalation_id: UUID, staff: Staff) -> bool:
    """Whether this member of staff still has to say what they looked for."""
    with service.database.read() as session:
        found = records.escalation(session, escalation_id)
        seen = _looks(service, session, found, staff) if found else []
        return bool(seen) and seen[-1][1] is None


def read_card(service: Service, escalation_id: UUID, staff: Staff) -> Card | None:
    """What was revealed, each look logged before; None when it is not, or not any more."""
    now = service.clock.service_now()
    with service.database.read() as session:
        found = records.escalation(session, escalation_id)
        if found is None or not _is_revealed(service, session, found, staff, now):
            return None
    subject = f"escalation:{escalation_id}"
    log_reading(service, f"staff:{staff.id}", "read emergency facts", subject)
    with service.database.read() as session:
        person = people.young_person(session, links.person_of(session, found.young_person_id))
        return _card(service, session, person, now, reason_wanted(service, escalation_id, staff))


def _card(
    service: Service, session: Session, person: YoungPerson, now: datetime, reason_wanted: bool
) -> Card:
    facts = facts_of(service.vault, person)
    born_on = people.born_on_of(service.vault, person)
    return Card(
        name=people.name_of(service.vault, person),
        born_on=born_on,
        age=age_on(born_on, now) if born_on else None,
        phones=_phones(service, session, person, facts),
        facts=facts or EmergencyFacts(),
        is_entered=facts is not None,
        noted_at=datetime.fromisoformat(facts.noted_at) if facts and facts.noted_at else None,
        noted_by=facts.noted_by if facts else None,
        responsible=_authority(session, person.authority_id),
        host=_authority(session, person.host_authority_id),
        pin=_pin(service, session, person),
        reason_wanted=reason_wanted,
    )


def _phones(
    service: Service, session: Session, person: YoungPerson, facts: EmergencyFacts | None
) -> tuple[Phone, ...]:
    conversation = people.conversation_of(session, person.id)
    marked = facts.phones_not_to_use if facts else ()
    return tuple(
        Phone(
            number=contacts.open_address(service.vault, each),
            channel=each.channel,
            is_used=each.id == conversation.contact_address_id,
            # While somebody may be looking, no number of theirs is safe.
            not_to_use=str(each.id) in marked or conversation.contact == "guarded",
        )
        for each in contacts.contacts_of(session, person.id)
        if each.channel != "telegram"
    )


def _authority(session: Session, authority_id: UUID | None) -> Authority | None:
    return authorities.authority(session, authority_id) if authority_id else None


def _pin(service: Service, session: Session, person: YoungPerson) -> Pin | None:
    sent = [each for each in links.all_words(session, person.id) if each.kind == "pin"]
    return Pin(words.body_of(service.vault, sent[-1]), sent[-1].at) if sent else None


def _looks(
    service: Service, session: Session, found: Escalation, staff: Staff
) -> list[tuple[EscalationEvent, str | None]]:
    """Every look of this member of staff, and every reason that they gave."""
    return [
        (each, records.detail_of(service.vault, found, each).get("reason"))
        for each in records.events_of(session, found.id)
        if each.kind == "revealed" and each.staff_id == staff.id
    ]


def _is_revealed(
    service: Service, session: Session, found: Escalation, staff: Staff, now: datetime
) -> bool:
    if found.state not in OPEN:
        return False
    taps = (each for each, reason in _looks(service, session, found, staff) if reason is None)
    return any(now - each.at < REVEALED_FOR for each in taps)
