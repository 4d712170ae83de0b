"""Conversations as people read them: the exact words, in order, with what became of each.

Whoever opens words is entered in the access log first, in a commit of its own
(docs/reliability.md I-09).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from storage import answers, people
from storage import messages as words
from storage.outbox import delivery_of
from storage.tables import Message, ReturnInterview


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message as a reader sees it.

    ``text`` is exact; where ``exact`` is False, U+FFFD stands for bytes that no text can hold.
    ``question`` is the prompt it answers or asks; ``delivery`` of an inbound one is "received".
    """

    id: UUID
    direction: str
    text: str
    question: str | None
    at: datetime
    delivery: str
    kind: str
    media: str
    exact: bool
    is_readback: bool


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """The words that answer one question, and the messages that hold them."""

    question: str
    text: str
    message_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class InterviewLine:
    """One interview in a list: no words."""

    id: UUID
    young_person_id: UUID
    name: str
    state: str
    returned_at: datetime
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    answered: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """One interview in full."""

    line: InterviewLine
    contact: str
    messages: tuple[ShownMessage, ...]
    answers: tuple[ShownAnswer, ...]


def log_reading(service: Service, actor: str, action: str, subject: str) -> None:
    """Enter a reading in the access log and commit it; call before opening any words."""
    with service.database.write() as session:
        service.audit.append(session, service.clock.service_now(), actor, action, subject)


def interview_lines(service: Service) -> list[InterviewLine]:
    """All interviews: those still to be held first, the most pressing first."""
    with service.database.read() as session:
        lines = [_line(service, session, each) for each in people.list_interviews(session)]
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
        messages = words.interview_messages(session, interview_id)
        return Transcript(
            line=_line(service, session, interview),
            contact=people.conversation_of(session, interview.young_person_id).contact,
            messages=shown(service, session, messages),
            answers=_shown_answers(service, session, interview_id),
        )


def shown(
    service: Service, session: Session, messages: Sequence[Message]
) -> tuple[ShownMessage, ...]:
    """Messages opened for a reader whose reading is logged already."""
    fates = delivery_of(session, [each.id for each in messages if each.direction == "out"])
    return tuple(
        ShownMessage(
            id=each.id,
            direction=each.direction,
            text=words.body_of(service.vault, each),
            question=each.question,
            at=each.at,
            delivery="received" if each.direction == "in" else fates.get(each.id, "queued"),
            kind=each.kind,
            media=each.media,
            exact=each.exact,
            is_readback=each.readback,
        )
        for each in messages
    )


def _shown_answers(
    service: Service, session: Session, interview_id: UUID
) -> tuple[ShownAnswer, ...]:
    return tuple(
        ShownAnswer(
            question=answer.question,
            text="\n".join(words.body_of(service.vault, each) for each in messages),
            message_ids=tuple(each.id for each in messages),
        )
        for answer, messages in answers.answers_of(session, interview_id)
    )


def _line(service: Service, session: Session, interview: ReturnInterview) -> InterviewLine:
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
    )
