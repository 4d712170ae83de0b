"""Offers, follow-ups, approvals and what was told in passing."""

import pytest
from sqlalchemy.exc import IntegrityError

from storage import answers, approvals, follow_ups, interviews, offers, people
from storage.database import Database
from storage.encryption import Vault
from storage.tables import ReturnInterview
from tests.storage import cast
from tests.storage.cast import Child, after
from tests.storage.together import together

AGREED = ("pl", "2", "digest", "translator", "Ola Nowak", cast.NOW, "command")


@pytest.fixture
def child(database: Database, vault: Vault) -> Child:
    return cast.amina(database, vault)


@pytest.fixture
def interview(database: Database, child: Child) -> ReturnInterview:
    return cast.interview_of(database, child)


def end(database: Database, interview: ReturnInterview) -> None:
    with database.write() as session:
        people.save_position(session, interview, {"state": "finished"}, ended_at=after(5))


def later_interview(database: Database, child: Child) -> ReturnInterview:
    with database.write() as session:
        episode = people.add_episode(session, child.id, after(6), after(7), "command")
        return people.interview_for(session, episode, {"state": "hello"}, after(7))


def test_offers_of_a_young_person_come_as_they_fall_due(
    database: Database, vault: Vault, child: Child, interview: ReturnInterview
) -> None:
    other = cast.max_outsider(database, vault)
    with database.write() as session:
        for seconds in (30, 10, 20, -1):
            offers.add_offer(session, child.id, "reminder", after(seconds), cast.NOW, "reminders")
        offers.add_offer(session, other.id, "chat_was", after(15), cast.NOW, "reminders")

    with database.read() as session:
        found = offers.offers_since(session, child.id, cast.NOW)

    assert [offer.due_at for offer in found] == [after(10), after(20), after(30)]


def test_offers_of_an_interview(
    database: Database, child: Child, interview: ReturnInterview
) -> None:
    with database.write() as session:
        offers.add_offer(session, child.id, "follow_up", cast.NOW, cast.NOW, "staff")
        kept = offers.add_offer(
            session, child.id, "invitation", cast.NOW, cast.NOW, "x", interview_id=interview.id
        )

    with database.read() as session:
        assert [each.id for each in offers.offers_of_interview(session, interview.id)] == [kept.id]


def test_an_offer_of_an_unknown_kind_is_refused(database: Database, child: Child) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        offers.add_offer(session, child.id, "advert", cast.NOW, cast.NOW, "x")


def test_a_follow_up_waits_until_it_is_told(
    database: Database, vault: Vault, child: Child, interview: ReturnInterview
) -> None:
    with database.write() as session:
        second = follow_ups.add(session, vault, interview, "And your bike.", None, after(1))
        first = follow_ups.add(session, vault, interview, "We asked.", None, cast.NOW)
        waiting = follow_ups.waiting_of(session, child.id)
        assert [row.id for row in waiting] == [first.id, second.id]
        assert [follow_ups.words_of(vault, row) for row in waiting] == [
            "We asked.",
            "And your bike.",
        ]
        assert not follow_ups.is_told(session, interview.id)
        assert follow_ups.mark_asked(session, first.id, after(2))
        assert not follow_ups.mark_asked(session, first.id, after(3))
        assert len(follow_ups.waiting_of(session, child.id)) == 2
        assert follow_ups.mark_told(session, first.id, after(4))
        assert [row.id for row in follow_ups.waiting_of(session, child.id)] == [second.id]
        assert follow_ups.is_told(session, interview.id)

    with database.read() as session:
        kept = session.get_one(type(first), first.id)
    assert (kept.asked_at, kept.told_at) == (after(2), after(4))


def test_of_two_who_tell_at_once_one_does(
    database: Database, vault: Vault, interview: ReturnInterview
) -> None:
    with database.write() as session:
        row = follow_ups.add(session, vault, interview, "We asked.", None, cast.NOW)

    def tell(number: int) -> bool:
        with database.write() as session:
            return follow_ups.mark_told(session, row.id, after(number))

    assert sorted(together(2, tell)) == [False, True]


def test_an_approval_is_of_exactly_these_texts(database: Database) -> None:
    with database.write() as session:
        approvals.approve(session, *AGREED)
        approvals.approve(session, *AGREED[:3], "safeguarding_lead", *AGREED[4:])

    with database.read() as session:
        agreed = approvals.approvals_of(session, "pl", "2", "digest")
        assert [row.role for row in agreed] == ["safeguarding_lead", "translator"]
        for other in (("ro", "2", "digest"), ("pl", "3", "digest"), ("pl", "2", "changed")):
            assert approvals.approvals_of(session, *other) == []


@pytest.mark.parametrize("role", ["translator", "cook"])
def test_one_approval_of_each_known_role(database: Database, role: str) -> None:
    with database.write() as session:
        approvals.approve(session, *AGREED)

    with pytest.raises(IntegrityError), database.write() as session:
        approvals.approve(session, *AGREED[:3], role, *AGREED[4:])


def test_what_was_told_in_passing_is_noted_once_and_in_order(
    database: Database, vault: Vault, child: Child, interview: ReturnInterview
) -> None:
    with database.write() as session:
        first = cast.receive(session, vault, child, interview_id=interview.id)
        second = cast.receive(session, vault, child, interview_id=interview.id)
        mentions = [("C2", second.id), ("B4", first.id), ("B4", first.id)]
        answers.add_passing(session, interview.id, mentions, cast.NOW)
        answers.add_passing(session, interview.id, [("B4", second.id), *mentions], after(1))

    with database.read() as session:
        told = answers.passing_of(session, interview.id)
    assert [(topic, message.id) for topic, message in told] == [
        ("B4", first.id),
        ("B4", second.id),
        ("C2", second.id),
    ]


def test_interviews_are_counted_up_to_one(
    database: Database, vault: Vault, child: Child, interview: ReturnInterview
) -> None:
    cast.interview_of(database, cast.max_outsider(database, vault))
    end(database, interview)
    later = later_interview(database, child)

    with database.read() as session:
        assert interviews.number_of_interviews(session, interview) == 1
        assert interviews.number_of_interviews(session, later) == 2


@pytest.mark.parametrize(
    "values", [{"way": "pigeon"}, {"length": "endless"}], ids=["way", "length"]
)
def test_how_and_how_long_are_known_words(
    database: Database, interview: ReturnInterview, values: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        people.save_position(session, interview, interview.position, **values)
