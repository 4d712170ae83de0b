"""The sweeps: nothing waits unseen. Unread counts as unsafe (docs/reliability.md I-01, I-02)."""

from __future__ import annotations

from datetime import timedelta

from bot.escalations import raise_escalation
from bot.receive import escalate_unscreened
from bot.service import Service
from storage import messages as words
from storage import screenings
from storage.database import lock_row
from storage.escalations import Hit, message_has_event

UNREAD_AFTER = timedelta(seconds=120)
UNREAD_PRIORITY = 2


def sweep_unscreened(service: Service) -> int:
    """Escalate every message whose screening deadline passed without a result."""
    with service.database.read() as session:
        overdue = screenings.overdue_screenings(session, service.clock.machine_now())
    for message in overdue:
        escalate_unscreened(service, message)
    return len(overdue)


def sweep_unread(service: Service) -> int:
    """Escalate, once, every message that has had no disposition for two minutes."""
    before = service.clock.machine_now() - UNREAD_AFTER
    with service.database.read() as session:
        unread = [
            message
            for message in words.unread_since(session, before)
            if not message_has_event(session, message.id, "unread")
        ]
    for message in unread:
        hit = Hit(
            kind="unread",
            priority=UNREAD_PRIORITY,
            message_id=message.id,
            detail={"categories": ["TEC"], "because": []},
        )
        with service.database.write() as session:
            lock_row(session, "conversation", "young_person_id", message.young_person_id)
            # Another worker may have swept it in between.
            if message_has_event(session, message.id, "unread"):
                continue
            raise_escalation(service, session, message.young_person_id, message.interview_id, hit)
    return len(unread)
