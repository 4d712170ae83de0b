"""Answers and what was told in passing: which messages said it, never a copy of their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from storage.tables import Answer, AnswerMessage, Message, PassingMention


def add_answer(
    session: Session, interview_id: UUID, question: str, message_ids: Sequence[UUID], now: datetime
) -> None:
    """Let these messages answer ``question``; further messages join an answer that is there."""
    answer = session.exec(
        select(Answer).where(Answer.interview_id == interview_id, Answer.question == question)
    ).first()
    if answer is None:
        answer = Answer(id=uuid4(), interview_id=interview_id, question=question, at=now)
        session.add(answer)
        session.flush()
    linked = set(
        session.exec(select(AnswerMessage.message_id).where(AnswerMessage.answer_id == answer.id))
    )
    fresh = dict.fromkeys(each for each in message_ids if each not in linked)
    session.add_all(AnswerMessage(answer_id=answer.id, message_id=each) for each in fresh)
    session.flush()


def answers_of(session: Session, interview_id: UUID) -> Sequence[tuple[Answer, Sequence[Message]]]:
    """Each answer of an interview with its messages, in the order first answered."""
    answers = session.exec(
        select(Answer).where(Answer.interview_id == interview_id).order_by(col(Answer.seq))
    ).all()
    return [(answer, _messages_of(session, answer)) for answer in answers]


def _messages_of(session: Session, answer: Answer) -> Sequence[Message]:
    statement = (
        select(Message)
        .join(AnswerMessage, col(AnswerMessage.message_id) == col(Message.id))
        .where(AnswerMessage.answer_id == answer.id)
        .order_by(col(Message.seq))
    )
    return session.exec(statement).all()


def add_passing(
    session: Session, interview_id: UUID, mentions: Iterable[tuple[str, UUID]], now: datetime
) -> None:
    """Note which topic which message told about unasked; what is noted already stays once.

    Args:
        session: a write transaction.
        interview_id: whose interview.
        mentions: topic id (docs/practice.md 2.2) and message id.
        now: service time.
    """
    noted = set(
        session.exec(
            select(PassingMention.topic, PassingMention.message_id).where(
                PassingMention.interview_id == interview_id
            )
        )
    )
    fresh = dict.fromkeys(each for each in mentions if each not in noted)
    session.add_all(
        PassingMention(
            id=uuid4(), interview_id=interview_id, topic=topic, message_id=message_id, at=now
        )
        for topic, message_id in fresh
    )
    session.flush()


def passing_of(session: Session, interview_id: UUID) -> Sequence[tuple[str, Message]]:
    """What was told in passing: topic and message, in the order told."""
    statement = (
        select(PassingMention.topic, Message)
        .join(Message, col(Message.id) == col(PassingMention.message_id))
        .where(PassingMention.interview_id == interview_id)
        .order_by(col(Message.seq), col(PassingMention.topic))
    )
    return session.exec(statement).all()
