"""Marks on the screening as they lie in the database: once each, sealed, and exported once."""

from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage import marks
from storage.database import Database
from storage.encryption import Vault
from storage.tables import Message, ScreeningMark
from tests.storage import cast


@pytest.fixture
def said(database: Database, vault: Vault) -> Message:
    child = cast.amina(database, vault)
    with database.write() as session:
        return cast.receive(session, vault, child)


@pytest.fixture
def dee(database: Database, vault: Vault) -> UUID:
    return cast.dee(database, vault).id


def missed(
    session: Session, vault: Vault, said: Message, dee: UUID, priority: int
) -> ScreeningMark:
    detail = {"categories": ["ABU"], "about": "self"}
    return marks.add_mark(session, vault, "missed", said, dee, cast.NOW, detail, priority=priority)


def test_a_message_is_marked_once_in_each_way(
    database: Database, vault: Vault, said: Message, dee: UUID
) -> None:
    with database.write() as session:
        missed(session, vault, said, dee, 3)
        missed(session, vault, said, dee, 1)
        marks.add_mark(session, vault, "not_a_disclosure", said, dee, cast.NOW, {})

    with pytest.raises(IntegrityError), database.write() as session:
        missed(session, vault, said, dee, 3)
    with pytest.raises(IntegrityError), database.write() as session:
        marks.add_mark(session, vault, "not_a_disclosure", said, dee, cast.NOW, {})
    with pytest.raises(IntegrityError), database.write() as session:
        marks.add_mark(session, vault, "a guess", said, dee, cast.NOW, {})

    with database.read() as session:
        found = marks.marks_on(session, [said.id])
    assert [(each.kind, each.priority) for each in found] == [
        ("missed", 3),
        ("missed", 1),
        ("not_a_disclosure", 0),
    ]
    assert marks.detail_of(vault, found[0]) == {"categories": ["ABU"], "about": "self"}


def test_what_one_mark_says_does_not_open_in_another(
    database: Database, vault: Vault, said: Message, dee: UUID
) -> None:
    with database.write() as session:
        first, second = (missed(session, vault, said, dee, priority) for priority in (1, 2))
    second.detail_sealed = first.detail_sealed

    with pytest.raises(InvalidTag):
        marks.detail_of(vault, second)


def test_the_newest_decision_counts_and_the_earlier_ones_stay(
    database: Database, vault: Vault, said: Message, dee: UUID
) -> None:
    with database.write() as session:
        mark = missed(session, vault, said, dee, 2)
        for text in ("first", "second"):
            marks.add_copy(session, vault, mark, "cleaned", dee, cast.NOW, {"texts": [text]})

    with database.read() as session:
        (copy,) = marks.newest_copies(session, [mark.id]).values()
    assert marks.copy_detail(vault, mark, copy) == {"texts": ["second"]}


def test_a_mark_leaves_once(database: Database, vault: Vault, said: Message, dee: UUID) -> None:
    with database.write() as session:
        first, second = (missed(session, vault, said, dee, priority) for priority in (1, 2))
        marks.note_export(session, first.id, "command", cast.NOW)

    with pytest.raises(IntegrityError), database.write() as session:
        marks.note_export(session, first.id, "command", cast.NOW)

    with database.read() as session:
        assert [each.id for each in marks.unexported(session)] == [second.id]
        assert marks.number_exported(session) == 1


def test_a_thought_ends_where_we_wrote(database: Database, vault: Vault) -> None:
    child = cast.amina(database, vault)
    with database.write() as session:
        cast.receive(session, vault, child, cast.words("too long ago"), at=cast.after(-600))
        cast.receive(session, vault, child, cast.words("an answer"), at=cast.after(-30))
        cast.send(session, vault, child, "hello")
        one, two = (cast.receive(session, vault, child, cast.words(each)) for each in "ab")
        cast.receive(session, vault, child, cast.words("later"))

        thought = marks.texts_of_thought(session, two, cast.after(-60), 8)
        assert [each.id for each in thought] == [one.id, two.id]
        assert [each.id for each in marks.texts_of_thought(session, two, cast.after(-60), 1)] == [
            two.id
        ]
