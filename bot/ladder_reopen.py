"""An acknowledgement after which nothing happened does not count: the ladder begins anew.

A P1 without a recorded first action after 15 minutes, a P2 without an outcome after four hours
(docs/practice.md 6.2; the times stand in bot/ladder.toml). What was acknowledged, by whom and when
stays on the timeline.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.ladder import start_ladder
from bot.ladder_table import rules
from bot.service import Service
from storage import climbing
from storage import escalations as records
from storage.database import lock_row
from storage.tables import Escalation


def reopen_idle(service: Service) -> int:
    """Reopen whatever was acknowledged and then left alone; returns how many there were."""
    now, done = service.clock.service_now(), 0
    for rule in rules().reopens:
        with service.database.read() as session:
            idle = climbing.idle_since(session, rule.priority, rule.without, now - rule.after)
        for escalation_id, young_person_id in idle:
            with service.database.write() as session:
                lock_row(session, "conversation", "young_person_id", young_person_id)
                lock_row(session, "escalation", "id", escalation_id)
                still = climbing.idle_since(
                    session, rule.priority, rule.without, now - rule.after, escalation_id
                )
                found = records.escalation(session, escalation_id) if still else None
                if found is not None:
                    reopen(service, session, found, now, f"no_{rule.without}")
                    done += 1
    return done


def reopen(service: Service, session: Session, found: Escalation, now: datetime, why: str) -> UUID:
    """Set an acknowledged escalation back to raised: from the foot of its ladder, with the manager.

    Where the young person has another one on that ladder that nobody has acknowledged, that one
    takes over: it rises to this priority and begins anew, and this one stays as it is.

    Args:
        service: the process's service.
        session: a write transaction that holds the conversation.
        found: acknowledged and not closed.
        now: service time.
        why: a code: "no_first_action", "no_outcome", "worker_silent".

    Returns:
        The escalation that climbs now.
    """
    by = str(found.acknowledged_by) if found.acknowledged_by else ""
    other = climbing.unacknowledged_on(session, found.young_person_id, found.ladder)
    detail = {"why": why, "acknowledged_by": by}
    if other is not None:
        detail["joined"] = other.reference
    records.add_event(session, service.vault, found, "reopened", now, detail=detail)
    found.reopened += 1
    if other is None:
        found.acknowledged_at = found.acknowledged_by = found.holder_id = None
        # Nobody answers for ten minutes more: the young person hears that others are asked.
        found.child_told_at = None
        start_ladder(service, session, found, now, besides=("manager",))
        return found.id
    # Counted from now again: the other one may be acknowledged and left alone as well.
    found.climbs_since = now
    session.add(found)
    if other.priority > found.priority:
        other.priority = found.priority
        start_ladder(service, session, other, now, besides=("manager",))
    return other.id
