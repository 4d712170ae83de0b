"""Staff, and the throttle on guessing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.tables import SignInAttempt, Staff

THROTTLE_WINDOW = timedelta(minutes=1)
ATTEMPTS_FOR_ACCOUNT = 5
ATTEMPTS_FOR_ADDRESS = 20
CODE_WINDOW = timedelta(hours=1)
CODES_FOR_ACCOUNT = 50


def add_staff(
    session: Session,
    vault: Vault,
    staff_id: UUID,
    name: str,
    email: str,
    role: str,
    phone: str | None,
    password_hash: str,
    now: datetime,
) -> Staff:
    """Enter a member of staff; ``staff_id`` must have its key already.

    Raises:
        IntegrityError: the e-mail address is known, or the role is not.
    """
    staff = Staff(
        id=staff_id,
        name=name,
        email=email.strip().lower(),
        role=role,
        password_hash=password_hash,
        created_at=now,
    )
    if phone is not None:
        staff.phone_sealed = vault.seal(staff_id, "staff.phone", staff_id, phone)
    session.add(staff)
    session.flush()
    return staff


def change_password(session: Session, staff_id: UUID, password_hash: str) -> None:
    """Keep the hash of another password."""
    statement = update(Staff).where(col(Staff.id) == staff_id)
    session.connection().execute(statement.values(password_hash=password_hash))


def staff_by_email(session: Session, email: str) -> Staff | None:
    """The active member of staff with this address."""
    statement = select(Staff).where(
        Staff.email == email.strip().lower(), col(Staff.active).is_(True)
    )
    return session.exec(statement).first()


def staff_by_id(session: Session, staff_id: UUID) -> Staff | None:
    """One member of staff, active or not."""
    return session.exec(select(Staff).where(Staff.id == staff_id)).first()


def staff_names(session: Session, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """What several of them are called, active or not."""
    statement = select(Staff.id, Staff.name).where(col(Staff.id).in_(list(ids)))
    return dict(session.exec(statement).all())


def list_staff(session: Session) -> Sequence[Staff]:
    """Everybody, in the order entered."""
    return session.exec(select(Staff).order_by(col(Staff.seq))).all()


def duty_workers(session: Session) -> Sequence[Staff]:
    """Active duty workers who have a number to alert."""
    statement = select(Staff).where(
        Staff.role == "duty_worker",
        col(Staff.active).is_(True),
        col(Staff.phone_sealed).is_not(None),
    )
    return session.exec(statement.order_by(col(Staff.seq))).all()


def first_advocate(session: Session) -> Staff | None:
    """The active advocate who was entered first: the named person until one is assigned."""
    statement = select(Staff).where(Staff.role == "advocate", col(Staff.active).is_(True))
    return session.exec(statement.order_by(col(Staff.seq))).first()


def phone_of(vault: Vault, staff: Staff) -> str | None:
    """The number to alert, if there is one."""
    if staff.phone_sealed is None:
        return None
    return vault.open(staff.id, "staff.phone", staff.id, staff.phone_sealed)


def is_throttled(
    session: Session, account_index: str, address_index: str, machine_now: datetime
) -> bool:
    """Whether this account from this address, or this address at all, has guessed too often.

    Counted for account and address together, so that nobody can lock a duty worker out from
    elsewhere (docs/reliability.md, sign-in).
    """
    since = machine_now - THROTTLE_WINDOW
    recent = col(SignInAttempt.at) > since
    from_address = col(SignInAttempt.address_index) == address_index
    count = select(func.count()).select_from(SignInAttempt)
    both = session.exec(
        count.where(recent, from_address, col(SignInAttempt.account_index) == account_index)
    ).one()
    if both >= ATTEMPTS_FOR_ACCOUNT:
        return True
    return session.exec(count.where(recent, from_address)).one() >= ATTEMPTS_FOR_ADDRESS


def is_guessed_widely(session: Session, account_index: str, machine_now: datetime) -> bool:
    """Whether one account was guessed too often, from however many addresses.

    Only for what has few values, and only where something else still lets its owner in.
    """
    count = select(func.count()).select_from(SignInAttempt)
    since = col(SignInAttempt.at) > machine_now - CODE_WINDOW
    found = session.exec(count.where(since, col(SignInAttempt.account_index) == account_index))
    return found.one() > CODES_FOR_ACCOUNT


def note_failed_sign_in(
    session: Session, account_index: str, address_index: str, machine_now: datetime
) -> SignInAttempt:
    """Count one sign-in as failed, which it is until ``forget_failed_sign_in``."""
    attempt = SignInAttempt(
        account_index=account_index, address_index=address_index, at=machine_now
    )
    session.add(attempt)
    session.flush()
    return attempt


def forget_failed_sign_in(session: Session, attempt: SignInAttempt) -> None:
    """It succeeded after all: it was no guess."""
    session.connection().execute(delete(SignInAttempt).where(col(SignInAttempt.seq) == attempt.seq))
