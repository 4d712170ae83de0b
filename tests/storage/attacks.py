"""Ways to change or remove a row that must stay as it was written."""

# ruff: noqa: S608 (every name in these statements is a constant of ours)

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import SQLModel

from tests.storage.everything import Row

Attack = tuple[str, Row]
"""A statement and its values."""


def on_either(table: str, row: Row) -> Iterator[Attack]:
    """Statements that both databases know."""
    yield f"UPDATE {table} SET at = :value WHERE seq = :seq", _with(row, value=row["at"])
    yield f"UPDATE {table} SET id = :value WHERE seq = :seq", _with(row, value=_fresh(row["id"]))
    yield f"UPDATE {table} SET seq = seq + 1000 WHERE seq = :seq", _with(row)
    yield f"DELETE FROM {table} WHERE seq = :seq", _with(row)
    for key in unique_keys(table):
        yield (
            f"{_insert('INSERT', table, row)} ON CONFLICT ({', '.join(key)}) "
            "DO UPDATE SET at = excluded.at",
            _colliding(table, row, key),
        )


def on_sqlite(table: str, row: Row) -> Iterator[Attack]:
    """Statements that remove the row in the way without saying so."""
    yield f"UPDATE OR REPLACE {table} SET id = id, at = at WHERE seq = :seq", _with(row)
    for key in unique_keys(table):
        for verb in ("INSERT OR REPLACE", "REPLACE"):
            yield _insert(verb, table, row), _colliding(table, row, key)
    by_rowid = _insert("REPLACE", table, row).replace("(seq,", "(rowid,", 1)
    yield by_rowid, _colliding(table, row, ("seq",))


def on_postgres(table: str, row: Row) -> Iterator[Attack]:
    """Statements that only PostgreSQL knows."""
    yield f"TRUNCATE {table} CASCADE", {}
    merge = f"MERGE INTO {table} USING (SELECT 1) AS one ON {table}.seq = :seq WHEN MATCHED THEN "
    yield merge + "UPDATE SET at = :value", _with(row, value=row["at"])
    yield merge + "DELETE", _with(row)
    if "young_person_id" in row:
        yield "TRUNCATE young_person CASCADE", {}


def unique_keys(table: str) -> list[tuple[str, ...]]:
    """Each set of columns by which a row of ``table`` is the only one."""
    return sorted(
        tuple(column.name for column in constraint.columns)
        for constraint in SQLModel.metadata.tables[table].constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
    )


def _with(row: Row, **more: Any) -> Row:
    return {"seq": row["seq"], **more}


def _insert(verb: str, table: str, row: Row) -> str:
    columns = ["seq", *(name for name in row if name != "seq")]
    return (
        f"{verb} INTO {table} ({', '.join(columns)}) "
        f"VALUES ({', '.join(f':{name}' for name in columns)})"
    )


def _colliding(table: str, row: Row, key: tuple[str, ...]) -> Row:
    """A new row that has only ``key`` in common with one that is there."""
    new = dict(row)
    for other in unique_keys(table):
        if other != key:
            new[other[-1]] = _fresh(row[other[-1]])
    return new


def _fresh(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1000
    return uuid4() if isinstance(value, UUID) else uuid4().hex
