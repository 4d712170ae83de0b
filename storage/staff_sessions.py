"""The signed-in browsers of staff: begun, used, proved again, listed, ended (machine time).

Whoever ends a session ends it for the next request already: every request looks here
(docs/reliability.md T-05, ASVS 7.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Update, update
from sqlmodel import Session, col, select

from storage.staff import staff_by_id
from storage.tables import Staff, StaffSession

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(seconds=30)


def start_session(
    session: Session,
    staff_id: UUID,
    token: str,
    machine_now: datetime,
    label: str | None = None,
    factor: str | None = None,
) -> None:
    """Remember a signed-in browser by the hash of its token.

    Args:
        session: of the database.
        staff_id: whose browser it is.
        token: what its cookie holds.
        machine_now: the moment.
        label: which browser it is, in words.
        factor: what was given beside the password, if anything was.
    """
    session.add(
        StaffSession(
            token_hash=_hash(token),
            staff_id=staff_id,
            created_at=machine_now,
            seen_at=machine_now,
            id=uuid4(),
            label=label,
            factor=factor,
            proved_at=machine_now,
        )
    )
    session.flush()


def find_session(
    session: Session, token: str, machine_now: datetime
) -> tuple[StaffSession, Staff] | None:
    """The session of this token and whose it is; None when it ended, idled or grew too old."""
    found = session.get(StaffSession, _hash(token))
    if found is None or not _is_alive(found, machine_now):
        return None
    staff = staff_by_id(session, found.staff_id)
    return (found, staff) if staff is not None and staff.active else None


def touch_session(session: Session, token: str, machine_now: datetime) -> None:
    """Note that a person used this session (which requests count, web/access.py says)."""
    _change(session, _open_one(token).values(seen_at=machine_now))


def end_session(session: Session, token: str, machine_now: datetime) -> None:
    """Sign a browser out; its token never works again."""
    _change(session, _open_one(token).values(ended_at=machine_now))


def note_proof(session: Session, token: str, machine_now: datetime) -> None:
    """Whoever uses this session has just proved again who they are."""
    _change(session, _open_one(token).values(proved_at=machine_now))


def note_factor(session: Session, token: str, factor: str) -> None:
    """A second factor was set up in this session, which thereby has given it."""
    _change(session, _open_one(token).values(factor=factor))


def live_sessions(
    session: Session, staff_id: UUID, machine_now: datetime
) -> Sequence[StaffSession]:
    """The sessions of a member of staff that still work, the last used one first."""
    statement = select(StaffSession).where(
        StaffSession.staff_id == staff_id,
        col(StaffSession.ended_at).is_(None),
    )
    found = session.exec(statement.order_by(col(StaffSession.seen_at).desc())).all()
    return [each for each in found if _is_alive(each, machine_now)]


def end_one_session(
    session: Session, staff_id: UUID, session_id: UUID, machine_now: datetime
) -> bool:
    """End the session of this id; False when this member of staff has no such open session."""
    statement = _open_of(staff_id).where(col(StaffSession.id) == session_id)
    return _change(session, statement.values(ended_at=machine_now)) == 1


def end_sessions(
    session: Session, staff_id: UUID, machine_now: datetime, but: str | None = None
) -> int:
    """End every session of a member of staff, except the one with the token ``but``."""
    statement = _open_of(staff_id)
    if but is not None:
        statement = statement.where(col(StaffSession.token_hash) != _hash(but))
    return _change(session, statement.values(ended_at=machine_now))


def is_token_of(found: StaffSession, token: str) -> bool:
    """Whether this is the session that ``token`` belongs to."""
    return found.token_hash == _hash(token)


def _open_one(token: str) -> Update:
    return update(StaffSession).where(
        col(StaffSession.token_hash) == _hash(token), col(StaffSession.ended_at).is_(None)
    )


def _open_of(staff_id: UUID) -> Update:
    return update(StaffSession).where(
        col(StaffSession.staff_id) == staff_id, col(StaffSession.ended_at).is_(None)
    )


def _change(session: Session, statement: Update) -> int:
    result: CursorResult[object] = session.connection().execute(statement)
    return result.rowcount


def _is_alive(found: StaffSession, machine_now: datetime) -> bool:
    return (
        found.ended_at is None
        and machine_now - found.seen_at <= IDLE
        and machine_now - found.created_at <= ABSOLUTE
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
