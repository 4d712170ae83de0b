"""The list of escalations as duty workers see it: how urgent, how long there is, whose. No words.

Ordered by urgency and then by the time that is left to act: what nobody has acknowledged comes
first, the most urgent of it at the top, apart from what waits for noon (docs/practice.md 6.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.clock import next_working_time
from bot.ladder_table import rules
from bot.service import Service
from storage import escalations as records
from storage import inbox as rows
from storage import links
from storage.inbox import Chosen, Counts, Listed
from storage.staff import staff_names
from storage.tables import Escalation, EscalationEvent
from storage.versions import Version
from storage.visibility import seeing_everything

HIT_KINDS: Final = frozenset(
    {"hit", "not_screened", "unread", "undelivered", "turn_failed", "opted_out"}
)
"""Events that are a reason of their own to look; the others record what was done."""

ACKNOWLEDGE_WITHIN: Final[Mapping[int, timedelta]] = {
    1: timedelta(minutes=5),
    2: timedelta(hours=1),
}
"""docs/practice.md 6.2; a P3 has until noon of the next working day."""
NOON: Final = time(12, 0)

RECENTLY_CLOSED: Final = 20
CLOSED_ON_A_PAGE: Final = 50
_NO_END: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deadline:
    """What has to be done next and until when (service time).

    ``what`` is "acknowledge", "first_action", "outcome" or "check".
    """

    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """One escalation in a list: how urgent, how long, whose. No words, no names of children.

    ``linked``: it was raised for an unknown sender, and a person has found out since who that is.
    ``holder`` is who has it now; ``newest_hit_at`` when the last reason to look came.
    """

    id: UUID
    reference: str
    interview_id: UUID | None
    priority: int
    categories: tuple[str, ...]
    state: str
    raised_at: datetime
    hits: int
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    has_outcome: bool
    closed_at: datetime | None
    contact_is_safe: bool
    nobody_reachable: bool
    linked: bool = False
    holder: str | None = None
    deadline: Deadline | None = None
    newest_hit_at: datetime | None = None
    handed_to_day: bool = False
    is_drill: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A list with what is left out of it: ``more`` closed ones follow on the next page."""

    found: Sequence[Summary]
    counts: Counts
    more: bool = False


def summaries(service: Service, *, only_open: bool = False) -> list[Summary]:
    """Every escalation, the most urgent first and closed ones last: for commands and tests."""
    with service.database.read() as session:
        found = records.list_escalations(session, only_open=only_open)
        return in_order(_summaries(service, session, [_listed(session, each) for each in found]))


def open_page(service: Service, chosen: Chosen, unread_by: str | None = None) -> Page:
    """The open escalations that somebody wants to see, the most urgent first.

    Args:
        service: the process's service.
        chosen: which ones.
        unread_by: leave those that this reader ("staff:<id>") has not opened since the last hit.
    """
    with service.database.read() as session:
        found = _summaries(service, session, rows.open_rows(session, chosen))
        if unread_by is not None:
            read = rows.last_read(session, unread_by, [each.id for each in found])
            found = [each for each in found if _is_unread(each, read.get(each.id))]
        return Page(in_order(found), rows.counts(session))


def closed_page(service: Service, chosen: Chosen, number: int) -> Page:
    """One page of closed escalations, the last closed first; ``number`` counts from 1."""
    offset = (number - 1) * CLOSED_ON_A_PAGE
    with service.database.read() as session:
        found = rows.closed_rows(session, chosen, CLOSED_ON_A_PAGE + 1, offset)
        listed = _summaries(service, session, found[:CLOSED_ON_A_PAGE])
        return Page(listed, rows.counts(session), len(found) > CLOSED_ON_A_PAGE)


def recently_closed(service: Service, limit: int = RECENTLY_CLOSED) -> list[Summary]:
    """The escalations that were closed last, the newest first."""
    with service.database.read() as session:
        return _summaries(service, session, rows.closed_rows(session, Chosen(), limit))


def list_version(service: Service) -> Version:
    """Changes whenever the list that this reader may see would."""
    with service.database.read() as session:
        return rows.list_version(session, RECENTLY_CLOSED)


def list_mark(service: Service) -> Version:
    """Moves whenever the list of anybody might change: never to be given to a reader."""
    with seeing_everything(), service.database.read() as session:
        return rows.change_mark(session)


def read_mark(service: Service, reader: str) -> Version:
    """Moves whenever this reader ("staff:<id>") opens one of the open escalations."""
    with service.database.read() as session:
        ids = [each.escalation.id for each in rows.open_rows(session, Chosen())]
        read = rows.last_read(session, reader, ids)
        return tuple(f"{each} {at.isoformat()}" for each, at in sorted(read.items()))


def summary_of(service: Service, session: Session, found: Escalation) -> Summary:
    """One escalation as the list shows it."""
    return _summaries(service, session, [_listed(session, found)])[0]


def in_order(found: Iterable[Summary]) -> list[Summary]:
    """By urgency, then by the time left to act; what is closed comes last.

    First what must be acknowledged by day and by night. What the night handed to the day team heads
    all that somebody has (docs/practice.md 6.3); a P3 that waits for noon stands behind both.
    """

    def place(each: Summary) -> tuple[bool, int, int, datetime, datetime]:
        at = each.deadline.at if each.deadline else _NO_END
        wakes = each.state == "raised" and each.priority < 3
        held = 0 if wakes else 1 if each.handed_to_day else 2
        return (each.state == "closed", held, each.priority, at, each.raised_at)

    return sorted(found, key=place)


def deadline_of(found: Escalation, nation: str) -> Deadline | None:
    """What has to happen next to an open escalation, and until when."""
    if found.closed_at is not None:
        return None
    since = found.climbs_since or found.raised_at
    if found.acknowledged_at is None:
        within = ACKNOWLEDGE_WITHIN.get(found.priority)
        until = since + within if within else next_working_time(since, NOON, nation)
        return Deadline("acknowledge", until)
    ends = [Deadline("check", found.next_check_at)] if found.next_check_at else []
    for rule in rules().reopens if found.handed_to_day_at is None else ():
        done = found.first_action_at if rule.without == "first_action" else found.outcome_at
        if rule.priority == found.priority and done is None:
            ends.append(Deadline(rule.without, max(found.acknowledged_at, since) + rule.after))
    return min(ends, key=lambda each: each.at, default=None)


def _is_unread(each: Summary, read_at: datetime | None) -> bool:
    newest = each.newest_hit_at or each.raised_at
    return read_at is None or read_at < newest


def _summaries(service: Service, session: Session, listed: Sequence[Listed]) -> list[Summary]:
    found = [each.escalation for each in listed]
    events = rows.events_among(session, [each.id for each in found])
    staff = {each.acknowledged_by for each in found} | {each.holder_id for each in found}
    names = staff_names(session, {each for each in staff if each})
    return [_summary(service, each, events.get(each.escalation.id, ()), names) for each in listed]


def _listed(session: Session, found: Escalation) -> Listed:
    conversation = links.conversation_now(session, found.young_person_id)
    linked = conversation.young_person_id != found.young_person_id
    return Listed(found, conversation.contact, linked)


def _summary(
    service: Service,
    listed: Listed,
    events: Sequence[EscalationEvent],
    names: Mapping[UUID, str],
) -> Summary:
    found = listed.escalation
    kinds = {each.kind for each in events}
    hits = [each for each in events if each.kind in HIT_KINDS]
    return Summary(
        id=found.id,
        reference=found.reference,
        interview_id=found.interview_id,
        priority=found.priority,
        categories=_categories(service, found, hits),
        state=found.state,
        raised_at=found.raised_at,
        hits=len(hits),
        acknowledged_by=names.get(found.acknowledged_by) if found.acknowledged_by else None,
        acknowledged_at=found.acknowledged_at,
        has_outcome=found.outcome_at is not None,
        closed_at=found.closed_at,
        contact_is_safe=listed.contact != "guarded" and "contact_not_safe" not in kinds,
        nobody_reachable="nobody_reachable" in kinds,
        linked=listed.linked,
        holder=names.get(found.holder_id) if found.holder_id else None,
        deadline=deadline_of(found, service.settings.nation),
        newest_hit_at=hits[-1].at if hits else None,
        handed_to_day=found.handed_to_day_at is not None,
        is_drill=found.is_drill,
    )


def _categories(
    service: Service, found: Escalation, hits: Sequence[EscalationEvent]
) -> tuple[str, ...]:
    """Every code of every hit, in the order first seen."""
    codes: dict[str, None] = {}
    for event in hits:
        detail = records.detail_of(service.vault, found, event)
        codes.update(dict.fromkeys(detail.get("categories", ())))
    return tuple(codes)
