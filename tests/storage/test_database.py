"""How a database is opened: privately, durably, and one writer at a time."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from storage import simulated
from storage.database import Database, database_url, lock_row, sqlite_file
from storage.encryption import Vault
from storage.tables import Conversation, SimulatedPhone
from tests.storage import cast
from tests.storage.together import together

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@only_sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("temp_store", 2),
        ("trusted_schema", 0),
        ("busy_timeout", 5_000),
    ],
)
def test_every_connection_is_set_up(database: Database, pragma: str, value: object) -> None:
    for _ in range(2):
        with database.read() as reader, database.write() as writer:
            for session in (reader, writer):
                assert session.connection().scalar(text(f"PRAGMA {pragma}")) == value
        database.close()


def test_only_its_owner_can_read_the_files(
    tmp_path: Path, opened: Callable[[str], Database]
) -> None:
    file = tmp_path / "new" / "words.sqlite"
    database = opened(f"sqlite:///{file}")
    with database.write() as session:
        session.connection().execute(text("CREATE TABLE word (word TEXT)"))
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}

    assert modes == dict.fromkeys(("words.sqlite", "words.sqlite-wal", "words.sqlite-shm"), 0o600)


def phones(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(SimulatedPhone.address_index)))


def test_what_fails_leaves_nothing(database: Database) -> None:
    class Failure(Exception):
        pass

    def fail_half_way() -> None:
        with database.write() as session:
            simulated.set_signal(session, "one", on=True)
            raise Failure

    with pytest.raises(Failure):
        fail_half_way()
    assert phones(database) == []

    with database.write() as session:
        simulated.set_signal(session, "two", on=True)
    assert phones(database) == ["two"], "the next writer is not kept waiting"


def test_what_was_read_stays_readable(database: Database) -> None:
    with database.write() as session:
        simulated.set_signal(session, "one", on=False)

    with database.read() as session:
        phone = session.get_one(SimulatedPhone, "one")

    assert phone.out_of_signal


def test_a_reader_changes_nothing(database: Database) -> None:
    with database.read() as session:
        simulated.set_signal(session, "one", on=True)

    assert phones(database) == []


def test_a_reader_is_not_kept_waiting_by_a_writer(database: Database) -> None:
    with database.write() as session:
        simulated.set_signal(session, "one", on=True)

        assert phones(database) == []


def test_writers_of_several_processes_wait_for_one_another(
    database: Database, vault: Vault, opened: Callable[[str], Database]
) -> None:
    """Read, then write what was read: no change of another process is lost."""
    child = cast.amina(database, vault)
    url = database.url.render_as_string(hide_password=False)
    processes = [database, *(opened(url) for _ in range(3))]

    def count_up(number: int) -> None:
        for _ in range(5):
            with processes[number % 4].write() as session:
                lock_row(session, "conversation", "young_person_id", child.id)
                conversation = session.get_one(Conversation, child.id)
                conversation.tries += 1
                session.add(conversation)

    together(8, count_up)

    with database.read() as session:
        assert session.get_one(Conversation, child.id).tries == 40


def test_it_says_whether_it_answers(database: Database) -> None:
    assert database.answers()


def test_a_server_that_is_not_there_does_not_answer(
    tmp_path: Path, opened: Callable[[str], Database]
) -> None:
    assert not opened(f"postgresql://nobody@/words?host={tmp_path}").answers()


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///words.sqlite", "sqlite"),
        ("sqlite+pysqlite:///words.sqlite", "sqlite"),
        ("postgresql://host/words", "postgresql+psycopg"),
        ("postgres://host/words", "postgresql+psycopg"),
        ("postgresql+psycopg2://host/words", "postgresql+psycopg"),
    ],
)
def test_an_address_gets_our_driver(url: str, driver: str) -> None:
    assert database_url(url).drivername == driver


def test_another_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="mysql is not supported"):
        Database("mysql://host/words")


def test_the_file_of_an_address() -> None:
    assert sqlite_file("sqlite:////var/lib/words.sqlite") == Path("/var/lib/words.sqlite")
    assert sqlite_file("sqlite://") is None
    assert sqlite_file("postgresql://host/words") is None
