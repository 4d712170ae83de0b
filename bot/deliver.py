"""Stage three: send what is queued, at least once, and mark it after sending.

Two transactions around each call: claim and attempt before, result after; none is open during the
call. A send whose result nobody knows waits longer than the provider's time-out, then the provider
is asked whether it has the message, and only then is it sent again (docs/reliability.md F-13).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session, select

from bot.channels import Channel, Choice, Outbound, SendFailed, SendInDoubt, Sent
from bot.escalations import raise_escalation
from bot.outbox import SAFETY_RANK, may_leave
from bot.reach import add_task, note_unreachable
from bot.service import Service
from storage import alarms, outbox
from storage.contacts import open_address
from storage.escalations import Hit
from storage.messages import body_of
from storage.people import conversation_of
from storage.staff import phone_of, staff_by_id
from storage.tables import Alert, ContactAddress, Message, OutboxEntry

log = structlog.get_logger()

LEASE = timedelta(seconds=15)
IN_DOUBT_GRACE = timedelta(seconds=5)
RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(minutes=5)
RETRY_FOR = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One claimed entry, opened for sending."""

    entry: OutboxEntry
    outbound: Outbound
    ask_first: bool
    since: datetime
    known: frozenset[str]


def deliver_due(service: Service, owner: str) -> int:
    """Send everything that may be sent now; returns how many entries were handled."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.read() as session:
        candidates = outbox.claimable(session, now, machine_now)
    handled = 0
    for entry_id in candidates:
        parcel = _claim(service, owner, entry_id)
        if parcel is not None:
            _send(service, parcel)
            handled += 1
    return handled


def _claim(service: Service, owner: str, entry_id: UUID) -> Parcel | None:
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.write() as session:
        claimed = outbox.claim(session, entry_id, owner, now, machine_now, machine_now + LEASE)
        if claimed is None:
            return None
        entry, in_doubt = claimed
        outbound = _outbound(service, session, entry)
        if outbound is None:
            outbox.settle(session, entry, "dropped", now, machine_now)
            return None
        return Parcel(
            entry=entry,
            outbound=outbound,
            ask_first=in_doubt,
            since=outbox.first_attempt_at(session, entry),
            known=outbox.known_provider_ids(session, entry) if in_doubt else frozenset(),
        )


def _outbound(service: Service, session: Session, entry: OutboxEntry) -> Outbound | None:
    """Where it goes and what it says; None when it must not leave any more."""
    if entry.alert_id is not None:
        alert = session.get_one(Alert, entry.alert_id)
        staff = staff_by_id(session, alert.staff_id)
        phone = phone_of(service.vault, staff) if staff and staff.active else None
        return Outbound(phone, alert.body, entry.id) if phone else None
    if entry.message_id is None:
        return _about_alarm(service, session, entry)
    message = _message(session, entry)
    conversation = conversation_of(session, message.young_person_id)
    if not may_leave(conversation.contact, message.exposure or "case"):
        return None
    contact = session.get_one(ContactAddress, message.contact_address_id)
    return Outbound(
        open_address(service.vault, contact),
        body_of(service.vault, message),
        entry.id,
        choices=tuple(Choice(*each) for each in message.choices or ()),
    )


def _about_alarm(service: Service, session: Session, entry: OutboxEntry) -> Outbound | None:
    text = alarms.text_of(session, entry.id)
    staff = staff_by_id(session, text.staff_id)
    phone = phone_of(service.vault, staff) if staff and staff.active else None
    return Outbound(phone, text.body, entry.id) if phone else None


def _send(service: Service, parcel: Parcel) -> None:
    channel = service.channels.get(parcel.entry.channel)
    try:
        if channel is None:
            raise SendFailed("no_channel", retry="backoff", trouble="our_fault")
        sent = _ask_or_send(channel, parcel)
    except SendFailed as failure:
        _failed(service, parcel, failure)
    except SendInDoubt as doubt:
        _in_doubt(service, parcel, doubt.code)
    except Exception as error:  # noqa: BLE001 - whatever a channel does, the entry is settled
        # A channel that breaks its promise: nobody knows what became of the message.
        log.error("send broke", outbox_id=str(parcel.entry.id), error=type(error).__name__)
        _in_doubt(service, parcel, "broken_channel")
    else:
        _accepted(service, parcel, sent)


def _ask_or_send(channel: Channel, parcel: Parcel) -> Sent:
    if parcel.ask_first:
        found = channel.find(parcel.outbound, parcel.since, parcel.known)
        if found is not None:
            return found
    return channel.send(parcel.outbound)


def _accepted(service: Service, parcel: Parcel, sent: Sent) -> None:
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.write() as session:
        outbox.settle(session, parcel.entry, "sent", now, machine_now, provider_id=sent.provider_id)
        # A provider may know at once that it arrived; it is kept as it was said.
        if sent.status == "delivered":
            outbox.add_event(session, parcel.entry.id, "delivered", now)


def _in_doubt(service: Service, parcel: Parcel, code: str) -> None:
    channel = service.channels.get(parcel.entry.channel)
    timeout = channel.client_timeout_s if channel else 0.0
    retry_at = service.clock.machine_now() + timedelta(seconds=timeout) + IN_DOUBT_GRACE
    _settle(service, parcel, "in_doubt", code=code, retry_at=retry_at)


def _failed(service: Service, parcel: Parcel, failure: SendFailed) -> None:
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    tried_for = machine_now - (parcel.entry.first_tried_at or machine_now)
    if failure.retry != "never" and tried_for < RETRY_FOR:
        retry_at = machine_now + _delay(parcel.entry.tries, failure.retry_after)
        _settle(service, parcel, "waiting", code=failure.code, retry_at=retry_at)
        return
    with service.database.write() as session:
        outbox.settle(session, parcel.entry, "failed", now, machine_now, code=failure.code)
        if parcel.entry.message_id is not None:
            _tell_a_person(service, session, parcel.entry, failure)


def _delay(tries: int, retry_after: float | None) -> timedelta:
    """Jittered back-off; never before the provider allows it (docs/reliability.md F-14)."""
    grown = min(RETRY_FIRST * 2 ** min(tries - 1, 10), RETRY_LONGEST)
    jittered: timedelta = grown * random.uniform(0.8, 1.2)  # noqa: S311
    return max(jittered, timedelta(seconds=retry_after or 0))


def _settle(
    service: Service,
    parcel: Parcel,
    state: str,
    *,
    code: str = "",
    retry_at: datetime | None = None,
) -> None:
    with service.database.write() as session:
        outbox.settle(
            session,
            parcel.entry,
            state,
            service.clock.service_now(),
            service.clock.machine_now(),
            code=code,
            retry_at=retry_at,
        )


def _tell_a_person(
    service: Service, session: Session, entry: OutboxEntry, failure: SendFailed
) -> None:
    """A message that will not arrive is somebody's work; a safety reply, at once."""
    message = _message(session, entry)
    if failure.trouble in ("opted_out", "wrong_address", "unreachable"):
        note_unreachable(service, session, message.young_person_id, failure.trouble)
    else:
        add_task(service, session, "undelivered", message.young_person_id)
    if entry.rank != SAFETY_RANK:
        return
    because = [{"category": "TEC", "rule": f"safety reply not delivered: {failure.code}"}]
    hit = Hit(
        kind="undelivered",
        priority=2,
        message_id=message.id,
        detail={"categories": ["TEC"], "because": because},
    )
    raise_escalation(service, session, message.young_person_id, message.interview_id, hit)


def _message(session: Session, entry: OutboxEntry) -> Message:
    return session.exec(select(Message).where(Message.id == entry.message_id)).one()
