"""One way to reach a database: short write transactions and read transactions.

SQLite is the embedded default, PostgreSQL the engine for more than one machine; everything above
this file is the same on both (docs/reliability.md F-02, F-03).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session, SQLModel

from storage.visibility import shadow

BUSY_TIMEOUT_S = 5

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    # Without it, REPLACE would remove a row without waking the append-only triggers.
    "PRAGMA recursive_triggers=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)


class Database:
    """An engine with the two kinds of transaction that the service uses."""

    def __init__(self, url: str) -> None:
        """Open ``url`` (``sqlite:///file`` or ``postgresql://...``); nothing is created yet."""
        self.url = database_url(url)
        if (file := sqlite_file(url)) is not None:
            _private_file(file)
        self.engine = _engine(self.url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reading = self.engine.execution_options(transaction="BEGIN")
        if not self.is_sqlite:
            # As on SQLite a read sees one moment: what is kept from a reader is asked first, and
            # what is committed after that is not shown before it is asked again.
            self._reading = self._reading.execution_options(isolation_level="REPEATABLE READ")
        self._writing = self.engine.execution_options(transaction="BEGIN IMMEDIATE")
        # SQLite has one writer; queueing here in turn beats its busy handler's long sleeps.
        self._one_writer = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A write transaction: committed at the end, rolled back on any exception."""
        if not self.is_sqlite:
            with Session(self._writing, expire_on_commit=False) as session, session.begin():
                yield session
            return
        with (
            self._one_writer,
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read transaction; what it loaded stays readable after it."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    def answers(self) -> bool:
        """Whether the database can be reached at all."""
        try:
            with self._reading.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def database_url(url: str) -> URL:
    """``url`` with the driver that we use; raises ValueError on an engine that we do not."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return parsed.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"{backend} is not supported: use sqlite:/// or postgresql://")


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite URL, None for PostgreSQL."""
    parsed = database_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def lock_row(session: Session, table: str, column: str, value: object) -> None:
    """Hold one row until the transaction ends, so that its owner's changes are serial.

    On SQLite a write transaction already excludes every other writer.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    # Both names are constants of ours, never input.
    statement = f"SELECT 1 FROM {table} WHERE {column} = :value FOR UPDATE"  # noqa: S608
    session.connection().execute(text(statement), {"value": value})


def lock_name(session: Session, name: str) -> None:
    """Hold a name until the transaction ends, when there is no row yet to hold."""
    if session.get_bind().dialect.name == "sqlite":
        return
    statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
    session.connection().execute(statement, {"name": name})


def add_once(session: Session, row: SQLModel, is_known: Callable[[], bool]) -> None:
    """Add ``row`` unless ``is_known()``, also when another transaction adds it at this moment.

    Raises:
        IntegrityError: a constraint is broken, and still nothing like ``row`` is known.
    """
    if is_known():
        return
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # PostgreSQL's writers do not queue: somebody else was first.
        if not is_known():
            raise


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _shadowed(create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True))
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S}, pool_size=10
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return _shadowed(engine)


def _shadowed(engine: Engine) -> Engine:
    """What somebody who is looking may not know of stays below every query of theirs."""
    event.listen(engine, "before_cursor_execute", shadow, retval=True)
    return engine


def _private_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    # Transactions are begun by _on_begin, not guessed at by the driver.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _on_begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get("transaction", "BEGIN")
    connection.exec_driver_sql(begin)
