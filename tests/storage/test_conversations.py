"""The turns of one conversation are strictly serial."""

from collections.abc import Callable
from uuid import UUID

import pytest

from storage import conversations
from storage.database import Database
from storage.encryption import Vault
from storage.tables import Conversation
from tests.storage import cast
from tests.storage.cast import Child, after
from tests.storage.together import together


@pytest.fixture
def child(database: Database, vault: Vault) -> Child:
    """A young person whose turn is due after a minute."""
    child = cast.amina(database, vault)
    with database.write() as session:
        conversation = session.get_one(Conversation, child.id)
        conversation.turn_due_at = after(60)
        session.add(conversation)
    return child


def claim(database: Database, child: Child, owner: str, at: float, machine_at: float) -> int | None:
    with database.write() as session:
        return conversations.claim(
            session, child.id, owner, after(at), after(machine_at), after(machine_at + 15)
        )


def due(database: Database, at: float, machine_at: float) -> list[UUID]:
    with database.read() as session:
        return list(conversations.due(session, after(at), after(machine_at)))


def test_of_eight_workers_one_takes_the_turn(
    database: Database, child: Child, opened: Callable[[str], Database]
) -> None:
    processes = [database, opened(database.url.render_as_string(hide_password=False))]

    tries = together(8, lambda number: claim(processes[number % 2], child, f"{number}", 60, 0))

    assert sorted(tries, key=str) == [1] + [None] * 7


def test_a_turn_waits_until_it_is_due(database: Database, child: Child) -> None:
    assert due(database, 59, 10_000) == []
    assert claim(database, child, "one", 59, 10_000) is None
    assert due(database, 60, 0) == [child.id]
    with database.read() as session:
        assert conversations.next_turn(session) == after(60)


def test_a_lease_that_ran_out_can_be_taken_over(database: Database, child: Child) -> None:
    assert claim(database, child, "one", 60, 0) == 1

    assert due(database, 10_000, 15) == []
    assert claim(database, child, "two", 10_000, 15) is None
    assert due(database, 60, 15.001) == [child.id]
    assert claim(database, child, "two", 60, 15.001) == 2


def test_only_its_owner_gives_a_lease_back(database: Database, child: Child) -> None:
    claim(database, child, "one", 60, 0)

    with database.write() as session:
        conversations.release(session, child.id, "two")
    assert due(database, 60, 0) == []
    with database.write() as session:
        conversations.release(session, child.id, "one")
    assert due(database, 60, 0) == [child.id]
