"""The addresses by which members of staff are alerted: entered, proved with a code, ended."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.database import add_once
from storage.encryption import Vault
from storage.outbox import queue_entry
from storage.tables import AddressCode, StaffAddress

ALERT_RANK = 0
CODE_TRIES = 5


def add_address(
    session: Session,
    vault: Vault,
    staff_id: UUID,
    kind: str,
    value: str,
    now: datetime,
    verified_at: datetime | None = None,
) -> StaffAddress:
    """Enter an address of somebody, or find it again where it is entered already.

    Args:
        session: a write transaction.
        vault: seals it under the key of the member of staff.
        staff_id: whose.
        kind: how it is reached.
        value: a number, an e-mail address, a link, or a browser's subscription.
        now: machine time.
        verified_at: when it proved itself, if it needs no code.
    """
    address_id, index = uuid4(), vault.blind_index("staff_address", value)
    same = select(StaffAddress).where(
        StaffAddress.staff_id == staff_id,
        StaffAddress.kind == kind,
        StaffAddress.value_index == index,
        col(StaffAddress.ended_at).is_(None),
    )
    address = StaffAddress(
        id=address_id,
        staff_id=staff_id,
        kind=kind,
        value_sealed=vault.seal(staff_id, "staff_address.value", address_id, value),
        value_index=index,
        created_at=now,
        verified_at=verified_at,
    )
    add_once(session, address, lambda: session.exec(same).first() is not None)
    return session.exec(same).one()


def value_of(vault: Vault, address: StaffAddress) -> str:
    """The address itself."""
    return vault.open(address.staff_id, "staff_address.value", address.id, address.value_sealed)


def address(session: Session, address_id: UUID) -> StaffAddress | None:
    """One address, ended or not."""
    return session.exec(select(StaffAddress).where(StaffAddress.id == address_id)).first()


def addresses_of(session: Session, staff_id: UUID) -> Sequence[StaffAddress]:
    """The addresses of somebody that are in use, in the order entered."""
    statement = select(StaffAddress).where(
        StaffAddress.staff_id == staff_id, col(StaffAddress.ended_at).is_(None)
    )
    return session.exec(statement.order_by(col(StaffAddress.seq))).all()


def end_address(session: Session, address_id: UUID, now: datetime) -> bool:
    """Stop using an address; False when it is not in use."""
    statement = (
        update(StaffAddress)
        .where(col(StaffAddress.id) == address_id, col(StaffAddress.ended_at).is_(None))
        .values(ended_at=now)
    )
    return session.connection().execute(statement).rowcount == 1


def set_code(session: Session, found: StaffAddress, code: str, until: datetime) -> None:
    """Remember the hash of a code; an earlier one is good no more."""
    found.code_hash, found.code_until, found.code_tries = _hash(found, code), until, 0
    session.add(found)
    session.flush()


def try_code(session: Session, address_id: UUID, code: str, now: datetime) -> bool:
    """Whether this is the code; the address is verified then, and the code is used up.

    Five wrong ones use it up as well.
    """
    found = address(session, address_id)
    if found is None or found.ended_at or found.code_hash is None or found.code_until is None:
        return False
    statement = (
        update(StaffAddress)
        .where(
            col(StaffAddress.id) == address_id,
            col(StaffAddress.code_tries) < CODE_TRIES,
            col(StaffAddress.code_until) > now,
        )
        .values(code_tries=StaffAddress.code_tries + 1)
    )
    if session.connection().execute(statement).rowcount != 1:
        return False
    if not hmac.compare_digest(found.code_hash, _hash(found, code)):
        return False
    found.verified_at, found.code_hash, found.code_until = now, None, None
    session.add(found)
    session.flush()
    return True


def queue_code(
    session: Session, vault: Vault, found: StaffAddress, channel: str, body: str, now: datetime
) -> None:
    """Put the text with a code in the outbox (``now``: service time), sealed under their key."""
    entry = queue_entry(session, ALERT_RANK, channel, now, now)
    sealed = vault.seal(found.staff_id, "address_code.body", entry.id, body)
    session.add(AddressCode(outbox_id=entry.id, address_id=found.id, body_sealed=sealed))
    session.flush()


def code_text(session: Session, vault: Vault, outbox_id: UUID) -> tuple[StaffAddress, str] | None:
    """The address and the text that an outbox entry carries, if it carries a code."""
    code = session.get(AddressCode, outbox_id)
    found = address(session, code.address_id) if code else None
    if code is None or found is None:
        return None
    return found, vault.open(found.staff_id, "address_code.body", outbox_id, code.body_sealed)


def _hash(found: StaffAddress, code: str) -> str:
    return hashlib.sha256(found.id.bytes + code.encode()).hexdigest()
