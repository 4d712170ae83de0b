"""The register: every time missing, how long is left, what was offered, and what comes next.

It holds no words of a young person: names and states, as the list of interviews does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from bot.contact import is_unsafe
from bot.offers import Offered, offers_about
from bot.refusals import is_under_way
from bot.service import Service
from storage import escalations as records
from storage import people
from storage.tables import MissingEpisode, ReturnInterview

Step = Literal["offer", "leaves", "wait", "talking", "task", "not_safe", "said_no", "read"]
"""offer: nobody was invited yet; leaves: the text waits for its time; read: it has ended."""


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One time missing.

    Attributes:
        episode_id: which.
        interview_id: the interview that covers it.
        name: the young person's.
        returned_at: when they came back.
        due_at: when the 72 hours end.
        state: where the conversation stands.
        ended_at: when the interview ended.
        offers: every offer about the interview, as they fall due.
        step: what comes next.
        step_at: when, where that is known (service time).
        task: the kind of the open task that comes next, also where they can be invited.
    """

    episode_id: UUID
    interview_id: UUID
    name: str
    returned_at: datetime
    due_at: datetime
    state: str
    ended_at: datetime | None
    offers: tuple[Offered, ...]
    step: Step
    step_at: datetime | None = None
    task: str | None = None


def register_lines(service: Service) -> list[RegisterLine]:
    """Every episode: those of open interviews first, the most pressing first."""
    with service.database.read() as session:
        tasks = _open_tasks(session)
        lines = [
            _line(service, session, episode, interview_id, tasks)
            for episode, interview_id in people.list_episodes(session)
        ]
    return sorted(lines, key=lambda line: (line.ended_at is not None, line.due_at))


def register_line(service: Service, interview_id: UUID) -> RegisterLine | None:
    """The newest episode of one interview; None when there is no such interview."""
    with service.database.read() as session:
        if session.get(ReturnInterview, interview_id) is None:
            return None
        episode = people.episodes_of(session, interview_id)[-1]
        return _line(service, session, episode, interview_id, _open_tasks(session))


def known_names(service: Service) -> list[tuple[UUID, str]]:
    """Every young person who can be chosen for another episode, by name."""
    with service.database.read() as session:
        known = {
            each.id: people.name_of(service.vault, each)
            for channel in ("whatsapp", service.phone_channel)
            for each in people.known_people(session, channel)
        }
    return sorted(known.items(), key=lambda each: each[1].casefold())


def _open_tasks(session: Session) -> Mapping[UUID, str]:
    """The oldest open task about each young person."""
    found: dict[UUID, str] = {}
    for task in records.open_tasks(session):
        found.setdefault(task.young_person_id, task.kind)
    return found


def _line(
    service: Service,
    session: Session,
    episode: MissingEpisode,
    interview_id: UUID,
    tasks: Mapping[UUID, str],
) -> RegisterLine:
    interview = session.get_one(ReturnInterview, interview_id)
    person = people.young_person(session, episode.young_person_id)
    offers = offers_about(service, session, interview)
    task = tasks.get(person.id)
    step = _step(session, interview, offers, task)
    return RegisterLine(
        episode_id=episode.id,
        interview_id=interview_id,
        name=people.name_of(service.vault, person),
        returned_at=episode.returned_at,
        due_at=episode.due_at,
        state=interview.state,
        ended_at=interview.ended_at,
        offers=offers,
        step=step,
        step_at=offers[-1].outcome.until if step == "leaves" else None,
        task=task if step in ("task", "offer") else None,
    )


def _step(
    session: Session, interview: ReturnInterview, offers: Sequence[Offered], task: str | None
) -> Step:
    if is_unsafe(session, interview.young_person_id):
        return "not_safe"
    if interview.ended_at is not None:
        return "said_no" if interview.state == "declined" else "read"
    if not is_under_way(interview):
        return "offer"
    if task is not None:
        return "task"
    if interview.started_at is not None:
        return "talking"
    kinds = [each.outcome.kind for each in offers]
    return "leaves" if kinds and kinds[-1] in ("waiting", "put_off") else "wait"
