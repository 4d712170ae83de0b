"""Escalations as duty workers see them: one in full; the list is bot/inbox_list.py.

A duty worker reaches a conversation only through an escalation, and sees it up to the moment the
escalation was closed (docs/practice.md, who reads).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from bot.inbox_list import HIT_KINDS, Summary, list_version, recently_closed, summaries, summary_of
from bot.marks_shown import ShownMark, marks_of_escalation
from bot.service import Service
from bot.transcripts import ShownMessage, log_reading, shown
from storage import escalations as records
from storage import links, people, screenings, versions
from storage import messages as words
from storage.ladders import line_alerts_of
from storage.outbox import alert_delivery_of
from storage.screenings import Found
from storage.staff import staff_by_id
from storage.tables import Escalation, EscalationEvent
from storage.versions import Version

__all__ = [
    "HIT_KINDS",
    "Alerted",
    "Detail",
    "Event",
    "Reason",
    "Summary",
    "escalation_version",
    "list_version",
    "read_escalation",
    "recently_closed",
    "summaries",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it was flagged: ``text == message[start:end]``, counted in code points."""

    category: str
    rule: str
    message_id: UUID
    message: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline; ``whom`` is the member of staff that it went to, if it did."""

    kind: str
    at: datetime
    priority: int | None
    message_id: UUID | None
    who: str | None
    detail: Mapping[str, Any]
    whom: str | None = None


@dataclass(frozen=True, slots=True)
class Alerted:
    """One alert: to whom, when, by which channel, and what became of it."""

    who: str
    at: datetime
    delivery: str
    channel: str = "sms"


@dataclass(frozen=True, slots=True)
class Detail:
    """One escalation in full; ``is_unknown``: nobody has found out yet who the sender is.

    ``screened`` is what screening made of each message that it found something in.
    """

    summary: Summary
    young_person: str
    because: tuple[Reason, ...]
    events: tuple[Event, ...]
    alerts: tuple[Alerted, ...]
    messages: tuple[ShownMessage, ...]
    outcome: Mapping[str, str] | None
    is_unknown: bool = False
    marks: tuple[ShownMark, ...] = ()
    screened: Mapping[UUID, Found] = field(default_factory=dict)

    @property
    def hits(self) -> tuple[Event, ...]:
        """The events that are a reason of their own to look."""
        return tuple(each for each in self.events if each.kind in HIT_KINDS)


def escalation_version(service: Service, escalation_id: UUID) -> Version | None:
    """Changes whenever the escalation in full would; opens no words; None when there is none."""
    with service.database.read() as session:
        found = records.escalation(session, escalation_id)
        return None if found is None else versions.escalation_version(session, found)


def read_escalation(service: Service, escalation_id: UUID, actor: str) -> Detail | None:
    """One escalation with its conversation, the reading logged before; None when there is none.

    Args:
        service: the process's service.
        escalation_id: the escalation.
        actor: who reads, as the access log names them: "staff:<id>" or "command".
    """
    with service.database.read() as session:
        if records.escalation(session, escalation_id) is None:
            return None
    log_reading(service, actor, "read escalation", f"escalation:{escalation_id}")
    with service.database.read() as session:
        found = records.escalation(session, escalation_id)
        return None if found is None else _detail(service, session, found)


def _detail(service: Service, session: Session, found: Escalation) -> Detail:
    events = records.events_of(session, found.id)
    details = [records.detail_of(service.vault, found, each) for each in events]
    person = people.young_person(session, links.person_of(session, found.young_person_id))
    conversation = links.all_words(session, found.young_person_id, until=found.closed_at)
    outcomes = [
        detail for event, detail in zip(events, details, strict=True) if event.kind == "outcome"
    ]
    return Detail(
        summary=summary_of(service, session, found),
        young_person=people.name_of(service.vault, person),
        because=_because(service, session, events, details),
        events=tuple(
            _event(session, event, detail) for event, detail in zip(events, details, strict=True)
        ),
        alerts=_alerts(session, found),
        messages=shown(service, session, conversation),
        outcome=outcomes[-1] if outcomes else None,
        is_unknown=person.provisional,
        marks=marks_of_escalation(service, session, found.id),
        screened=_screened(service, session, events),
    )


def _because(
    service: Service,
    session: Session,
    events: Sequence[EscalationEvent],
    details: Sequence[Mapping[str, Any]],
) -> tuple[Reason, ...]:
    """Every reason with the whole text it was seen in; no passage is copied anywhere else."""
    listed = [
        (each, UUID(each["message_id"]))
        for event, detail in zip(events, details, strict=True)
        if event.kind in HIT_KINDS
        for each in detail.get("because", ())
        if "message_id" in each
    ]
    found = words.messages_by_id(session, {message_id for _, message_id in listed})
    bodies = {each: words.body_of(service.vault, message) for each, message in found.items()}
    reasons: dict[tuple[Any, ...], Reason] = {}
    for each, message_id in listed:
        body = bodies.get(message_id)
        if body is None:
            continue  # kept from this reader (docs/conflicts.md)
        start, end = each.get("start", 0), each.get("end", len(body))
        key = (each["category"], each["rule"], message_id, start, end)
        reasons[key] = Reason(
            category=each["category"],
            rule=each["rule"],
            message_id=message_id,
            message=body,
            text=body[start:end],
            start=start,
            end=end,
        )
    return tuple(reasons.values())


def _screened(
    service: Service, session: Session, events: Sequence[EscalationEvent]
) -> Mapping[UUID, Found]:
    """By message: what each hit was found with, the thought that ends with that message."""
    hits = {each.message_id for each in events if each.kind == "hit" and each.message_id}
    messages = words.messages_by_id(session, hits)
    return screenings.found_in_messages(session, service.vault, messages.values())


def _event(session: Session, event: EscalationEvent, detail: Mapping[str, Any]) -> Event:
    return Event(
        kind=event.kind,
        at=event.at,
        priority=event.priority,
        message_id=event.message_id,
        who=_name(session, event.staff_id),
        detail=detail,
        whom=_name(session, UUID(detail["to"])) if detail.get("to") else None,
    )


def _alerts(session: Session, found: Escalation) -> tuple[Alerted, ...]:
    sent = records.alerts_of(session, found.id)
    fates = alert_delivery_of(session, [each.id for each in sent])
    to_staff = [
        Alerted(
            who=_name(session, each.staff_id) or "",
            at=each.at,
            delivery=fates.get(each.id, "queued"),
            channel=each.channel,
        )
        for each in sent
    ]
    to_lines = [
        Alerted(who=line.name, at=alert.at, delivery=fate, channel=alert.channel)
        for alert, line, fate in line_alerts_of(session, found.id)
    ]
    return tuple(sorted(to_staff + to_lines, key=lambda each: each.at))


def _name(session: Session, staff_id: UUID | None) -> str | None:
    staff = staff_by_id(session, staff_id) if staff_id else None
    return staff.name if staff else None
