"""Tasks for people that are not about safety tonight: codes and names, never words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.service import Service
from storage import escalations as records
from storage.people import name_of, young_person


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, for whom and until when."""

    id: UUID
    kind: str
    young_person: str
    created_at: datetime
    due_at: datetime
    is_overdue: bool


def open_tasks(service: Service) -> list[Task]:
    """What nobody has done yet, the most pressing first."""
    now = service.clock.service_now()
    with service.database.read() as session:
        return [
            Task(
                id=each.id,
                kind=each.kind,
                young_person=name_of(service.vault, young_person(session, each.young_person_id)),
                created_at=each.created_at,
                due_at=each.due_at,
                is_overdue=each.due_at < now,
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
