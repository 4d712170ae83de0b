"""Who read what a young person wrote, and when somebody reads in a way that asks for a question.

Every reading is in the access log before a word is opened (docs/reliability.md I-09). Whoever
answers for an interview can see who read it; reading far more than anybody needs raises an alarm.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.rota import on_duty
from bot.service import Service
from storage import alarms
from storage import readings as stored
from storage.escalations import escalation
from storage.rota import any_shift
from storage.staff import staff_by_id
from storage.visibility import kept_since, staff_kept_from

UNUSUAL: Final = "unusual_reading"


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read, when, and what kind of page it was."""

    who: str
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on reading is unusual (bot/readings.toml)."""

    different_in_an_hour: int


def readings_of(
    service: Service, subject: str, young_person_id: UUID, reader: UUID
) -> list[Reading]:
    """Who read this, the last first; for whoever it is kept from, only up to then.

    What others read from whom it is kept as well stays: were it missing, that would tell them.
    """
    with service.database.read() as session:
        since = kept_since(session, young_person_id)
        known = {f"staff:{each}" for each in staff_kept_from(session, young_person_id) | {reader}}
        entries = stored.readings(session, subject)
        return [
            Reading(_name(session, each.actor), each.at, each.action)
            for each in entries
            if since is None or each.at < since or each.actor in known
        ]


def whose_escalation(service: Service, escalation_id: UUID) -> UUID | None:
    """Whose escalation it is; None when there is none that the reader may see."""
    with service.database.read() as session:
        found = escalation(session, escalation_id)
        return found.young_person_id if found else None


def note_unusual(service: Service, session: Session, actor: str, subject: str) -> None:
    """Raise an alarm where somebody reads more than their work asks for; in their reading's commit.

    Nobody is stopped: a duty worker never stands before a closed door (docs/practice.md 6).
    """
    kind, _, identity = actor.partition(":")
    if kind != "staff":
        return
    now = service.clock.service_now()
    different = stored.different_since(session, actor, now - timedelta(hours=1))
    too_many = different > limits().different_in_an_hour
    if too_many or _is_off_duty(service, session, UUID(identity), subject, now):
        machine_now = service.clock.machine_now()
        alarms.raise_alarm(session, UNUSUAL, identity[:8], machine_now)


def _is_off_duty(
    service: Service, session: Session, staff_id: UUID, subject: str, now: datetime
) -> bool:
    """Whether a duty worker outside their shift reads an escalation that they do not have."""
    table, _, identity = subject.partition(":")
    staff = staff_by_id(session, staff_id)
    if table != "escalation" or staff is None or staff.role != "duty_worker":
        return False
    found = escalation(session, UUID(identity))
    if found is None or staff_id in (found.holder_id, found.acknowledged_by):
        return False
    if not any_shift(session, found.ladder):
        return False
    here = [*on_duty(service, session, "main", now), *on_duty(service, session, "independent", now)]
    return staff_id not in {each.id for each in here} and found.state != "raised"


@lru_cache
def limits() -> Limits:
    """The limits as they are set."""
    table = tomllib.loads((files("bot") / "readings.toml").read_text(encoding="utf-8"))
    return Limits(int(table["different_in_an_hour"]))


def _name(session: Session, actor: str) -> str:
    kind, _, identity = actor.partition(":")
    staff = staff_by_id(session, UUID(identity)) if kind == "staff" else None
    return staff.name if staff else "The command line"
