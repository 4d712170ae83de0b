"""Links that invite staff, and who they are in the directory of their council (machine time)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from storage.staff import staff_by_id
from storage.tables import Staff, StaffIdentity, StaffInvitation

INVITED_FOR = timedelta(hours=48)


def add_invitation(session: Session, staff_id: UUID, token: str, machine_now: datetime) -> None:
    """Remember a link by its hash; the links before it are void."""
    remove_invitations(session, staff_id)
    session.add(
        StaffInvitation(
            token_hash=_hash(token),
            staff_id=staff_id,
            made_at=machine_now,
            expires_at=machine_now + INVITED_FOR,
        )
    )
    session.flush()


def invited_staff(session: Session, token: str, machine_now: datetime) -> Staff | None:
    """Whom this link invites; None when it was used, is too old, or they left."""
    found = session.get(StaffInvitation, _hash(token))
    if found is None or found.used_at is not None or machine_now > found.expires_at:
        return None
    staff = staff_by_id(session, found.staff_id)
    return staff if staff is not None and staff.active else None


def use_invitation(session: Session, token: str, machine_now: datetime) -> bool:
    """Use a link up; False when somebody did before, or it is too old."""
    statement = (
        update(StaffInvitation)
        .where(
            col(StaffInvitation.token_hash) == _hash(token),
            col(StaffInvitation.used_at).is_(None),
            col(StaffInvitation.expires_at) >= machine_now,
        )
        .values(used_at=machine_now)
    )
    result: CursorResult[object] = session.connection().execute(statement)
    return result.rowcount == 1


def open_invitation(
    session: Session, staff_id: UUID, machine_now: datetime
) -> StaffInvitation | None:
    """The link that a member of staff has not used yet and still can."""
    statement = select(StaffInvitation).where(
        StaffInvitation.staff_id == staff_id,
        col(StaffInvitation.used_at).is_(None),
        col(StaffInvitation.expires_at) >= machine_now,
    )
    return session.exec(statement).first()


def remove_invitations(session: Session, staff_id: UUID) -> None:
    """Void every link of a member of staff."""
    session.connection().execute(
        delete(StaffInvitation).where(col(StaffInvitation.staff_id) == staff_id)
    )


def staff_by_identity(session: Session, issuer: str, subject: str) -> Staff | None:
    """The active member of staff whom a directory knows by this subject."""
    found = session.get(StaffIdentity, (issuer, subject))
    staff = staff_by_id(session, found.staff_id) if found else None
    return staff if staff is not None and staff.active else None


def bind_identity(
    session: Session, staff_id: UUID, issuer: str, subject: str, machine_now: datetime
) -> None:
    """From now on this subject of this directory is this member of staff, whatever its e-mail.

    Raises:
        IntegrityError: either of them is bound to somebody else already.
    """
    session.add(
        StaffIdentity(issuer=issuer, subject=subject, staff_id=staff_id, created_at=machine_now)
    )
    session.flush()


def remove_identities(session: Session, staff_id: UUID) -> None:
    """Cut every tie of a member of staff to a directory."""
    session.connection().execute(
        delete(StaffIdentity).where(col(StaffIdentity.staff_id) == staff_id)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
