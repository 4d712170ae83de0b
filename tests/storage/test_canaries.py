"""No word, name or number lies readable in any database file (docs/reliability.md 0.8, I-10)."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from storage import escalations, follow_ups, marks, people, screenings
from storage.audit import AuditChain
from storage.database import Database
from storage.encryption import Vault
from storage.keys import KeyFile, KeyStore
from storage.staff import staff_by_email
from storage.tables import Staff
from tests.storage import cast, everything

NUMBER = "+447700900987"
CANARIES = (
    "canary-word",
    "canary-request",
    "canary-name",
    "canary-check",
    "canary-duress",
    "canary-outcome",
    "canary-news",
    "canary-mark",
    "canary-copy",
    "2011-04-05",
    NUMBER,
)
KNOWN = "dee@example.org"
"""Kept in clear, on purpose: where it is not found, the search finds nothing."""


def spellings(canary: str) -> Iterator[bytes]:
    plain = canary.encode()
    yield from (plain, plain.hex().encode(), canary.encode("utf-16-le"), plain[::-1])
    yield from (b64encode(b"x" * shift + plain)[4:-4] for shift in range(3))


def found_in(data: bytes) -> list[str]:
    return [canary for canary in CANARIES if any(each in data for each in spellings(canary))]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def all_rows(*databases: Database) -> bytes:
    """All rows as text and as bytes, which is what a dump amounts to."""
    rows = [
        value
        for database in databases
        for table in everything.contents(database).values()
        for row in table
        for value in row.values()
    ]
    return b"\n".join(each if isinstance(each, bytes) else str(each).encode() for each in rows)


@pytest.fixture
def own_vault(key_database: Database, keys: KeyFile) -> Vault:
    return Vault(keys, KeyStore(key_database, keys))


@pytest.fixture
def told(database: Database, own_vault: Vault, chain: AuditChain) -> Database:
    """A database into which every canary was written."""
    everything.fill(database, own_vault, chain)
    details = {
        "name": "canary-name",
        "check_word": "canary-check",
        "duress_word": "canary-duress",
        "born_on": date(2011, 4, 5),
    }
    child = cast.young_person(database, own_vault, NUMBER, details)
    interview = cast.interview_of(database, child)
    said = cast.words("canary-word", raw=b"Body=canary-request")
    with database.write() as session:
        message = cast.receive(session, own_vault, child, said)
        cast.send(session, own_vault, child, body="canary-word")
        result = {"because": ["canary-word"]}
        screenings.finish_screening(session, own_vault, message, "screened", 1, result, "1")
        found = escalations.new_escalation(session, child.id, None, 1, cast.NOW)
        outcome = {"reason": "canary-outcome", "told": "canary-name"}
        escalations.add_event(session, own_vault, found, "outcome", cast.NOW, detail=outcome)
        follow_ups.add(session, own_vault, interview, "canary-news", None, cast.NOW)
        detail = {"reason": "canary-mark"}
        dee = staff_by_email(session, KNOWN)
        assert dee is not None
        mark = marks.add_mark(
            session, own_vault, "not_a_disclosure", message, dee.id, cast.NOW, detail
        )
        copy = {"texts": ["canary-copy"]}
        marks.add_copy(session, own_vault, mark, "cleaned", dee.id, cast.NOW, copy)
        person = people.young_person(session, child.id)
        person.name_sealed = own_vault.seal(child.id, "young_person.name", child.id, "another")
        session.add(person)
    return database


def test_nothing_is_readable_in_any_row(told: Database, key_database: Database) -> None:
    rows = all_rows(told, key_database)

    assert KNOWN.encode() in rows
    assert found_in(rows) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_nothing_is_readable_in_any_file(
    told: Database, key_database: Database, tmp_path: Path
) -> None:
    open_files = files(tmp_path)
    told.close()
    key_database.close()
    closed_files = files(tmp_path)

    assert {"migrated_words.sqlite", "migrated_words.sqlite-wal"} <= set(open_files)
    assert {"migrated_keys.sqlite", "migrated_keys.sqlite-wal"} <= set(open_files)
    for held in (open_files, closed_files):
        assert KNOWN.encode() in b"".join(held.values())
        assert {name: found for name, data in held.items() if (found := found_in(data))} == {}


@pytest.mark.parametrize("spelling", range(7))
def test_a_canary_is_found_however_it_is_written(spelling: int) -> None:
    for canary in CANARIES:
        written = list(spellings(f"before {canary} after"))[spelling]

        assert canary in found_in(b"\0" + written + b"\0")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_key_bytes_are_in_no_database_file(
    told: Database, own_vault: Vault, keys: KeyFile, tmp_path: Path
) -> None:
    held = files(tmp_path)
    held.pop("keys.json")

    for name, data in held.items():
        for key in (keys.wrapping, keys.index, keys.audit):
            assert key not in data, name
            assert key.hex().encode() not in data, name
            assert b64encode(key) not in data, name


def test_an_error_tells_no_words(database: Database, own_vault: Vault) -> None:
    child = cast.young_person(database, own_vault, NUMBER, {"name": "canary-name"})
    said = cast.words("canary-word", raw=b"canary-request")
    with database.write() as session:
        cast.receive(session, own_vault, child, said)

    with pytest.raises(IntegrityError) as error, database.write() as session:
        cast.receive(session, own_vault, child, said)

    assert found_in(str(error.value).encode()) == []


def test_a_name_in_clear_would_be_seen(database: Database) -> None:
    """Names of staff are not sealed: had a young person's been kept so, this is how it shows."""
    with database.write() as session:
        named = Staff(
            id=uuid4(),
            name="canary-name",
            email=KNOWN,
            role="manager",
            password_hash="no-hash",
            created_at=cast.NOW,
        )
        session.add(named)

    assert found_in(all_rows(database)) == ["canary-name"]
