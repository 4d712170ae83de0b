"""Migrated databases of either kind, a vault over them, and the audit chain."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.audit import AuditChain
from storage.database import Database
from storage.encryption import Vault
from storage.keys import KeyFile, KeyStore
from tests.engines import all_engines, engines

__all__ = ["all_engines", "engines"]


def migrated_words(url: str) -> None:
    _migrate(url, migrate.MAIN)


def migrated_keys(url: str) -> None:
    _migrate(url, migrate.KEYS)


def _migrate(url: str, schema: migrate.Schema) -> None:
    database = Database(url)
    migrate.upgrade(database, schema)
    database.close()


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens databases, as further processes would, and closes them after the test."""
    made: list[Database] = []

    def open_database(url: str) -> Database:
        made.append(Database(url))
        return made[-1]

    yield open_database
    for database in made:
        database.close()


@pytest.fixture
def database(
    database_kind: str,
    migrated_url: Callable[[str, Callable[[str], None]], str],
    opened: Callable[[str], Database],
) -> Database:
    """The main database at its newest schema; a test that asks for it runs on both kinds."""
    return opened(migrated_url(database_kind, migrated_words))


@pytest.fixture
def key_database(
    database_kind: str,
    migrated_url: Callable[[str, Callable[[str], None]], str],
    opened: Callable[[str], Database],
) -> Database:
    """A key store's database of the same kind as the main one."""
    return opened(migrated_url(database_kind, migrated_keys))


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile.create(tmp_path / "keys.json")


@pytest.fixture
def vault(
    keys: KeyFile,
    migrated_url: Callable[[str, Callable[[str], None]], str],
    opened: Callable[[str], Database],
) -> Vault:
    """A vault whose key store is always an SQLite file: test_keys.py shows that the kind is one."""
    return Vault(keys, KeyStore(opened(migrated_url("sqlite", migrated_keys)), keys))


@pytest.fixture
def chain(keys: KeyFile) -> AuditChain:
    return AuditChain(keys)
