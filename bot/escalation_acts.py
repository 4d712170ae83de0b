"""What a named person does about an escalation; every act is a line that nobody can change.

Each act is one commit: the line, sealed under the young person's key, what follows from it, and
the entry in the audit trail. The first thing that is done sets ``first_action_at``: an escalation
that was acknowledged and then left alone climbs again (docs/practice.md 6.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.escalation_changes import Change, NotPossible, changing
from bot.escalation_people import alert_by_name, colleague
from bot.ladder import start_ladder
from bot.service import Service
from storage import escalation_acts as acts
from storage import escalations as records
from storage.tables import Escalation, Staff

CONTACTS: Final = (
    "police_999",
    "police_101",
    "edt",
    "mash",
    "lado",
    "nrm",
    "camhs",
    "carers",
    "social_worker",
    "young_person",
    "other",
)
"""Whom a duty worker turns to (docs/practice.md 6.3), by code; what they are called differs."""
REFERRED: Final = frozenset({"edt", "mash", "lado", "nrm", "camhs"})
"""To these a concern is referred; the others are called."""
TAKEN_WITHIN: Final = {
    1: timedelta(minutes=15),
    2: timedelta(hours=1),
    3: timedelta(hours=24),
}
"""How long a hand-over may wait until the one who got it says that they can act."""


@dataclass(frozen=True, slots=True)
class Record:
    """A call or a referral: whom, who spoke there, when, their reference, and what was said."""

    who: str
    said: str
    person: str = ""
    reference: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeSafe:
    """What a hand-over to the day team needs (docs/practice.md 6.3): all three."""

    did: str
    holds: str
    next_check_at: datetime


def pass_on(
    service: Service, escalation_id: UUID, staff: Staff, to_id: UUID | None, note: str = ""
) -> None:
    """Say "I have seen it and cannot act": to a named person, or back to the ladder.

    It stays unacknowledged and the ladder climbs on until somebody can act. A named person is
    alerted besides; back to the ladder, a P1 asks the next people at once.

    Raises:
        NotPossible: it is acknowledged or closed, or that person is not on duty.
    """
    with changing(service, escalation_id, staff, "pass on", "raised") as change:
        found, now = change.found, change.now
        if to_id is not None:
            to = colleague(service, change.session, found, staff, to_id, only_on_duty=True)
            alert_by_name(service, change.session, found, to, now)
            change.note("passed_on", to=str(to.id), note=note)
            return
        change.note("passed_on", note=note)
        if found.priority == 1 and found.next_alert_at is not None:
            found.next_alert_at = min(found.next_alert_at, now)
            change.save()


def hand_over(service: Service, escalation_id: UUID, staff: Staff, to_id: UUID, note: str) -> None:
    """Give an acknowledged escalation to a named person, with a note for them.

    They have it from now on and are alerted. If they do not say in time that they can act, it is a
    check that is overdue, and everybody on duty hears of it: nothing waits in between two people.

    Raises:
        NotPossible: it is not acknowledged, it is closed, the note is empty, or that person is not
            on duty.
    """
    _require(note, "Write a note for the person who takes it.")
    with changing(service, escalation_id, staff, "hand over", "acknowledged") as change:
        found, now = change.found, change.now
        to = colleague(service, change.session, found, staff, to_id, only_on_duty=False)
        found.holder_id = to.id
        until = now + TAKEN_WITHIN[found.priority]
        found.next_check_at = min(found.next_check_at or until, until)
        change.save()
        acts.note_first_action(change.session, found.id, now)
        alert_by_name(service, change.session, found, to, now)
        change.note("handed_over", to=str(to.id), note=note)


def take_over(service: Service, escalation_id: UUID, staff: Staff) -> None:
    """Say "I can act now" of an escalation that somebody else has, or that was handed to them.

    Raises:
        NotPossible: nobody has acknowledged it, it is closed, or they have it already.
    """
    with changing(service, escalation_id, staff, "take over", "acknowledged") as change:
        found = change.found
        if found.holder_id == staff.id and not is_offered(change.session, found):
            raise NotPossible("You have this escalation already.")
        if is_offered(change.session, found):
            found.next_check_at = None
        found.holder_id = staff.id
        change.save()
        change.note("can_act_now")


def record(service: Service, escalation_id: UUID, staff: Staff, made: Record) -> None:
    """Record a call or a referral.

    Raises:
        NotPossible: it is not acknowledged, it is closed, or a part is missing.
    """
    if made.who not in CONTACTS:
        raise NotPossible("Choose who was called or told.")
    _require(made.said, "Write down what was said.")
    kind = "referral" if made.who in REFERRED else "call"
    with changing(service, escalation_id, staff, f"record {kind}", "acknowledged") as change:
        at = made.at or change.now
        if at > change.now:
            raise NotPossible("That time has not come yet.")
        acts.note_first_action(change.session, change.found.id, change.now)
        change.note(
            kind,
            who=made.who,
            person=made.person,
            reference=made.reference,
            said=made.said,
            at=at.isoformat(),
        )


def set_priority(
    service: Service, escalation_id: UUID, staff: Staff, priority: int, reason: str
) -> None:
    """Raise the priority, at any time; or lower it, acknowledged and with a reason.

    Raised before anybody has acknowledged it, it climbs the ladder of its new priority at once.

    Raises:
        NotPossible: it is closed, there is no such priority, or it is lowered without a reason or
            before somebody has acknowledged it.
    """
    with changing(
        service, escalation_id, staff, "set priority", "raised", "acknowledged"
    ) as change:
        found, before = change.found, change.found.priority
        if priority not in (1, 2, 3) or priority == before:
            raise NotPossible("Choose another priority than the one it has.")
        if priority > before:
            _require(reason, "Write down why it may wait longer.")
            if found.state == "raised":
                raise NotPossible("Acknowledge it first; then it can be lowered.")
        found.priority = priority
        change.save()
        change.note("priority_set", priority=priority, before=before, reason=reason)
        if priority < before and found.state == "raised":
            start_ladder(service, change.session, found, change.now)


def link(service: Service, escalation_id: UUID, staff: Staff, reference: str, why: str) -> None:
    """Link to another escalation, of the same young person or of another, on both timelines.

    Only between escalations of one ladder: a reference must not tell anybody of one that is kept
    from them. One that they may not see is answered as one that there is not.

    Raises:
        NotPossible: there is no such other escalation.
    """
    states = ("raised", "acknowledged", "closed")
    with changing(service, escalation_id, staff, "link", *states) as change:
        other = acts.by_reference(change.session, reference)
        found = change.found
        if other is None or other.id == found.id or other.ladder != found.ladder:
            raise NotPossible("There is no other escalation with this reference.")
        change.note("linked", reference=other.reference, why=why)
        Change(service, change.session, other, staff, change.now).note(
            "linked", reference=found.reference, why=why
        )


def make_safe(service: Service, escalation_id: UUID, staff: Staff, made: MadeSafe) -> None:
    """Say "made safe, handed to the day team": it stays open and heads their list.

    Raises:
        NotPossible: it is not acknowledged, it is closed, or one of the three parts is missing.
    """
    _require(made.did, "Write down what you did.")
    _require(made.holds, "Write down who holds it now.")
    with changing(service, escalation_id, staff, "hand to day", "acknowledged") as change:
        found, now = change.found, change.now
        if made.next_check_at <= now:
            raise NotPossible("The next check must be in the future.")
        found.handed_to_day_at, found.next_check_at = now, made.next_check_at
        change.save()
        acts.note_first_action(change.session, found.id, now)
        change.note(
            "made_safe",
            did=made.did,
            holds=made.holds,
            next_check_at=made.next_check_at.isoformat(),
        )


def record_check(
    service: Service, escalation_id: UUID, staff: Staff, seen: str, next_at: datetime | None
) -> None:
    """Record that the young person was checked on, and when the next check is, if there is one.

    Raises:
        NotPossible: it is not acknowledged, it is closed, nothing is written, or the next check is
            not in the future.
    """
    _require(seen, "Write down what you found.")
    with changing(service, escalation_id, staff, "record check", "acknowledged") as change:
        if next_at is not None and next_at <= change.now:
            raise NotPossible("The next check must be in the future.")
        change.found.next_check_at = next_at
        change.found.holder_id = staff.id
        change.save()
        acts.note_first_action(change.session, change.found.id, change.now)
        change.note("day_check", seen=seen, next_check_at=next_at.isoformat() if next_at else None)


def look_back(service: Service, escalation_id: UUID, staff: Staff, seen: str) -> None:
    """A second person has looked at a closed P1 (docs/practice.md 6.3).

    Raises:
        NotPossible: nothing is written, it is no closed P1, somebody has looked already, or they
            acted on it themselves.
    """
    _require(seen, "Write down what you saw, also if all was well.")
    with changing(service, escalation_id, staff, "look back", "closed") as change:
        found, session = change.found, change.session
        acted = {each.staff_id for each in records.events_of(session, found.id)}
        if staff.id in acted:
            raise NotPossible("Somebody who did not act on this has to look back at it.")
        if found.priority != 1 or not acts.look_back(session, found, staff.id, change.now):
            raise NotPossible("Nobody needs to look back at this, or somebody has.")
        change.note("looked_back", seen=seen)
        acts.finish_look_back_task(session, found.young_person_id, staff.id, change.now)


def is_offered(session: Session, found: Escalation) -> bool:
    """Whether it was handed to somebody who has not said yet that they can act."""
    for event in reversed(records.events_of(session, found.id)):
        if event.kind == "handed_over":
            return True
        if event.kind in ("can_act_now", "acknowledged", "reopened"):
            return False
    return False


def _require(written: str, says: str) -> None:
    if not written.strip():
        raise NotPossible(says)
