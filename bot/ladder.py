"""Getting a person: who is alerted when, again and again until somebody puts their name to it.

The first alert is queued in the commit that raises the escalation, and so is the next timer: there
is no moment at which a disclosure exists without one (docs/reliability.md I-04). Alerts are
content-free: a random reference, never a name, a number or a word of the young person (T-05).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlmodel import Session

from bot.clock import after_quiet, next_working_time
from bot.outbox import may_leave, queue_alert, queue_replies, standing_texts
from bot.service import Service
from storage import escalations as records
from storage.database import lock_row
from storage.links import conversation_now
from storage.people import current_interview
from storage.staff import duty_workers
from storage.tables import Conversation, Escalation

REPEAT_P1 = timedelta(minutes=5)
REPEAT_P2 = timedelta(hours=1)
P3_SEEN_BY = time(12, 0)
CHILD_TOLD_AFTER = timedelta(minutes=10)
CHILD_TOLD_AGAIN_AFTER = timedelta(minutes=20)

_ALERT = {
    1: "Alert {reference} from {service}. Please open the duty inbox now: {site}/inbox",
    2: "Alert {reference} from {service}. Please open the duty inbox within the hour: {site}/inbox",
    3: "Note {reference} from {service}. Please open the duty inbox today: {site}/inbox",
}


def somebody_reachable(service: Service, session: Session) -> bool:
    """Whether any alert could reach a person on duty."""
    return bool(service.channels) and bool(duty_workers(session))


def start_ladder(service: Service, session: Session, found: Escalation, now: datetime) -> None:
    """Page for a P1 or P2 that was just raised to that priority; put a P3 in the list."""
    if found.priority < 3:
        _page(service, session, found, now)
    found.next_alert_at = _next_alert(service, found.priority, now)
    session.add(found)
    session.flush()


def climb(service: Service) -> int:
    """Alert again for every escalation whose timer ran out; returns how many there were."""
    now = service.clock.service_now()
    with service.database.read() as session:
        due = [found.id for found in records.alerts_due(session, now)]
    for escalation_id in due:
        with service.database.write() as session:
            lock_row(session, "escalation", "id", escalation_id)
            found = records.escalation(session, escalation_id)
            # Somebody may have acknowledged it, or another worker alerted, in between.
            if found is None or found.next_alert_at is None or found.next_alert_at > now:
                continue
            _page(service, session, found, now)
            found.next_alert_at = _next_repeat(service, found.priority, found.next_alert_at, now)
            session.add(found)
    return len(due)


def tell_waiting_children(service: Service) -> int:
    """Tell each young person whose P1 nobody has acknowledged for ten minutes (practice 5.4)."""
    now = service.clock.service_now()
    with service.database.read() as session:
        due = [each.id for each in records.child_waiting(session, 1, now - CHILD_TOLD_AFTER)]
    for escalation_id in due:
        with service.database.write() as session:
            lock_row(session, "escalation", "id", escalation_id)
            found = records.escalation(session, escalation_id)
            if found is not None and found.state == "raised" and found.child_told_at is None:
                conversation = conversation_now(session, found.young_person_id)
                tell_not_yet(service, session, conversation, found, now)
    return len(due)


def not_yet_is_due(found: Escalation | None, now: datetime) -> bool:
    """Whether a young person who is texting should hear again that nobody has answered yet."""
    if found is None or found.priority != 1 or found.child_told_at is None:
        return False
    return now - found.child_told_at >= CHILD_TOLD_AGAIN_AFTER


def tell_not_yet(
    service: Service,
    session: Session,
    conversation: Conversation,
    found: Escalation,
    now: datetime,
) -> None:
    """Say truthfully that no one has answered yet; in a guarded conversation say nothing."""
    young_person_id = conversation.young_person_id
    texts = standing_texts(service, session, young_person_id, "not_yet")
    found.child_told_at = now
    session.add(found)
    if not may_leave(conversation.contact, texts[0].exposure):
        return
    # Of an unknown sender who is known by now: it belongs to the young person's interview.
    interview = current_interview(session, young_person_id)
    interview_id = found.interview_id or (interview.id if interview else None)
    queue_replies(service, session, conversation, interview_id, texts, now)
    detail = {"text": texts[0].key}
    records.add_event(session, service.vault, found, "child_told", now, detail=detail)


def _page(service: Service, session: Session, found: Escalation, now: datetime) -> None:
    workers = duty_workers(session) if service.channels else []
    found.alert_step += 1
    body = _ALERT[found.priority].format(
        service=service.settings.service_name,
        reference=found.reference,
        site=service.settings.site,
    )
    for worker in workers:
        alert = records.add_alert(session, found, worker.id, body, now)
        queue_alert(service, session, alert, now)
    if not workers and not records.has_event(session, found.id, "nobody_reachable"):
        records.add_event(session, service.vault, found, "nobody_reachable", now)


def _next_repeat(service: Service, priority: int, planned: datetime, now: datetime) -> datetime:
    """Five minutes after the moment that was planned: lateness does not add up."""
    if priority == 1 and planned + REPEAT_P1 > now:
        return planned + REPEAT_P1
    return _next_alert(service, priority, now)


def _next_alert(service: Service, priority: int, now: datetime) -> datetime:
    if priority == 1:
        return now + REPEAT_P1
    if priority == 2:
        return after_quiet(now + REPEAT_P2)
    return next_working_time(now, P3_SEEN_BY, service.settings.nation)
