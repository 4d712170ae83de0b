"""What the dialogue is told about a young person, and which of their words it may see."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot import approvals
from bot.facts import situation_of
from dialogs.position import Position, Situation
from storage import answers, contacts, follow_ups, people
from storage.tables import ReturnInterview, YoungPerson
from tests.bot.cast import ade, amina
from tests.bot.detector import COMPLAINT, HARM, SPLIT_HARM, UNSURE, Detector
from tests.bot.world import START, Child, World

READING_BACK = "read_back_safe"


def situation(world: World, child: Child) -> Situation:
    with world.reading() as session:
        conversation = people.conversation_of(session, child.id)
        interview = people.current_interview(session, child.id)
        assert interview is not None
        return situation_of(world.service, session, conversation, interview)


def change_person(world: World, child: Child, **details: Any) -> None:
    vault = world.service.vault
    with world.service.database.write() as session:
        person: YoungPerson = people.young_person(session, child.id)
        if "born_on" in details:
            born_on = details.pop("born_on").isoformat()
            person.born_on_sealed = vault.seal(child.id, "young_person.born_on", child.id, born_on)
        for name, value in details.items():
            setattr(person, name, value)
        session.add(person)


def change_interview(world: World, child: Child, state: str | None = None, **values: Any) -> None:
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        position = interview.position | ({} if state is None else {"state": state})
        assert people.save_position(session, interview, position, **values)


def next_episode(world: World, child: Child) -> ReturnInterview:
    """The interview before has ended; this is the one after the next time missing."""
    now = world.service.clock.service_now()
    change_interview(world, child, "finished", ended_at=now)
    world.clock.move(timedelta(days=9))
    later = world.service.clock.service_now()
    with world.service.database.write() as session:
        episode = people.add_episode(session, child.id, later, later, "command")
        return people.interview_for(session, episode, Position("hello").to_json(), later)


def answer_help(world: World, child: Child) -> ReturnInterview:
    said = world.text(child, "a bus pass").message_id
    interview = world.interview(child)
    with world.service.database.write() as session:
        answers.add_answer(session, interview.id, "help", [said], START)
    return interview


@pytest.mark.parametrize(
    ("born_on", "person_first", "adult"),
    [
        (date(2013, 11, 21), True, False),
        (date(2013, 11, 20), False, False),
        (date(2008, 11, 21), False, False),
        (date(2008, 11, 20), False, True),
    ],
)
def test_the_age_is_that_of_the_day_in_london(
    sqlite_world: World, born_on: date, person_first: bool, adult: bool
) -> None:
    child = amina(sqlite_world)
    change_person(sqlite_world, child, born_on=born_on)

    found = situation(sqlite_world, child)
    assert (found.person_first, found.adult) == (person_first, adult)


def test_a_birthday_begins_at_midnight_in_london(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    change_person(sqlite_world, child, born_on=date(2008, 7, 2))
    clock = sqlite_world.clock
    for at, adult in ((22, False), (23, True)):
        clock.now = datetime(2026, 7, 1, at, 30, tzinfo=UTC)
        assert situation(sqlite_world, child).adult is adult


def test_without_a_date_of_birth_only_a_need_asks_for_a_person_first(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    found = situation(sqlite_world, child)
    assert (found.person_first, found.adult) == (False, False)

    change_person(sqlite_world, child, needs_support=True)
    assert situation(sqlite_world, child).person_first


def test_words_and_length_are_those_on_record(sqlite_world: World) -> None:
    child = amina(sqlite_world, check_word="marigold", duress_word="sunflower")
    assert situation(sqlite_world, child).length is None
    change_interview(sqlite_world, child, length="repeat")

    found = situation(sqlite_world, child)
    assert (found.check_word, found.duress_word) == ("marigold", "sunflower")
    assert found.length == "repeat"


def test_numbers_are_those_of_the_nation(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    here = situation(world, child).facts
    assert here["emergency"] == "999"
    assert here["service"] == "the Listen Line"

    settings = world.settings.model_copy(update={"nation": "scotland"})
    world.service = replace(world.service, settings=settings)
    assert situation(world, child).facts != here


def test_what_they_asked_for_last_time_is_promised_until_it_is_told(world: World) -> None:
    child = amina(world)
    ade(world)
    first = answer_help(world, child)
    assert not situation(world, child).promised, "not in the same interview"

    next_episode(world, child)
    found = situation(world, child)
    assert (found.promised, found.episode) == (True, 2)
    with world.service.database.write() as session:
        news = follow_ups.add(session, world.service.vault, first, "You get one.", None, START)
    assert situation(world, child).promised
    with world.service.database.write() as session:
        assert follow_ups.mark_told(session, news.id, START)
    assert not situation(world, child).promised


def test_an_interview_without_a_word_in_between_keeps_the_promise(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    answer_help(sqlite_world, child)
    next_episode(sqlite_world, child)
    next_episode(sqlite_world, child)

    found = situation(sqlite_world, child)
    assert (found.promised, found.episode) == (True, 3)


def test_who_asked_for_nothing_was_promised_nothing(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    next_episode(sqlite_world, child)

    assert not situation(sqlite_world, child).promised


@pytest.mark.parametrize("language", ["en", "xx", "../en"])
def test_english_needs_no_english_beside_it(sqlite_world: World, language: str) -> None:
    """A language without a script is answered in English."""
    child = amina(sqlite_world)
    change_person(sqlite_world, child, language=language)

    assert situation(sqlite_world, child).reviewed


def test_another_language_is_reviewed_when_all_three_have_agreed(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a script in that language only its name matters here."""
    from dialogs.texts import load

    polish = replace(load(), language="pl")
    monkeypatch.setattr("bot.facts.load", lambda _language: polish)
    monkeypatch.setattr("bot.approvals._digest", lambda _language: "the texts as they are")
    world, child = sqlite_world, amina(sqlite_world)
    change_person(world, child, language="pl")
    for role in approvals.required_roles("pl"):
        assert not situation(world, child).reviewed
        approvals.approve(world.service, "pl", role, "Ola Nowak", "command")

    assert situation(world, child).reviewed


# --- their own words ---


def standing_at(world: World, child: Child, state: str, session_at: datetime | None) -> None:
    at = session_at.isoformat() if session_at else None
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        position = interview.position | {"state": state, "session_at": at}
        assert people.save_position(session, interview, position)


def test_their_words_of_this_session_in_order_and_none_that_was_flagged(world: World) -> None:
    child = amina(world)
    world.text(child, "before")
    world.wait(minutes=2)
    since = world.service.clock.service_now()
    for said in ("we had a row", HARM, COMPLAINT, UNSURE, "so i left"):
        world.text(child, said)
        world.wait(minutes=2)
    world.text(child, "look", media=("picture",))
    standing_at(world, child, READING_BACK, since)

    assert situation(world, child).said == ("we had a row", "so i left")


def test_no_part_of_a_disclosure_made_in_three_texts_is_read_back(world: World) -> None:
    child = amina(world)
    for part in ("we had a row", *SPLIT_HARM):
        world.text(child, part)
    standing_at(world, child, READING_BACK, START)

    assert situation(world, child).said == ("we had a row",)


def test_what_was_said_in_one_breath_with_a_disclosure_is_not_read_back(
    sqlite_world: World,
) -> None:
    child = amina(sqlite_world)
    for said in ("we had a row", HARM, "all the time"):
        sqlite_world.text(child, said)
    standing_at(sqlite_world, child, READING_BACK, START)

    assert situation(sqlite_world, child).said == ("we had a row",)


def test_what_is_still_being_screened_is_not_read_back(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = amina(sqlite_world)
    monkeypatch.setattr("bot.receive._screen", lambda *_, **__: None)
    sqlite_world.text(child, "we had a row")
    standing_at(sqlite_world, child, READING_BACK, START)

    assert situation(sqlite_world, child).said == ()


def test_what_could_not_be_screened_is_not_read_back(sqlite_world: World) -> None:
    world, child = sqlite_world, amina(sqlite_world)
    world.text(child, "we had a row")
    world.wait(minutes=2)
    _break(world.detector)
    world.text(child, "so i left")
    standing_at(world, child, READING_BACK, START)

    assert situation(world, child).said == ("we had a row",)


def _break(detector: Detector) -> None:
    def fault() -> None:
        raise RuntimeError

    detector.fault = fault


def test_another_childs_words_and_another_interviews_are_not_read_back(
    sqlite_world: World,
) -> None:
    world, child = sqlite_world, amina(sqlite_world)
    other = amina(world, number="+447700900103")
    world.text(other, "not mine")
    world.text(child, "last time")
    next_episode(world, child)
    world.text(child, "this time")
    standing_at(world, child, READING_BACK, START)

    assert situation(world, child).said == ("this time",)


@pytest.mark.parametrize(
    ("state", "session_at"), [("going_on", START), ("read_back", START), (READING_BACK, None)]
)
def test_words_are_opened_only_for_a_read_back_in_a_safe_session(
    sqlite_world: World, state: str, session_at: datetime | None
) -> None:
    child = amina(sqlite_world)
    sqlite_world.text(child, "we had a row")
    standing_at(sqlite_world, child, state, session_at)

    assert situation(sqlite_world, child).said == ()


def test_news_is_given_to_a_follow_up_only(sqlite_world: World) -> None:
    world, child = sqlite_world, amina(sqlite_world)
    interview, vault = world.interview(child), world.service.vault
    with world.service.database.write() as session:
        follow_ups.add(session, vault, interview, "We asked.", None, START)
        later = START + timedelta(hours=1)
        second = follow_ups.add(session, vault, interview, "You get one.", None, later)
    news = {}
    for state in ("going_on", "follow_up", "follow_up_word", "finished"):
        standing_at(world, child, state, None)
        news[state] = situation(world, child).news
    assert news == {
        "going_on": None,
        "follow_up": "We asked.",
        "follow_up_word": "We asked.",
        "finished": None,
    }

    standing_at(world, child, "follow_up", None)
    with world.service.database.write() as session:
        follow_ups.mark_asked(session, second.id, START)
    assert situation(world, child).news == "You get one.", "what they were asked about"
    with world.service.database.write() as session:
        follow_ups.mark_told(session, second.id, START)
    assert situation(world, child).news == "We asked."


@pytest.mark.parametrize(
    ("channel", "free", "cost"),
    [
        ("sms", False, "costs the same as any text"),
        ("sms", True, "is free"),
        ("whatsapp", False, "uses a bit of data"),
        ("telegram", True, "uses a bit of data"),
    ],
)
def test_what_a_reply_costs_is_said_as_it_is_set_and_as_the_channel_has_it(
    sqlite_world: World, channel: str, free: bool, cost: str
) -> None:
    world = sqlite_world
    child = amina(world)
    settings = world.service.settings.model_copy(update={"replies_are_free": free})
    world.service = replace(world.service, settings=settings)
    with world.service.database.write() as session:
        conversation = people.conversation_of(session, child.id)
        contact = contacts.contact_of(session, conversation)
        contact.channel = channel
        session.add(contact)

    assert situation(world, child).facts["cost"] == cost
