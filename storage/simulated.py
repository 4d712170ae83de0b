"""The demo's pretended provider: which handsets have signal and what each has received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from storage.tables import Alert, OutboxEntry, SimulatedDelivery, SimulatedPhone


def has_signal(session: Session, address_index: str) -> bool:
    """Whether the handset at this address can receive."""
    phone = session.get(SimulatedPhone, address_index)
    return phone is None or not phone.out_of_signal


def set_signal(session: Session, address_index: str, *, on: bool) -> None:
    """Switch a handset's signal on or off."""
    phone = session.get(SimulatedPhone, address_index) or SimulatedPhone(
        address_index=address_index
    )
    phone.out_of_signal = not on
    session.add(phone)
    session.flush()


def accept(session: Session, outbox_id: UUID, address_index: str, now: datetime) -> None:
    """Take a message for a handset, once: a repeated reference changes nothing."""
    if session.get(SimulatedDelivery, outbox_id) is None:
        session.add(SimulatedDelivery(outbox_id=outbox_id, address_index=address_index, at=now))
        session.flush()


def has_accepted(session: Session, outbox_id: UUID) -> bool:
    """Whether a message was taken already."""
    return session.get(SimulatedDelivery, outbox_id) is not None


def received_messages(session: Session, address_index: str) -> set[UUID]:
    """The messages that reached a handset."""
    statement = (
        select(OutboxEntry.message_id)
        .join(SimulatedDelivery, col(SimulatedDelivery.outbox_id) == col(OutboxEntry.id))
        .where(SimulatedDelivery.address_index == address_index)
    )
    return {each for each in session.exec(statement) if each is not None}


def received_alerts(session: Session) -> Sequence[Alert]:
    """The alerts that reached the handset of a member of staff, the newest first."""
    statement = (
        select(Alert)
        .join(OutboxEntry, col(OutboxEntry.alert_id) == col(Alert.id))
        .join(SimulatedDelivery, col(SimulatedDelivery.outbox_id) == col(OutboxEntry.id))
        .order_by(col(OutboxEntry.seq).desc())
    )
    return session.exec(statement).all()
