"""Stage three: send what is queued, at least once, and mark it after sending.

Two transactions around each call: claim and attempt before, result after; none is open during the
call. A send whose result nobody knows waits longer than the provider's time-out, then the provider
is asked whether it has the message, and only then is it sent again (docs/reliability.md F-13).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from bot.channels import Channel, Outbound, SendFailed, SendInDoubt, Sent
from bot.leaving import EXPLAINS, PATIENCE, Stay, opened, why_it_stays
from bot.reach import add_task
from bot.reports import apply_kept
from bot.service import Service
from bot.undelivered import (
    RETRY_FOR,
    Next,
    Refusal,
    backoff,
    give_up_in_doubt,
    next_step,
    note_lasting,
    note_refusal,
    refusal_of,
    sweep_late_safety,
)
from storage import again, attempts, outbox
from storage.database import lock_row
from storage.tables import OutboxEntry

log = structlog.get_logger()

LEASE = timedelta(seconds=15)
IN_DOUBT_GRACE = timedelta(seconds=5)
NO_CHANNEL = SendFailed("no_channel", retry="backoff", trouble="our_fault")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One claimed entry, opened for sending.

    ``until``: the end of the lease (machine time). ``stay``: it must not be sent any more, but an
    earlier attempt is in doubt: the provider is only asked.
    """

    entry: OutboxEntry
    outbound: Outbound
    ask_first: bool
    since: datetime
    known: frozenset[str]
    until: datetime
    stay: Stay | None = None


def deliver_alerts(service: Service, owner: str) -> int:
    """Send what goes by the ways of alerts alone; returns how many entries were handled."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    own = tuple(sorted(service.alert_channels))
    with service.database.read() as session:
        candidates = outbox.claimable(session, now, machine_now, only=own) if own else ()
    return _send_each(service, owner, candidates)


def deliver_due(service: Service, owner: str, never: tuple[str, ...] = ()) -> int:
    """Send everything that may be sent now; returns how many entries were handled.

    Args:
        service: the process's service.
        owner: who holds the leases.
        never: channels that somebody else sends by: one that hangs must hold up no other.
    """
    handled = _drop_stale(service)
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.read() as session:
        candidates = outbox.claimable(session, now, machine_now, never=never)
    handled += _send_each(service, owner, candidates)
    return handled + sweep_late_safety(service)


def _send_each(service: Service, owner: str, candidates: Sequence[UUID]) -> int:
    handled = 0
    for entry_id in candidates:
        claimed, parcel = _claim(service, owner, entry_id)
        handled += claimed
        if parcel is not None:
            _send(service, parcel)
    return handled


def _drop_stale(service: Service) -> int:
    """Take back what the conversation has left behind, also while it waits for another try."""
    now = service.clock.service_now()
    with service.database.read() as session:
        stale = again.stale(session, now, PATIENCE, EXPLAINS)
    dropped = 0
    for each in stale:
        with service.database.write() as session:
            dropped += again.drop_waiting(session, each, now, "stale")
    return dropped


@contextmanager
def _holding(service: Service, young_person_id: UUID | None) -> Iterator[Session]:
    """A write transaction that holds their conversation before any row of the outbox.

    In that order everybody does: reports, turns and other senders wait, and never in a circle.
    """
    with service.database.write() as session:
        if young_person_id is not None:
            lock_row(session, "conversation", "young_person_id", young_person_id)
        yield session


def _claim(service: Service, owner: str, entry_id: UUID) -> tuple[bool, Parcel | None]:
    """Take the lease, if nobody else has; no parcel when a provider need not be called."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.read() as session:
        young_person_id = outbox.whose(session, entry_id)
    with _holding(service, young_person_id) as session:
        claimed = outbox.claim(
            session, entry_id, owner, now, machine_now, _lease_until(service, None)
        )
        if claimed is None:
            return False, None
        entry, in_doubt = claimed
        until = _lease_until(service, entry.channel)
        outbox.renew(session, entry, until)
        outbound = opened(service, session, entry)
        if outbound is None:
            outbox.settle(session, entry, "dropped", now, machine_now, code="no_phone")
            return True, None
        if in_doubt and (own := attempts.own_provider_id(session, entry)):
            _settle_sent(service, session, entry, Sent(own))
            return True, None
        stay = why_it_stays(service, session, entry)
        if stay is not None and not in_doubt:
            _keep_back(service, session, entry, stay)
            return True, None
        parcel = Parcel(
            entry=entry,
            outbound=outbound,
            ask_first=in_doubt,
            since=attempts.first_attempt_at(session, entry),
            known=attempts.known_provider_ids(session, entry) if in_doubt else frozenset(),
            until=until,
            stay=stay,
        )
    return True, parcel


def _lease_until(service: Service, channel: str | None) -> datetime:
    """A lease outlasts one call; it is renewed between asking and sending."""
    known = service.carrier(channel or "")
    timeout = timedelta(seconds=known.client_timeout_s) if known else timedelta()
    return service.clock.machine_now() + max(LEASE, timeout + IN_DOUBT_GRACE)


def _keep_back(service: Service, session: Session, entry: OutboxEntry, stay: Stay) -> None:
    """It does not leave: say why, and see to it that nobody misses it."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    if stay.until is not None:
        outbox.put_off(session, entry, stay.until, machine_now)
        return
    if stay.kind == "drop":
        outbox.settle(session, entry, "dropped", now, machine_now, code=stay.code)
        return
    if not outbox.settle(session, entry, "failed", now, machine_now, code=stay.code):
        return
    if stay.kind == "another_way":
        refusal = Refusal(stay.code, "template", "outside_window")
        note_refusal(service, session, entry, refusal, Next("failed"))
    elif entry.young_person_id is not None:
        add_task(service, session, stay.code, entry.young_person_id)


def _send(service: Service, parcel: Parcel) -> None:
    channel = service.carrier(parcel.entry.channel)
    try:
        if channel is None:
            raise NO_CHANNEL
        sent = _ask_or_send(service, channel, parcel)
    except SendFailed as failure:
        _failed(service, parcel, failure)
    except SendInDoubt as doubt:
        _in_doubt(service, parcel, doubt.code)
    except Exception as error:  # noqa: BLE001 - whatever a channel does, the entry is settled
        # A channel that breaks its promise: nobody knows what became of the message.
        log.error("send broke", outbox_id=str(parcel.entry.id), error=type(error).__name__)
        _in_doubt(service, parcel, "broken_channel")
    else:
        if sent is not None:
            _accepted(service, parcel, sent)


def _ask_or_send(service: Service, channel: Channel, parcel: Parcel) -> Sent | None:
    """The provider's answer; None when there is nothing to send, or somebody else sends it."""
    if not parcel.ask_first:
        call = timedelta(seconds=channel.client_timeout_s)
        if service.clock.machine_now() + call > parcel.until:
            # This process stood still, and whoever waits for the lease to run out (a person who
            # joins, bot/joining.py) must not be overtaken by it. The next attempt asks first.
            return None
        return channel.send(parcel.outbound)
    found = channel.find(parcel.outbound, parcel.since, parcel.known)
    if found is not None:
        return found
    with _holding(service, parcel.entry.young_person_id) as session:
        if not outbox.renew(session, parcel.entry, _lease_until(service, parcel.entry.channel)):
            return None
        stay = parcel.stay or why_it_stays(service, session, parcel.entry)
        if stay is not None:
            _keep_back(service, session, parcel.entry, stay)
            return None
    return channel.send(parcel.outbound)


def _accepted(service: Service, parcel: Parcel, sent: Sent) -> None:
    with _holding(service, parcel.entry.young_person_id) as session:
        _settle_sent(service, session, parcel.entry, sent)


def _settle_sent(service: Service, session: Session, entry: OutboxEntry, sent: Sent) -> None:
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    accepted = outbox.settle(session, entry, "sent", now, machine_now, provider_id=sent.provider_id)
    if not accepted:
        return
    # A provider may know at once that it arrived; it is kept as it was said.
    if sent.status == "delivered":
        outbox.add_event(session, entry.id, "delivered", now)
    apply_kept(service, session, entry.channel, sent.provider_id)


def _in_doubt(service: Service, parcel: Parcel, code: str) -> None:
    """Ask the provider once it must have finished, further and further apart, for four hours."""
    entry, channel = parcel.entry, service.carrier(parcel.entry.channel)
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    timeout = timedelta(seconds=channel.client_timeout_s if channel else 0.0)
    wait = max(timeout + IN_DOUBT_GRACE, backoff(entry.tries - 1))
    ends = machine_now - (entry.first_tried_at or machine_now) >= RETRY_FOR
    state, retry_at = ("failed", None) if ends else ("in_doubt", machine_now + wait)
    with _holding(service, entry.young_person_id) as session:
        if not outbox.settle(session, entry, state, now, machine_now, code=code, retry_at=retry_at):
            return
        if ends:
            give_up_in_doubt(service, session, entry, code)
        else:
            note_lasting(service, session, entry)


def _failed(service: Service, parcel: Parcel, failure: SendFailed) -> None:
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    entry, refusal = parcel.entry, refusal_of(failure)
    with _holding(service, entry.young_person_id) as session:
        after = next_step(service, session, entry, refusal)
        if outbox.settle(
            session,
            entry,
            after.state,
            now,
            machine_now,
            code=failure.code,
            retry_at=after.retry_at,
        ):
            note_refusal(service, session, entry, refusal, after)
