"""The first text of an interview: offered at an allowed time, or not at all, with the reason kept.

It leaves only when a named person has confirmed with the young person that texting is ok, when the
script is approved (or drafts are allowed), at a time that is allowed, and when it is not one text
too many (bot/refusals.py). Every attempt is an offer, also one that became no text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.clock import ChosenTimes, next_prompt_time
from bot.facts import situation_of
from bot.new_episode import NotEntered
from bot.prompts import chosen_times, prompt
from bot.reach import add_task
from bot.refusals import UNDER_WAY, Asked, Refusal, is_under_way, refusal
from bot.service import Service
from bot.young_people import confirm
from dialogs.position import Position
from dialogs.turn import open_interview
from storage import contacts, people
from storage.database import lock_row
from storage.offers import add_offer
from storage.person_details import Details, details_of
from storage.staff import staff_by_email
from storage.tables import ReturnInterview, Staff


@dataclass(frozen=True, slots=True)
class Invitation:
    """The wish to send the first text: who agreed it with the young person, and how soon."""

    agreed_by: str | None
    ignore_quiet_hours: bool = False


class NotInvited(Exception):
    """All is stored, but no text goes out; a task was made. The message says why."""

    def __init__(self, interview_id: UUID, refused: Refusal) -> None:
        """Say why, of which interview."""
        super().__init__(f"interview {interview_id} was entered without a text: {refused.reason}")
        self.interview_id = interview_id
        self.refusal = refused


def offer_again(
    service: Service,
    interview_id: UUID,
    invitation: Invitation,
    actor: str,
    *,
    text_wanted: bool = False,
) -> None:
    """Offer an interview that nobody was invited to yet; the rules are those of a new episode.

    Args:
        service: the process's service.
        interview_id: an open interview that has not begun.
        invitation: who agreed texting with the young person, and how soon.
        actor: who offers it, as the access log names them.
        text_wanted: they asked to do this by text, although a person would come first.

    Raises:
        NotEntered: there is no such interview, it has ended, or it is under way.
        NotInvited: the first text must not go out; a task was made.
    """
    agreed = agreed_by(service, invitation)
    with service.database.write() as session:
        interview = session.get(ReturnInterview, interview_id)
        if interview is None:
            raise NotEntered("there is no interview with that id: see interviews list")
        person_id = interview.young_person_id
        lock_row(session, "conversation", "young_person_id", person_id)
        session.refresh(interview)
        if interview.ended_at is not None or is_under_way(interview):
            raise NotEntered("they were invited already, or the conversation has begun")
        person = people.young_person(session, person_id)
        if agreed is not None:
            confirm(
                session, contacts.contact_of(session, people.conversation_of(session, person_id))
            )
        details = details_of(service.vault, person)
        found = offer_first_text(
            service, session, interview, details, invitation, agreed, actor, text_wanted=text_wanted
        )
    if found is not None:
        raise NotInvited(interview_id, found)


def agreed_by(service: Service, invitation: Invitation | None) -> Staff | None:
    """Who agreed texting with the young person.

    Raises:
        NotEntered: nobody on the staff has that e-mail address.
    """
    if invitation is None or invitation.agreed_by is None:
        return None
    with service.database.read() as session:
        staff = staff_by_email(session, invitation.agreed_by)
    if staff is None:
        said = "nobody on the staff has that e-mail address: see staff list"
        raise NotEntered(said, "texting_agreed_by")
    return staff


def due_at(service: Service, invitation: Invitation, chosen: ChosenTimes) -> datetime:
    """When the first text may go out (service time)."""
    now = service.clock.service_now()
    if invitation.ignore_quiet_hours:
        return now
    return next_prompt_time(now, chosen, service.settings.nation)


def offer_first_text(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    details: Details,
    invitation: Invitation,
    agreed: Staff | None,
    actor: str,
    *,
    text_wanted: bool,
) -> Refusal | None:
    """Queue the first text, or note why there is none; the caller's commit keeps either.

    Args:
        service: the process's service.
        session: a write transaction that holds the conversation.
        interview: what is offered.
        details: of the young person, as they now stand.
        invitation: the wish to text, and how soon.
        agreed: who agreed texting with them; None is nobody.
        actor: who offers it.
        text_wanted: they asked to do this by text, although a person would come first.

    Returns:
        Why there is no text; None when one is queued, or the conversation is under way already.
    """
    person = people.young_person(session, interview.young_person_id)
    leaves_at = due_at(service, invitation, chosen_times(person))
    asked = Asked(
        person.id, interview, details, person.language, agreed is not None, text_wanted, leaves_at
    )
    found = refusal(service, session, asked)
    if found is not None:
        add_task(service, session, found.task, person.id)
        _note(service, session, interview, leaves_at, found.code, actor)
    elif is_under_way(interview):
        _note(service, session, interview, leaves_at, UNDER_WAY, actor)
    elif agreed is not None:
        _invite(service, session, interview, agreed, invitation, leaves_at, actor)
    return found


def _note(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    leaves_at: datetime,
    outcome: str,
    actor: str,
) -> None:
    """An offer that became no text."""
    now, person_id = service.clock.service_now(), interview.young_person_id
    add_offer(
        session,
        person_id,
        "invitation",
        leaves_at,
        now,
        actor,
        interview_id=interview.id,
        outcome=outcome,
    )


def _invite(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    agreed: Staff,
    invitation: Invitation,
    leaves_at: datetime,
    actor: str,
) -> None:
    """Queue the first text for ``leaves_at`` (service time), and note it as an offer."""
    now = service.clock.service_now()
    interview.texting_agreed_by = agreed.id
    session.add(interview)
    session.flush()
    conversation = people.conversation_of(session, interview.young_person_id)
    situation = situation_of(service, session, conversation, interview)
    turn = open_interview(Position.from_json(interview.position), situation, now)
    people.save_position(session, interview, turn.position.to_json(), invited_at=leaves_at)
    prompt(service, session, conversation, interview, "invitation", turn.replies, leaves_at, actor)
    service.audit.append(
        session,
        now,
        actor,
        "invite",
        f"return_interview:{interview.id}",
        agreed_by=str(agreed.id),
        quiet_hours="overridden" if invitation.ignore_quiet_hours else "kept",
    )
