"""What stands beside the words of an escalation: who has it, who read it, what came before.

None of the young person's words: names of staff, times, references; and what protects them from a
well-meant call, which nobody should have to tap for. Whoever asks has entered the reading before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from bot.clock import in_london, is_quiet, is_working_day
from bot.escalation_acts import is_offered
from bot.escalation_people import colleagues
from bot.inbox import HIT_KINDS
from bot.ladder_table import rules
from bot.readings import readings_of
from bot.service import Service
from storage import escalation_acts as acts
from storage import escalations as records
from storage import links
from storage.emergency_facts import EmergencyFacts, facts_of
from storage.episodes import returns_of
from storage.people import young_person
from storage.staff import staff_by_id
from storage.tables import Escalation, Staff


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom it can be handed to."""

    id: UUID
    name: str
    on_duty: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Another escalation of the same young person."""

    id: UUID
    reference: str
    priority: int
    categories: tuple[str, ...]
    state: str
    raised_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who has read the words here: how often, first and last."""

    name: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that stands beside the words.

    ``is_mine``: the reader has it. ``is_offered``: whoever has it got it handed over and has not
    said yet that they can act. ``has_acted``: something was done about it; ``act_within`` is how
    soon that must be, or it opens again. ``must_not_know`` and ``safe_contact`` were entered for
    an emergency. ``by_night``: the day team is not there; ``next_morning`` is when it comes, as
    people here see it.
    """

    holder: str | None
    is_mine: bool
    is_offered: bool
    has_acted: bool
    act_within: timedelta | None
    must_not_know: str
    safe_contact: str
    next_check_at: datetime | None
    handed_to_day_at: datetime | None
    looked_back_at: datetime | None
    looked_back_by: str | None
    by_night: bool
    next_morning: datetime
    colleagues: tuple[Colleague, ...]
    others: tuple[Other, ...]
    episodes: tuple[datetime, ...]
    readers: tuple[Reader, ...]


def beside(service: Service, escalation_id: UUID, staff: Staff) -> Beside | None:
    """What stands beside one escalation, for whoever reads it; None when there is none."""
    now = service.clock.service_now()
    today = in_london(now).date()
    with service.database.read() as session:
        found = records.escalation(session, escalation_id)
        if found is None:
            return None
        person_id = links.person_of(session, found.young_person_id)
        known = facts_of(service.vault, young_person(session, person_id)) or EmergencyFacts()
        return Beside(
            holder=_name(session, found.holder_id or found.acknowledged_by),
            is_mine=staff.id == (found.holder_id or found.acknowledged_by),
            is_offered=is_offered(session, found),
            has_acted=found.first_action_at is not None,
            act_within=_act_within(found),
            must_not_know=known.must_not_know,
            safe_contact=known.safe_contact,
            next_check_at=found.next_check_at,
            handed_to_day_at=found.handed_to_day_at,
            looked_back_at=found.looked_back_at,
            looked_back_by=_name(session, found.looked_back_by),
            next_morning=_next_morning(now),
            by_night=is_quiet(now) or not is_working_day(today, service.settings.nation),
            colleagues=tuple(
                Colleague(each.id, each.name, is_here)
                for each, is_here in colleagues(service, session, found, staff)
            ),
            others=tuple(_other(service, session, each) for each in acts.others_of(session, found)),
            episodes=tuple(returns_of(session, person_id)),
            readers=_readers(service, found, staff),
        )


def _act_within(found: Escalation) -> timedelta | None:
    for rule in rules().reopens:
        if rule.priority == found.priority and rule.without == "first_action":
            return rule.after
    return None


def _next_morning(now: datetime) -> datetime:
    """The next eight o'clock, as people here see it."""
    local = in_london(now)
    at = local.replace(hour=8, minute=0, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)


def _other(service: Service, session: Session, found: Escalation) -> Other:
    codes: dict[str, None] = {}
    for event in records.events_of(session, found.id):
        if event.kind in HIT_KINDS:
            detail = records.detail_of(service.vault, found, event)
            codes.update(dict.fromkeys(detail.get("categories", ())))
    return Other(
        id=found.id,
        reference=found.reference,
        priority=found.priority,
        categories=tuple(codes),
        state=found.state,
        raised_at=found.raised_at,
        closed_at=found.closed_at,
    )


def _readers(service: Service, found: Escalation, staff: Staff) -> tuple[Reader, ...]:
    """Everybody who opened the words here, who read last in front."""
    seen: dict[str, list[datetime]] = {}
    subject = f"escalation:{found.id}"
    for each in readings_of(service, subject, found.young_person_id, staff.id):
        if each.what == "read escalation":
            seen.setdefault(each.who, []).append(each.at)
    return tuple(Reader(who, len(times), times[-1], times[0]) for who, times in seen.items())


def _name(session: Session, staff_id: UUID | None) -> str | None:
    staff = staff_by_id(session, staff_id) if staff_id else None
    return staff.name if staff else None
