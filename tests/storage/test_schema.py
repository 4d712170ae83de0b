"""The migrated schemas are the models, whole migrations apply or nothing, and times are UTC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, MetaData, Table, inspect, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from storage import migrate
from storage.database import Database
from storage.tables import APPEND_ONLY
from storage.tables.types import UtcDateTime
from tests.postgres import FreshPostgres

Opened = Callable[[str], Database]
SCHEMAS = {"words": migrate.MAIN, "keys": migrate.KEYS}


@pytest.fixture(params=SCHEMAS)
def schema(request: pytest.FixtureRequest) -> migrate.Schema:
    return SCHEMAS[request.param]


@pytest.fixture
def empty(database_url: str, opened: Opened) -> Database:
    return opened(database_url)


@pytest.fixture
def another(
    database_kind: str, tmp_path: Path, opened: Opened, request: pytest.FixtureRequest
) -> Database:
    if database_kind == "sqlite":
        return opened(f"sqlite:///{tmp_path / 'another.sqlite'}")
    fresh_postgres: FreshPostgres = request.getfixturevalue("fresh_postgres")
    return opened(fresh_postgres())


def differences(database: Database, schema: migrate.Schema) -> list[Any]:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata)
        )


def description(database: Database) -> dict[str, Any]:
    """All that the database says of its tables: also the checks, which Alembic does not compare."""
    inspector = inspect(database.engine)
    ways = ("columns", "indexes", "unique_constraints", "foreign_keys", "check_constraints")
    return {
        table: [inspector.get_pk_constraint(table)]
        + [sorted(map(_as_text, getattr(inspector, f"get_{way}")(table))) for way in ways]
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _as_text(part: dict[str, Any]) -> str:
    options = part.pop("dialect_options", {})
    return f"{part} { ({name: str(value) for name, value in options.items()}) }"


def test_the_migrated_schema_is_the_models(
    empty: Database, another: Database, schema: migrate.Schema
) -> None:
    migrate.upgrade(empty, schema)
    schema.metadata.create_all(another.engine)

    assert differences(empty, schema) == []
    assert description(empty) == description(another)
    assert migrate.is_current(empty, schema)


@pytest.mark.slow
def test_a_difference_is_found(empty: Database, another: Database) -> None:
    migrate.upgrade(empty, migrate.MAIN)
    migrate.MAIN.metadata.create_all(another.engine)
    with empty.engine.begin() as connection:
        connection.execute(text("ALTER TABLE alert ADD COLUMN mood VARCHAR"))

    assert [each[0] for each in differences(empty, migrate.MAIN)] == ["remove_column"]
    assert description(empty) != description(another)


def test_a_new_database_is_not_current(empty: Database, schema: migrate.Schema) -> None:
    assert not migrate.is_current(empty, schema)


def test_a_migration_that_fails_half_way_leaves_the_one_before(empty: Database) -> None:
    migrate.upgrade(empty, migrate.MAIN, "0001")
    before = description(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE answer_message (in_the_way INTEGER)"))

    with pytest.raises(DBAPIError):
        migrate.upgrade(empty, migrate.MAIN)
    with empty.engine.begin() as connection:
        connection.execute(text("DROP TABLE answer_message"))

    assert description(empty) == before
    migrate.upgrade(empty, migrate.MAIN)
    assert migrate.is_current(empty, migrate.MAIN)


def test_a_migration_that_fails_later_keeps_those_that_succeeded(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE human_task (in_the_way INTEGER)"))

    with pytest.raises(DBAPIError):
        migrate.upgrade(empty, migrate.MAIN)

    with empty.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "0002"


def test_append_only_tables_are_tables() -> None:
    assert set(APPEND_ONLY) <= set(migrate.MAIN.metadata.tables)


def moments(database: Database) -> Table:
    table = Table("moment", MetaData(), Column("at", UtcDateTime))
    table.create(database.engine)
    return table


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 6, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
    ],
)
def test_a_moment_comes_back_aware_and_in_utc(empty: Database, moment: datetime) -> None:
    table = moments(empty)

    with empty.write() as session:
        session.connection().execute(table.insert(), {"at": moment})
    with empty.read() as session:
        came_back = session.connection().execute(select(table.c.at)).scalar_one()

    assert came_back == moment
    assert came_back.tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused(empty: Database) -> None:
    table = moments(empty)

    with pytest.raises(StatementError, match="time zone"), empty.write() as session:
        session.connection().execute(table.insert(), {"at": datetime(2026, 6, 1)})  # noqa: DTZ001

    with empty.read() as session:
        assert session.connection().execute(select(table)).all() == []


def test_no_moment_stays_none(empty: Database) -> None:
    table = moments(empty)

    with empty.write() as session:
        session.connection().execute(table.insert(), {"at": None})
    with empty.read() as session:
        assert session.connection().execute(select(table.c.at)).scalar_one() is None
