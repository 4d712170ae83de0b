"""Drills: a made-up disclosure through the real door, timed to the alert (bot/drill_rules.py).

A drill that is not begun, does not reach its alert or is not answered is an alarm, as the loss of a
real one would be, and the next that passes clears it. What a drill leaves behind is closed with it.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.alarms import clear_alarm, raise_alarm
from bot.channel_checks import Fetch, over_the_network
from bot.drill_rules import (
    ALERTED_WITHIN,
    ANSWERED_WITHIN,
    LATE_AFTER,
    POSTPONED_BY,
    chosen_from,
    every,
    is_in_week,
    moments_in,
    monday_of,
    next_by_day,
)
from bot.drill_text import ADDRESS, address_of, make_child, send_text
from bot.escalations import NotPossible
from bot.service import Service
from storage import drills
from storage import escalations as records
from storage.database import lock_row
from storage.drills import Measured
from storage.tables import Drill

log = structlog.get_logger()

FAILED: Final = "drill_failed"
MISSED: Final = "drill_missed"
UNANSWERED: Final = "drill_unanswered"


def sweep_drills(service: Service, fetch: Fetch = over_the_network) -> int:
    """Plan, begin and end what is due; returns how many drills moved on."""
    moved = _watch(service)
    _plan_next(service)
    for target in ("person", "sink"):
        with service.database.read() as session:
            drill, busy = drills.planned(session, target), drills.running(session)
        if drill is not None and not busy and drill.due_at <= service.clock.service_now():
            moved += _begin_due(service, drill, fetch)
    return moved


def run_now(service: Service, fetch: Fetch = over_the_network) -> UUID:
    """Bring the next drill to the sink forward to now; the worker times and ends it.

    Raises:
        NotPossible: another one is going on.
    """
    make_child(service, ADDRESS)
    with service.database.write() as session:
        if drills.running(session) is not None:
            raise NotPossible("Another drill is going on: wait until it is over.")
        now = service.clock.service_now()
        next_one = drills.planned(session, "sink") or drills.plan(session, "sink", now)
        provider_id = _start(service, session, next_one)
    _send(service, next_one, provider_id, fetch)
    return next_one.id


def announce(service: Service, week: date, staff_id: UUID) -> Drill:
    """Announce a drill to whoever is on duty at some moment of this week, by day.

    Args:
        service: the process's service.
        week: its Monday.
        staff_id: the manager.

    Raises:
        NotPossible: one is announced already, or no working day of that week is left.
    """
    now = service.clock.service_now()
    left = moments_in(week, now, service.settings.nation)
    if week.weekday() != 0 or not left:
        raise NotPossible("Choose a week that has a working day left.")
    try:
        with service.database.write() as session:
            drill = drills.plan(session, "person", chosen_from(left), week=week, set_by=staff_id)
            what = f"drill:{drill.id}"
            service.audit.append(session, now, f"staff:{staff_id}", "announce drill", what)
    except IntegrityError:
        raise NotPossible("A week is announced already.") from None
    return drill


def call_off(service: Service, staff_id: UUID) -> None:
    """Take back what was announced.

    Raises:
        NotPossible: nothing is announced, or it has begun.
    """
    with service.database.write() as session:
        drill, now = drills.planned(session, "person"), service.clock.machine_now()
        if drill is None or not drills.move(session, drill, "cancelled", now):
            raise NotPossible("No week is announced, or its drill has begun.")
        at, what = service.clock.service_now(), f"drill:{drill.id}"
        service.audit.append(session, at, f"staff:{staff_id}", "call off drill", what)


def _plan_next(service: Service) -> None:
    """There is always a next one to the sink, as long as drills are on."""
    between = every(service.settings)
    with service.database.read() as session:
        drill = drills.planned(session, "sink")
    if (between is None) == (drill is None):
        return
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    try:
        with service.database.write() as session:
            if drill is not None:
                drills.move(session, drill, "cancelled", machine_now)
            elif between is not None:
                drills.plan(session, "sink", now + between)
    except IntegrityError:
        log.info("another worker has planned the drill")


def _begin_due(service: Service, drill: Drill, fetch: Fetch) -> bool:
    """Begin a drill, put it off, or say that it was missed; whether it moved on."""
    now = service.clock.service_now()
    if drill.target == "person":
        if not is_in_week(now, drill.week):
            return _end(service, drill, Measured(), "missed", drill.reason or "nobody_began_it")
        if _put_off(service, drill, now):
            return True
    elif now - drill.due_at > LATE_AFTER:
        return _end(service, drill, Measured(), "missed", "nobody_began_it")
    make_child(service, address_of(drill))
    try:
        with service.database.write() as session:
            provider_id = _start(service, session, drill)
    except (NotPossible, IntegrityError):
        return False
    _send(service, drill, provider_id, fetch)
    return True


def _put_off(service: Service, drill: Drill, now: datetime) -> bool:
    """Whether nobody may be tested now: then later, and why is kept."""
    by_day = next_by_day(now, service.settings.nation)
    with service.database.write() as session:
        if by_day > now:
            drills.put_off(session, drill, by_day, drill.reason or "not_by_day", counted=False)
            return True
        if drills.risk_is_open(session):
            drills.put_off(session, drill, now + POSTPONED_BY, "risk_open", counted=True)
            return True
    return False


def _start(service: Service, session: Session, drill: Drill) -> str:
    provider_id = f"SM{secrets.token_hex(16)}"
    now = service.clock.machine_now()
    if not drills.move(session, drill, "running", now, provider_id=provider_id):
        raise NotPossible("Somebody else has begun this drill.")
    return provider_id


def _send(service: Service, begun: Drill, provider_id: str, fetch: Fetch) -> None:
    trouble = send_text(service, address_of(begun), provider_id, fetch)
    log.info("drill begun", drill_id=str(begun.id), code=trouble or None)
    if not trouble:
        return
    with service.database.read() as session:
        drill = drills.running(session)
    if drill is not None and drill.id == begun.id:
        _end(service, drill, Measured(), "failed", trouble)


def _watch(service: Service) -> int:
    """End the drill that is going on, when it has come to its end."""
    with service.database.read() as session:
        drill = drills.running(session)
        left = [] if drill is not None else [each.id for each in drills.open_escalations(session)]
        so_far = drills.measured(session, drill) if drill is not None else Measured()
    if drill is None:
        return _close_what_is_left(service, left)
    elapsed = service.clock.machine_now() - (drill.started_at or service.clock.machine_now())
    ended = _verdict(drill, so_far, elapsed)
    return _end(service, drill, so_far, *ended) if ended is not None else 0


def _verdict(drill: Drill, so_far: Measured, elapsed: timedelta) -> tuple[str, str] | None:
    """How a drill has ended and why; None while it may still come to a good end."""
    started_at = drill.started_at
    if so_far.alerted_at is None or started_at is None or not so_far.timer_set:
        return ("failed", _first_missing(so_far)) if elapsed > ALERTED_WITHIN else None
    if so_far.alerted_at - started_at > ALERTED_WITHIN:
        return "failed", "late"
    if drill.target == "sink":
        return "passed", ""
    answered_at = so_far.acknowledged_at
    if answered_at is not None:
        in_time = answered_at - started_at <= ANSWERED_WITHIN
        return ("passed", "") if in_time else ("failed", "unanswered")
    return ("failed", "unanswered") if elapsed > ANSWERED_WITHIN else None


def _first_missing(so_far: Measured) -> str:
    if so_far.received_at is None:
        return "not_received"
    if so_far.detected_at is None:
        return "not_detected"
    return "no_alert" if so_far.alerted_at is None else "no_timer"


def _end(service: Service, drill: Drill, so_far: Measured, state: str, reason: str) -> bool:
    """Keep how it ended, close what it left, raise the alarm or clear it."""
    now = service.clock.machine_now()
    with service.database.write() as session:
        ended = drills.move(session, drill, state, now, reason=reason, **asdict(so_far))
    if not ended:
        return False
    with service.database.read() as session:
        left = [each.id for each in drills.open_escalations(session)]
    _close_what_is_left(service, left)
    if state == "passed":
        for kind in (FAILED, MISSED, UNANSWERED):
            clear_alarm(service, kind, drill.target)
        return True
    log.error("drill", status=state, kind=drill.target, reason=reason)
    kind = MISSED if state == "missed" else UNANSWERED if reason == "unanswered" else FAILED
    raise_alarm(service, kind, drill.target)
    return True


def _close_what_is_left(service: Service, escalation_ids: list[UUID]) -> int:
    """Nothing of a drill stays open: it would climb its ladder for ever."""
    now = service.clock.service_now()
    for escalation_id in escalation_ids:
        with service.database.write() as session:
            lock_row(session, "escalation", "id", escalation_id)
            found = records.escalation(session, escalation_id)
            if found is not None and drills.close(session, found, now):
                records.add_event(session, service.vault, found, "closed", now)
    return len(escalation_ids)


def weeks_to_choose(service: Service, number: int) -> list[date]:
    """The Mondays of the next weeks that have a working day left, this one first."""
    now, nation = service.clock.service_now(), service.settings.nation
    first = monday_of(now)
    weeks = [first + timedelta(weeks=each) for each in range(number)]
    return [each for each in weeks if moments_in(each, now, nation)]
