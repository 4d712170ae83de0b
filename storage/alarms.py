"""What is wrong with the line itself: alarms, counts of refusals, requests nobody could read.

All of it is machine time, and none of it holds words, names or numbers in the clear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from storage.database import add_once
from storage.encryption import Vault
from storage.outbox import queue_entry
from storage.tables import AlarmText, RefusalCount, ServiceAlarm, UnreadableRequest

ALERT_RANK = 0


def raise_alarm(
    session: Session, kind: str, detail: str, machine_now: datetime
) -> tuple[ServiceAlarm, bool]:
    """Raise an alarm, or count one more time for the one that is open; whether it is new."""
    fresh = ServiceAlarm(
        id=uuid4(), kind=kind, detail=detail, raised_at=machine_now, last_at=machine_now
    )
    fresh_id = fresh.id
    add_once(session, fresh, lambda: _open_alarm(session, kind, detail) is not None)
    found = _open_alarm(session, kind, detail)
    if found is None:
        raise RuntimeError("an alarm was neither open nor could be raised")
    if found.id == fresh_id:
        return found, True
    session.connection().execute(
        update(ServiceAlarm)
        .where(col(ServiceAlarm.id) == found.id)
        .values(times=ServiceAlarm.times + 1, last_at=machine_now)
    )
    session.refresh(found)
    return found, False


def clear_alarm(
    session: Session, kind: str, detail: str, machine_now: datetime, by: UUID | None = None
) -> bool:
    """Clear what is right again, by itself or by a person; False when nothing was open."""
    statement = (
        update(ServiceAlarm)
        .where(
            col(ServiceAlarm.kind) == kind,
            col(ServiceAlarm.detail) == detail,
            col(ServiceAlarm.cleared_at).is_(None),
        )
        .values(cleared_at=machine_now, cleared_by=by)
    )
    return session.connection().execute(statement).rowcount > 0


def open_alarms(session: Session) -> Sequence[ServiceAlarm]:
    """What is wrong now, the oldest first."""
    statement = select(ServiceAlarm).where(col(ServiceAlarm.cleared_at).is_(None))
    return session.exec(statement.order_by(col(ServiceAlarm.seq))).all()


def queue_text(
    session: Session, alarm: ServiceAlarm, staff_id: UUID, body: str, channel: str, now: datetime
) -> None:
    """Put one text about an alarm to a member of staff in the outbox (``now``: service time)."""
    entry = queue_entry(session, ALERT_RANK, channel, now, now)
    text = AlarmText(outbox_id=entry.id, alarm_id=alarm.id, staff_id=staff_id, body=body)
    session.add(text)
    session.flush()


def text_of(session: Session, outbox_id: UUID) -> AlarmText:
    """The text about an alarm that an outbox entry carries."""
    return session.get_one(AlarmText, outbox_id)


def count_refusal(session: Session, source: str, reason: str, machine_now: datetime) -> None:
    """Count one refused request in its minute; nothing of it is kept."""
    minute = machine_now.replace(second=0, microsecond=0)
    row = RefusalCount(minute=minute, source=source, reason=reason, times=0)
    key = (minute, source, reason)
    add_once(session, row, lambda: session.get(RefusalCount, key) is not None)
    session.connection().execute(
        update(RefusalCount)
        .where(
            col(RefusalCount.minute) == minute,
            col(RefusalCount.source) == source,
            col(RefusalCount.reason) == reason,
        )
        .values(times=RefusalCount.times + 1)
    )


def refusals_since(session: Session, source: str, since: datetime) -> int:
    """How many requests of this source were refused in the minutes from ``since`` on."""
    statement = select(func.sum(col(RefusalCount.times))).where(
        RefusalCount.source == source, col(RefusalCount.minute) >= since
    )
    return session.exec(statement).one() or 0


def keep_unreadable(
    session: Session,
    vault: Vault,
    owner_id: UUID,
    source: str,
    reason: str,
    raw: bytes,
    content_type: str | None,
    machine_now: datetime,
) -> bool:
    """Keep a request byte for byte; False when the same one was kept before.

    ``owner_id`` has its key already (``Vault.new_owner``): nobody knows whose words these are.
    """
    row = UnreadableRequest(
        id=owner_id,
        source=source,
        reason=reason,
        digest=_digest(vault, raw),
        raw_sealed=vault.seal(owner_id, "unreadable_request.raw", owner_id, raw),
        content_type=content_type,
        at=machine_now,
    )
    known = select(UnreadableRequest.id).where(
        UnreadableRequest.source == source, UnreadableRequest.digest == row.digest
    )
    add_once(session, row, lambda: session.exec(known).first() is not None)
    return session.exec(known).one() == owner_id


def is_kept(session: Session, vault: Vault, source: str, raw: bytes) -> bool:
    """Whether this very request was kept before."""
    statement = select(UnreadableRequest.id).where(
        UnreadableRequest.source == source, UnreadableRequest.digest == _digest(vault, raw)
    )
    return session.exec(statement).first() is not None


def kept_since(session: Session, source: str, since: datetime) -> int:
    """How many requests of this source were kept from ``since`` on."""
    statement = select(func.count()).where(
        UnreadableRequest.source == source, col(UnreadableRequest.at) >= since
    )
    return session.exec(statement).one()


def unreadable(session: Session) -> Sequence[UnreadableRequest]:
    """Everything that nobody could read, the first that came first."""
    return session.exec(select(UnreadableRequest).order_by(col(UnreadableRequest.seq))).all()


def raw_of(vault: Vault, request: UnreadableRequest) -> bytes:
    """The request body, byte for byte."""
    return vault.open_bytes(request.id, "unreadable_request.raw", request.id, request.raw_sealed)


def _open_alarm(session: Session, kind: str, detail: str) -> ServiceAlarm | None:
    statement = select(ServiceAlarm).where(
        ServiceAlarm.kind == kind,
        ServiceAlarm.detail == detail,
        col(ServiceAlarm.cleared_at).is_(None),
    )
    return session.exec(statement).first()


def _digest(vault: Vault, raw: bytes) -> str:
    return vault.blind_index("unreadable", hashlib.sha256(raw).hexdigest())
