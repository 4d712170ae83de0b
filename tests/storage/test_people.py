"""Young people, shared phones, the 72 hours, and an interview that one writer moves on."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlmodel import select

from storage import contacts, people
from storage.database import Database
from storage.encryption import Vault
from storage.tables import ReturnInterview
from tests.storage import cast
from tests.storage.cast import Child, after
from tests.storage.together import together


@pytest.fixture
def child(database: Database, vault: Vault) -> Child:
    return cast.amina(database, vault)


def test_a_phone_may_be_shared(database: Database, vault: Vault, child: Child) -> None:
    sister = cast.amina(database, vault, name="Sara Yusuf", shared=True)
    index = contacts.address_index(vault, cast.AMINA_NUMBER)

    with database.read() as session:
        found = contacts.contacts_at(session, "sms", index)

    assert {contact.young_person_id for contact in found} == {child.id, sister.id}


def test_one_person_has_an_address_once(database: Database, vault: Vault, child: Child) -> None:
    number = cast.AMINA_NUMBER

    with pytest.raises(IntegrityError), database.write() as session:
        contacts.add_contact(session, vault, child.id, "sms", number, cast.NOW, confirmed=True)


@pytest.mark.parametrize(
    ("details", "contact"),
    [
        ({"confirmed": True}, "open"),
        ({"confirmed": False}, "unverified"),
        ({"confirmed": True, "shared": True}, "unverified"),
        ({"confirmed": False, "shared": True}, "unverified"),
    ],
)
def test_only_a_confirmed_number_of_ones_own_is_open(
    database: Database, vault: Vault, details: dict[str, bool], contact: str
) -> None:
    child = cast.amina(database, vault, **details)

    with database.read() as session:
        assert people.conversation_of(session, child.id).contact == contact


def test_nobody_is_found_under_another_id(database: Database) -> None:
    with database.read() as session, pytest.raises(NoResultFound):
        people.young_person(session, uuid4())


def test_an_unknown_sender_has_no_name_and_no_word(database: Database, vault: Vault) -> None:
    outsider = cast.max_outsider(database, vault)

    with database.read() as session:
        person = people.young_person(session, outsider.id)
        assert people.current_interview(session, outsider.id) is None

    assert person.provisional
    assert people.name_of(vault, person) == "Not known yet"
    assert people.check_word_of(vault, person) is None


def test_72_hours_are_hours_also_when_the_clocks_change(database: Database, child: Child) -> None:
    returned = datetime(2026, 10, 23, 23, 30, tzinfo=UTC)
    with database.write() as session:
        episode = people.add_episode(session, child.id, returned, cast.NOW, "command")

    assert episode.due_at - returned == timedelta(hours=72)


def test_a_second_episode_joins_the_open_interview(database: Database, child: Child) -> None:
    first = cast.interview_of(database, child)
    second = cast.interview_of(database, child)

    assert second.id == first.id
    with database.read() as session:
        assert len(people.episodes_of(session, first.id)) == 2
        assert {interview for _, interview in people.list_episodes(session)} == {first.id}
        assert [each.id for each in people.list_interviews(session)] == [first.id]


def new_interview(database: Database, child: Child) -> None:
    with database.write() as session:
        session.add(
            ReturnInterview(
                id=uuid4(), young_person_id=child.id, position={"state": "x"}, opened_at=cast.NOW
            )
        )


def test_a_young_person_has_one_open_interview(database: Database, child: Child) -> None:
    first = cast.interview_of(database, child)
    with pytest.raises(IntegrityError):
        new_interview(database, child)

    with database.write() as session:
        assert people.save_position(session, first, {"state": "finished"}, ended_at=after(60))
    new_interview(database, child)

    with database.read() as session:
        assert len(people.list_interviews(session)) == 2


def test_of_many_at_once_one_opens_an_interview(database: Database, child: Child) -> None:
    def open_one(_number: int) -> bool:
        try:
            new_interview(database, child)
        except IntegrityError:
            return False
        return True

    assert together(8, open_one).count(True) == 1


def test_the_current_interview_is_the_open_one_or_the_one_opened_last(
    database: Database, child: Child
) -> None:
    first = cast.interview_of(database, child)
    with database.write() as session:
        people.save_position(session, first, {"state": "finished"}, ended_at=after(60))
        ended = people.current_interview(session, child.id)
        assert ended is not None
        assert ended.id == first.id
        assert people.open_interview(session, child.id) is None

    second = cast.interview_of(database, child)

    with database.read() as session:
        current = people.current_interview(session, child.id)
    assert current is not None
    assert current.id == second.id != first.id


def test_a_stale_position_is_not_saved(database: Database, child: Child) -> None:
    loaded = cast.interview_of(database, child)
    with database.write() as session:
        assert people.save_position(session, loaded, {"state": "hello"}, started_at=after(1))

    with database.write() as session:
        assert not people.save_position(session, loaded, {"state": "stale"}, ended_at=after(2))

    with database.read() as session:
        now = session.exec(select(ReturnInterview)).one()
    assert (now.state, now.version, now.started_at) == ("hello", 1, after(1))
    assert now.ended_at is None


def test_of_many_turns_at_once_one_moves_the_interview_on(database: Database, child: Child) -> None:
    loaded = cast.interview_of(database, child)

    def move(number: int) -> bool:
        with database.write() as session:
            return people.save_position(session, loaded, {"state": f"from {number}"})

    moved = together(16, move)

    assert moved.count(True) == 1
    with database.read() as session:
        now = session.exec(select(ReturnInterview)).one()
    assert now.position == {"state": f"from {moved.index(True)}"}


def test_a_position_comes_back_as_it_was_saved(database: Database, child: Child) -> None:
    interview = cast.interview_of(database, child)
    position = {
        "state": "hello",
        "resume": None,
        "wrong_words": 2,
        "checked": True,
        "x": ["\u00e9"],
    }
    with database.write() as session:
        people.save_position(session, interview, position)

    with database.read() as session:
        assert session.exec(select(ReturnInterview)).one().position == position
