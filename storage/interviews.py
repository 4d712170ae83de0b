"""One interview among the others of a young person."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.tables import Answer, ReturnInterview


def number_of_interviews(session: Session, interview: ReturnInterview) -> int:
    """How many interviews this young person has been offered, up to and with this one."""
    statement = select(func.count()).where(
        col(ReturnInterview.young_person_id) == interview.young_person_id,
        col(ReturnInterview.opened_at) <= interview.opened_at,
    )
    return session.exec(statement).one()


def last_with_answer(
    session: Session, interview: ReturnInterview, question: str
) -> ReturnInterview | None:
    """The last interview before this one in which this young person answered ``question``."""
    statement = (
        select(ReturnInterview)
        .join(Answer, col(Answer.interview_id) == col(ReturnInterview.id))
        .where(
            ReturnInterview.young_person_id == interview.young_person_id,
            col(ReturnInterview.opened_at) < interview.opened_at,
            Answer.question == question,
        )
        .order_by(col(ReturnInterview.opened_at).desc())
    )
    return session.exec(statement).first()
