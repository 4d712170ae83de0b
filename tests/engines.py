"""Engines that outlive a test, each pointed at another database in the next one.

An engine keeps the statements that it has compiled; compiling them anew for every test takes most
of the time of a test. A folder's conftest.py imports both fixtures.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import URL, Dialect, Engine

from storage import database as databases
from storage.database import Database


class Pointed:
    """One engine as the service makes it, and the database that it reaches now."""

    def __init__(self, engine: Engine, url: URL) -> None:
        self.engine = engine
        self.url = url
        event.listen(engine, "do_connect", self._connect)

    def _connect(self, dialect: Dialect, _record: object, _args: object, params: Any) -> Any:
        args, own_params = dialect.create_connect_args(self.url)
        return dialect.connect(*args, **(params | own_params))


class Engines:
    """Makes an engine only when every one of its kind is in use by this test."""

    def __init__(self, make: Callable[[URL], Engine]) -> None:
        self._make = make
        self._free: dict[str, list[Pointed]] = {}
        self._taken: list[Pointed] = []

    def take(self, url: URL) -> Engine:
        free = self._free.setdefault(url.get_backend_name(), [])
        pointed = free.pop() if free else Pointed(self._make(url), url)
        pointed.url = url
        self._taken.append(pointed)
        return pointed.engine

    def give_back(self) -> None:
        """Close what this test has opened: the next one may have the engines."""
        while self._taken:
            pointed = self._taken.pop()
            pointed.engine.dispose()
            if "do_execute" in vars(pointed.engine.dialect):
                continue  # broken by `break_database`: no other test gets it
            self._free[pointed.url.get_backend_name()].append(pointed)


def break_database(database: Database, error: Exception) -> None:
    """Let every further statement fail."""
    database.close()

    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    database.engine.dialect.do_execute = fail  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def all_engines() -> Engines:
    return Engines(databases._engine)


@pytest.fixture(autouse=True)
def engines(all_engines: Engines, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engines]:
    """Lets every `Database` of a test have an engine of an earlier one."""
    monkeypatch.setattr("storage.database._engine", all_engines.take)
    yield all_engines
    all_engines.give_back()
