"""Entering missing episodes, one or many at once, and offering the interview with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from sqlmodel import Session

from bot.first_text import Invitation, NotInvited, agreed_by, offer_first_text
from bot.new_episode import NewEpisode, NotEntered, local_moment
from bot.refusals import Refusal
from bot.service import Service
from bot.young_people import enter_young_person, problems
from dialogs.position import Position
from storage import people
from storage.emergency_facts import add_facts
from storage.tables import ReturnInterview, Staff

__all__ = [
    "Entered",
    "Invitation",
    "NewEpisode",
    "NotEntered",
    "NotInvited",
    "Wish",
    "enter_episode",
    "enter_episodes",
    "local_moment",
]


@dataclass(frozen=True, slots=True)
class Entered:
    """The ids of what was entered; ``refusal`` says why a text that was wanted does not go out."""

    young_person_id: UUID
    episode_id: UUID
    interview_id: UUID
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One episode to enter; without an invitation, no text.

    ``emergency`` is what an emergency call asks for, by the names of `EmergencyFacts`; what is not
    given stays as it is.
    """

    new: NewEpisode
    invitation: Invitation | None = None
    emergency: Mapping[str, str | bool] = field(default_factory=dict)


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
    (entered,) = enter_episodes(service, [Wish(new, invitation)], actor)
    if entered.refusal is not None:
        raise NotInvited(entered.interview_id, entered.refusal)
    return entered


def enter_episodes(service: Service, wishes: Sequence[Wish], actor: str) -> list[Entered]:
    """Enter several times missing in one transaction: all of them, or none.

    Where a first text must not go out, the episode is entered all the same, a task is made, and
    `Entered.refusal` says why.

    Args:
        service: the process's service.
        wishes: what to enter, in this order.
        actor: who entered it, as the access log names them.

    Raises:
        NotEntered: nothing was stored.
    """
    agreed = [agreed_by(service, each.invitation) for each in wishes]
    with service.database.read() as session:
        for wish in wishes:
            for problem in problems(service, session, wish.new):
                raise problem
    owners = [each.new.young_person_id or _new_owner(service) for each in wishes]
    with service.database.write() as session:
        return [
            _enter_one(service, session, *each, actor)
            for each in zip(wishes, owners, agreed, strict=True)
        ]


def _enter_one(
    service: Service,
    session: Session,
    wish: Wish,
    person_id: UUID,
    agreed: Staff | None,
    actor: str,
) -> Entered:
    new = wish.new
    _, details = enter_young_person(
        service, session, new, person_id, actor, confirmed=agreed is not None
    )
    if wish.emergency:
        now = service.clock.service_now()
        person = people.young_person(session, person_id)
        add_facts(session, service.vault, person, wish.emergency, now, "an imported file")
        subject = f"young_person:{person_id}"
        service.audit.append(session, now, actor, "enter emergency facts", subject)
    entered, interview = _enter(service, session, person_id, new, actor)
    if wish.invitation is None:
        return entered
    wanted = new.text_wanted
    found = offer_first_text(
        service, session, interview, details, wish.invitation, agreed, actor, text_wanted=wanted
    )
    return replace(entered, refusal=found)


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
