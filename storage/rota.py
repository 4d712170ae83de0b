"""Shifts: who is on duty from when until when (service time)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from storage.database import lock_name
from storage.tables import Shift, Staff, Team

HAND_OVER = timedelta(hours=1)
"""Two people may both be first for as long as it takes to hand over, not longer."""


@dataclass(frozen=True, slots=True)
class NewShift:
    """What somebody enters; ``ends_at`` is after ``starts_at``."""

    ladder: str
    position: int
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    authority_id: UUID | None = None


class Clash(Exception):
    """The rota has something else at that time already: ``found``."""

    def __init__(self, found: Shift, new: NewShift) -> None:
        super().__init__("the rota has something else at that time")
        self.found = found
        self.new = new


def hold(session: Session) -> None:
    """Keep others from changing the rota until the transaction ends.

    Overlaps are no key that a database could watch: whoever changes the rota waits in turn.
    """
    lock_name(session, "rota")


def add_shift(session: Session, new: NewShift, by: UUID | None, now: datetime) -> Shift:
    """Enter a shift.

    Args:
        session: a write transaction.
        new: the shift.
        by: who entered it; None for whoever runs the command line.
        now: service time.

    Raises:
        Clash: this person is on duty then already, on either ladder, or somebody else is first
            for longer than a hand-over takes.
    """
    hold(session)
    found = _clash(session, new)
    if found is not None:
        raise Clash(found, new)
    shift = Shift(
        id=uuid4(),
        ladder=new.ladder,
        position=new.position,
        staff_id=new.staff_id,
        authority_id=new.authority_id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        entered_by=by,
        entered_at=now,
    )
    session.add(shift)
    session.flush()
    return shift


def shift(session: Session, shift_id: UUID) -> Shift | None:
    """One shift, removed or not."""
    return session.exec(select(Shift).where(Shift.id == shift_id)).first()


def end_shift(session: Session, shift_id: UUID, by: UUID | None, now: datetime) -> bool:
    """Take a coming shift out, or end one that has begun now; False when it is over or out."""
    return _end(session, col(Shift.id) == shift_id, by, now) == 1


def end_shifts_of(session: Session, staff_id: UUID, now: datetime, by: UUID | None = None) -> int:
    """Somebody leaves: end the shift that they are on and take out all that come.

    Args:
        session: a write transaction.
        staff_id: who leaves.
        now: service time.
        by: who says so; None for whoever runs the command line.

    Returns:
        How many shifts now have nobody; the alarm for gaps says which hours (bot/rota_alarm.py).
    """
    return _end(session, col(Shift.staff_id) == staff_id, by, now)


def any_shift(session: Session, ladder: str) -> bool:
    """Whether a shift of this ladder was ever entered and not taken out again."""
    statement = select(Shift.seq).where(Shift.ladder == ladder, col(Shift.removed_at).is_(None))
    return session.exec(statement.limit(1)).first() is not None


def shifts_between(
    session: Session, since: datetime, until: datetime, ladder: str | None = None
) -> Sequence[Shift]:
    """The shifts that touch this time, in the order of their beginnings."""
    statement = select(Shift).where(
        col(Shift.starts_at) < until,
        col(Shift.ends_at) > since,
        col(Shift.removed_at).is_(None),
    )
    if ladder is not None:
        statement = statement.where(Shift.ladder == ladder)
    order = (col(Shift.starts_at), col(Shift.position), col(Shift.seq))
    return session.exec(statement.order_by(*order)).all()


def staff_on_shift(
    session: Session, ladder: str, now: datetime, position: int | None = None
) -> list[Staff]:
    """Who is on duty at this moment and still works here: the first first, nobody twice."""
    statement = (
        select(Staff)
        .join(Shift, col(Shift.staff_id) == col(Staff.id))
        .where(_running(ladder, now), col(Staff.active).is_(True))
        .order_by(col(Shift.position), col(Shift.starts_at), col(Shift.seq))
    )
    if position is not None:
        statement = statement.where(Shift.position == position)
    return list({each.id: each for each in session.exec(statement).all()}.values())


def shift_of(session: Session, staff_id: UUID, now: datetime) -> Shift | None:
    """The shift that this person is on at this moment."""
    statement = select(Shift).where(
        Shift.staff_id == staff_id,
        col(Shift.starts_at) <= now,
        col(Shift.ends_at) > now,
        col(Shift.removed_at).is_(None),
    )
    return session.exec(statement.order_by(col(Shift.seq))).first()


def next_start(session: Session, ladder: str, now: datetime) -> datetime | None:
    """When the next shift of somebody who still works here begins, if one was entered."""
    statement = (
        select(Shift.starts_at)
        .join(Staff, col(Shift.staff_id) == col(Staff.id))
        .where(
            Shift.ladder == ladder,
            col(Shift.starts_at) > now,
            col(Shift.removed_at).is_(None),
            col(Staff.active).is_(True),
        )
    )
    return session.exec(statement.order_by(col(Shift.starts_at)).limit(1)).first()


def independent_staff(session: Session) -> Sequence[Staff]:
    """Active members of the independent teams who have a number to alert, in the order entered."""
    statement = (
        select(Staff)
        .join(Team, col(Team.id) == col(Staff.team_id))
        .where(
            Team.kind == "independent",
            col(Staff.active).is_(True),
            col(Staff.phone_sealed).is_not(None),
        )
    )
    return session.exec(statement.order_by(col(Staff.seq))).all()


def is_independent(session: Session, staff: Staff) -> bool:
    """Whether they belong to a team that is independent of homes and carers."""
    statement = select(Team.id).where(Team.id == staff.team_id, Team.kind == "independent")
    return session.exec(statement).first() is not None


def has_independent(session: Session) -> bool:
    """Whether anybody meant there to be an independent ladder: a team of that kind, or a shift."""
    team = select(Team.id).where(Team.kind == "independent").limit(1)
    return session.exec(team).first() is not None or any_shift(session, "independent")


def _clash(session: Session, new: NewShift) -> Shift | None:
    at_that_time = shifts_between(session, new.starts_at, new.ends_at)
    for each in at_that_time:
        if each.staff_id == new.staff_id:
            return each
    for each in at_that_time:
        same_place = (each.ladder, each.position, each.authority_id) == (
            new.ladder,
            1,
            new.authority_id,
        )
        both = min(each.ends_at, new.ends_at) - max(each.starts_at, new.starts_at)
        if new.position == 1 and same_place and both > HAND_OVER:
            return each
    return None


def _end(session: Session, which: ColumnElement[bool], by: UUID | None, now: datetime) -> int:
    hold(session)
    not_out = col(Shift.removed_at).is_(None)
    running = (
        update(Shift)
        .where(which, not_out, col(Shift.starts_at) < now, col(Shift.ends_at) > now)
        .values(ends_at=now)
    )
    coming = (
        update(Shift)
        .where(which, not_out, col(Shift.starts_at) >= now)
        .values(removed_at=now, removed_by=by)
    )
    return sum(session.connection().execute(each).rowcount for each in (running, coming))


def _running(ladder: str, now: datetime) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (
        (col(Shift.ladder) == ladder)
        & (col(Shift.starts_at) <= now)
        & (col(Shift.ends_at) > now)
        & col(Shift.removed_at).is_(None)
    )
    return found
