"""The audit trail notices what was changed in it (docs/reliability.md T-09, I-07)."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta, timezone
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text
from sqlmodel import Session, col, select

from storage.audit import AuditChain
from storage.database import Database
from storage.keys import KeyFile
from storage.tables import AuditEntry
from tests.storage import cast
from tests.storage.test_append_only import drop_every_guard
from tests.storage.together import together

LENGTH = 12
MUTATIONS = 50
Mutation = Callable[[Connection, random.Random], None]
WORDS = ("actor", "action", "subject", "previous", "mac")


@pytest.fixture
def unguarded(database: Database, chain: AuditChain) -> Database:
    """A chain of twelve entries in a database whose triggers somebody has taken away."""
    with database.write() as session:
        for number in range(LENGTH):
            at = cast.after(number)
            chain.append(
                session, at, "staff:1", "read transcript", f"interview:{number}", why="sign-off"
            )
    drop_every_guard(database)
    return database


def change(connection: Connection, seq: int, column: str, value: str) -> None:
    statement = f"UPDATE audit_entry SET {column} = :value WHERE seq = :seq"  # noqa: S608
    connection.execute(text(statement), {"value": value, "seq": seq})


def edit(connection: Connection, chance: random.Random) -> None:
    seq, column = chance.randint(1, LENGTH), chance.choice((*WORDS, "detail", "at", "id"))
    values = {
        "detail": f'{{"why": "{chance.random()}"}}',
        "at": f"2026-11-21 0{chance.randrange(10)}:00:00",
        "id": uuid4().hex,
        "mac": f"\u00e9{chance.random()}",
    }
    change(connection, seq, column, values.get(column, f"other {chance.random()}"))


def delete(connection: Connection, chance: random.Random) -> None:
    """One or more entries, but never only from the end: see the test of tail cuts."""
    first = chance.randint(1, LENGTH - 1)
    last = chance.randint(first, LENGTH - 1)
    connection.execute(
        text("DELETE FROM audit_entry WHERE seq BETWEEN :first AND :last"),
        {"first": first, "last": last},
    )


def move(connection: Connection, seq: int, to: int) -> None:
    connection.execute(
        text("UPDATE audit_entry SET seq = :to WHERE seq = :seq"), {"seq": seq, "to": to}
    )


def swap(connection: Connection, chance: random.Random) -> None:
    one, other = chance.sample(range(1, LENGTH + 1), 2)
    move(connection, one, 1_000)
    move(connection, other, one)
    move(connection, 1_000, other)


def reorder(connection: Connection, chance: random.Random) -> None:
    """One entry goes before the first or, unless it is the last, behind the last."""
    if chance.random() < 0.5:
        move(connection, chance.randint(2, LENGTH), 0)
    else:
        move(connection, chance.randint(1, LENGTH - 1), 1_000)


def insert(connection: Connection, chance: random.Random) -> None:
    """A copy of an entry under another id, at the front, at the end or between two others."""
    place = chance.randint(0, LENGTH)
    for seq in range(LENGTH, place, -1):
        move(connection, seq, seq + 1)
    source = chance.choice([seq for seq in range(1, LENGTH + 2) if seq != place + 1])
    columns = "at, actor, action, subject, detail, previous, mac"
    connection.execute(
        text(
            f"INSERT INTO audit_entry (seq, id, {columns}) "  # noqa: S608
            f"SELECT :place, :id, {columns} FROM audit_entry WHERE seq = :source"
        ),
        {"place": place + 1, "id": uuid4().hex, "source": source},
    )


def rows(connection: Connection) -> list[object]:
    return [
        tuple(row) for row in connection.execute(text("SELECT * FROM audit_entry ORDER BY seq"))
    ]


@pytest.mark.parametrize("mutation", [edit, delete, swap, reorder, insert])
def test_changes_are_detected(
    unguarded: Database,
    chain: AuditChain,
    mutation: Mutation,
) -> None:
    with unguarded.engine.connect() as connection:
        undetected = [
            seed
            for seed in range(MUTATIONS)
            if not is_detected(connection, chain, mutation, random.Random(seed))
        ]

    assert undetected == []


def is_detected(
    connection: Connection, chain: AuditChain, mutation: Mutation, chance: random.Random
) -> bool:
    before = rows(connection)
    trial = connection.begin_nested()
    mutation(connection, chance)
    assert rows(connection) != before
    with Session(connection) as session:
        broken = chain.verify(session)[1]
    trial.rollback()
    return broken is not None


def test_a_chain_that_nobody_touched_is_sound(unguarded: Database, chain: AuditChain) -> None:
    with unguarded.read() as session:
        assert chain.verify(session) == (LENGTH, None)


def test_the_first_broken_entry_is_named(unguarded: Database, chain: AuditChain) -> None:
    with unguarded.engine.begin() as connection:
        change(connection, 5, "subject", "interview:other")

    with unguarded.read() as session:
        fifth = session.exec(select(AuditEntry.id).where(AuditEntry.seq == 5)).one()
        assert chain.verify(session) == (4, fifth)


def test_a_tail_that_was_cut_off_is_the_one_thing_that_the_chain_cannot_see(
    unguarded: Database, chain: AuditChain
) -> None:
    """Only a copy of the newest link kept elsewhere shows it (docs/reliability.md I-07)."""
    for left in reversed(range(LENGTH)):
        with unguarded.engine.begin() as connection:
            connection.execute(text("DELETE FROM audit_entry WHERE seq > :left"), {"left": left})

        with unguarded.read() as session:
            assert chain.verify(session) == (left, None)


def test_another_key_cannot_continue_the_chain(
    database: Database, chain: AuditChain, keys: KeyFile
) -> None:
    forger = AuditChain(replace(keys, audit=bytes(32)))
    with database.write() as session:
        chain.append(session, cast.NOW, "staff:1", "read transcript", "interview:1")
        forger.append(session, cast.NOW, "staff:1", "read transcript", "interview:2")

    with database.read() as session:
        assert chain.verify(session)[0] == 1


def test_an_entry_made_in_summer_time_stays_sound(database: Database, chain: AuditChain) -> None:
    london = timezone(timedelta(hours=1))
    with database.write() as session:
        chain.append(session, cast.NOW.astimezone(london), "service", "started", "installation:1")

    with database.read() as session:
        assert chain.verify(session) == (1, None)


def test_details_of_any_text_stay_sound(database: Database, chain: AuditChain) -> None:
    with database.write() as session:
        chain.append(
            session, cast.NOW, "s", "a", "t:1", z="caf\u00e9 \U0001f600", a="", m="\\u0041"
        )

    with database.read() as session:
        assert chain.verify(session) == (1, None)


def test_an_entry_is_there_only_if_its_transaction_was(
    database: Database, chain: AuditChain
) -> None:
    with suppress(ZeroDivisionError), database.write() as session:
        chain.append(session, cast.NOW, "service", "started", "installation:1")
        raise ZeroDivisionError

    with database.read() as session:
        assert chain.verify(session) == (0, None)


def test_many_writers_keep_one_chain(
    database: Database, chain: AuditChain, opened: Callable[[str], Database]
) -> None:
    url = database.url.render_as_string(hide_password=False)
    processes = [database, *(opened(url) for _ in range(3))]

    def append(number: int) -> None:
        for each in range(5):
            with processes[number % 4].write() as session:
                chain.append(session, cast.NOW, f"staff:{number}", "read", f"interview:{each}")

    together(8, append)

    with database.read() as session:
        assert chain.verify(session) == (40, None)
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))).all()
    assert all(later.previous == earlier.mac for earlier, later in pairwise(entries))
