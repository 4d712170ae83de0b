"""The rows of the list of escalations: few queries however long it is, closed ones by the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from storage.drills import LADDER
from storage.tables import (
    AuditEntry,
    Concern,
    ConcernHidden,
    ConcernShown,
    Conversation,
    Escalation,
    EscalationEvent,
    SenderLink,
    StaffSession,
)
from storage.versions import Version

MOST_OPEN = 200
"""So many open escalations are listed, the most urgent; the count above them is of all."""
_IS_SHOWN = col(Escalation.ladder) != LADDER
_LAST_CLOSED = (col(Escalation.closed_at).desc(), col(Escalation.seq).desc())


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which escalations somebody wants to see; nothing chosen: all that are open.

    ``state`` is "raised", "acknowledged" or "closed"; ``holder_id`` leaves those of one person.
    """

    priority: int | None = None
    state: str | None = None
    holder_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: the escalation, and how its conversation stands now."""

    escalation: Escalation
    contact: str
    linked: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are open, and how many of them nobody has acknowledged."""

    open: int
    waiting: int


def open_rows(session: Session, chosen: Chosen, most: int = MOST_OPEN) -> Sequence[Listed]:
    """Open escalations, those first that nobody acknowledged, the most urgent of them first."""
    return _listed(session, _open(chosen, most))


def closed_rows(session: Session, chosen: Chosen, most: int, offset: int = 0) -> Sequence[Listed]:
    """Closed escalations, the last closed first."""
    statement = _rows().where(*_closed(), *_wanted(chosen)).order_by(*_LAST_CLOSED)
    return _listed(session, statement.offset(offset).limit(most))


def counts(session: Session) -> Counts:
    """Of everything that is open, whatever is chosen."""
    raised = case((col(Escalation.acknowledged_at).is_(None), 1), else_=0)
    statement = select(func.count(), func.sum(raised)).where(
        col(Escalation.closed_at).is_(None), _IS_SHOWN
    )
    number, waiting = session.exec(statement).one()
    return Counts(number, waiting or 0)


def events_among(
    session: Session, ids: Collection[UUID]
) -> Mapping[UUID, Sequence[EscalationEvent]]:
    """The timelines of several escalations, each in order."""
    found: dict[UUID, list[EscalationEvent]] = defaultdict(list)
    statement = select(EscalationEvent).where(col(EscalationEvent.escalation_id).in_(list(ids)))
    for event in session.exec(statement.order_by(col(EscalationEvent.seq))):
        found[event.escalation_id].append(event)
    return found


def last_read(session: Session, actor: str, ids: Collection[UUID]) -> Mapping[UUID, datetime]:
    """When somebody last opened each of these, of those that they have opened at all."""
    subjects = {f"escalation:{each}": each for each in ids}
    statement = (
        select(AuditEntry.subject, func.max(col(AuditEntry.at)))
        .where(
            col(AuditEntry.subject).in_(list(subjects)),
            AuditEntry.action == "read escalation",
            AuditEntry.actor == actor,
        )
        .group_by(col(AuditEntry.subject))
    )
    return {subjects[subject]: at for subject, at in session.exec(statement)}


def list_version(session: Session, closed: int) -> Version:
    """Changes whenever the list would: what is done to an escalation adds an event to it.

    Made of the rows that the reader may see and of nothing else, not even of numbers that other
    rows have moved on (docs/conflicts.md).

    Args:
        session: a transaction for reading.
        closed: how many of the closed ones are shown.
    """
    # Ids and no rows: this is asked for everybody who looks, whenever anything has changed.
    seen = session.execute(
        _open(Chosen(), MOST_OPEN).with_only_columns(col(Escalation.id), col(Conversation.contact))
    ).all()
    last = sa_select(col(Escalation.id)).where(*_closed()).order_by(*_LAST_CLOSED).limit(closed)
    ids = [found for found, _contact in seen] + list(session.scalars(last))
    statement = (
        select(EscalationEvent.escalation_id, func.count())
        .where(col(EscalationEvent.escalation_id).in_(ids))
        .group_by(col(EscalationEvent.escalation_id))
    )
    events: dict[UUID, int] = dict(session.exec(statement).all())
    numbers = counts(session)
    guarded = (str(found) for found, contact in seen if contact == "guarded")
    lines = (f"{each} {events.get(each, 0)}" for each in ids)
    return (numbers.open, numbers.waiting, *lines, "guarded", *guarded)


def change_mark(session: Session) -> Version:
    """Changes whenever the list of anybody would, or a session ended: for all readers together.

    Never a part of what a reader is given: it moves with what is kept from them, too.
    """
    marks = (
        session.connection()
        .execute(
            sa_select(
                sa_select(func.max(col(EscalationEvent.seq))).scalar_subquery(),
                sa_select(func.max(col(Concern.seq))).scalar_subquery(),
                sa_select(func.max(col(ConcernHidden.seq))).scalar_subquery(),
                sa_select(func.count(col(ConcernShown.agreed_at))).scalar_subquery(),
                sa_select(func.count(col(SenderLink.provisional_id))).scalar_subquery(),
                sa_select(func.max(col(StaffSession.ended_at))).scalar_subquery(),
            )
        )
        .one()
    )
    guarded = session.execute(
        _rows()
        .with_only_columns(col(Escalation.seq), _person())
        .where(col(Escalation.closed_at).is_(None), col(Conversation.contact) == "guarded")
        .order_by(col(Escalation.seq))
    )
    return (*(str(each) for each in marks), *(f"{seq} {person}" for seq, person in guarded))


def _open(chosen: Chosen, most: int) -> Select[Escalation, str, UUID]:
    """The most urgent of those that are open."""
    wanted = _rows().where(col(Escalation.closed_at).is_(None), *_wanted(chosen))
    return wanted.order_by(
        col(Escalation.acknowledged_at).is_not(None),
        col(Escalation.priority),
        col(Escalation.seq),
    ).limit(most)


def _closed() -> list[ColumnElement[bool]]:
    return [col(Escalation.closed_at).is_not(None), col(Escalation.is_drill).is_(False)]


def _rows() -> Select[Escalation, str, UUID]:
    """Whatever a person is asked to look at; a drill that goes to nobody is on no list."""
    linked = col(SenderLink.provisional_id) == col(Escalation.young_person_id)
    whose = col(Conversation.young_person_id) == _person()
    statement: Select[Escalation, str, UUID] = (
        sa_select(Escalation, col(Conversation.contact), _person())
        .join(SenderLink, linked, isouter=True)
        .join(Conversation, whose)
        .where(_IS_SHOWN)
    )
    return statement


def _person() -> ColumnElement[UUID]:
    """Who the young person turned out to be, or who it was from the first."""
    return func.coalesce(col(SenderLink.young_person_id), col(Escalation.young_person_id))


def _listed(session: Session, statement: Select[Escalation, str, UUID]) -> Sequence[Listed]:
    return [
        Listed(found, contact, linked=person != found.young_person_id)
        for found, contact, person in session.execute(statement).all()
    ]


def _wanted(chosen: Chosen) -> list[ColumnElement[bool]]:
    """The conditions of a choice, apart from whether it is closed."""
    found: list[ColumnElement[bool]] = []
    if chosen.priority is not None:
        found.append(col(Escalation.priority) == chosen.priority)
    if chosen.state == "raised":
        found.append(col(Escalation.acknowledged_at).is_(None))
    elif chosen.state == "acknowledged":
        found.append(col(Escalation.acknowledged_at).is_not(None))
    if chosen.holder_id is not None:
        found.append(col(Escalation.holder_id) == chosen.holder_id)
    return found
