"""Whole conversations, one file each in tests/conversations/, held through the real stages."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.channels.terminal import TerminalChannel
from bot.clock import SetClock
from bot.rehearsal import START, Rehearsal, begin
from bot.service import Service
from bot.settings import Settings
from storage import people
from storage.audit import AuditChain
from storage.database import Database
from storage.encryption import Vault
from storage.keys import KeyFile, KeyStore
from tests.bot.conversations import FILES, Script, as_list, expected, hold, is_answer, load, seen

HELLO_TEXTS = 3
"""Good time, just you, text: before the first question of a willing child."""

Empty = Callable[[SetClock], Service]


@contextmanager
def unsynced(database: Database) -> Iterator[None]:
    """Wait for no disk: these databases need not outlive the machine."""

    def relax(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(database.engine, "connect", relax)
    yield
    event.remove(database.engine, "connect", relax)


@pytest.fixture
def hurried() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def empty(
    settings_for: Callable[[str], Settings],
    engine_at: Callable[[str, str], Database],
    hurried: ExitStack,
) -> Empty:
    """An empty service whose one channel is the terminal."""

    def make(clock: SetClock) -> Service:
        settings = settings_for("sqlite")
        keys = KeyFile.load(settings.keys_file)
        channel = TerminalChannel()
        databases = (
            engine_at("sqlite", settings.database_url),
            engine_at("keys", settings.key_store_url),
        )
        for database in databases:
            hurried.enter_context(unsynced(database))
        return Service(
            settings=settings,
            database=databases[0],
            vault=Vault(keys, KeyStore(databases[1], keys)),
            audit=AuditChain(keys),
            clock=clock,
            channels={channel.name: channel},
        )

    return make


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_conversation(file: Path, empty: Empty) -> None:
    script, clock = load(file), SetClock(START)
    service = empty(clock)
    rehearsal = begin(service, script.young_person, on_duty=script.on_duty)
    stand_at(rehearsal, script)

    texts = answers = 0
    for number, line in enumerate(script.lines, start=1):
        before = rehearsal.state()
        news = hold(rehearsal, clock, line)
        where = f"{file.name}, line {number}: {line}"
        assert seen(line, news, rehearsal) == expected(line), where
        replies = [each.text for each in news.said]
        for words in as_list(line.get("says", [])):
            assert any(words in each for each in replies), f"{where}\n{replies}"
        for words in as_list(line.get("never", [])):
            assert not any(words.casefold() in each.casefold() for each in replies), where
        texts += "they" in line and before != "finished"
        answers += is_answer(line, before)
        service.close()  # what is not in the database is forgotten

    if script.replies_at_most is not None:
        assert rehearsal.state() == "finished"
        assert answers <= script.replies_at_most
        assert texts <= script.replies_at_most + HELLO_TEXTS


def stand_at(rehearsal: Rehearsal, script: Script) -> None:
    if script.position is None:
        return
    with rehearsal.service.database.write() as session:
        interview = people.current_interview(session, rehearsal.young_person_id)
        assert interview is not None
        people.save_position(session, interview, json.loads(json.dumps(script.position)))
