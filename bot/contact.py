"""A named person says that a phone is safe again, after speaking with the young person.

A conversation becomes guarded by itself and never open by itself: the check word undoes it, or a
person who has spoken with the young person (docs/practice.md, safe contact). Nothing is sent.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from bot.concerns import may_be_alerted
from bot.escalation_changes import NOT_THERE, REFUSED
from bot.escalations import NotPossible
from bot.service import Service
from dialogs.position import Position
from dialogs.turn import has_ended
from storage import contacts, people
from storage import escalations as records
from storage.database import lock_row
from storage.links import conversation_now
from storage.tables import Conversation, ReturnInterview, Staff

FEWEST_WORDS = 3
CLOSED = "closed_unsafe"


def is_unsafe(session: Session, young_person_id: UUID) -> bool:
    """Whether somebody else may be looking, or wrong check words closed the conversation."""
    conversation = people.conversation_of(session, young_person_id)
    return _is_unsafe(conversation, people.current_interview(session, young_person_id))


def mark_safe_again(
    service: Service,
    young_person_id: UUID,
    staff: Staff,
    *,
    confirmed_with_child: bool,
    reason: str,
) -> None:
    """Let the conversation go on: the next text, or the next invitation, says hello.

    A number that was never confirmed, or that another child uses too, stays unverified. The access
    log keeps who did it and that a reason was given, never its words.

    Args:
        service: the process's service.
        young_person_id: whose conversation.
        staff: who spoke with them.
        confirmed_with_child: they have said themselves that the phone is safe.
        reason: how that is known, in at least three words.

    Raises:
        NotPossible: nothing was changed; the message says why.
    """
    _require(reason, confirmed_with_child=confirmed_with_child)
    with service.database.write() as session:
        if not people.exists(session, young_person_id):
            raise NotPossible("There is no such young person.")
        _mark(service, session, young_person_id, staff)


def record_contact_safe(
    service: Service,
    escalation_id: UUID,
    staff: Staff,
    *,
    confirmed_with_child: bool,
    reason: str,
) -> None:
    """The same from an escalation: the reason is sealed on its timeline, and they can join then.

    Raises:
        NotPossible: nothing was changed; the message says why.
    """
    _require(reason, confirmed_with_child=confirmed_with_child)
    now = service.clock.service_now()
    with service.database.write() as session:
        found = records.escalation(session, escalation_id)
        if found is None or not may_be_alerted(session, staff, found):
            raise NotPossible(NOT_THERE)
        if found.state != "acknowledged":
            raise NotPossible(REFUSED[found.state])
        person_id = conversation_now(session, found.young_person_id).young_person_id
        _mark(service, session, person_id, staff)
        detail = {"reason": reason}
        records.add_event(
            session,
            service.vault,
            found,
            "contact_made_safe",
            now,
            staff_id=staff.id,
            detail=detail,
        )


def _require(reason: str, *, confirmed_with_child: bool) -> None:
    if not confirmed_with_child:
        raise NotPossible("Speak with the young person first, then say that you did.")
    if len(reason.split()) < FEWEST_WORDS:
        raise NotPossible("Say in a few words how you know that the phone is safe.")


def _mark(service: Service, session: Session, young_person_id: UUID, staff: Staff) -> None:
    lock_row(session, "conversation", "young_person_id", young_person_id)
    conversation = people.conversation_of(session, young_person_id)
    interview = people.current_interview(session, young_person_id)
    if not _is_unsafe(conversation, interview):
        raise NotPossible("This phone is not marked as unsafe: somebody was first.")
    conversation.contact = _contact_after(session, conversation)
    session.add(conversation)
    session.flush()
    if interview is not None:
        _begin_again(session, interview)
    service.audit.append(
        session,
        service.clock.service_now(),
        f"staff:{staff.id}",
        "mark contact safe",
        f"young_person:{young_person_id}",
        contact=conversation.contact,
        reason="given",
    )


def _is_unsafe(conversation: Conversation, interview: ReturnInterview | None) -> bool:
    closed = interview is not None and interview.state == CLOSED
    return closed or conversation.contact == "guarded"


def _contact_after(session: Session, conversation: Conversation) -> str:
    return contacts.contact_state(contacts.contact_of(session, conversation))


def _begin_again(session: Session, interview: ReturnInterview) -> None:
    """No doubt is left of who writes; what two wrong words closed begins with a hello again."""
    was = Position.from_json(interview.position)
    position = replace(was, doubted=False, wrong_words=0)
    ended_at = interview.ended_at
    if was.state == CLOSED:
        position = replace(position, state="not_started", asked_again=False, checked=False)
        ended_at = ended_at if has_ended(position) else None
    if not people.save_position(session, interview, position.to_json(), ended_at=ended_at):
        raise NotPossible("The young person wrote just now: look again.")
