"""When a young person cannot be reached: never a refusal, always something for a person to do."""

from __future__ import annotations

from datetime import time
from uuid import UUID

from sqlmodel import Session

from bot.clock import next_working_time
from bot.escalations import raise_escalation
from bot.service import Service
from storage import escalations as records
from storage.contacts import contact_of
from storage.escalations import Hit
from storage.people import conversation_of, current_interview
from storage.tables import ContactAddress
from storage.unanswered import has_task

TASK_BY = time(12, 0)


def add_task(service: Service, session: Session, kind: str, young_person_id: UUID) -> None:
    """A task for a person, to be done by noon of the next working day."""
    now = service.clock.service_now()
    interview = current_interview(session, young_person_id)
    records.add_task(
        session,
        kind,
        young_person_id,
        interview.id if interview else None,
        now,
        next_working_time(now, TASK_BY, service.settings.nation),
    )


def note_unreachable(
    service: Service,
    session: Session,
    young_person_id: UUID,
    why: str,
    contact: ContactAddress | None = None,
) -> None:
    """Mark the address unreachable and make a task; with a risk open, escalate.

    A carrier's opt-out or a block is never "finished" (docs/reliability.md F-30).

    Args:
        service: the process's service.
        session: the transaction that learned of it.
        young_person_id: whom we cannot reach.
        why: the task's kind: "opted_out", "wrong_address" or "unreachable".
        contact: which of their addresses; by default the one that the conversation uses.
    """
    contact = contact or contact_of(session, conversation_of(session, young_person_id))
    contact.unreachable_at = service.clock.service_now()
    session.add(contact)
    add_task(service, session, why, young_person_id)
    if not records.risk_is_open(session, young_person_id):
        return
    interview = current_interview(session, young_person_id)
    hit = Hit(
        kind="opted_out" if why == "opted_out" else "undelivered",
        priority=2,
        detail={"categories": ["TEC"], "because": [{"category": "TEC", "rule": why}]},
    )
    raise_escalation(service, session, young_person_id, interview.id if interview else None, hit)


def has_opted_out(session: Session, contact: ContactAddress) -> bool:
    """Whether the line to this address was cut there, and nobody has written from it since."""
    if contact.unreachable_at is None:
        return False
    since = contact.last_in_at or contact.created_at
    return has_task(session, contact.young_person_id, "opted_out", since)
