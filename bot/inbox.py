"""Escalations as duty workers see them: a list without words, and one in full.

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

from bot.marks_shown import ShownMark, marks_of_escalation
from bot.service import Service
from bot.transcripts import ShownMessage, log_reading, shown
from storage import escalations as records
from storage import links, people, screenings, versions
from storage import messages as words
from storage.outbox import alert_delivery_of
from storage.screenings import Found
from storage.staff import staff_by_id
from storage.tables import Escalation, EscalationEvent
from storage.versions import Version

HIT_KINDS = frozenset({"hit", "not_screened", "unread", "undelivered", "turn_failed", "opted_out"})
"""Events that are a reason of their own to look; the others record what was done."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One escalation in a list: how urgent, how long, whose. No words, no names of children.

    ``linked``: it was raised for an unknown sender, and a person has found out since who that is.
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


def summaries(service: Service, *, only_open: bool = False) -> list[Summary]:
    """Escalations for a list, the most urgent first."""
    with service.database.read() as session:
        found = records.list_escalations(session, only_open=only_open)
        return [_summary(service, session, each) for each in found]


def recently_closed(service: Service, limit: int = 20) -> list[Summary]:
    """The escalations that were closed last, the newest first."""
    with service.database.read() as session:
        found = records.recently_closed(session, limit)
        return [_summary(service, session, each) for each in found]


def list_version(service: Service) -> Version:
    """Changes whenever a list of escalations would."""
    with service.database.read() as session:
        return versions.list_version(session)


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
        summary=_summary(service, session, found),
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


def _summary(service: Service, session: Session, found: Escalation) -> Summary:
    events = records.events_of(session, found.id)
    kinds = {each.kind for each in events}
    conversation = links.conversation_now(session, found.young_person_id)
    return Summary(
        id=found.id,
        reference=found.reference,
        interview_id=found.interview_id,
        priority=found.priority,
        categories=_categories(service, found, events),
        state=found.state,
        raised_at=found.raised_at,
        hits=sum(each.kind in HIT_KINDS for each in events),
        acknowledged_by=_name(session, found.acknowledged_by),
        acknowledged_at=found.acknowledged_at,
        has_outcome=found.outcome_at is not None,
        closed_at=found.closed_at,
        contact_is_safe=conversation.contact != "guarded" and "contact_not_safe" not in kinds,
        nobody_reachable="nobody_reachable" in kinds,
        linked=conversation.young_person_id != found.young_person_id,
    )


def _categories(
    service: Service, found: Escalation, events: Sequence[EscalationEvent]
) -> tuple[str, ...]:
    """Every code of every hit, in the order first seen."""
    codes: dict[str, None] = {}
    for event in events:
        if event.kind in HIT_KINDS:
            detail = records.detail_of(service.vault, found, event)
            codes.update(dict.fromkeys(detail.get("categories", ())))
    return tuple(codes)


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
    return tuple(
        Alerted(
            who=_name(session, each.staff_id) or "",
            at=each.at,
            delivery=fates.get(each.id, "queued"),
            channel=each.channel,
        )
        for each in sent
    )


def _name(session: Session, staff_id: UUID | None) -> str | None:
    staff = staff_by_id(session, staff_id) if staff_id else None
    return staff.name if staff else None
