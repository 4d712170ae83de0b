"""Passkeys of staff, and what browsers were asked to sign with them (machine time)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Delete, Update, delete, update
from sqlmodel import Session, col, select

from storage.tables import Passkey, PasskeyChallenge

CHALLENGE_FOR = timedelta(minutes=5)


def add_passkey(
    session: Session,
    staff_id: UUID,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    machine_now: datetime,
) -> Passkey:
    """Keep the public half of a passkey.

    Raises:
        IntegrityError: the passkey is known already.
    """
    passkey = Passkey(
        id=uuid4(),
        staff_id=staff_id,
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
        name=name,
        created_at=machine_now,
    )
    session.add(passkey)
    session.flush()
    return passkey


def passkeys_of(session: Session, staff_id: UUID) -> Sequence[Passkey]:
    """The passkeys of a member of staff, the oldest first."""
    statement = select(Passkey).where(Passkey.staff_id == staff_id)
    return session.exec(statement.order_by(col(Passkey.created_at), col(Passkey.id))).all()


def passkey_by_credential(session: Session, credential_id: bytes) -> Passkey | None:
    """Whose passkey a browser names."""
    statement = select(Passkey).where(Passkey.credential_id == credential_id)
    return session.exec(statement).first()


def use_passkey(session: Session, passkey: Passkey, sign_count: int, machine_now: datetime) -> bool:
    """Note a use; False when another one came first, as it does when a passkey was copied."""
    statement = (
        update(Passkey)
        .where(col(Passkey.id) == passkey.id, col(Passkey.sign_count) == passkey.sign_count)
        .values(sign_count=sign_count, used_at=machine_now)
    )
    return _run(session, statement) == 1


def remove_passkey(session: Session, staff_id: UUID, passkey_id: UUID) -> bool:
    """Take a passkey away; False when this member of staff has no such passkey."""
    statement = delete(Passkey).where(
        col(Passkey.id) == passkey_id, col(Passkey.staff_id) == staff_id
    )
    return _run(session, statement) == 1


def remove_passkeys(session: Session, staff_id: UUID) -> None:
    """Take every passkey of a member of staff away, and what they were asked to sign."""
    _run(session, delete(Passkey).where(col(Passkey.staff_id) == staff_id))
    _run(session, delete(PasskeyChallenge).where(col(PasskeyChallenge.staff_id) == staff_id))


def add_challenge(
    session: Session,
    challenge: bytes,
    purpose: str,
    staff_id: UUID | None,
    machine_now: datetime,
) -> None:
    """Remember what a browser was asked to sign, and forget what nobody signed in time."""
    too_old = col(PasskeyChallenge.made_at) < machine_now - CHALLENGE_FOR
    _run(session, delete(PasskeyChallenge).where(too_old))
    session.add(
        PasskeyChallenge(
            challenge_hash=_hash(challenge), purpose=purpose, staff_id=staff_id, made_at=machine_now
        )
    )
    session.flush()


def use_challenge(
    session: Session,
    challenge: bytes,
    purpose: str,
    staff_id: UUID | None,
    machine_now: datetime,
) -> bool:
    """Take a challenge; False when it was not for this, was taken before, or is too old."""
    owner = col(PasskeyChallenge.staff_id)
    statement = delete(PasskeyChallenge).where(
        col(PasskeyChallenge.challenge_hash) == _hash(challenge),
        col(PasskeyChallenge.purpose) == purpose,
        owner.is_(None) if staff_id is None else owner == staff_id,
        col(PasskeyChallenge.made_at) >= machine_now - CHALLENGE_FOR,
    )
    return _run(session, statement) == 1


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def _run(session: Session, statement: Update | Delete) -> int:
    result: CursorResult[object] = session.connection().execute(statement)
    return result.rowcount
