"""Unknown senders who turned out to be somebody: the links, and which words belong to whom.

Nothing is moved or copied: words stay where they were written, sealed under the sender's own key,
and are read with the record that they belong to. A link can be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from storage.tables import (
    Conversation,
    HumanTask,
    Message,
    ReturnInterview,
    ScreeningResult,
    SenderLink,
    YoungPerson,
)

NOBODY = "not_a_young_person"
"""The kind of a task that is done as it is made: a person has read what a sender wrote, and it is
no young person who writes."""


def link(
    session: Session,
    provisional_id: UUID,
    young_person_id: UUID,
    linked_by: UUID | None,
    now: datetime,
) -> SenderLink:
    """Say who an unknown sender is; the database refuses a second link (IntegrityError)."""
    row = SenderLink(
        provisional_id=provisional_id,
        young_person_id=young_person_id,
        linked_by=linked_by,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def unlink(session: Session, provisional_id: UUID) -> None:
    """Take a link back: the sender is unknown again."""
    session.delete(session.get_one(SenderLink, provisional_id))
    session.flush()


def link_of(session: Session, provisional_id: UUID) -> SenderLink | None:
    """The link of an unknown sender, if a person made one."""
    return session.get(SenderLink, provisional_id)


def linked_to(session: Session, provisional_id: UUID) -> UUID | None:
    """Who an unknown sender turned out to be; None while nobody knows."""
    statement = select(SenderLink.young_person_id).where(
        SenderLink.provisional_id == provisional_id
    )
    return session.exec(statement).first()


def person_of(session: Session, young_person_id: UUID) -> UUID:
    """The young person whom an id means now: who they turned out to be, or themselves."""
    return linked_to(session, young_person_id) or young_person_id


def ids_of(session: Session, young_person_id: UUID) -> tuple[UUID, ...]:
    """Every id that words of this young person are kept under: their own first, then linked ones.

    Whoever reads what they wrote, or asks whether they are at risk, goes by all of these; whoever
    takes their turns goes by the first.
    """
    statement = (
        select(SenderLink.provisional_id)
        .where(SenderLink.young_person_id == young_person_id)
        .order_by(col(SenderLink.at), col(SenderLink.provisional_id))
    )
    return (young_person_id, *session.exec(statement).all())


def are_theirs(
    owner: Mapped[UUID], young_person: Mapped[UUID] | ColumnElement[UUID]
) -> ColumnElement[bool]:
    """The same inside a statement: a row's ``owner`` is this young person, or linked to them."""
    linked = exists().where(
        col(SenderLink.provisional_id) == owner, col(SenderLink.young_person_id) == young_person
    )
    return or_(owner == young_person, linked)


def linked_among(session: Session, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these are unknown senders who have been linked to somebody."""
    statement = select(SenderLink.provisional_id).where(
        col(SenderLink.provisional_id).in_(list(ids))
    )
    return frozenset(session.exec(statement))


def all_words(
    session: Session, young_person_id: UUID, until: datetime | None = None
) -> Sequence[Message]:
    """Every message of a young person in order, whatever id it is kept under.

    Args:
        session: a transaction.
        young_person_id: theirs, or that of a sender who turned out to be them.
        until: up to and including this moment (service time).
    """
    ids = ids_of(session, person_of(session, young_person_id))
    statement = select(Message).where(col(Message.young_person_id).in_(ids))
    if until is not None:
        statement = statement.where(col(Message.at) <= until)
    return session.exec(statement.order_by(col(Message.seq))).all()


def linked_words(session: Session, interview: ReturnInterview) -> Sequence[Message]:
    """What the young person wrote before it was known that it was them, as far as it belongs here.

    It belongs to the interview that was the newest when it was written; what came before the first
    interview belongs to the first.
    """
    _, *linked = ids_of(session, interview.young_person_id)
    if not linked:
        return []
    statement = select(Message).where(col(Message.young_person_id).in_(linked))
    opened = session.exec(
        select(ReturnInterview.id, ReturnInterview.opened_at)
        .where(ReturnInterview.young_person_id == interview.young_person_id)
        .order_by(col(ReturnInterview.opened_at))
    ).all()
    place = [each for each, _ in opened].index(interview.id)
    if place > 0:
        statement = statement.where(col(Message.at) >= opened[place][1])
    if place + 1 < len(opened):
        statement = statement.where(col(Message.at) < opened[place + 1][1])
    return session.exec(statement.order_by(col(Message.seq))).all()


def conversation_now(session: Session, young_person_id: UUID) -> Conversation:
    """The conversation in which somebody is told something now: that of who they turned out to be.

    Whether a text may leave is decided by it, and by no older one (docs/practice.md 5.4, rule 1).
    """
    return session.get_one(Conversation, person_of(session, young_person_id))


def unknown_senders(session: Session) -> Sequence[YoungPerson]:
    """Senders whom nobody has linked, the first first."""
    linked = select(SenderLink.provisional_id)
    statement = (
        select(YoungPerson)
        .where(col(YoungPerson.provisional).is_(True), col(YoungPerson.id).not_in(linked))
        .order_by(col(YoungPerson.seq))
    )
    return session.exec(statement).all()


def people_to_choose(session: Session) -> Sequence[YoungPerson]:
    """Everybody whom a worker has entered, the newest first."""
    statement = select(YoungPerson).where(
        col(YoungPerson.provisional).is_(False), col(YoungPerson.is_drill).is_(False)
    )
    return session.exec(statement.order_by(col(YoungPerson.seq).desc())).all()


def set_aside(session: Session, provisional_id: UUID, staff_id: UUID, now: datetime) -> None:
    """Note that a person has read this sender's words and that it is no young person."""
    session.add(
        HumanTask(
            id=uuid4(),
            kind=NOBODY,
            young_person_id=provisional_id,
            created_at=now,
            due_at=now,
            done_at=now,
            done_by=staff_id,
        )
    )
    session.flush()


def is_set_aside(session: Session, provisional_id: UUID) -> bool:
    """Whether a person has found that it is no young person, and nothing gives reason to doubt it.

    It holds until screening finds something in a later text, or could not read one.
    """
    decided = select(HumanTask.done_at).where(
        HumanTask.young_person_id == provisional_id, HumanTask.kind == NOBODY
    )
    at = session.exec(decided.order_by(col(HumanTask.seq).desc())).first()
    if at is None:
        return False
    doubt = (
        select(Message.id)
        .join(ScreeningResult, col(ScreeningResult.message_id) == col(Message.id))
        .where(
            Message.young_person_id == provisional_id,
            col(Message.at) >= at,
            or_(
                col(ScreeningResult.priority).is_not(None),
                col(ScreeningResult.state) == "not_screened",
            ),
        )
    )
    return session.exec(doubt).first() is None


def finish_link_task(
    session: Session, provisional_id: UUID, staff_id: UUID | None, now: datetime
) -> None:
    """The task to find out who this sender is has been done."""
    statement = select(HumanTask).where(
        HumanTask.young_person_id == provisional_id,
        HumanTask.kind == "link_sender",
        col(HumanTask.done_at).is_(None),
    )
    for task in session.exec(statement):
        task.done_at, task.done_by = now, staff_id
        session.add(task)
    session.flush()
