"""What stands in place of each table for a reader who may not know of all that is in it.

One expression for each table, written out as SQL: ids, numbers and moments come from our own rows,
typed, never from anybody's input.
"""

# ruff: noqa: S608 (every name here is a table's or a column's, every value is typed)

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlmodel import SQLModel

# Registers every table, so that none is missing here.
from storage.tables import Message as Message

MOMENTS: Final[Mapping[str, str]] = {
    "human_task": "created_at",
    "offer": "at",
    "answer": "at",
    "screening_mark": "at",
    "conversation_hold": "since",
}
"""Rows about a young person that come of what they wrote: those made since then are left out."""
OVERLAID: Final = {
    "return_interview": "id",
    "conversation": "young_person_id",
    "contact_address": "id",
    "conversation_hold": "id",
}
"""Rows that a conversation changes, shown as they were; the column that names them."""
NEW: Final = "new"
WHOLE: Final = frozenset({"staff", "team", "authority", "audit_entry", "concern_hidden"})
"""Tables in which nothing is left out here: they do not tell of one young person."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one young person: from a message on, and all escalations since."""

    person: UUID
    from_seq: int
    since: datetime
    newcomers: frozenset[UUID]
    escalation_ids: frozenset[UUID]
    was: str


@dataclass(frozen=True, eq=False)
class Looking:
    """Everything that decides what a reader is shown: one object while it stays the same."""

    dialect: str
    kept: tuple[Kept, ...]
    authority_id: UUID | None
    advocate_id: UUID | None

    @property
    def real(self) -> str:
        """The schema in which the tables themselves are."""
        return "main" if self.dialect == "sqlite" else "public"

    def id(self, value: UUID) -> str:
        """An id as it stands in a statement."""
        return f"'{value.hex}'" if self.dialect == "sqlite" else f"'{value}'::uuid"

    def moment(self, value: datetime) -> str:
        """A moment as it stands in a statement."""
        at = value.astimezone(UTC)
        if self.dialect == "sqlite":
            return f"'{at.replace(tzinfo=None).isoformat(sep=' ', timespec='microseconds')}'"
        return f"'{at.isoformat()}'::timestamptz"

    def value(self, value: Any, kind: str) -> str:
        """A value of a row as it was (bot/concerns_was.py)."""
        if value is None:
            return "NULL"
        if kind == "JSON":
            # A percent sign would be taken for a parameter by a driver.
            text = _quoted(json.dumps(value).replace("%", "\\u0025"))
            return text if self.dialect == "sqlite" else f"{text}::json"
        if isinstance(value, dict):
            at = value.get("at")
            return self.moment(datetime.fromisoformat(at)) if at else self.id(UUID(value["id"]))
        return str(value).lower() if isinstance(value, bool) else _quoted(str(value))


@lru_cache(maxsize=4000)
def tables_in(statement: str) -> tuple[str, ...]:
    """The tables that a statement names, if it reads."""
    if not statement.lstrip()[:6].upper().startswith(("SELECT", "WITH")):
        return ()
    return tuple(dict.fromkeys(_pattern().findall(statement)))


@lru_cache
def _pattern() -> re.Pattern[str]:
    names = sorted(SQLModel.metadata.tables, key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(names)})(?!\w)")


@lru_cache(maxsize=500)
def shadows_of(looking: Looking) -> Mapping[str, str]:
    """By table: what stands in its place; tables of which all is shown are not in it."""
    found: dict[str, str] = {}
    for name, table in SQLModel.metadata.tables.items():
        columns = {each.name: each for each in table.columns}
        wheres = [] if name in WHOLE else list(_conditions(looking, name, columns))
        shown = _overlay(looking, name, columns) if name in OVERLAID else "*"
        if wheres or shown != "*":
            where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
            found[name] = f"SELECT {shown} FROM {looking.real}.{name}{where}"
    return found


def _conditions(looking: Looking, name: str, columns: Mapping[str, Any]) -> Iterator[str]:
    if name == "message":
        # What nobody has screened yet may be about whoever looks at it.
        yield (
            f"{name}.id NOT IN (SELECT message_id FROM {looking.real}.screening_result "
            "WHERE state = 'waiting')"
        )
    yield from _kept_conditions(looking, name, columns)
    child = {"young_person": "id", "concern": None}.get(name, "young_person_id")
    if looking.authority_id is not None and child in columns:
        theirs = (
            f"SELECT id FROM {looking.real}.young_person WHERE authority_id IS NULL "
            f"OR authority_id = {looking.id(looking.authority_id)}"
        )
        yield f"({name}.{child} IS NULL OR {name}.{child} IN ({theirs}))"
    if looking.advocate_id is not None:
        mine = f"advocate_id IS NULL OR advocate_id = {looking.id(looking.advocate_id)}"
        if name == "return_interview":
            yield f"({mine})"
        elif "interview_id" in columns and name != "escalation":
            theirs = f"SELECT id FROM {looking.real}.return_interview WHERE {mine}"
            yield f"({name}.interview_id IS NULL OR {name}.interview_id IN ({theirs}))"


def _kept_conditions(looking: Looking, name: str, columns: Mapping[str, Any]) -> Iterator[str]:
    if not looking.kept:
        return
    if name == "message":
        yield f"NOT ({_messages(looking)})"
    elif name == "escalation":
        yield f"NOT ({_escalations(looking)})"
    else:
        yield from _without_newcomers(looking, name, columns)
        yield from _by_reference(looking, name, columns)
        if name in MOMENTS:
            yield f"NOT ({_since(looking, name, columns)})"


def _without_newcomers(looking: Looking, name: str, columns: Mapping[str, Any]) -> Iterator[str]:
    """Whoever was not known before they wrote of it is not known to the reader at all."""
    newcomers = sorted(looking.id(each) for kept in looking.kept for each in kept.newcomers)
    column = {"young_person": "id", "sender_link": "provisional_id"}.get(name, "young_person_id")
    if newcomers and column in columns:
        yield f"({name}.{column} IS NULL OR {name}.{column} NOT IN ({', '.join(newcomers)}))"


def _by_reference(looking: Looking, name: str, columns: Mapping[str, Any]) -> Iterator[str]:
    """Whatever refers to a row that is left out is left out too."""
    real = looking.real
    messages = f"SELECT id FROM {real}.message WHERE {_messages(looking)}"
    escalations = f"SELECT id FROM {real}.escalation WHERE {_escalations(looking)}"
    hidden = {
        "message_id": messages,
        "of_message_id": messages,
        "escalation_id": escalations,
        "alert_id": f"SELECT id FROM {real}.alert WHERE escalation_id IN ({escalations})",
    }
    for column, rows in hidden.items():
        if column in columns:
            yield f"({name}.{column} IS NULL OR {name}.{column} NOT IN ({rows}))"


def _since(looking: Looking, name: str, columns: Mapping[str, Any]) -> str:
    moment = MOMENTS[name]
    by_interview = "young_person_id" not in columns
    return " OR ".join(
        f"({_of_interview(looking, each, name) if by_interview else _of(looking, each, name)}"
        f" AND {name}.{moment} >= {looking.moment(each.since)})"
        for each in looking.kept
    )


def _messages(looking: Looking) -> str:
    return " OR ".join(
        f"({_of(looking, each, 'message')} AND message.seq >= {int(each.from_seq)})"
        for each in looking.kept
    )


def _escalations(looking: Looking) -> str:
    return " OR ".join(
        f"({_of(looking, each, 'escalation')} AND (escalation.raised_at >= "
        f"{looking.moment(each.since)} OR escalation.id IN ("
        f"{', '.join(sorted(map(looking.id, each.escalation_ids)))})))"
        for each in looking.kept
    )


def _of(looking: Looking, kept: Kept, name: str, column: str = "young_person_id") -> str:
    """Rows of a young person, whatever id they are kept under."""
    person = looking.id(kept.person)
    linked = (
        f"SELECT provisional_id FROM {looking.real}.sender_link WHERE young_person_id = {person}"
    )
    return f"({name}.{column} = {person} OR {name}.{column} IN ({linked}))"


def _of_interview(looking: Looking, kept: Kept, name: str) -> str:
    interviews = (
        f"SELECT id FROM {looking.real}.return_interview "
        f"WHERE young_person_id = {looking.id(kept.person)}"
    )
    return f"{name}.interview_id IN ({interviews})"


def _overlay(looking: Looking, name: str, columns: Mapping[str, Any]) -> str:
    """The columns of a table, those of some rows as they were."""
    shown = []
    for column, its in columns.items():
        kind = type(its.type).__name__
        cases = "".join(_cases(looking, name, column, kind))
        shown.append(f"CASE{cases} ELSE {column} END AS {column}" if cases else column)
    changed = any(each.startswith("CASE") for each in shown)
    return ", ".join(shown) if changed else "*"


def _cases(looking: Looking, name: str, column: str, kind: str) -> Iterator[str]:
    for kept in looking.kept:
        rows = json.loads(kept.was).get(name, {})
        unopened = rows.pop(NEW, {})
        for row, values in rows.items():
            if column in values:
                value = looking.value(values[column], kind)
                yield f" WHEN {OVERLAID[name]} = {looking.id(UUID(row))} THEN {value}"
        if column in unopened:
            value = looking.value(unopened[column], kind)
            since = looking.moment(kept.since)
            yield f" WHEN {_of(looking, kept, name)} AND opened_at >= {since} THEN {value}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
