"""Tasks for people that are not about safety tonight: codes and names, never words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from bot.transcripts import TO_ARRANGE
from storage import answers
from storage import escalations as records
from storage.people import name_of, young_person
from storage.tables import HumanTask


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, for whom and until when.

    ``says_when``: a call or a meeting for which they said in their own words when would be good;
    the words are in the transcript of ``interview_id``, behind its access log.
    """

    id: UUID
    kind: str
    interview_id: UUID | None
    young_person: str
    created_at: datetime
    due_at: datetime
    is_overdue: bool
    says_when: bool


def open_tasks(service: Service) -> list[Task]:
    """What nobody has done yet, the most pressing first."""
    now = service.clock.service_now()
    with service.database.read() as session:
        return [
            Task(
                id=each.id,
                kind=each.kind,
                interview_id=each.interview_id,
                young_person=name_of(service.vault, young_person(session, each.young_person_id)),
                created_at=each.created_at,
                due_at=each.due_at,
                is_overdue=each.due_at < now,
                says_when=_says_when(session, each),
            )
            for each in records.open_tasks(session)
        ]


def finish_task(service: Service, task_id: UUID, staff_id: UUID) -> bool:
    """Mark a task done, audited; False when somebody else was first or there is none."""
    now = service.clock.service_now()
    with service.database.write() as session:
        done = records.finish_task(session, task_id, staff_id, now)
        if done:
            subject = f"human_task:{task_id}"
            service.audit.append(session, now, f"staff:{staff_id}", "finish task", subject)
    return done


def _says_when(session: Session, task: HumanTask) -> bool:
    if task.kind not in TO_ARRANGE or task.interview_id is None:
        return False
    found = answers.answers_of(session, task.interview_id)
    return any(answer.question == "way_time" for answer, _ in found)
