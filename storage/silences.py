"""Who went quiet after telling of harm or danger, and that it was noticed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import ScalarSelect, bindparam, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from storage.tables import Conversation, Escalation, Message, ReturnInterview


@dataclass(frozen=True, slots=True)
class Quiet:
    """One young person whose last text stands unfollowed where they told of something.

    Attributes:
        message: the last thing they sent.
        interview_id: the interview it stands in.
        priority: that of their newest open escalation, 1 or 2.
    """

    message: Message
    interview_id: UUID
    priority: int


def quiet_in(
    session: Session, states: Collection[str], young_person_id: UUID | None = None
) -> Sequence[Quiet]:
    """Who stands in one of these states, with a P1 or P2 open, and was not noted as silent.

    An escalation does not count when its outcome was recorded after they last wrote: a person has
    acted. The statement begins at the open escalations, of which there are few; everything else is
    found by a key.

    Args:
        session: a transaction.
        states: states of the dialogue.
        young_person_id: look at this young person only.
    """
    statement = _quiet_in(tuple(sorted(states)), young_person_id is not None)
    # Sorted here, since an order in the statement would lead SQLite away from the small index.
    # Of several open escalations of one young person the newest comes last and counts.
    found = session.exec(statement, params={"young_person_id": young_person_id})
    rows = sorted(found, key=lambda row: row[3] or 0)
    return list({row[0].young_person_id: Quiet(*row[:3]) for row in rows}.values())


@cache
def _quiet_in(states: tuple[str, ...], of_one: bool) -> Select[Message, UUID, int, int | None]:
    """Made once: to make it is dearer than to ask it, and it is asked every second."""
    statement = (
        select(Message, ReturnInterview.id, Escalation.priority, col(Escalation.seq))
        .select_from(Escalation)
        .join(Conversation, col(Conversation.young_person_id) == col(Escalation.young_person_id))
        .join(Message, col(Message.seq) == _last_inbound())
        .join(ReturnInterview, col(ReturnInterview.id) == col(Message.interview_id))
        .where(
            col(Escalation.closed_at).is_(None),
            col(Escalation.priority) <= 2,
            col(ReturnInterview.position)["state"].as_string().in_(states),
            or_(
                col(Conversation.silence_after_seq).is_(None),
                col(Conversation.silence_after_seq) < col(Message.seq),
            ),
            or_(
                col(Escalation.outcome_at).is_(None),
                col(Escalation.outcome_at) < col(Message.at),
            ),
        )
    )
    if of_one:
        return statement.where(col(Escalation.young_person_id) == bindparam("young_person_id"))
    return statement


def note_silence(session: Session, message: Message) -> bool:
    """The silence after this message is raised now; False when it was before."""
    statement = (
        update(Conversation)
        .where(
            col(Conversation.young_person_id) == message.young_person_id,
            or_(
                col(Conversation.silence_after_seq).is_(None),
                col(Conversation.silence_after_seq) < message.seq,
            ),
        )
        .values(silence_after_seq=message.seq)
    )
    return session.connection().execute(statement).rowcount == 1


def _last_inbound() -> ScalarSelect[int | None]:
    of_child = aliased(Message)
    return (
        select(col(of_child.seq))
        .where(
            col(of_child.young_person_id) == col(Escalation.young_person_id),
            col(of_child.direction) == "in",
        )
        .order_by(col(of_child.seq).desc())
        .limit(1)
        .correlate(Escalation)
        .scalar_subquery()
    )
