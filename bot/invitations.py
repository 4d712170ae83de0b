"""Entering a missing episode, and offering the interview by a first text.

The first text leaves only when a named person has confirmed with the young person that texting is
ok, when the script is approved (or drafts are allowed), at a time that is allowed, and when it is
not one text too many. Whoever is very young, or needs help with texts, is met by a person first,
unless they asked to text (docs/practice.md, offer and clock; safe contact).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from bot.approvals import may_invite
from bot.clock import age_on, next_prompt_time
from bot.facts import ADULT_FROM, situation_of
from bot.new_episode import NewEpisode, NotEntered, local_moment
from bot.prompts import chosen_times, is_room, prompt
from bot.reach import add_task
from bot.service import Service
from bot.young_people import enter_young_person
from dialogs.position import Position
from dialogs.turn import open_interview
from storage import people
from storage.person_details import Details
from storage.staff import staff_by_email
from storage.tables import ReturnInterview, Staff

__all__ = [
    "Entered",
    "Invitation",
    "NewEpisode",
    "NotEntered",
    "NotInvited",
    "enter_episode",
    "local_moment",
]


class NotInvited(Exception):
    """The episode was entered, but no text goes out; a task was made. The message says why."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """The wish to send the first text: who agreed it with the young person, and how soon."""

    agreed_by: str | None
    ignore_quiet_hours: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """The ids of what was entered."""

    young_person_id: UUID
    episode_id: UUID
    interview_id: UUID


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why the first text must not go out, and the task that a person gets instead."""

    task: str
    reason: str


def enter_episode(
    service: Service, new: NewEpisode, actor: str, invitation: Invitation | None = None
) -> Entered:
    """Enter one time missing, and offer the interview if ``invitation`` asks for it.

    An interview that is under way already is left alone: the episode joins it.

    Args:
        service: the process's service.
        new: what a worker entered.
        actor: who entered it, as the access log names them.
        invitation: None enters the episode without a text.

    Raises:
        NotEntered: nothing was stored.
        NotInvited: all is stored, but the first text must not go out; a task was made.
    """
    agreed_by = _agreed_by(service, invitation)
    person_id = new.young_person_id or _new_owner(service)
    refusal: _Refusal | None = None
    with service.database.write() as session:
        confirmed = agreed_by is not None
        _, details = enter_young_person(
            service, session, new, person_id, actor, confirmed=confirmed
        )
        entered, interview = _enter(service, session, person_id, new, actor)
        if invitation is not None:
            due_at = _due_at(service, session, interview, invitation)
            refusal = _refusal(service, session, interview, new, details, agreed_by, due_at)
            if refusal is not None:
                add_task(service, session, refusal.task, person_id)
            elif agreed_by is not None and not _is_under_way(interview):
                _invite(service, session, interview, agreed_by, invitation, due_at, actor)
    if refusal is not None:
        raise NotInvited(
            f"interview {entered.interview_id} was entered without a text: {refusal.reason}"
        )
    return entered


def _agreed_by(service: Service, invitation: Invitation | None) -> Staff | None:
    if invitation is None or invitation.agreed_by is None:
        return None
    with service.database.read() as session:
        staff = staff_by_email(session, invitation.agreed_by)
    if staff is None:
        raise NotEntered("nobody on the staff has that e-mail address: see staff list")
    return staff


def _new_owner(service: Service) -> UUID:
    person_id = uuid4()
    service.vault.new_owner(person_id)
    return person_id


def _enter(
    service: Service, session: Session, person_id: UUID, new: NewEpisode, actor: str
) -> tuple[Entered, ReturnInterview]:
    now = service.clock.service_now()
    episode = people.add_episode(session, person_id, new.returned_at, now, actor)
    interview = people.interview_for(session, episode, Position().to_json(), now)
    if new.length is not None:
        interview.length = new.length
        session.add(interview)
        session.flush()
    service.audit.append(session, now, actor, "enter episode", f"missing_episode:{episode.id}")
    return Entered(person_id, episode.id, interview.id), interview


def _is_under_way(interview: ReturnInterview) -> bool:
    """Whether they were invited to it, or wrote before anybody did."""
    return interview.invited_at is not None or interview.started_at is not None


def _due_at(
    service: Service, session: Session, interview: ReturnInterview, invitation: Invitation
) -> datetime:
    now = service.clock.service_now()
    if invitation.ignore_quiet_hours:
        return now
    person = people.young_person(session, interview.young_person_id)
    return next_prompt_time(now, chosen_times(person), service.settings.nation)


def _refusal(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    new: NewEpisode,
    details: Details,
    agreed_by: Staff | None,
    due_at: datetime,
) -> _Refusal | None:
    """The first reason against the first text, if there is one."""
    under_way = _is_under_way(interview)
    found = _of_the_person(service, details, due_at, wanted=new.text_wanted or under_way)
    if found is not None:
        return found
    if agreed_by is None:
        return _Refusal(
            "texting_not_agreed",
            "say who confirmed with the young person that texting is ok (--texting-agreed-by)",
        )
    language = people.young_person(session, interview.young_person_id).language
    if not may_invite(service, session, language):
        return _Refusal(
            "texting_not_agreed",
            "the texts are a draft: see dialog approvals (or set ALLOW_DRAFT_SCRIPT=1)",
        )
    if not under_way and not is_room(session, interview.young_person_id, due_at):
        return _Refusal(
            "too_many_prompts",
            "they had 3 texts in 7 days that they did not ask for; a person calls them instead",
        )
    return None


def _of_the_person(
    service: Service, details: Details, moment: datetime, *, wanted: bool
) -> _Refusal | None:
    """What speaks against a text to just this young person."""
    age = age_on(details.born_on, moment) if details.born_on else None
    if age is not None and age >= ADULT_FROM:
        return _Refusal("is_adult", "they are 18 or older; a person offers what is for adults")
    if wanted:
        return None
    if age is not None and age < service.settings.person_first_under:
        youngest = service.settings.person_first_under
        why = f"they are under {youngest}"
    elif details.needs_support:
        why = "something makes texting hard for them"
    else:
        return None
    return _Refusal(
        "person_first",
        f"{why}, so a person comes first (--text-wanted if the young person asked to text)",
    )


def _invite(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    agreed_by: Staff,
    invitation: Invitation,
    due_at: datetime,
    actor: str,
) -> None:
    """Queue the first text for ``due_at``, and note it as an offer."""
    now = service.clock.service_now()
    interview.texting_agreed_by = agreed_by.id
    session.add(interview)
    session.flush()
    conversation = people.conversation_of(session, interview.young_person_id)
    situation = situation_of(service, session, conversation, interview)
    turn = open_interview(Position.from_json(interview.position), situation, now)
    people.save_position(session, interview, turn.position.to_json(), invited_at=due_at)
    prompt(service, session, conversation, interview, "invitation", turn.replies, due_at, actor)
    service.audit.append(
        session,
        now,
        actor,
        "invite",
        f"return_interview:{interview.id}",
        agreed_by=str(agreed_by.id),
        quiet_hours="overridden" if invitation.ignore_quiet_hours else "kept",
    )
