"""Bringing both databases to the newest schema, and saying whether they are there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlmodel import SQLModel

from storage.database import Database
from storage.keys import key_metadata
from storage.tables import APPEND_ONLY

_SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Schema:
    """One of the two migrated schemas: its scripts and the tables that they should amount to."""

    folder: str
    metadata: MetaData


MAIN = Schema("versions", SQLModel.metadata)
KEYS = Schema("key_versions", key_metadata)


def upgrade(database: Database, schema: Schema, revision: str = "head") -> None:
    """Apply the migrations up to ``revision``; restartable, each in a transaction of its own."""
    with database.engine.connect() as connection:
        command.upgrade(_config(database, schema, connection), revision)


def downgrade(database: Database, schema: Schema, revision: str) -> None:
    """Undo migrations down to ``revision`` (tests prove each way with data)."""
    with database.engine.connect() as connection:
        command.downgrade(_config(database, schema, connection), revision)


def is_current(database: Database, schema: Schema) -> bool:
    """Whether the database is at the newest revision of ``schema``."""
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == _newest(schema.folder)


@cache
def _newest(folder: str) -> str | None:
    """The newest revision that this release knows; its scripts are read once."""
    return ScriptDirectory.from_config(_scripts(folder)).get_current_head()


def _scripts(folder: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("version_locations", str(_SCRIPTS / folder))
    config.set_main_option("path_separator", "os")
    return config


def grant_app_role(database: Database, role: str) -> None:
    """Let a PostgreSQL role that owns nothing run the service: no change to what was said.

    On append-only tables it may read and add, nothing else (docs/reliability.md T-09).
    """
    quoted = database.engine.dialect.identifier_preparer.quote(role)
    statements = [
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}" for table in APPEND_ONLY),
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
    ]
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _config(database: Database, schema: Schema, connection: object = None) -> Config:
    config = _scripts(schema.folder)
    config.attributes.update(
        connection=connection, metadata=schema.metadata, sqlite=database.is_sqlite
    )
    return config
