"""Who is there in a rehearsal: a duty worker, an advocate, and one young person with their past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID, uuid4

from sqlmodel import Session

from bot.channels.terminal import TerminalChannel
from bot.invitations import Invitation, NewEpisode, enter_episode
from bot.service import Service
from bot.young_people import enter_young_person
from dialogs.position import Length, Position
from storage import answers, people, screenings
from storage import messages as words
from storage.staff import add_staff

PHONE = "+447700900321"
DUTY_WORKER = "dee@northmoor.example"
ADVOCATE = "jo@northmoor.example"
ACTOR = "command"
LENGTHS = get_args(Length)
BETWEEN_EPISODES = timedelta(days=9)
"""How long before this episode the last one was, the one before it twice as long, and so on."""


@dataclass(frozen=True, slots=True)
class YoungPersonHere:
    """Who is holding the phone, and what was agreed with them before.

    Attributes:
        language: of the texts.
        check_word: a word they chose with a person.
        duress_word: a word they chose that looks ordinary and means danger.
        born: their date of birth.
        person_first: something makes texting hard for them; they asked to text all the same.
        length: a length that a person chose for them.
        episode_number: how many times they were missing; each time before had its interview.
        promised: in the last of those they said what would help, and nobody came back to them.
        shared_phone: another child uses the same phone, so that it proves nothing.
        invited: a person agreed texting with them and the first text goes out.
    """

    language: str = "en"
    check_word: str | None = None
    duress_word: str | None = None
    born: date | None = None
    person_first: bool = False
    length: str | None = None
    episode_number: int = 1
    promised: bool = True
    shared_phone: bool = False
    invited: bool = True


def enter_staff(service: Service, *, on_duty: bool = True) -> None:
    """Somebody who reads the interviews, and, unless nobody is there, somebody to be alerted."""
    if on_duty:
        _staff(service, "Dee Okafor", DUTY_WORKER, "duty_worker", "+447700900901")
    _staff(service, "Jo Hart", ADVOCATE, "advocate", None)


def enter_here(service: Service, here: YoungPersonHere) -> UUID:
    """Enter the young person with their earlier interviews, and invite them; gives their id.

    Raises:
        NotEntered, NotInvited: something about them does not allow it (bot.invitations).
    """
    new = _new_episode(service, here)
    invitation = Invitation(agreed_by=ADVOCATE, ignore_quiet_hours=True) if here.invited else None
    if here.episode_number <= 1:
        return enter_episode(service, new, ACTOR, invitation).young_person_id
    person_id = uuid4()
    service.vault.new_owner(person_id)
    with service.database.write() as session:
        enter_young_person(service, session, new, person_id, ACTOR, confirmed=here.invited)
        for ago in range(here.episode_number - 1, 0, -1):
            _earlier_interview(service, session, person_id, ago, asked=here.promised and ago == 1)
    again = NewEpisode(returned_at=new.returned_at, young_person_id=person_id, length=here.length)
    return enter_episode(service, again, ACTOR, invitation).young_person_id


def enter_again(service: Service, young_person_id: UUID) -> None:
    """They were missing once more."""
    new = NewEpisode(returned_at=service.clock.service_now(), young_person_id=young_person_id)
    enter_episode(service, new, ACTOR)


def _new_episode(service: Service, here: YoungPersonHere) -> NewEpisode:
    return NewEpisode(
        returned_at=service.clock.service_now() - timedelta(hours=3),
        name="Amina",
        phone=PHONE,
        check_word=here.check_word,
        duress_word=here.duress_word,
        language=here.language,
        born_on=here.born,
        needs_support=here.person_first or None,
        length=here.length,
        shared_phone=here.shared_phone,
        text_wanted=True,
    )


def _earlier_interview(
    service: Service, session: Session, person_id: UUID, ago: int, *, asked: bool
) -> None:
    """An interview that was held and ended, so many episodes ago."""
    then = service.clock.service_now() - ago * BETWEEN_EPISODES
    returned_at = then - timedelta(hours=3)
    episode = people.add_episode(session, person_id, returned_at, then, ACTOR)
    ended = Position(state="finished", goodbye_said=True).to_json()
    interview = people.interview_for(session, episode, ended, then)
    people.save_position(session, interview, ended, started_at=then, ended_at=then)
    if asked:
        _said_what_would_help(service, session, person_id, interview.id, then)


def _said_what_would_help(
    service: Service, session: Session, person_id: UUID, interview_id: UUID, then: datetime
) -> None:
    contact = people.conversation_of(session, person_id).contact_address_id
    text = "someone to talk to at school"
    said = words.Words(
        channel=TerminalChannel.name,
        account="",
        provider_id=uuid4().hex,
        body=text,
        exact=True,
        raw=text.encode(),
        content_type="text/plain",
        kind="text",
        media="",
    )
    message = words.keep_inbound(
        session, service.vault, said, person_id, interview_id, contact, then, then, then
    )
    screenings.finish_screening(session, service.vault, message, "screened", None, {}, None)
    words.dispose(session, [message.id], "turn", then)
    answers.add_answer(session, interview_id, "help", [message.id], then)


def _staff(service: Service, name: str, email: str, role: str, phone: str | None) -> None:
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    now = service.clock.machine_now()
    with service.database.write() as session:
        # Nobody signs in to a rehearsal: this is no hash of any password.
        add_staff(session, service.vault, staff_id, name, email, role, phone, "-", now)
