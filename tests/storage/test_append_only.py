"""What was said stays as it was said: attacks on every append-only table (reliability.md T-09)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain as each_of
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import migrate
from storage.audit import AuditChain
from storage.database import Database
from storage.encryption import Vault
from storage.tables import APPEND_ONLY
from tests.postgres import Server
from tests.storage import attacks, everything
from tests.storage.attacks import Attack
from tests.storage.everything import Row

DENIED = "42501"

CAME_BACK_FROM = [
    None,
    *(
        pytest.param(each, marks=pytest.mark.slow)
        for each in ("0006", "0004", "0003", "0002", "0001", "base")
    ),
]
"""No way down at all, and down to each revision and up again."""


@pytest.fixture(params=CAME_BACK_FROM)
def filled(
    request: pytest.FixtureRequest, database: Database, vault: Vault, chain: AuditChain
) -> Database:
    if request.param:
        migrate.downgrade(database, migrate.MAIN, request.param)
        migrate.upgrade(database, migrate.MAIN)
    everything.fill(database, vault, chain)
    return database


def attacks_on(database: Database) -> list[tuple[str, Attack]]:
    own = attacks.on_sqlite if database.is_sqlite else attacks.on_postgres
    return [
        (table, attack)
        for table, row in everything.attackable_rows(database).items()
        for attack in each_of(attacks.on_either(table, row), own(table, row))
    ]


def ready(row: Row) -> Row:
    """As the drivers take it."""
    return {
        name: json.dumps(value) if isinstance(value, dict) else value for name, value in row.items()
    }


def refusal(engine: Engine, attack: Attack) -> DBAPIError | None:
    """Why the attack was refused, None when it went through; either way it is undone."""
    statement, values = attack
    with engine.connect() as connection:
        try:
            connection.execute(text(statement), ready(values))
        except DBAPIError as error:
            return error
        connection.rollback()
    return None


def sqlstate(error: DBAPIError | None) -> str | None:
    return getattr(error.orig, "sqlstate", None) if error else None


def successes(engine: Engine, attempts: list[tuple[str, Attack]]) -> list[str]:
    return [attack[0] for _, attack in attempts if refusal(engine, attack) is None]


@pytest.fixture
def owner(filled: Database, request: pytest.FixtureRequest) -> Iterator[Callable[..., Engine]]:
    """Somebody at the database's own prompt, who sets none of our pragmas."""
    engines: list[Engine] = []

    def connect(*pragmas: str) -> Engine:
        engines.append(create_engine(filled.url))
        if filled.is_sqlite:
            event.listen(engines[-1], "connect", partial(_prepare, pragmas))
        return engines[-1]

    yield connect
    for engine in engines:
        engine.dispose()


def _prepare(pragmas: tuple[str, ...], connection: Any, _record: object) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def test_no_attack_of_the_owner_succeeds(filled: Database, owner: Callable[..., Engine]) -> None:
    before = everything.contents(filled)
    attempts = attacks_on(filled)

    assert {table for table, _ in attempts} == set(APPEND_ONLY)
    assert successes(filled.engine, attempts) == []
    assert successes(owner("recursive_triggers=ON"), attempts) == []
    assert successes(owner("recursive_triggers=OFF"), attempts) == []
    assert everything.contents(filled) == before


def test_each_attack_would_succeed_if_nothing_guarded_the_tables(
    database: Database, vault: Vault, chain: AuditChain
) -> None:
    everything.fill(database, vault, chain)
    attempts = attacks_on(database)
    drop_every_guard(database)

    errors = {attack[0]: refusal(database.engine, attack) for _, attack in attempts}

    assert {statement: error for statement, error in errors.items() if error} == {}


def drop_every_guard(database: Database) -> None:
    """Take away all triggers, so that a test can show that they were what refused."""
    listing = (
        "SELECT name, '' FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname, ' ON ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.engine.begin() as connection:
        for name, place in connection.execute(text(listing)).all():
            connection.execute(text(f"DROP TRIGGER {name}{place}"))


@contextmanager
def app_role(database: Database, server: Server) -> Iterator[str]:
    """The URL of a role that owns nothing and was let in by grant_app_role."""
    role = f"service_of_{database.url.database}"
    server.execute(f"CREATE ROLE {role} LOGIN")
    migrate.grant_app_role(database, role)
    try:
        yield database.url.set(username=role).render_as_string()
    finally:
        with database.engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
        server.execute(f"DROP ROLE {role}")


@pytest.fixture
def as_service(
    database_kind: str,
    database: Database,
    opened: Callable[[str], Database],
    request: pytest.FixtureRequest,
) -> Iterator[Database]:
    server: Server = request.getfixturevalue("postgres_server")
    with app_role(database, server) as url:
        service = opened(url)
        yield service
        service.close()


only_postgres = pytest.mark.parametrize(
    "database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@only_postgres
def test_the_service_can_work_as_a_role_that_owns_nothing(
    as_service: Database, vault: Vault, chain: AuditChain
) -> None:
    everything.fill(as_service, vault, chain)

    with as_service.read() as session:
        assert chain.verify(session) == (1, None)


@only_postgres
def test_the_services_role_may_not_even_try(
    as_service: Database, vault: Vault, chain: AuditChain
) -> None:
    everything.fill(as_service, vault, chain)

    errors = {attack[0]: refusal(as_service.engine, attack) for _, attack in attacks_on(as_service)}

    codes = {
        statement: getattr(error and error.orig, "sqlstate", None)
        for statement, error in errors.items()
    }
    assert {statement: code for statement, code in codes.items() if code != DENIED} == {}


@only_postgres
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE message DISABLE TRIGGER ALL",
        "DROP TRIGGER message_no_change ON message",
        "DROP TABLE message CASCADE",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = '0001'",
        "SELECT setval('message_seq_seq', 1)",
    ],
)
def test_the_services_role_cannot_take_the_guards_away(
    as_service: Database, statement: str
) -> None:
    assert sqlstate(refusal(as_service.engine, (statement, {}))) == DENIED


def test_a_refusal_is_an_integrity_error(
    database: Database, vault: Vault, chain: AuditChain
) -> None:
    everything.fill(database, vault, chain)
    row = everything.attackable_rows(database)["message"]

    error = refusal(database.engine, ("DELETE FROM message WHERE seq = :seq", row))

    assert isinstance(error, IntegrityError)
    assert "message is append-only" in str(error)
