"""Raising an escalation, and what a named person does with it.

An escalation is a record of its own with a life of its own, never a state of the interview. A hit
joins the young person's open, unacknowledged escalation and may raise its priority, never lower
it; after acknowledgement, or with none open, a new one is born (docs/practice.md, priorities).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from bot.clock import in_words, next_working_time
from bot.concerns import judge, keep, open_for
from bot.drill_rules import ladder_of
from bot.escalation_acts import pass_on
from bot.escalation_changes import NOT_THERE, audit
from bot.escalation_changes import NotPossible as NotPossible
from bot.handing_back import chosen_name, end_with
from bot.ladder import start_ladder
from bot.outbox import may_leave, queue_replies, standing_texts
from bot.service import Service
from dialogs.texts import words_of
from storage import escalation_acts as acts
from storage import escalations as records
from storage import holds
from storage.database import lock_row
from storage.drills import drill_of
from storage.escalations import Hit
from storage.links import conversation_now
from storage.people import current_interview
from storage.tables import Escalation, Staff

Acknowledgement = Literal["can_act_now", "passed_on"]
"""The two answers to an alert; anything else leaves it unanswered."""

LOOK_BACK_BY = time(12, 0)
"""When a second person has looked back at a P1, on the next working day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What closing requires to be on record (docs/practice.md, closing an escalation).

    Who acknowledged it is on record already. ``next_review`` says when somebody looks again and
    who, or why nobody needs to.
    """

    decision: str
    reason: str
    who_was_told: str
    reference: str
    child_was_told: str
    child_told_by: str
    next_review: str

    def missing(self) -> tuple[str, ...]:
        """The fields that are still empty."""
        return tuple(name for name, value in asdict(self).items() if not value.strip())


def raise_escalation(
    service: Service,
    session: Session,
    young_person_id: UUID,
    interview_id: UUID | None,
    hit: Hit,
) -> Escalation:
    """Record a hit in the caller's commit, with its first alert and timer.

    Args:
        service: the process's service.
        session: the write transaction of whatever caused the hit.
        young_person_id: whom it is about.
        interview_id: the interview that it came up in, if any.
        hit: what was seen and how fast a person must look.

    Returns:
        The escalation that the hit began or joined.
    """
    now = service.clock.service_now()
    lock_row(session, "conversation", "young_person_id", young_person_id)
    drill = drill_of(session, young_person_id, hit.message_id)
    verdict = judge(service, session, young_person_id, hit) if drill is None else ladder_of(drill)
    found = open_for(session, young_person_id, verdict)
    is_new = found is None
    if found is None:
        found = records.new_escalation(
            session, young_person_id, interview_id, hit.priority, now, verdict.ladder
        )
        found.is_drill = drill is not None
    rises = hit.priority < found.priority
    if rises:
        found.priority = hit.priority
        session.add(found)
    records.add_event(
        session,
        service.vault,
        found,
        hit.kind,
        now,
        priority=hit.priority,
        message_id=hit.message_id,
        detail=hit.detail,
    )
    keep(service, session, found, verdict, now)
    if is_new:
        _link_to_closed(service, session, found, now)
    note_unsafe_contact(service, session, found)
    if is_new or rises:
        start_ladder(service, session, found, now)
    return found


def _link_to_closed(service: Service, session: Session, found: Escalation, now: datetime) -> None:
    """Say on a new escalation which one of theirs was closed before: it goes on from there.

    Only on the same ladder: a reference must not tell anybody of one that is kept from them.
    """
    before = acts.last_closed_before(session, found)
    if before is not None:
        detail = {"reference": before.reference, "why": "wrote_again"}
        records.add_event(session, service.vault, found, "linked", now, detail=detail)


def note_unsafe_contact(service: Service, session: Session, found: Escalation) -> None:
    """Put CONTACT NOT SAFE on record once, when the conversation is guarded."""
    conversation = conversation_now(session, found.young_person_id)
    if conversation.contact != "guarded":
        return
    if not records.has_event(session, found.id, "contact_not_safe"):
        now = service.clock.service_now()
        records.add_event(session, service.vault, found, "contact_not_safe", now)


def acknowledge(
    service: Service, escalation_id: UUID, staff: Staff, how: Acknowledgement = "can_act_now"
) -> None:
    """Answer an escalation: "I can act now", or "pass on".

    Who can act puts their name to it and has it from then on; in the same commit the young person
    is told. No text says that a person knows before this (docs/practice.md 5.4); in a guarded
    conversation none says so at all. Who passes on says that they have seen it and cannot act: the
    ladder climbs on, and nobody is told anything (bot.escalation_acts.pass_on names somebody).

    Raises:
        NotPossible: it is acknowledged or closed already.
    """
    if how == "passed_on":
        pass_on(service, escalation_id, staff, None)
        return
    now = service.clock.service_now()
    with service.database.write() as session:
        found = _get(session, escalation_id)
        # A hit that comes at this moment joins before, or begins a new escalation after.
        lock_row(session, "conversation", "young_person_id", found.young_person_id)
        if not records.acknowledge(session, found, staff.id, now):
            raise NotPossible("Somebody has already acknowledged this escalation.")
        records.add_event(session, service.vault, found, "acknowledged", now, staff_id=staff.id)
        audit(service, session, staff, "acknowledge", found)
        _tell_read(service, session, found, staff)


def record_outcome(service: Service, escalation_id: UUID, staff: Staff, outcome: Outcome) -> None:
    """Add an outcome to the timeline; the newest one counts, earlier ones stay.

    Raises:
        NotPossible: a field is empty, nobody acknowledged it, or it is closed.
    """
    if outcome.missing():
        raise NotPossible("Every part of the outcome is needed.")
    now = service.clock.service_now()
    with service.database.write() as session:
        found = _get(session, escalation_id)
        if not records.set_outcome(session, found, now):
            raise NotPossible("Acknowledge the escalation first; a closed one cannot change.")
        acts.note_first_action(session, found.id, now)
        records.add_event(
            session,
            service.vault,
            found,
            "outcome",
            now,
            staff_id=staff.id,
            detail=asdict(outcome),
        )
        audit(service, session, staff, "record outcome", found)


def close(service: Service, escalation_id: UUID, staff: Staff) -> None:
    """Close an escalation that has an outcome; a P1 asks a second person to look back at it.

    Raises:
        NotPossible: there is no outcome yet, or it is closed already.
    """
    now = service.clock.service_now()
    with service.database.write() as session:
        found = _get(session, escalation_id)
        holds.lock(session, found.young_person_id)
        if not records.close(session, found, staff.id, now):
            raise NotPossible("Record the outcome first; then it can be closed, once.")
        records.add_event(session, service.vault, found, "closed", now, staff_id=staff.id)
        audit(service, session, staff, "close", found)
        end_with(service, session, found)
        if found.priority == 1:
            due_at = next_working_time(now, LOOK_BACK_BY, service.settings.nation)
            whose = (found.young_person_id, found.interview_id)
            records.add_task(session, acts.LOOK_BACK, *whose, now, due_at)


def _get(session: Session, escalation_id: UUID) -> Escalation:
    found = records.escalation(session, escalation_id)
    if found is None:
        raise NotPossible(NOT_THERE)
    return found


def _tell_read(service: Service, session: Session, found: Escalation, staff: Staff) -> None:
    now = service.clock.service_now()
    conversation = conversation_now(session, found.young_person_id)
    young_person_id = conversation.young_person_id
    interview = current_interview(session, young_person_id)

    def who_and_when(language: str) -> dict[str, str]:
        role = words_of(language)[staff.role]
        return {"worker": chosen_name(staff), "role": role, "time": in_words(now, language)}

    texts = standing_texts(service, session, young_person_id, "person_read", who_and_when)
    if found.priority == 3 or not may_leave(conversation.contact, texts[0].exposure):
        return
    # Of an unknown sender who is known by now: it belongs to the young person's interview.
    interview_id = found.interview_id or (interview.id if interview else None)
    if not queue_replies(service, session, conversation, interview_id, texts, now):
        return  # Somebody is in the conversation and can say so themselves.
    detail = {"text": texts[0].key}
    records.add_event(session, service.vault, found, "child_told", now, detail=detail)
