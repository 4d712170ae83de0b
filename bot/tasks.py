"""Tasks for people that are not about safety tonight: codes and names, never words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.contact import is_unsafe
from bot.service import Service
from bot.transcripts import TO_ARRANGE
from storage import answers, links
from storage import escalations as records
from storage.people import name_of, young_person
from storage.tables import HumanTask

LINK_SENDER = "link_sender"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, for whom and until when.

    ``says_when``: a call or a meeting for which they said in their own words when would be good;
    the words are in the transcript of ``interview_id``, behind its access log. ``sender_id``: the
    unknown sender whom somebody is to find out about. ``contact_is_safe`` is False while somebody
    else may be looking at their phone.
    """

    id: UUID
    kind: str
    interview_id: UUID | None
    young_person: str
    created_at: datetime
    due_at: datetime
    is_overdue: bool
    says_when: bool
    sender_id: UUID | None = None
    contact_is_safe: bool = True


def open_tasks(service: Service) -> list[Task]:
    """What nobody has done yet, the most pressing first."""
    now = service.clock.service_now()
    with service.database.read() as session:
        return [
            Task(
                id=each.id,
                kind=each.kind,
                interview_id=each.interview_id,
                young_person=_name(service, session, each),
                created_at=each.created_at,
                due_at=each.due_at,
                is_overdue=each.due_at < now,
                says_when=_says_when(session, each),
                sender_id=each.young_person_id if each.kind == LINK_SENDER else None,
                contact_is_safe=not is_unsafe(
                    session, links.person_of(session, each.young_person_id)
                ),
            )
            for each in records.open_tasks(session)
            if not _is_answered(session, each)
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


def _name(service: Service, session: Session, task: HumanTask) -> str:
    """Whose it is, also where it was made before anybody knew who wrote."""
    person = young_person(session, links.person_of(session, task.young_person_id))
    return name_of(service.vault, person)


def _is_answered(session: Session, task: HumanTask) -> bool:
    """Whether a person has found out who this sender is, or that it is no young person.

    A text that came meanwhile, or an advert that comes after, asks nobody again.
    """
    if task.kind != LINK_SENDER:
        return False
    child = task.young_person_id
    return links.linked_to(session, child) is not None or links.is_set_aside(session, child)


def _says_when(session: Session, task: HumanTask) -> bool:
    if task.kind not in TO_ARRANGE or task.interview_id is None:
        return False
    found = answers.answers_of(session, task.interview_id)
    return any(answer.question == "way_time" for answer, _ in found)
