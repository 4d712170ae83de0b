"""A world for each test: migrated databases of either kind, with people in them."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Dialect

from bot.settings import Settings
from storage import migrate
from storage.database import Database, database_url
from storage.installation import ensure_installation
from storage.keys import KeyFile
from tests.bot.world import World
from tests.postgres import FreshPostgres


def live_words(url: str) -> None:
    """The main database as `db upgrade` leaves it."""
    database = Database(url)
    migrate.upgrade(database, migrate.MAIN)
    with database.write() as session:
        ensure_installation(session, "live", datetime(2026, 1, 1, tzinfo=UTC))
    database.close()


def person_keys(url: str) -> None:
    database = Database(url)
    migrate.upgrade(database, migrate.KEYS)
    database.close()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[str], None]], Path]:
    """SQLite files that are made once and then copied, as PostgreSQL's templates are."""
    folder = tmp_path_factory.mktemp("made-once")

    def file(prepare: Callable[[str], None]) -> Path:
        path = folder / f"{prepare.__name__}.sqlite"
        if not path.exists():
            prepare(f"sqlite:///{path}")
        return path

    return file


class Engine:
    """One engine for all tests, each of which points it at a database of its own.

    An engine keeps the statements that it has compiled; compiling them anew for every test takes
    most of the time of a test.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(url)
        event.listen(self.database.engine, "do_connect", self._connect)

    def point_at(self, url: str) -> Database:
        self.database.close()
        self.url = url
        return self.database

    def _connect(self, dialect: Dialect, _record: object, _args: object, params: Any) -> Any:
        args, own_params = dialect.create_connect_args(database_url(self.url))
        return dialect.connect(*args, **(params | own_params))


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, Engine]]:
    made: dict[str, Engine] = {}
    yield made
    for engine in made.values():
        engine.database.close()


@pytest.fixture
def engine_at(engines: dict[str, Engine]) -> Iterator[Callable[[str, str], Database]]:
    """Points the engine of a kind at a database, and takes it away after the test."""

    def point(kind: str, url: str) -> Database:
        if kind not in engines:
            engines[kind] = Engine(url)
        return engines[kind].point_at(url)

    yield point
    for engine in engines.values():
        engine.database.close()


@pytest.fixture
def settings_for(
    tmp_path: Path,
    made_once: Callable[[Callable[[str], None]], Path],
    request: pytest.FixtureRequest,
) -> Callable[[str], Settings]:
    """Settings over new databases; the person keys are always in SQLite, whatever the words are."""

    def url(kind: str, prepare: Callable[[str], None]) -> str:
        if kind == "sqlite":
            file = shutil.copyfile(made_once(prepare), tmp_path / f"{prepare.__name__}.sqlite")
            return f"sqlite:///{file}"
        fresh_postgres: FreshPostgres = request.getfixturevalue("fresh_postgres")
        return fresh_postgres(prepare)

    def settings(kind: str) -> Settings:
        KeyFile.create(tmp_path / "keys.json")
        return Settings(
            database_url=url(kind, live_words),
            keys_database_url=url("sqlite", person_keys),
            keys_file=tmp_path / "keys.json",
            public_url="https://listen.example",
            service_name="the Listen Line",
            allow_draft_script=True,
            # No test fails because the machine is busy; those of the budget set their own.
            screening_budget_seconds=60,
            demo_folder=None,
        )

    return settings


@pytest.fixture
def open_world() -> Iterator[Callable[..., World]]:
    """Opens worlds with engines of their own, as further processes would be."""
    made: list[World] = []

    def make(*arguments: Any, **details: Any) -> World:
        made.append(World(*arguments, **details))
        return made[-1]

    yield make
    for world in made:
        world.service.close()


@pytest.fixture
def world(
    database_kind: str,
    settings_for: Callable[[str], Settings],
    engine_at: Callable[[str, str], Database],
) -> World:
    """A service without anybody in it; a test that asks for it runs on both kinds of database."""
    settings = settings_for(database_kind)
    words = engine_at(database_kind, settings.database_url)
    return World(settings, engines=(words, engine_at("keys", settings.key_store_url)))


@pytest.fixture
def sqlite_world(
    settings_for: Callable[[str], Settings], engine_at: Callable[[str, str], Database]
) -> World:
    """The same on SQLite only, for what does not depend on the kind of database."""
    settings = settings_for("sqlite")
    words = engine_at("sqlite", settings.database_url)
    return World(settings, engines=(words, engine_at("keys", settings.key_store_url)))
