"""News from a person: asked about first, told only when it is safe, never lost."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.escalations import NotPossible
from bot.follow_up import ask_about_news, offer_news
from bot.tasks import finish_task, open_tasks
from storage import follow_ups, people
from storage.offers import add_offer
from storage.tables import FollowUp, Staff
from tests.bot.cast import ade
from tests.bot.detector import HARM
from tests.bot.entering import AGREED, at, enter
from tests.bot.prompting import end, offers, put_in
from tests.bot.together import at_once
from tests.bot.world import START, Child, World

pytestmark = pytest.mark.slow

NEWS = "Your new bus pass is at the front desk. Ask for Ade."
HOUR = timedelta(hours=1)


@pytest.fixture
def writer(world: World) -> Staff:
    return ade(world)


@pytest.fixture
def child(world: World, writer: Staff) -> Child:
    """Amina, whose interview ended two hours ago; it is six on a Friday evening."""
    child = enter(world, AGREED, check_word="marmalade")
    world.run()
    end(world, child)
    world.clock.move(2 * HOUR)
    return child


def news(world: World, child: Child, writer: Staff, words: str = NEWS) -> FollowUp:
    row_id = offer_news(world.service, world.interview(child).id, words, writer.id)
    with world.reading() as session:
        return session.get_one(FollowUp, row_id)


def asked(world: World) -> list[Any]:
    """When they were asked about news."""
    return [due_at for kind, due_at in offers(world) if kind == "follow_up"]


def test_they_are_asked_first_and_told_after_yes_and_the_word(
    world: World, child: Child, writer: Staff
) -> None:
    row = news(world, child, writer)
    assert NEWS.encode() not in row.words_sealed
    world.wait(days=1)

    assert asked(world) == [START + 26 * HOUR]
    assert world.interview(child).state == "follow_up"
    assert NEWS not in world.heard(child)[-1]
    world.says(child, "yes")
    assert NEWS not in world.heard(child)[-1]
    assert NEWS in " ".join(world.says(child, "marmalade"))
    (told,) = world.rows(FollowUp)
    assert told.told_at is not None
    for _ in range(10):
        world.wait(days=1)
    assert "tell_news" not in world.tasks(child)
    assert len(asked(world)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("x" * 301, "301 signs"),
        ("it\u2019s done", "plain text message"),
        ("done \U0001f600", "plain text message"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(
    world: World, child: Child, writer: Staff, words: str, said: str
) -> None:
    with pytest.raises(NotPossible, match=said):
        news(world, child, writer, words)
    assert world.rows(FollowUp) == []


def test_an_interview_that_is_not_there(world: World, writer: Staff) -> None:
    with pytest.raises(NotPossible, match="no interview"):
        offer_news(world.service, uuid4(), NEWS, writer.id)


def test_the_longest_news_is_kept_as_written(world: World, child: Child, writer: Staff) -> None:
    row = news(world, child, writer, f" {'x' * 300} ")

    assert follow_ups.words_of(world.service.vault, row) == "x" * 300


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-21T22:00+00:00", "2026-11-22T08:00+00:00"),
        ("2026-11-23T09:00+00:00", "2026-11-23T15:30+00:00"),
    ],
)
def test_the_question_keeps_the_times_of_day(
    world: World, child: Child, writer: Staff, now: str, leaves: str
) -> None:
    at(world, now)
    no_chat_was(world, child)
    news(world, child, writer)
    while not asked(world):
        world.wait(minutes=30)

    assert [each.isoformat(timespec="minutes") for each in asked(world)] == [leaves]


def no_chat_was(world: World, child: Child) -> None:
    """They were asked how the chat was, long enough ago."""
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        long_ago = START - timedelta(days=30)
        add_offer(
            session, child.id, "chat_was", long_ago, long_ago, "test", interview_id=interview.id
        )


def test_the_limit_of_prompts_holds_here_too(world: World, child: Child, writer: Staff) -> None:
    no_chat_was(world, child)
    with world.service.database.write() as session:
        for _ in range(2):
            add_offer(session, child.id, "reminder", START + HOUR, START, "test")
    news(world, child, writer)
    for _ in range(2):
        world.wait(days=1)
        assert asked(world) == []
    world.wait(days=1)
    assert "tell_news" in world.tasks(child), "a person does not wait for the limit to pass"
    world.wait(days=4)
    assert asked(world) == [], "and they are not asked about what a person has told"


@pytest.mark.parametrize("why", ["guarded", "closed_unsafe", "risk", "new interview"])
def test_where_no_text_may_speak_of_it_a_person_does(
    world: World, child: Child, writer: Staff, why: str
) -> None:
    if why == "guarded":
        with world.service.database.write() as session:
            people.conversation_of(session, child.id).contact = "guarded"
    elif why == "closed_unsafe":
        put_in(world, child, why)
    elif why == "risk":
        world.text(child, HARM)
        world.run()
        end(world, child)
    else:
        enter(world, young_person_id=child.id)
    before = world.heard(child)
    news(world, child, writer)
    for _ in range(4 * 4):
        world.wait(hours=6)

    assert asked(world) == []
    assert not [each for each in world.heard(child)[len(before) :] if "news" in each]
    assert world.tasks(child).count("tell_news") == 1
    for task in open_tasks(world.service):
        finish_task(world.service, task.id, writer.id)
    world.wait(days=1)
    assert world.tasks(child).count("tell_news") == 1


def test_several_news_are_asked_about_one_after_the_other(
    world: World, child: Child, writer: Staff
) -> None:
    no_chat_was(world, child)
    first = news(world, child, writer)
    world.clock.move(HOUR)
    news(world, child, writer, "Your room stays yours.")
    world.wait(days=1)
    assert len(asked(world)) == 1
    world.says(child, "yes")
    world.says(child, "marmalade")
    world.wait(days=1)

    rows = {each.id: each for each in world.rows(FollowUp)}
    assert rows[first.id].told_at is not None
    assert len(asked(world)) == 2


def test_two_workers_at_once_ask_once(world: World, child: Child, writer: Staff) -> None:
    news(world, child, writer)
    world.clock.move(timedelta(days=1))
    at_once(4, lambda _number: ask_about_news(world.service))

    assert len(asked(world)) == 1
