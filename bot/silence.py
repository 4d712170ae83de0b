"""A child who tells of harm and then says nothing more may be in danger: a person must look.

Silence after a disclosure is itself an alert (docs/practice.md 6.1, category SIL). It is raised
once for each last message, also when somebody has acknowledged the escalation, unless they have
recorded since what they did.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.escalations import raise_escalation
from bot.service import Service
from storage import escalations as records
from storage import silences
from storage.database import lock_row
from storage.escalations import Hit
from storage.silences import Quiet

TELLING = ("after_disclosure", "after_danger", "after_own_act")
"""Dialogue states in which they have told of something and have not moved on."""

SILENCE_AFTER = {1: timedelta(minutes=15), 2: timedelta(minutes=60)}
"""How long nothing may come, by the priority of their newest open escalation."""

RULES = {
    1: "no text for 15 minutes after something urgent was told",
    2: "no text for an hour after something was told",
}
SILENCE = "SIL"
LIFE_AT_RISK = frozenset({"IMM", "SUI"})


def sweep_silence(service: Service) -> int:
    """Raise every silence that has lasted too long; returns how many there were."""
    now = service.clock.service_now()
    with service.database.read() as session:
        quiet = [each for each in silences.quiet_in(session, TELLING) if _due_at(each) <= now]
    return sum(_raise(service, each, now) for each in quiet)


def next_silence(session: Session) -> datetime | None:
    """The earliest service time at which a silence will have lasted too long."""
    moments = [_due_at(each) for each in silences.quiet_in(session, TELLING)]
    return min(moments, default=None)


def _due_at(quiet: Quiet) -> datetime:
    return quiet.message.at + SILENCE_AFTER[quiet.priority]


def _raise(service: Service, quiet: Quiet, now: datetime) -> bool:
    last = quiet.message
    with service.database.write() as session:
        lock_row(session, "conversation", "young_person_id", last.young_person_id)
        # They may have written, or somebody closed it, or another worker swept, in between.
        still = silences.quiet_in(session, TELLING, last.young_person_id)
        if not any(each.message.id == last.id and _due_at(each) <= now for each in still):
            return False
        if not silences.note_silence(session, last):
            return False
        because = [{"category": SILENCE, "rule": RULES[quiet.priority], "message_id": str(last.id)}]
        hit = Hit(
            kind="hit",
            priority=1 if _life_was_at_risk(service, session, quiet) else 2,
            message_id=last.id,
            detail={"categories": [SILENCE], "because": because},
        )
        raise_escalation(service, session, last.young_person_id, quiet.interview_id, hit)
    return True


def _life_was_at_risk(service: Service, session: Session, quiet: Quiet) -> bool:
    """Whether a P1 of theirs that is open was about danger now or about suicide."""
    return any(
        escalation.closed_at is None
        and event.priority == 1
        and LIFE_AT_RISK.intersection(
            records.detail_of(service.vault, escalation, event).get("categories", ())
        )
        for escalation, event in records.events_about(session, quiet.message.young_person_id)
    )
