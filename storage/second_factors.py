"""One-time codes and recovery codes: what counts, what was used (machine time).

Which code belongs to which half minute is reckoned in web/one_time_codes.py; that none is taken
twice is held here, by conditional updates (ASVS 6.5.1).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Delete, Update, delete, func, update
from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.tables import OneTimeKey, Passkey, RecoveryCode

_SEALED_IN = "one_time_key.secret"
_CODE = "recovery code"


def has_factor(session: Session, staff_id: UUID) -> bool:
    """Whether this member of staff has set up anything beside the password."""
    return confirmed_key(session, staff_id) is not None or _has_passkey(session, staff_id)


def _has_passkey(session: Session, staff_id: UUID) -> bool:
    return session.exec(select(Passkey.id).where(Passkey.staff_id == staff_id)).first() is not None


def confirmed_key(session: Session, staff_id: UUID) -> OneTimeKey | None:
    """The key whose codes count."""
    statement = select(OneTimeKey).where(
        OneTimeKey.staff_id == staff_id, col(OneTimeKey.confirmed_at).is_not(None)
    )
    return session.exec(statement).first()


def begun_key(session: Session, staff_id: UUID) -> OneTimeKey | None:
    """The key that waits for its first code."""
    statement = select(OneTimeKey).where(
        OneTimeKey.staff_id == staff_id, col(OneTimeKey.confirmed_at).is_(None)
    )
    return session.exec(statement).first()


def begin_key(
    session: Session, vault: Vault, staff_id: UUID, secret: str, machine_now: datetime
) -> None:
    """Keep a new key; the one that counts goes on counting until this one is confirmed."""
    _run(session, _keys_of(staff_id).where(col(OneTimeKey.confirmed_at).is_(None)))
    key_id = uuid4()
    sealed = vault.seal(staff_id, _SEALED_IN, key_id, secret)
    session.add(
        OneTimeKey(id=key_id, staff_id=staff_id, secret_sealed=sealed, created_at=machine_now)
    )
    session.flush()


def secret_of(vault: Vault, key: OneTimeKey) -> str:
    """The key itself, in base 32."""
    return vault.open(key.staff_id, _SEALED_IN, key.id, key.secret_sealed)


def confirm_key(session: Session, key: OneTimeKey, step: int, machine_now: datetime) -> bool:
    """From now on this key counts, and no other; its first code is used up with that."""
    _run(session, _keys_of(key.staff_id).where(col(OneTimeKey.id) != key.id))
    statement = (
        update(OneTimeKey)
        .where(col(OneTimeKey.id) == key.id, col(OneTimeKey.confirmed_at).is_(None))
        .values(confirmed_at=machine_now, last_step=step)
    )
    return _run(session, statement) == 1


def use_step(session: Session, key: OneTimeKey, step: int) -> bool:
    """Take the code of this half minute; False when it, or a later one, was taken before."""
    statement = (
        update(OneTimeKey)
        .where(col(OneTimeKey.id) == key.id, col(OneTimeKey.last_step) < step)
        .values(last_step=step)
    )
    return _run(session, statement) == 1


def remove_key(session: Session, staff_id: UUID) -> bool:
    """Take one-time codes away from a member of staff."""
    return _run(session, _keys_of(staff_id)) > 0


def replace_recovery_codes(
    session: Session, vault: Vault, staff_id: UUID, codes: Collection[str], machine_now: datetime
) -> None:
    """Keep these codes as keyed hashes; the ones before are void."""
    remove_recovery_codes(session, staff_id)
    for code in codes:
        index = _code_index(vault, staff_id, code)
        session.add(
            RecoveryCode(id=uuid4(), staff_id=staff_id, code_index=index, created_at=machine_now)
        )
    session.flush()


def use_recovery_code(
    session: Session, vault: Vault, staff_id: UUID, code: str, machine_now: datetime
) -> bool:
    """Take a recovery code, which never works again; False when it is none or was used."""
    statement = (
        update(RecoveryCode)
        .where(
            col(RecoveryCode.code_index) == _code_index(vault, staff_id, code),
            col(RecoveryCode.staff_id) == staff_id,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=machine_now)
    )
    return _run(session, statement) == 1


def recovery_codes_left(session: Session, staff_id: UUID) -> int:
    """How many recovery codes a member of staff has not used."""
    count = select(func.count()).select_from(RecoveryCode)
    return session.exec(
        count.where(RecoveryCode.staff_id == staff_id, col(RecoveryCode.used_at).is_(None))
    ).one()


def remove_recovery_codes(session: Session, staff_id: UUID) -> None:
    """Void every recovery code of a member of staff."""
    _run(session, delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))


def _code_index(vault: Vault, staff_id: UUID, code: str) -> str:
    return vault.blind_index(_CODE, f"{staff_id}|{code}")


def _keys_of(staff_id: UUID) -> Delete:
    return delete(OneTimeKey).where(col(OneTimeKey.staff_id) == staff_id)


def _run(session: Session, statement: Update | Delete) -> int:
    result: CursorResult[object] = session.connection().execute(statement)
    return result.rowcount
