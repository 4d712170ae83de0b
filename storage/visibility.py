"""What a signed-in member of staff may know of, decided below every query that they cause.

While somebody is looking (``look_as``), each table that a read transaction asks for stands behind a
common table expression of its own name that leaves out what is kept from them: whatever page, list,
count or version is built on it cannot show what the database does not give. A new query, and a new
table that refers to a message, an escalation or a young person, is filtered without anybody having
to think of it (docs/conflicts.md). Write transactions are not: they serve the young person, and a
page reaches them only through a row that it could read (web/access.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlmodel import Session, col

from storage.shadows import Kept, Looking, shadows_of, tables_in
from storage.tables import (
    Concern,
    ConcernHidden,
    ConcernShown,
    Escalation,
    SenderLink,
    Staff,
    Team,
)

READING: Final = "BEGIN"
"""The transaction option that marks a connection as one for reading (storage/database.py)."""
_SIGHT: Final = "sight"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: what decides on what they may know of."""

    id: UUID
    role: str
    team_id: UUID | None = None
    authority_id: UUID | None = None
    independent: bool = False


_MARKS: Final = select(
    select(func.max(col(ConcernHidden.seq))).scalar_subquery(),
    select(func.count(col(ConcernShown.agreed_at))).scalar_subquery(),
    select(func.count(col(SenderLink.provisional_id))).scalar_subquery(),
    select(func.max(col(SenderLink.at))).scalar_subquery(),
)
"""Moves whenever something is kept from somebody, shown to them, or found to be somebody's."""
_MOST_KNOWN: Final = 1_000
_KNOWN: dict[tuple[object, ...], Looking] = {}

_LOOKING: ContextVar[Viewer | None] = ContextVar("looking", default=None)


def viewer_of(session: Session, staff: Staff) -> Viewer:
    """A member of staff as somebody who looks."""
    with seeing_everything():
        team = session.get(Team, staff.team_id) if staff.team_id else None
    independent = team is not None and team.kind == "independent"
    return Viewer(staff.id, staff.role, staff.team_id, staff.authority_id, independent)


def look_as(viewer: Viewer | None) -> None:
    """From here on, in this thread, reads show what this person may know of; None: everything."""
    _LOOKING.set(viewer)


@contextmanager
def seeing_everything() -> Iterator[None]:
    """For the reads that are for no reader: to find out whom to alert, to keep a rule."""
    before = _LOOKING.get()
    _LOOKING.set(None)
    try:
        yield
    finally:
        _LOOKING.set(before)


def is_kept_from(session: Session, viewer: Viewer, found: Escalation) -> bool:
    """Whether this escalation, or the young person's words since, is kept from somebody."""
    statement = select(col(SenderLink.young_person_id)).where(
        col(SenderLink.provisional_id) == found.young_person_id
    )
    whose = {found.young_person_id, session.connection().execute(statement).scalar()}
    return any(
        found.id in each.escalation_ids or (each.person in whose and found.raised_at >= each.since)
        for each in kept_from(session.connection(), viewer)
    )


def kept_since(session: Session, young_person_id: UUID) -> datetime | None:
    """From when on a young person's words are kept from whoever is looking; None: they are not."""
    viewer = _LOOKING.get()
    if viewer is None:
        return None
    with seeing_everything():
        kept = kept_from(session.connection(), viewer)
        statement = select(col(SenderLink.young_person_id)).where(
            col(SenderLink.provisional_id) == young_person_id
        )
        whose = {young_person_id, session.connection().execute(statement).scalar()}
    return next((each.since for each in kept if each.person in whose), None)


def staff_kept_from(session: Session, young_person_id: UUID) -> frozenset[UUID]:
    """Everybody from whom something of a young person is kept; one statement, whoever it is."""
    hidden, shown = ConcernHidden, ConcernShown
    agreed = select(col(shown.hidden_id)).where(col(shown.agreed_at).is_not(None))
    found_to_be = select(col(SenderLink.young_person_id)).where(
        col(SenderLink.provisional_id) == young_person_id
    )
    theirs = select(col(SenderLink.provisional_id)).where(
        col(SenderLink.young_person_id) == young_person_id
    )
    whose = col(Concern.young_person_id)
    dependent = func.coalesce(col(Team.kind), "") != "independent"
    them = (col(hidden.staff_id) == col(Staff.id)) | (col(hidden.team_id) == col(Staff.team_id))
    them |= dependent & ((col(hidden.role) == col(Staff.role)) | (col(hidden.kind) == "everybody"))
    statement = (
        select(col(Staff.id))
        .join(Team, col(Team.id) == col(Staff.team_id), isouter=True)
        .join(hidden, them)
        .join(Concern, col(Concern.id) == col(hidden.concern_id))
        .where(
            (whose == young_person_id) | whose.in_(found_to_be) | whose.in_(theirs),
            col(hidden.id).not_in(agreed),
        )
    )
    with seeing_everything():
        return frozenset(session.connection().execute(statement).scalars())


def kept_from(connection: Connection, viewer: Viewer) -> tuple[Kept, ...]:
    """What is kept from somebody, by young person: from which message on."""
    hidden, shown = ConcernHidden, ConcernShown
    agreed = select(col(shown.hidden_id)).where(col(shown.agreed_at).is_not(None))
    them = col(hidden.staff_id) == viewer.id
    if viewer.team_id is not None:
        them |= col(hidden.team_id) == viewer.team_id
    if not viewer.independent:
        them |= (col(hidden.role) == viewer.role) | (col(hidden.kind) == "everybody")
    statement = (
        select(
            col(Concern.young_person_id),
            col(SenderLink.young_person_id).label("linked"),
            col(Concern.from_seq),
            col(Concern.since),
            col(Concern.newcomer),
            col(Concern.escalation_id),
            col(Concern.was),
        )
        .join(hidden, col(hidden.concern_id) == col(Concern.id))
        .join(
            SenderLink, col(SenderLink.provisional_id) == col(Concern.young_person_id), isouter=True
        )
        .where(them, col(hidden.id).not_in(agreed))
        .order_by(col(Concern.from_seq), col(Concern.seq))
    )
    return _merged(connection.execute(statement).all())


def _merged(rows: Any) -> tuple[Kept, ...]:
    """One entry for each young person: the earliest concern says from where on, and what was."""
    found: dict[UUID, Kept] = {}
    for child, linked, from_seq, since, newcomer, escalation_id, was in rows:
        person = linked or child
        earlier = found.get(person)
        newcomers = frozenset([child] if newcomer else [])
        if earlier is None:
            found[person] = Kept(
                person,
                from_seq,
                since,
                newcomers,
                frozenset([escalation_id]),
                json.dumps(was, sort_keys=True),
            )
            continue
        found[person] = Kept(
            person,
            earlier.from_seq,
            earlier.since,
            earlier.newcomers | newcomers,
            earlier.escalation_ids | {escalation_id},
            earlier.was,
        )
    return tuple(found.values())


def shadow(
    connection: Connection,
    _cursor: Any,
    statement: str,
    parameters: Any,
    _context: Any,
    _many: bool,
) -> tuple[str, Any]:
    """Put what the reader may not know of behind expressions of the tables' own names.

    An event of the engine (``before_cursor_execute``).
    """
    viewer = _LOOKING.get()
    if viewer is None or connection.get_execution_options().get("transaction") != READING:
        return statement, parameters
    if not tables_in(statement):
        return statement, parameters
    looking = _sight(connection, viewer)
    return _rewritten(statement, looking), parameters


def _sight(connection: Connection, viewer: Viewer) -> Looking:
    """What is kept from the reader in this transaction; asked once for each."""
    begun = connection.get_transaction()
    known = connection.info.get(_SIGHT)
    if known is not None and known[0] is begun and known[1] == viewer:
        looking: Looking = known[2]
        return looking
    with seeing_everything():
        looking = _looking(connection, viewer)
    connection.info[_SIGHT] = (begun, viewer, looking)
    return looking


def _looking(connection: Connection, viewer: Viewer) -> Looking:
    """What this reader is shown, from memory while nothing that decides on it has changed.

    So what is kept takes no longer to be left out than nothing takes (docs/conflicts.md).
    """
    marks = tuple(connection.execute(_MARKS).one())
    key = (connection.engine.url, viewer, marks)
    known = _KNOWN.get(key)
    if known is None:
        kept = kept_from(connection, viewer)
        advocate = viewer.id if viewer.role == "advocate" else None
        known = Looking(connection.dialect.name, kept, viewer.authority_id, advocate)
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = known
    return known


@lru_cache(maxsize=2000)
def _rewritten(statement: str, looking: Looking) -> str:
    bodies = shadows_of(looking)
    chosen = [
        f"{name} AS NOT MATERIALIZED ({bodies[name]})"
        for name in tables_in(statement)
        if name in bodies
    ]
    if not chosen:
        return statement
    head = ", ".join(chosen)
    if statement.upper().startswith("WITH RECURSIVE"):
        return f"WITH RECURSIVE {head}, {statement[len('WITH RECURSIVE') :].lstrip()}"
    if statement.upper().startswith("WITH "):
        return f"WITH {head}, {statement[len('WITH ') :].lstrip()}"
    return f"WITH {head} {statement}"
