"""Entering a missing episode, and offering the interview by a first text.

The first text leaves only when a named person has confirmed with the young person that texting is
ok, when the script is approved (or drafts are allowed), and outside quiet hours
(docs/practice.md, offer and clock; safe contact).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from bot.channels.phone_numbers import normalise
from bot.clock import LONDON, after_quiet
from bot.facts import situation_of
from bot.outbox import queue_replies
from bot.reach import add_task
from bot.service import Service
from dialogs.position import Position
from dialogs.texts import load
from dialogs.turn import open_interview
from storage import people
from storage.staff import staff_by_email
from storage.tables import ContactAddress, ReturnInterview, Staff


class NotEntered(Exception):
    """The episode was not entered; nothing was stored. The message says what to do."""


class NotInvited(Exception):
    """The episode was entered, but no text goes out; a task was made. The message says why."""


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """What a worker enters."""

    returned_at: datetime
    name: str | None = None
    phone: str | None = None
    young_person_id: UUID | None = None
    shared_phone: bool = False
    check_word: str | None = None
    language: str = "en"


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


def local_moment(written: str) -> datetime:
    """A moment as people write it: ISO 8601, Europe/London unless it says otherwise.

    Raises:
        ValueError: it is no moment, or an hour that the clocks passed twice or never.
    """
    moment = datetime.fromisoformat(written.strip())
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    first, second = moment.replace(tzinfo=LONDON, fold=0), moment.replace(tzinfo=LONDON, fold=1)
    if first.utcoffset() != second.utcoffset():
        raise ValueError(
            "that hour happened twice or never as the clocks changed: "
            "add Z for UTC, or +01:00 for summer time"
        )
    return first.astimezone(UTC)


def enter_episode(
    service: Service, new: NewEpisode, actor: str, invitation: Invitation | None = None
) -> Entered:
    """Enter one time missing, and offer the interview if ``invitation`` asks for it.

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
    refusal = _refusal(service, invitation, agreed_by)
    person_id = new.young_person_id or _new_owner(service)
    with service.database.write() as session:
        contact = _contact(service, session, new, person_id, confirmed=agreed_by is not None)
        entered, interview = _enter(service, session, contact.young_person_id, new, actor)
        if refusal:
            add_task(service, session, "texting_not_agreed", entered.young_person_id)
        elif invitation is not None:
            _invite(service, session, interview, agreed_by, invitation, actor)
    if refusal:
        raise NotInvited(f"interview {entered.interview_id} was entered without a text: {refusal}")
    return entered


def _agreed_by(service: Service, invitation: Invitation | None) -> Staff | None:
    if invitation is None or invitation.agreed_by is None:
        return None
    with service.database.read() as session:
        staff = staff_by_email(session, invitation.agreed_by)
    if staff is None:
        raise NotEntered("nobody on the staff has that e-mail address: see staff list")
    return staff


def _refusal(
    service: Service, invitation: Invitation | None, agreed_by: Staff | None
) -> str | None:
    """Why the first text must not go out, if that is so."""
    if invitation is None:
        return None
    if agreed_by is None:
        return "say who confirmed with the young person that texting is ok (--texting-agreed-by)"
    settings = service.settings
    if not (load().approved or settings.allow_draft_script or settings.is_demo):
        return "the script is a draft that no named lead has approved (ALLOW_DRAFT_SCRIPT=1)"
    return None


def _new_owner(service: Service) -> UUID:
    person_id = uuid4()
    service.vault.new_owner(person_id)
    return person_id


def _contact(
    service: Service, session: Session, new: NewEpisode, person_id: UUID, *, confirmed: bool
) -> ContactAddress:
    """The address that this young person is written to, entered if it is new."""
    if new.young_person_id is not None:
        contact = _known_contact(service, session, new)
        if confirmed:
            _confirm(session, contact)
        return contact
    if not new.name or not new.phone:
        raise NotEntered("give the young person's name and phone number")
    address = _address(new.phone)
    index = people.address_index(service.vault, address)
    known = people.contacts_at(session, service.phone_channel, index)
    if known and not new.shared_phone:
        raise NotEntered(
            f"that number is known: it is young person {known[0].young_person_id}'s "
            "(give --young-person for another episode, --shared-phone for another child)"
        )
    for other in known:
        _mark_shared(session, other)
    return people.add_young_person(
        session,
        service.vault,
        people.NewYoungPerson(
            id=person_id,
            channel=service.phone_channel,
            address=address,
            name=new.name,
            language=new.language,
            check_word=new.check_word,
            confirmed=confirmed,
            shared=new.shared_phone,
        ),
        service.clock.service_now(),
    )


def _known_contact(service: Service, session: Session, new: NewEpisode) -> ContactAddress:
    if new.young_person_id is None or not people.exists(session, new.young_person_id):
        raise NotEntered("there is no young person with that id")
    contact = people.contact_of(session, people.conversation_of(session, new.young_person_id))
    if new.phone is not None:
        index = people.address_index(service.vault, _address(new.phone))
        if index != contact.address_index:
            raise NotEntered("that is not the number that this young person is known by")
    return contact


def _confirm(session: Session, contact: ContactAddress) -> None:
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
        raise NotEntered(str(error)) from None


def _enter(
    service: Service, session: Session, person_id: UUID, new: NewEpisode, actor: str
) -> tuple[Entered, ReturnInterview]:
    now = service.clock.service_now()
    episode = people.add_episode(session, person_id, new.returned_at, now, actor)
    interview = people.interview_for(session, episode, Position().to_json(), now)
    service.audit.append(session, now, actor, "enter episode", f"missing_episode:{episode.id}")
    return Entered(person_id, episode.id, interview.id), interview


def _invite(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    agreed_by: Staff | None,
    invitation: Invitation,
    actor: str,
) -> None:
    """Queue the first text for the next allowed time; an interview under way is left alone."""
    if agreed_by is None or interview.invited_at is not None:
        return
    now = service.clock.service_now()
    due_at = now if invitation.ignore_quiet_hours else after_quiet(now)
    interview.texting_agreed_by = agreed_by.id
    session.add(interview)
    session.flush()
    conversation = people.conversation_of(session, interview.young_person_id)
    situation = situation_of(service, session, conversation, interview)
    turn = open_interview(Position.from_json(interview.position), situation, now)
    people.save_position(session, interview, turn.position.to_json(), invited_at=due_at)
    queue_replies(service, session, conversation, interview.id, turn.replies, now, due_at)
    service.audit.append(
        session,
        now,
        actor,
        "invite",
        f"return_interview:{interview.id}",
        agreed_by=str(agreed_by.id),
        quiet_hours="overridden" if invitation.ignore_quiet_hours else "kept",
    )
