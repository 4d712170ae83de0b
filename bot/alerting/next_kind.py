"""When an alert does not get through: the next kind, and then the next people, within a minute.

A way can be dead in four ways: the connection is refused, it hangs, it answers with an error, or it
takes the alert and nothing arrives. The first three are seen at the attempt; for the last, an alert
that nobody is known to have got is followed by another kind (docs/reliability.md section 4, 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.alarms import note_alarm
from bot.alerting.posting import GONE
from bot.alerting.ways import CONFIRMING, Way, ways_to
from bot.ladder import ask_next_people
from bot.ladder_people import alert
from bot.ladder_table import rules
from bot.service import Service
from storage import climbing
from storage import escalations as records
from storage.alarms import clear_alarm, open_alarms
from storage.attempts import last_code
from storage.climbing import Watched
from storage.database import lock_row
from storage.staff import staff_by_id
from storage.staff_addresses import end_address
from storage.tables import Escalation, OutboxEntry

ALARM: Final = "alert_not_through"
LOOK_BACK: Final = timedelta(minutes=5)
"""Every kind in turn takes less; and a P1 is alerted anew by then."""

Group = tuple[UUID, UUID, int]
"""An escalation, a member of staff, and the step in which they were alerted."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Alerts that did not get through: ``failed`` certainly, ``silent`` as far as anybody knows."""

    failed: tuple[Watched, ...]
    silent: tuple[Watched, ...]


def try_next_kinds(service: Service) -> int:
    """Follow up every alert that did not get through; returns how many were followed up."""
    now = service.clock.service_now()
    with service.database.read() as session:
        watched = climbing.watched_alerts(session, now - LOOK_BACK)
    if not watched:
        return 0
    _clear_alarms(service, watched)
    groups = [group for group, rows in _grouped(watched) if trouble_of(rows, now)]
    return sum(_follow_up(service, group, now) for group in groups)


def trouble_of(rows: Sequence[Watched], now: datetime) -> Trouble | None:
    """What is wrong with the newest alerts to one person in one step; None while nothing is."""
    if any(each.delivered for each in rows):
        return None
    newest = max(each.alert.at for each in rows)
    batch = [each for each in rows if each.alert.at == newest]
    failed = tuple(each for each in batch if has_failed(each.entry))
    if failed:
        return Trouble(failed, ())
    if now - newest < rules().next_kind_after:
        return None
    return Trouble((), tuple(each for each in batch if each.alert.channel in CONFIRMING))


def has_failed(entry: OutboxEntry) -> bool:
    """Whether an attempt has been refused, or nobody knows what came of it."""
    if entry.state in ("failed", "in_doubt", "dropped"):
        return True
    return entry.state == "waiting" and entry.retry_at is not None


def _grouped(watched: Iterable[Watched]) -> Iterable[tuple[Group, list[Watched]]]:
    groups: dict[Group, list[Watched]] = {}
    for each in watched:
        # A newer step has alerted everybody anew.
        if each.alert.step == each.step_now:
            key = (each.alert.escalation_id, each.alert.staff_id, each.alert.step)
            groups.setdefault(key, []).append(each)
    return groups.items()


def _follow_up(service: Service, group: Group, now: datetime) -> bool:
    escalation_id, staff_id, _ = group
    with service.database.write() as session:
        lock_row(session, "escalation", "id", escalation_id)
        # Another worker may have followed it up, or somebody acknowledged it, in between.
        watched = climbing.watched_alerts(session, now - LOOK_BACK, escalation_id)
        rows = dict(_grouped(watched)).get(group, [])
        trouble = trouble_of(rows, now) if rows else None
        found, staff = records.escalation(session, escalation_id), staff_by_id(session, staff_id)
        if trouble is None or found is None or staff is None:
            return False
        used = {(each.alert.channel, each.alert.address_id) for each in rows}
        way = _next_way(ways_to(service, session, staff), used)
        if way is not None:
            _note(service, session, trouble)
            alert(service, session, found, staff, way, now)
            return True
        if trouble.failed and all(has_failed(each.entry) for each in rows):
            return _ask_others(service, session, found, watched, trouble, now)
    return False


def _next_way(ways: Sequence[Way], used: set[tuple[str, UUID | None]]) -> Way | None:
    for kind in rules().next_kinds:
        for way in ways:
            if way.kind == kind and (way.kind, way.address_id) not in used:
                return way
    return None


def _ask_others(
    service: Service,
    session: Session,
    found: Escalation,
    watched: Sequence[Watched],
    trouble: Trouble,
    now: datetime,
) -> bool:
    """No way to this person works: whom the ladder asks next is asked now, once in this step."""
    asked = frozenset(each.alert.staff_id for each in watched if each.alert.step == each.step_now)
    if not ask_next_people(service, session, found, now, asked):
        return False
    _note(service, session, trouble)
    return True


def _note(service: Service, session: Session, trouble: Trouble) -> None:
    for each in (*trouble.failed, *trouble.silent):
        note_alarm(service, session, ALARM, each.alert.channel)
        is_gone = each.alert.channel == "webpush" and last_code(session, each.entry.id) == GONE
        if is_gone and each.alert.address_id is not None:
            end_address(session, each.alert.address_id, service.clock.machine_now())


def _clear_alarms(service: Service, watched: Sequence[Watched]) -> None:
    """A kind by which something got through again is dead no more."""
    with service.database.read() as session:
        raised = {each.detail: each.last_at for each in open_alarms(session) if each.kind == ALARM}
    works = {each.alert.channel for each in watched if _got_through(each, raised)}
    for kind in works:
        with service.database.write() as session:
            clear_alarm(session, ALARM, kind, service.clock.machine_now())


def _got_through(each: Watched, raised: dict[str, datetime]) -> bool:
    kind = each.alert.channel
    if kind not in raised or each.alert.at <= raised[kind]:
        return False
    return each.delivered or (kind not in CONFIRMING and each.entry.state == "sent")
