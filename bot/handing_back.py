"""A person leaves a conversation: hands it back, falls silent, or may not have it any more.

The computer goes on where it was, and the young person is told who has gone; unless somebody may be
looking at the phone (docs/practice.md 5.4, rules 1 and 3). Whoever comes here holds the
conversation (storage.holds.lock).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.clock import is_quiet
from bot.ladder_reopen import reopen
from bot.outbox import HoldOf, may_leave, queue_replies, standing_texts
from bot.service import Service
from dialogs.beside_person import hand_back as goes_on
from dialogs.position import Position
from dialogs.texts import words_of
from storage import escalations as records
from storage import holds, people
from storage.database import lock_row
from storage.links import conversation_now
from storage.people import current_interview
from storage.staff import staff_by_id
from storage.tables import ConversationHold, Escalation, Staff
from storage.visibility import kept_from, viewer_of

SILENT_AFTER: Final = timedelta(minutes=10)
"""So long a young person waits for the person who joined, and then others are asked."""
WORKER_SILENT: Final = "worker_silent"


def chosen_name(staff: Staff) -> str:
    """What they are called in front of young people."""
    return staff.chosen_name or staff.name


def who_is_there(staff: Staff | None, language: str) -> Mapping[str, str]:
    """The facts of a text about a worker: chosen name and role."""
    if staff is None:
        return {}
    return {"worker": chosen_name(staff), "role": words_of(language).get(staff.role, "")}


def is_kept_from_them(session: Session, staff: Staff, young_person_id: UUID) -> bool:
    """Whether something that this young person tells is kept from a worker (docs/conflicts.md)."""
    kept = kept_from(session.connection(), viewer_of(session, staff))
    person = conversation_now(session, young_person_id).young_person_id
    return any(each.person == person for each in kept)


def end(
    service: Service,
    session: Session,
    hold: ConversationHold,
    how: str,
    *,
    says: str | None = None,
) -> bool:
    """End a hold in the caller's commit, with a line on the timeline; False when it had ended.

    Args:
        service: the process's service.
        session: a write transaction that holds the conversation.
        hold: open.
        how: a code (storage.tables.HOW_ENDED).
        says: the line that the young person gets; "handed_back" chooses by where they were.
    """
    now = service.clock.service_now()
    if not holds.end(session, hold, how, now):
        return False
    staff = staff_by_id(session, hold.staff_id)
    found = records.escalation(session, hold.escalation_id)
    if found is not None:
        # Whoever is kept from what they tell is not to see why (docs/conflicts.md).
        shown = "lapsed" if how == "withdrawn" else how
        detail = {"how": shown}
        records.add_event(
            session, service.vault, found, "left", now, staff_id=hold.staff_id, detail=detail
        )
    if says is not None and hold.began_at is not None:
        key = _moved_on(session, hold) if says == "handed_back" else says
        tell(service, session, hold, key, staff)
    return True


def tell(
    service: Service, session: Session, hold: ConversationHold, key: str, staff: Staff | None
) -> bool:
    """Queue a text about a hold; nothing where somebody may be looking at the phone."""
    now = service.clock.service_now()
    conversation = conversation_now(session, hold.young_person_id)
    person_id = conversation.young_person_id
    texts = standing_texts(
        service, session, person_id, key, lambda language: who_is_there(staff, language)
    )
    if not may_leave(conversation.contact, texts[0].exposure):
        return False
    interview = current_interview(session, person_id)
    queue_replies(
        service,
        session,
        conversation,
        interview.id if interview else None,
        texts,
        now,
        of=HoldOf(hold.id),
    )
    return True


def _moved_on(session: Session, hold: ConversationHold) -> str:
    """Let the interview stand where it can go on; returns the line that says so."""
    interview = current_interview(session, hold.young_person_id)
    if interview is None:
        return "handed_back_plain"
    position, key = goes_on(Position.from_json(interview.position))
    if position.state != interview.state and not people.save_position(
        session, interview, position.to_json()
    ):
        return "handed_back_plain"
    return key


def end_with(service: Service, session: Session, found: Escalation) -> None:
    """The escalation that somebody joined for is closed: the computer goes on."""
    hold = holds.open_hold(session, found.young_person_id)
    if hold is not None and hold.escalation_id == found.id:
        end(service, session, hold, "handed_back", says="handed_back")


def next_end(session: Session) -> datetime | None:
    """The earliest service time at which somebody who joined will have been silent too long."""
    waits = [_silent_since(each) for each in holds.open_holds(session)]
    return min((each + SILENT_AFTER for each in waits if each is not None), default=None)


def sweep_joined(service: Service) -> int:
    """See to everybody who joined and is there no more; returns how many there were.

    A young person who has waited for ten minutes hears that others are asked, and the escalation
    climbs again. A worker who gave no sign for long, with nothing to answer, is taken to have left:
    by day, so that no phone lights up at night for it.
    """
    now, done = service.clock.service_now(), 0
    with service.database.read() as session:
        due = [each.young_person_id for each in holds.open_holds(session) if _due(each, now)]
    for young_person_id in due:
        with service.database.write() as session:
            holds.lock(session, young_person_id)
            hold = holds.open_hold(session, young_person_id)
            if hold is None:
                continue
            if _is_silent(hold, now):
                done += _fell_silent(service, session, hold, now)
            elif _has_lapsed(hold, now):
                done += end(service, session, hold, "lapsed", says="handed_back")
    return done


def _silent_since(hold: ConversationHold) -> datetime | None:
    """When the young person's wait began: with their first text, or with being told of somebody."""
    if hold.last_wrote_at is None:
        return hold.since
    return hold.waiting_since


def _is_silent(hold: ConversationHold, now: datetime) -> bool:
    since = _silent_since(hold)
    return since is not None and since + SILENT_AFTER <= now


def _has_lapsed(hold: ConversationHold, now: datetime) -> bool:
    return hold.lease_until <= now and hold.waiting_since is None and not is_quiet(now)


def _due(hold: ConversationHold, now: datetime) -> bool:
    return _is_silent(hold, now) or _has_lapsed(hold, now)


def _fell_silent(service: Service, session: Session, hold: ConversationHold, now: datetime) -> bool:
    lock_row(session, "escalation", "id", hold.escalation_id)
    if not end(service, session, hold, "fell_silent"):
        return False
    found = records.escalation(session, hold.escalation_id)
    told = tell(service, session, hold, "person_silent", staff_by_id(session, hold.staff_id))
    if found is None or found.closed_at is not None:
        return True
    if found.state == "acknowledged":
        # Whoever answers next has to act on their own account.
        found.first_action_at = None
        reopen(service, session, found, now, WORKER_SILENT)
    for ladder in ("main", "independent"):
        # They hear this now, and in twenty minutes again; not once for each that climbs.
        climbs = records.unacknowledged_of(session, found.young_person_id, ladder)
        if climbs is not None:
            climbs.child_told_at = now
            session.add(climbs)
    session.flush()
    if told:
        detail = {"text": "person_silent"}
        records.add_event(session, service.vault, found, "child_told", now, detail=detail)
    return True
