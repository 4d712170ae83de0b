"""Whom a step of a ladder asks, and by which ways: the people on duty, managers, lines outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.alerting.ways import Way, chosen_ways, way_to_line, ways_to, words_for, words_for_line
from bot.concerns import may_be_alerted
from bot.ladder_table import LINES, Step, rules
from bot.outbox import ALERT_RANK
from bot.rota import on_duty
from bot.service import Service
from storage import climbing, drills
from storage import escalations as records
from storage import ladders as stored
from storage.outbox import queue_entry
from storage.staff import list_staff
from storage.tables import Escalation, Line, Staff


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom one step reaches: each person with their ways, and the lines outside.

    ``sink``: it is a drill, and the alert goes its way to nobody.
    """

    people: tuple[tuple[Staff, tuple[Way, ...]], ...]
    lines: tuple[Line, ...]
    sink: bool = False

    def __bool__(self) -> bool:
        return bool(self.people or self.lines or self.sink)


def asked_by(
    service: Service, session: Session, found: Escalation, step: Step, now: datetime
) -> Asked:
    """Everybody whom a step asks and who can be reached by some way, in order, each once.

    A drill asks whoever is first on duty, or nobody at all: never a manager or a line outside.
    """
    if found.is_drill:
        if found.ladder == drills.LADDER:
            return Asked((), (), sink=True)
        step = replace(step, to=tuple(each for each in step.to if each == "duty"))
    at_least = rules().kinds_at_once.get(found.priority, 1)
    people = []
    for staff in people_of(service, session, found, step.to, now):
        ways = chosen_ways(ways_to(service, session, staff), step.by, at_least, rules().next_kinds)
        if ways:
            people.append((staff, tuple(ways)))
    return Asked(tuple(people), tuple(lines_of(service, session, found, step.to)))


def people_of(
    service: Service, session: Session, found: Escalation, to: Iterable[str], now: datetime
) -> list[Staff]:
    """The members of staff whom these targets stand for, in order, each once."""
    asked: dict[object, Staff] = {}
    for target in to:
        for staff in _standing_for(service, session, found, target, now):
            if may_be_alerted(session, staff, found):
                asked.setdefault(staff.id, staff)
    return list(asked.values())


def _standing_for(
    service: Service, session: Session, found: Escalation, target: str, now: datetime
) -> list[Staff]:
    if target == "manager":
        active = [each for each in list_staff(session) if each.active and each.left_at is None]
        return [each for each in active if each.role == "manager"]
    if target in ("duty", "second"):
        position = 1 if target == "duty" else 2
        here = on_duty(service, session, found.ladder, now, position)
        # With nobody independent there, somebody on duty who is not meant is better than nobody.
        return here or on_duty(service, session, "main", now, position)
    return []


def lines_of(
    service: Service, session: Session, found: Escalation, to: Iterable[str]
) -> list[Line]:
    """The lines outside that these targets stand for; none where nobody can be called."""
    kinds = [LINES[each] for each in to if each in LINES]
    if found.is_drill or not kinds or way_to_line(service) is None:
        return []
    authority_id = climbing.authority_of(session, found.young_person_id)
    return [each for kind in kinds for each in stored.lines_for(session, kind, authority_id)]


def alert(
    service: Service, session: Session, found: Escalation, staff: Staff, way: Way, now: datetime
) -> None:
    """Queue one alert to one person by one way."""
    body = words_for(service, found, way.kind)
    row = records.add_alert(session, found, staff.id, body, now)
    row.channel, row.address_id = way.kind, way.address_id
    session.add(row)
    queue_entry(session, ALERT_RANK, way.channel, now, now, alert_id=row.id)


def alert_line(
    service: Service, session: Session, found: Escalation, line: Line, now: datetime
) -> None:
    """Queue one alert to a line outside."""
    way = way_to_line(service)
    if way is not None:
        kind, carrier = way
        body = words_for_line(service, found, line, kind)
        stored.alert_line(session, found, line, kind, carrier, body, now)


def alert_all(
    service: Service, session: Session, found: Escalation, asked: Asked, now: datetime
) -> None:
    """Queue every alert of one step, in the caller's commit."""
    for staff, ways in asked.people:
        for way in ways:
            alert(service, session, found, staff, way, now)
    for line in asked.lines:
        alert_line(service, session, found, line, now)
    if asked.sink:
        drills.alert_sink(session, found, words_for(service, found, "sms"), now)
