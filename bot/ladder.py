"""Getting a person: who is alerted when, again and again until somebody puts their name to it.

The first alert is queued in the commit that raises the escalation, and so is the next timer: there
is no moment at which a disclosure exists without one (docs/reliability.md I-04). Each step is
planned from when the ladder was begun (bot/ladder_table.py) and asks people of the rota, managers
and lines outside (bot/ladder_people.py). Nothing but a named acknowledgement ends it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from bot.ladder_night import waits_for_morning
from bot.ladder_people import alert_all, asked_by
from bot.ladder_table import Ladder, Step, ladder_of, together
from bot.outbox import may_leave, queue_replies, standing_texts
from bot.service import Service
from storage import escalations as records
from storage.climbing import authority_of
from storage.database import lock_row
from storage.links import conversation_now
from storage.people import current_interview
from storage.tables import Conversation, Escalation

CHILD_TOLD_AFTER = timedelta(minutes=10)
CHILD_TOLD_AGAIN_AFTER = timedelta(minutes=20)


def start_ladder(
    service: Service,
    session: Session,
    found: Escalation,
    now: datetime,
    besides: Sequence[str] = (),
) -> None:
    """Begin at the foot: of what was just raised to its priority, or climbs anew.

    Args:
        service: the process's service.
        session: the write transaction of whatever caused it.
        found: the escalation, unacknowledged.
        now: service time.
        besides: further targets of the first step (bot.ladder_table.TARGETS).
    """
    found.climbs_since, found.alert_step = now, 0
    ladder = _ladder(service, session, found)
    number = ladder.due(0, now, now)
    if number < 0:
        found.next_alert_at = ladder.planned(0, now)
    elif not waits_for_morning(service, session, found, now):
        _take(service, session, found, ladder, number, now, besides)
    session.add(found)
    session.flush()


def climb(service: Service) -> int:
    """Take the next step of every escalation whose timer ran out; returns how many there were."""
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
            _climb_one(service, session, found, now)
            session.add(found)
    return len(due)


def ask_next_people(
    service: Service,
    session: Session,
    found: Escalation,
    now: datetime,
    asked_already: Collection[UUID] = (),
) -> bool:
    """Ask at once whom the ladder would only ask later; its planned moments stay as they are.

    Args:
        service: the process's service.
        session: a write transaction that holds the escalation.
        found: the escalation, unacknowledged.
        now: service time.
        asked_already: members of staff who are not asked again.

    Returns:
        Whether there was anybody.
    """
    ladder = _ladder(service, session, found)
    before = ladder.at(max(found.alert_step - 1, 0)).to
    for step in ladder.steps[found.alert_step :]:
        more = tuple(each for each in step.to if each not in before)
        asked = asked_by(service, session, found, Step(step.after_s, more, step.by), now)
        if any(staff.id in asked_already for staff, _ in asked.people):
            return False
        if asked:
            alert_all(service, session, found, asked, now)
            return True
    return False


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
    """Say truthfully that no one has answered yet; in a guarded conversation say nothing.

    Nor while somebody is in the conversation. Whoever was told that a person has read it hears that
    others are asked now.
    """
    young_person_id = conversation.young_person_id
    key = "asking_again" if found.reopened else "not_yet"
    texts = standing_texts(service, session, young_person_id, key)
    found.child_told_at = now
    session.add(found)
    if not may_leave(conversation.contact, texts[0].exposure):
        return
    # Of an unknown sender who is known by now: it belongs to the young person's interview.
    interview = current_interview(session, young_person_id)
    interview_id = found.interview_id or (interview.id if interview else None)
    if not queue_replies(service, session, conversation, interview_id, texts, now):
        return
    detail = {"text": texts[0].key}
    records.add_event(session, service.vault, found, "child_told", now, detail=detail)


def _ladder(service: Service, session: Session, found: Escalation) -> Ladder:
    authority_id = authority_of(session, found.young_person_id)
    nation = service.settings.nation
    return ladder_of(session, nation, authority_id, found.ladder, found.priority)


def _climb_one(service: Service, session: Session, found: Escalation, now: datetime) -> None:
    if found.climbs_since is None:
        # Raised before ladders had a beginning of their own.
        found.climbs_since, found.alert_step = found.raised_at, 0
    if waits_for_morning(service, session, found, now):
        return
    ladder, since = _ladder(service, session, found), found.climbs_since
    number = ladder.due(found.alert_step, since, now)
    if number >= 0:
        _take(service, session, found, ladder, number, now)
        return
    # Somebody who cannot act has passed it on: the next people, and the plan stays as it is.
    ask_next_people(service, session, found, now)
    found.next_alert_at = ladder.planned(found.alert_step, since)


def _take(
    service: Service,
    session: Session,
    found: Escalation,
    ladder: Ladder,
    number: int,
    now: datetime,
    besides: Sequence[str] = (),
) -> None:
    """Alert for step ``number`` and for those before it that nobody took; set the next timer."""
    step = ladder.since(found.alert_step, number)
    step = Step(step.after_s, (*step.to, *besides), step.by)
    _note_new_people(service, session, found, ladder, number, step, now)
    found.alert_step = number + 1
    found.next_alert_at = ladder.planned(number + 1, found.climbs_since or now)
    asked = asked_by(service, session, found, step, now)
    more = number
    while not asked.people and more + 1 < len(ladder.steps):
        # Nobody there can be reached: the next step at once, and again at its own time.
        more += 1
        step = together([step, ladder.at(more)])
        asked = asked_by(service, session, found, step, now)
    alert_all(service, session, found, asked, now)
    if not asked and not records.has_event(session, found.id, "nobody_reachable"):
        records.add_event(session, service.vault, found, "nobody_reachable", now)


def _note_new_people(
    service: Service,
    session: Session,
    found: Escalation,
    ladder: Ladder,
    number: int,
    step: Step,
    now: datetime,
) -> None:
    """Say on the timeline when the ladder reaches further people; not each time it goes round."""
    if found.alert_step == 0 or found.alert_step >= len(ladder.steps):
        return
    if set(step.to) - set(ladder.at(found.alert_step - 1).to):
        detail = {"step": number, "asks": list(step.to)}
        records.add_event(session, service.vault, found, "ladder_step", now, detail=detail)
