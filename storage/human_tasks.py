"""Tasks for people: made once, done once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.database import add_once
from storage.tables import HumanTask, YoungPerson


def add_task(
    session: Session,
    kind: str,
    young_person_id: UUID,
    interview_id: UUID | None,
    now: datetime,
    due_at: datetime,
) -> None:
    """A task for a person; one of a kind is open for a young person at a time."""
    same = select(HumanTask.id).where(
        HumanTask.young_person_id == young_person_id,
        HumanTask.kind == kind,
        col(HumanTask.done_at).is_(None),
    )
    task = HumanTask(
        id=uuid4(),
        kind=kind,
        young_person_id=young_person_id,
        interview_id=interview_id,
        created_at=now,
        due_at=due_at,
    )
    add_once(session, task, lambda: session.exec(same).first() is not None)


def open_tasks(session: Session) -> Sequence[HumanTask]:
    """Tasks that nobody has done, the most pressing first."""
    drill = select(YoungPerson.id).where(col(YoungPerson.is_drill))
    statement = select(HumanTask).where(
        col(HumanTask.done_at).is_(None), col(HumanTask.young_person_id).not_in(drill)
    )
    return session.exec(statement.order_by(col(HumanTask.due_at))).all()


def finish_task(session: Session, task_id: UUID, staff_id: UUID, now: datetime) -> bool:
    """Mark a task done; False when it was done already or does not exist."""
    statement = (
        update(HumanTask)
        .where(col(HumanTask.id) == task_id, col(HumanTask.done_at).is_(None))
        .values(done_at=now, done_by=staff_id)
    )
    return session.connection().execute(statement).rowcount == 1
