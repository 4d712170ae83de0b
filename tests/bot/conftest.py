"""A world for each test: migrated databases of either kind, with people in them."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from storage import migrate
from storage.database import Database, sqlite_file
from storage.installation import ensure_installation
from storage.keys import KeyFile
from tests.bot.world import World
from tests.engines import Engines, all_engines, engines

__all__ = ["all_engines", "engines"]


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


@pytest.fixture
def settings_for(
    tmp_path: Path, migrated_url: Callable[[str, Callable[[str], None]], str]
) -> Callable[[str], Settings]:
    """Settings over new databases; the person keys are always in SQLite, whatever the words are."""

    def settings(kind: str) -> Settings:
        KeyFile.create(tmp_path / "keys.json")
        return Settings(
            database_url=migrated_url(kind, live_words),
            keys_database_url=migrated_url("sqlite", person_keys),
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
    """Opens worlds; several over the same settings are as several processes."""
    made: list[World] = []

    def make(*arguments: Any, **details: Any) -> World:
        made.append(World(*arguments, **details))
        return made[-1]

    yield make
    for world in made:
        world.service.close()


@pytest.fixture
def world(
    database_kind: str, settings_for: Callable[[str], Settings], open_world: Callable[..., World]
) -> World:
    """A service without anybody in it; a test that asks for it runs on both kinds of database."""
    return open_world(settings_for(database_kind))


@pytest.fixture
def sqlite_world(
    settings_for: Callable[[str], Settings], open_world: Callable[..., World]
) -> World:
    """The same on SQLite only, for what does not depend on the kind of database."""
    return open_world(settings_for("sqlite"))


@pytest.fixture
def next_world(
    settings_for: Callable[[str], Settings], engines: Engines, tmp_path: Path
) -> Callable[[], World]:
    """Makes worlds one after the other, each on databases of its own; the one before is over."""
    first = settings_for("sqlite")
    folders = count()

    def make() -> World:
        engines.give_back()
        folder = tmp_path / f"world-{next(folders)}"
        folder.mkdir()
        copies = {
            name: f"sqlite:///{shutil.copy(file, folder)}"
            for name in ("database_url", "keys_database_url")
            if (file := sqlite_file(getattr(first, name)))
        }
        return World(first.model_copy(update=copies))

    return make
