"""What was done about an escalation after it was raised: conditional changes, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from storage.links import ids_of, person_of
from storage.tables import Alert, Escalation, HumanTask

LOOK_BACK = "look_back"
"""The kind of the task that a second person looks at a closed P1."""


def note_first_action(session: Session, escalation_id: UUID, now: datetime) -> bool:
    """Note that something was done about it; False when something had been done before.

    A call, a referral, a hand-over, an outcome and joining the conversation count: without any of
    them an acknowledged escalation climbs again (docs/practice.md 6.2).
    """
    statement = (
        update(Escalation)
        .where(col(Escalation.id) == escalation_id, col(Escalation.first_action_at).is_(None))
        .values(first_action_at=now)
    )
    return session.connection().execute(statement).rowcount == 1


def last_closed_before(session: Session, found: Escalation) -> Escalation | None:
    """The escalation of the same young person, on the same ladder, that was closed last."""
    statement = (
        select(Escalation)
        .where(
            col(Escalation.young_person_id).in_(_everybody(session, found)),
            Escalation.ladder == found.ladder,
            Escalation.id != found.id,
            col(Escalation.closed_at).is_not(None),
        )
        .order_by(col(Escalation.closed_at).desc(), col(Escalation.seq).desc())
    )
    return session.exec(statement).first()


def others_of(session: Session, found: Escalation) -> Sequence[Escalation]:
    """Every other escalation of the same young person, the newest first."""
    statement = select(Escalation).where(
        col(Escalation.young_person_id).in_(_everybody(session, found)), Escalation.id != found.id
    )
    return session.exec(statement.order_by(col(Escalation.seq).desc())).all()


def by_reference(session: Session, reference: str) -> Escalation | None:
    """The escalation that has this reference, as somebody may have typed it."""
    wanted = reference.strip().upper()
    return session.exec(select(Escalation).where(Escalation.reference == wanted)).first()


def checks_due(session: Session, now: datetime, alerted_since: datetime) -> Sequence[Escalation]:
    """Open escalations whose next check has come and nobody was told of that lately.

    Args:
        session: a transaction.
        now: service time.
        alerted_since: an alert after this moment, and after the check was due, is lately.
    """
    told = select(Alert.id).where(
        col(Alert.escalation_id) == col(Escalation.id),
        col(Alert.at) >= col(Escalation.next_check_at),
        col(Alert.at) > alerted_since,
    )
    statement = (
        select(Escalation)
        .where(
            col(Escalation.closed_at).is_(None),
            col(Escalation.acknowledged_at).is_not(None),
            col(Escalation.next_check_at) <= now,
            ~told.exists(),
        )
        .order_by(col(Escalation.priority), col(Escalation.seq))
    )
    return session.exec(statement).all()


def waiting_for_look_back(session: Session) -> Sequence[Escalation]:
    """Closed P1 that no second person has looked back at, the longest waiting first."""
    statement = select(Escalation).where(
        Escalation.priority == 1,
        col(Escalation.closed_at).is_not(None),
        col(Escalation.looked_back_at).is_(None),
    )
    return session.exec(statement.order_by(col(Escalation.closed_at), col(Escalation.seq))).all()


def look_back(session: Session, found: Escalation, staff_id: UUID, now: datetime) -> bool:
    """Note that a second person looked back; False when somebody did before, or it is open.

    Nobody looks back at what they acknowledged or closed themselves: the database decides.
    """
    statement = (
        update(Escalation)
        .where(
            col(Escalation.id) == found.id,
            col(Escalation.closed_at).is_not(None),
            col(Escalation.looked_back_at).is_(None),
            or_(
                col(Escalation.acknowledged_by).is_(None),
                col(Escalation.acknowledged_by) != staff_id,
            ),
            or_(col(Escalation.closed_by).is_(None), col(Escalation.closed_by) != staff_id),
        )
        .values(looked_back_at=now, looked_back_by=staff_id)
    )
    return session.connection().execute(statement).rowcount == 1


def finish_look_back_task(
    session: Session, young_person_id: UUID, staff_id: UUID, now: datetime
) -> None:
    """The task is done, unless another P1 of theirs still waits for a second person."""
    waiting = select(func.count()).where(
        Escalation.young_person_id == young_person_id,
        Escalation.priority == 1,
        col(Escalation.closed_at).is_not(None),
        col(Escalation.looked_back_at).is_(None),
    )
    if session.exec(waiting).one():
        return
    statement = (
        update(HumanTask)
        .where(
            col(HumanTask.young_person_id) == young_person_id,
            col(HumanTask.kind) == LOOK_BACK,
            col(HumanTask.done_at).is_(None),
        )
        .values(done_at=now, done_by=staff_id)
    )
    session.connection().execute(statement)


def _everybody(session: Session, found: Escalation) -> tuple[UUID, ...]:
    """Every id that escalations of this young person are kept under."""
    return ids_of(session, person_of(session, found.young_person_id))
