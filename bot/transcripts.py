"""Conversations as people read them: the exact words, in order, with what became of each.

Whoever opens words is entered in the access log first, in a commit of its own
(docs/reliability.md I-09).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.addresses import ShownContact, contacts_shown
from bot.contact import is_unsafe
from bot.marks_shown import ShownMark, marks_beside
from bot.overview import Overview, overview_of
from bot.readings import note_unusual
from bot.service import Service
from bot.shown import ShownAnswer, ShownMessage, shown, shown_answers
from storage import answers, links, people
from storage import escalations as records
from storage import messages as words
from storage.tables import Message, ReturnInterview

__all__ = [
    "InterviewLine",
    "ShownAnswer",
    "ShownMessage",
    "Transcript",
    "interview_lines",
    "log_reading",
    "read_transcript",
    "shown",
    "words_of",
    "young_person_of",
]

TO_ARRANGE = frozenset({"call_wanted", "meeting_wanted"})


@dataclass(frozen=True, slots=True)
class InterviewLine:
    """One interview in a list: no words.

    ``way`` is how they chose to do it, ``to_arrange`` the calls and meetings that they asked for
    and nobody has seen to; ``is_unsafe``: somebody else may be looking at the phone.
    """

    id: UUID
    young_person_id: UUID
    name: str
    state: str
    returned_at: datetime
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    answered: int
    way: str | None
    accepted_at: datetime | None
    to_arrange: tuple[str, ...]
    is_unsafe: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """One interview in full."""

    line: InterviewLine
    contact: str
    messages: tuple[ShownMessage, ...]
    answers: tuple[ShownAnswer, ...]
    overview: Overview
    contacts: tuple[ShownContact, ...]
    marks: tuple[ShownMark, ...] = ()


def log_reading(service: Service, actor: str, action: str, subject: str) -> None:
    """Enter a reading in the access log and commit it; call before opening any words."""
    with service.database.write() as session:
        service.audit.append(session, service.clock.service_now(), actor, action, subject)
        note_unusual(service, session, actor, subject)


def young_person_of(service: Service, interview_id: UUID) -> UUID | None:
    """Whose interview it is, or None when there is no such interview."""
    with service.database.read() as session:
        interview = session.get(ReturnInterview, interview_id)
        return interview.young_person_id if interview else None


def interview_lines(service: Service) -> list[InterviewLine]:
    """All interviews: those still to be held first, the most pressing first."""
    with service.database.read() as session:
        tasks = _to_arrange(session)
        lines = [_line(service, session, each, tasks) for each in people.list_interviews(session)]
    return sorted(lines, key=lambda line: (line.ended_at is not None, line.due_at))


def read_transcript(service: Service, interview_id: UUID, actor: str) -> Transcript | None:
    """One interview with all its words, the reading logged before; None when there is none.

    Args:
        service: the process's service.
        interview_id: the interview.
        actor: who reads, as the access log names them: "staff:<id>" or "command".
    """
    with service.database.read() as session:
        if session.get(ReturnInterview, interview_id) is None:
            return None
    log_reading(service, actor, "read transcript", f"return_interview:{interview_id}")
    with service.database.read() as session:
        interview = session.get_one(ReturnInterview, interview_id)
        messages = shown(service, session, words_of(session, interview))
        answered = shown_answers(service, session, interview_id)
        # Which of our texts were used says the interview, not what an unknown sender got.
        own = [each for each in messages if each.direction == "in" or not each.written]
        return Transcript(
            line=_line(service, session, interview, _to_arrange(session)),
            contact=people.conversation_of(session, interview.young_person_id).contact,
            messages=messages,
            answers=answered,
            overview=overview_of(service, session, interview, own, answered),
            contacts=contacts_shown(service, session, interview.young_person_id),
            marks=marks_beside(service, session, [each.id for each in messages]),
        )


def words_of(session: Session, interview: ReturnInterview) -> list[Message]:
    """All that belongs to an interview in order, also from before it was known who wrote it."""
    own = words.interview_messages(session, interview.id)
    linked = links.linked_words(session, interview)
    return sorted((*own, *linked), key=lambda each: each.seq or 0)


def _to_arrange(session: Session) -> Mapping[UUID, tuple[str, ...]]:
    """The calls and meetings that each young person asked for and nobody has seen to."""
    found: dict[UUID, tuple[str, ...]] = {}
    for task in records.open_tasks(session):
        if task.kind in TO_ARRANGE:
            found[task.young_person_id] = (*found.get(task.young_person_id, ()), task.kind)
    return found


def _line(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    to_arrange: Mapping[UUID, tuple[str, ...]],
) -> InterviewLine:
    episode = people.episodes_of(session, interview.id)[0]
    person = people.young_person(session, interview.young_person_id)
    return InterviewLine(
        id=interview.id,
        young_person_id=person.id,
        name=people.name_of(service.vault, person),
        state=interview.state,
        returned_at=episode.returned_at,
        due_at=episode.due_at,
        started_at=interview.started_at,
        ended_at=interview.ended_at,
        answered=len(answers.answers_of(session, interview.id)),
        way=interview.way,
        accepted_at=interview.accepted_at,
        to_arrange=to_arrange.get(person.id, ()),
        is_unsafe=is_unsafe(session, person.id),
    )
