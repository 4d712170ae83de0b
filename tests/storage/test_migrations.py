"""Each migration goes down and up again with data in every table."""

from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage import migrate
from storage.audit import AuditChain
from storage.database import Database
from storage.encryption import Vault
from storage.keys import KeyFile, KeyStore
from tests.storage import cast, everything
from tests.storage.everything import Row

pytestmark = pytest.mark.slow

Contents = dict[str, list[Row]]


def revisions(schema: migrate.Schema) -> list[tuple[str, str]]:
    """Each revision, the newest first, with the one before it."""
    folder = migrate.__file__.replace("migrate.py", "migrations")
    scripts = ScriptDirectory(folder, version_locations=[f"{folder}/{schema.folder}"])
    return [(each.revision, str(each.down_revision or "base")) for each in scripts.walk_revisions()]


def what_is_left(before: Contents, after: Contents) -> Contents:
    """What ``before`` held of the tables and columns that there are in ``after``."""
    return {
        table: [{column: row[column] for column in kept[0]} for row in before[table]]
        if (kept := after[table])
        else []
        for table in after
    }


@pytest.mark.parametrize(("revision", "before"), revisions(migrate.MAIN))
def test_a_revision_goes_down_and_up_again_with_data(
    database: Database, vault: Vault, chain: AuditChain, revision: str, before: str
) -> None:
    everything.fill(database, vault, chain)
    migrate.downgrade(database, migrate.MAIN, revision)
    full = everything.contents(database)

    migrate.downgrade(database, migrate.MAIN, before)
    down = everything.contents(database)
    migrate.upgrade(database, migrate.MAIN, revision)
    up = everything.contents(database)

    assert down == what_is_left(full, down)
    assert what_is_left(up, down) == down
    assert set(up) == set(full)
    migrate.upgrade(database, migrate.MAIN)
    assert migrate.is_current(database, migrate.MAIN)


def test_all_the_way_down_and_up_again_the_service_works(
    database: Database, vault: Vault, chain: AuditChain
) -> None:
    everything.fill(database, vault, chain)

    migrate.downgrade(database, migrate.MAIN, "base")
    assert everything.contents(database) == {}
    migrate.upgrade(database, migrate.MAIN)

    everything.fill(database, vault, chain)


def test_after_the_young_people_stayed_the_service_works(
    database: Database, vault: Vault, chain: AuditChain
) -> None:
    child = cast.amina(database, vault)

    migrate.downgrade(database, migrate.MAIN, "0001")
    migrate.upgrade(database, migrate.MAIN)

    with database.write() as session:
        cast.receive(session, vault, child)


def test_every_table_takes_part(database: Database) -> None:
    tables = set(inspect(database.engine).get_table_names())

    assert tables - {"alembic_version"} == set(migrate.MAIN.metadata.tables)


@pytest.mark.parametrize(("revision", "before"), revisions(migrate.KEYS))
def test_the_key_store_goes_down_and_up_again_with_data(
    key_database: Database, keys: KeyFile, revision: str, before: str
) -> None:
    store = KeyStore(key_database, keys)
    store.create(uuid4())
    migrate.downgrade(key_database, migrate.KEYS, revision)
    full = everything.contents(key_database)

    migrate.downgrade(key_database, migrate.KEYS, before)
    down = everything.contents(key_database)
    migrate.upgrade(key_database, migrate.KEYS)

    assert down == what_is_left(full, down)
    new = uuid4()
    store.create(new)
    store.cipher(new)


def test_a_key_survives_an_upgrade_that_has_nothing_to_do(
    key_database: Database, keys: KeyFile
) -> None:
    owner = uuid4()
    KeyStore(key_database, keys).create(owner)
    before = everything.contents(key_database)

    migrate.upgrade(key_database, migrate.KEYS)

    assert everything.contents(key_database) == before
