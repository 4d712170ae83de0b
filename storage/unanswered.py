"""Who has gone quiet, and who has ended: what prompts are decided from.

The statements only narrow down; whoever acts on a row looks again with the conversation held.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from storage.links import are_theirs
from storage.offers import counts
from storage.tables import (
    Conversation,
    ConversationHold,
    FollowUp,
    HumanTask,
    Message,
    Offer,
    ReturnInterview,
)
from storage.tables.types import UtcDateTime

Found = Sequence[tuple[UUID, UUID]]
"""Pairs of an id (of an interview, or a follow-up) and the young person's id."""
Pairs = Select[UUID, UUID]
Moment = datetime | BindParameter[datetime]


def silent_interviews(session: Session, since: datetime, only: UUID | None = None) -> Found:
    """Open interviews, invited, in which nothing went either way since then (service time).

    Leaves out who may be watched, who is waiting for an answer of ours, and whose silence a person
    has been told of already.
    """
    params = {"since": since, "only": only}
    return session.exec(_silent_interviews(only is not None), params=params).all()


@cache
def _silent_interviews(of_one: bool) -> Pairs:
    """Made once, as the next: to make it is dearer than to ask it, and it is asked all the time."""
    since = bindparam("since", type_=UtcDateTime)
    last_in = (
        select(func.max(col(Message.at)))
        .where(
            are_theirs(col(Message.young_person_id), col(ReturnInterview.young_person_id)),
            col(Message.direction) == "in",
        )
        .correlate(ReturnInterview)
        .scalar_subquery()
    )
    person_told = exists().where(
        col(HumanTask.young_person_id) == col(ReturnInterview.young_person_id),
        col(HumanTask.kind) == "no_reply",
        or_(
            col(HumanTask.done_at).is_(None),
            and_(
                col(HumanTask.interview_id) == col(ReturnInterview.id),
                or_(last_in.is_(None), col(HumanTask.created_at) > last_in),
            ),
        ),
    )
    statement = (
        select(ReturnInterview.id, ReturnInterview.young_person_id)
        .join(Conversation, _is_theirs())
        .where(
            col(ReturnInterview.ended_at).is_(None),
            col(ReturnInterview.invited_at) <= since,
            col(Conversation.contact) != "guarded",
            *_quiet(since),
            ~person_told,
        )
        .order_by(col(ReturnInterview.invited_at))
    )
    return _of_one(statement) if of_one else statement


def finished_interviews(
    session: Session, after: datetime, before: datetime, only: UUID | None = None
) -> Found:
    """Interviews that ended in between, quiet since, and were not asked how it was."""
    params = {"after": after, "before": before, "only": only}
    return session.exec(_finished_interviews(only is not None), params=params).all()


@cache
def _finished_interviews(of_one: bool) -> Pairs:
    before = bindparam("before", type_=UtcDateTime)
    asked = exists().where(
        col(Offer.interview_id) == col(ReturnInterview.id), col(Offer.kind) == "chat_was"
    )
    statement = (
        select(ReturnInterview.id, ReturnInterview.young_person_id)
        .join(Conversation, _is_theirs())
        .where(
            col(ReturnInterview.ended_at) > bindparam("after"),
            col(ReturnInterview.ended_at) <= before,
            col(Conversation.contact) == "open",
            *_quiet(before),
            ~asked,
        )
        .order_by(col(ReturnInterview.ended_at))
    )
    return _of_one(statement) if of_one else statement


def _of_one(statement: Pairs) -> Pairs:
    return statement.where(col(ReturnInterview.id) == bindparam("only"))


def untold_news(session: Session) -> Found:
    """What people wrote for young people to hear and was not told, the first written first."""
    statement = select(FollowUp.id, FollowUp.young_person_id).where(col(FollowUp.told_at).is_(None))
    return session.exec(statement.order_by(col(FollowUp.at), col(FollowUp.id))).all()


def has_task(session: Session, young_person_id: UUID, kind: str, since: datetime) -> bool:
    """Whether a task of this kind about them is open, or was made since then and is done."""
    statement = select(HumanTask.id).where(
        HumanTask.young_person_id == young_person_id,
        HumanTask.kind == kind,
        or_(col(HumanTask.done_at).is_(None), col(HumanTask.created_at) >= since),
    )
    return session.exec(statement).first() is not None


def prompts_since_they_wrote(session: Session, interview_id: UUID) -> int:
    """How many prompts about an interview they got, or are to get, and have not answered."""
    last_in = (
        select(func.max(col(Message.at)))
        .where(
            are_theirs(col(Message.young_person_id), col(Offer.young_person_id)),
            col(Message.direction) == "in",
        )
        .correlate(Offer)
        .scalar_subquery()
    )
    statement = select(func.count()).where(
        col(Offer.interview_id) == interview_id,
        _was_attempted(),
        or_(last_in.is_(None), col(Offer.due_at) > last_in),
    )
    return session.exec(statement).one()


def is_quiet(
    session: Session, young_person_id: UUID, texts_since: datetime, prompts_since: datetime
) -> bool:
    """Whether no turn is due, and no text or prompt came or went after those moments."""
    statement = select(Conversation.young_person_id).where(
        Conversation.young_person_id == young_person_id, *_quiet(texts_since, prompts_since)
    )
    return session.exec(statement).first() is not None


def last_outbound_id(session: Session, young_person_id: UUID) -> UUID | None:
    """The newest text to a young person."""
    statement = select(Message.id).where(
        Message.young_person_id == young_person_id, Message.direction == "out"
    )
    return session.exec(statement.order_by(col(Message.seq).desc())).first()


def _was_attempted() -> ColumnElement[bool]:
    """Holds for offers that count, and for those that found no open way and went to a person."""
    return or_(counts(), col(Offer.outcome) == "outside_window")


def _is_theirs() -> ColumnElement[bool]:
    return col(Conversation.young_person_id) == col(ReturnInterview.young_person_id)


def _quiet(
    texts_since: Moment, prompts_since: Moment | None = None
) -> tuple[ColumnElement[bool], ...]:
    """No turn is due, no text came or went after then, none is planned, and nobody has joined."""
    wrote = exists().where(
        are_theirs(col(Message.young_person_id), col(Conversation.young_person_id)),
        col(Message.at) > texts_since,
    )
    offered = exists().where(
        col(Offer.young_person_id) == col(Conversation.young_person_id),
        col(Offer.due_at) > (texts_since if prompts_since is None else prompts_since),
        _was_attempted(),
    )
    joined = exists().where(
        are_theirs(col(ConversationHold.young_person_id), col(Conversation.young_person_id)),
        col(ConversationHold.ended_at).is_(None),
    )
    return col(Conversation.turn_due_at).is_(None), ~wrote, ~offered, ~joined
