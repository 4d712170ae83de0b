"""The outbox: queueing in the caller's commit, claiming by lease, recording what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, or_, update
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import add_once
from storage.tables import DeliveryAttempt, DeliveryEvent, Message, OutboxEntry
from storage.tables.types import UtcDateTime

LIVE = ("waiting", "claimed", "in_doubt")
ALERT_RANK, SAFETY_RANK, ORDINARY_RANK = 0, 1, 2
_FURTHEST = ("queued", "sent", "failed", "dropped", "delivered")
"""What they have, they have, also when we had given up on it."""


def queue_entry(
    session: Session,
    rank: int,
    channel: str,
    due_at: datetime,
    now: datetime,
    *,
    young_person_id: UUID | None = None,
    message_id: UUID | None = None,
    alert_id: UUID | None = None,
    prompt: bool = False,
) -> OutboxEntry:
    """Put one message or alert in the outbox, in the commit of whatever caused it."""
    entry = OutboxEntry(
        id=uuid4(),
        rank=rank,
        channel=channel,
        young_person_id=young_person_id,
        message_id=message_id,
        alert_id=alert_id,
        prompt=prompt,
        due_at=due_at,
    )
    session.add(entry)
    session.flush()
    add_event(session, entry.id, "queued", now)
    return entry


def entry_of(session: Session, outbox_id: UUID) -> OutboxEntry | None:
    """One entry, None when there is none."""
    return session.exec(select(OutboxEntry).where(OutboxEntry.id == outbox_id)).first()


def whose(session: Session, outbox_id: UUID) -> UUID | None:
    """The young person whom an entry goes to; None for a text to staff."""
    statement = select(OutboxEntry.young_person_id).where(OutboxEntry.id == outbox_id)
    return session.exec(statement).first()


def claimable(
    session: Session,
    now: datetime,
    machine_now: datetime,
    limit: int = 20,
    *,
    only: tuple[str, ...] | None = None,
    never: tuple[str, ...] = (),
) -> Sequence[UUID]:
    """Entries that may be sent or asked about now: alerts first, then safety replies, in order.

    A young person gets one message at a time: an entry waits for every earlier one of theirs to
    the same address, of the same or a more urgent rank (docs/reliability.md F-10). What goes to
    another address of theirs does not wait: the first may be a phone that is gone.

    Args:
        session: a transaction.
        now: service time.
        machine_now: machine time.
        limit: how many at most.
        only: of these channels alone.
        never: of none of these channels.
    """
    params = {"now": now, "machine_now": machine_now}
    return session.exec(_claimable(limit, only, never), params=params).all()


@cache
def _claimable(
    limit: int, only: tuple[str, ...] | None, never: tuple[str, ...]
) -> SelectOfScalar[UUID]:
    """Made once: to make it is dearer than to ask it, and it is asked several times a second."""
    earlier, theirs, this = aliased(OutboxEntry), aliased(Message), aliased(Message)
    now = bindparam("now", type_=UtcDateTime)
    machine_now = bindparam("machine_now", type_=UtcDateTime)
    blocked = exists().where(
        col(earlier.young_person_id) == col(OutboxEntry.young_person_id),
        col(earlier.state).in_(LIVE),
        col(earlier.rank) <= col(OutboxEntry.rank),
        col(earlier.seq) < col(OutboxEntry.seq),
        col(theirs.id) == col(earlier.message_id),
        col(this.id) == col(OutboxEntry.message_id),
        col(theirs.contact_address_id) == col(this.contact_address_id),
    )
    channel = col(OutboxEntry.channel)
    chosen = channel.not_in(never) if only is None else channel.in_(only)
    return (
        select(OutboxEntry.id)
        .where(_ready(now, machine_now), ~blocked, chosen)
        .order_by(col(OutboxEntry.rank), col(OutboxEntry.seq))
        .limit(limit)
    )


def claim(
    session: Session,
    entry_id: UUID,
    owner: str,
    now: datetime,
    machine_now: datetime,
    lease_until: datetime,
) -> tuple[OutboxEntry, bool] | None:
    """Take the lease of an entry and write its attempt down, before any call.

    Returns:
        The entry and whether an earlier attempt is in doubt (ask before sending), or None when
        somebody else has it.
    """
    entry = session.exec(
        select(OutboxEntry).where(OutboxEntry.id == entry_id, _ready(now, machine_now))
    ).first()
    if entry is None:
        return None
    in_doubt = entry.state != "waiting"
    statement = (
        update(OutboxEntry)
        .where(
            col(OutboxEntry.id) == entry_id,
            col(OutboxEntry.tries) == entry.tries,
            col(OutboxEntry.state) == entry.state,
        )
        .values(
            state="claimed",
            tries=entry.tries + 1,
            lease_owner=owner,
            lease_until=lease_until,
            first_tried_at=entry.first_tried_at or machine_now,
        )
    )
    if session.connection().execute(statement).rowcount != 1:
        return None
    session.refresh(entry)
    session.add(
        DeliveryAttempt(id=uuid4(), outbox_id=entry_id, number=entry.tries, started_at=machine_now)
    )
    session.flush()
    return entry, in_doubt


def settle(
    session: Session,
    entry: OutboxEntry,
    state: str,
    now: datetime,
    machine_now: datetime,
    *,
    code: str = "",
    provider_id: str | None = None,
    retry_at: datetime | None = None,
) -> bool:
    """Record what an attempt came to; False when the lease was lost and another attempt decides.

    What a provider called the message is kept with its attempt, also by who lost the lease: the
    provider's reports name it.
    """
    statement = (
        update(OutboxEntry)
        .where(
            col(OutboxEntry.id) == entry.id,
            col(OutboxEntry.tries) == entry.tries,
            col(OutboxEntry.state) == "claimed",
        )
        .values(
            state=state,
            lease_owner=None,
            lease_until=None,
            retry_at=retry_at,
            provider_id=provider_id,
            accepted_at=now if state == "sent" else None,
        )
    )
    settled = session.connection().execute(statement).rowcount == 1
    _end_attempt(session, entry, state, code, provider_id, machine_now)
    if settled and state in ("sent", "failed", "dropped"):
        add_event(session, entry.id, state, now, code)
    return settled


def _end_attempt(
    session: Session,
    entry: OutboxEntry,
    result: str,
    code: str,
    provider_id: str | None,
    machine_now: datetime,
) -> None:
    attempt = update(DeliveryAttempt).where(
        col(DeliveryAttempt.outbox_id) == entry.id, col(DeliveryAttempt.number) == entry.tries
    )
    # A report may have said already what became of it, and under which id.
    ended = attempt.where(col(DeliveryAttempt.ended_at).is_(None))
    ended = ended.values(ended_at=machine_now, result=result, code=code)
    session.connection().execute(ended)
    if provider_id is not None:
        session.connection().execute(attempt.values(provider_id=provider_id))


def renew(session: Session, entry: OutboxEntry, lease_until: datetime) -> bool:
    """Hold a claimed entry longer, before the next call; False when somebody else has it now."""
    statement = (
        update(OutboxEntry)
        .where(
            col(OutboxEntry.id) == entry.id,
            col(OutboxEntry.tries) == entry.tries,
            col(OutboxEntry.state) == "claimed",
        )
        .values(lease_until=lease_until)
    )
    return session.connection().execute(statement).rowcount == 1


def put_off(session: Session, entry: OutboxEntry, until: datetime, machine_now: datetime) -> None:
    """Let a claimed entry wait for a later moment (service time); its four hours begin anew."""
    statement = (
        update(OutboxEntry)
        .where(
            col(OutboxEntry.id) == entry.id,
            col(OutboxEntry.tries) == entry.tries,
            col(OutboxEntry.state) == "claimed",
        )
        .values(
            state="waiting",
            due_at=until,
            retry_at=None,
            first_tried_at=None,
            lease_owner=None,
            lease_until=None,
        )
    )
    session.connection().execute(statement)
    _end_attempt(session, entry, "put_off", "", None, machine_now)


def drop_what_is_not_due(session: Session, young_person_id: UUID, now: datetime) -> None:
    """Take back what waits for a later moment than ``now`` (service time)."""
    statement = (
        update(OutboxEntry)
        .where(
            col(OutboxEntry.young_person_id) == young_person_id,
            col(OutboxEntry.state) == "waiting",
            col(OutboxEntry.due_at) > now,
        )
        .values(state="dropped")
        .returning(col(OutboxEntry.id))
    )
    for outbox_id in session.connection().execute(statement).scalars().all():
        add_event(session, outbox_id, "dropped", now)


def add_event(
    session: Session, outbox_id: UUID, status: str, now: datetime, code: str = ""
) -> None:
    """Keep what became known of an entry; each status is kept once."""
    same = select(DeliveryEvent.id).where(
        DeliveryEvent.outbox_id == outbox_id,
        DeliveryEvent.status == status,
        DeliveryEvent.code == code,
    )
    event = DeliveryEvent(id=uuid4(), outbox_id=outbox_id, status=status, code=code, at=now)
    # A provider's report may arrive while its answer to the call is being recorded.
    add_once(session, event, lambda: session.exec(same).first() is not None)


def delivery_of(session: Session, message_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The furthest known state of each outbound message."""
    return _furthest(session, col(OutboxEntry.message_id), message_ids)


def alert_delivery_of(session: Session, alert_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The furthest known state of each alert."""
    return _furthest(session, col(OutboxEntry.alert_id), alert_ids)


def _furthest(
    session: Session, column: Mapped[UUID | None], ids: Iterable[UUID]
) -> dict[UUID, str]:
    statement = (
        select(column, DeliveryEvent.status)
        .join(DeliveryEvent, col(DeliveryEvent.outbox_id) == col(OutboxEntry.id))
        .where(column.in_(list(ids)))
    )
    furthest: dict[UUID, str] = {}
    for each, status in session.exec(statement):
        if each is not None:
            known = furthest.get(each, "queued")
            furthest[each] = max(known, status, key=_FURTHEST.index)
    return furthest


def next_due(session: Session) -> datetime | None:
    """The earliest service time at which something waiting is due."""
    statement = select(OutboxEntry.due_at).where(OutboxEntry.state == "waiting")
    return session.exec(statement.order_by(col(OutboxEntry.due_at)).limit(1)).first()


def _ready(
    now: datetime | BindParameter[datetime], machine_now: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    rested = or_(col(OutboxEntry.retry_at).is_(None), col(OutboxEntry.retry_at) <= machine_now)
    state = col(OutboxEntry.state)
    return or_(
        and_(state == "waiting", col(OutboxEntry.due_at) <= now, rested),
        and_(state == "in_doubt", rested),
        # A lease that ran out is an attempt without a result: in doubt.
        and_(state == "claimed", col(OutboxEntry.lease_until) < machine_now),
    )
