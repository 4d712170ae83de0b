"""Texts on a later day: news from a person, and how the chat was."""

from datetime import timedelta

import pytest

from dialogs.interview import STATES
from dialogs.position import Answer
from dialogs.turn import Position, Situation, ask_chat_was, open_follow_up
from tests.dialogs.young_person import FACTS, HURT, TEATIME, YoungPerson, keys

NEWS = "You can see your sister on Saturday."


def finished(**situation: object) -> YoungPerson:
    young_person = YoungPerson().becomes(**situation).gets_to("finished")
    young_person.now += timedelta(days=3)
    return young_person


def has_news(young_person: YoungPerson) -> list[str]:
    turn = open_follow_up(young_person.position, young_person.situation, young_person.now)
    return keys(young_person.remember(turn))


def test_news_begins_with_nothing_and_is_told_after_yes_and_the_check_word() -> None:
    young_person = finished(check_word="banana", news=NEWS)
    assert has_news(young_person) == ["follow_up"]
    assert keys(young_person.writes("yes")) == ["follow_up_word"]
    turn = young_person.writes("banana")

    assert turn.replies[0].body == NEWS
    assert turn.replies[0].exposure == "case"
    assert turn.news_told
    assert turn.position.state == "finished"


def test_news_waits_for_a_good_time() -> None:
    for words in ("later", "no", "skip", "busy"):
        young_person = finished(check_word="banana", news=NEWS)
        has_news(young_person)
        turn = young_person.writes(words)
        assert not turn.news_told
        assert NEWS not in [reply.body for reply in turn.replies]


def test_without_a_check_word_a_person_tells_them() -> None:
    young_person = finished(news=NEWS)
    has_news(young_person)
    turn = young_person.writes("yes")

    assert (keys(turn), turn.tasks) == (["news_person"], ("tell_news",))
    assert NEWS not in [reply.body for reply in turn.replies]


def test_two_wrong_words_close_it_and_a_person_is_told() -> None:
    young_person = finished(check_word="banana", news=NEWS)
    has_news(young_person)
    young_person.writes("yes")
    young_person.writes("apple")
    turn = young_person.writes("orange")

    assert (keys(turn), turn.contact) == (["bland_close"], "guarded")
    assert [each.category for each in turn.raises] == ["TEC"]


@pytest.mark.parametrize("state", sorted(set(STATES) - {"finished", "declined", "chat_was"}))
def test_news_never_breaks_into_an_interview(state: str) -> None:
    turn = open_follow_up(Position(state), Situation(contact="open", facts=FACTS), TEATIME)

    assert turn.replies == ()
    assert turn.position == Position(state)


def test_a_guarded_conversation_gets_no_text_of_ours() -> None:
    guarded = Situation(contact="guarded", facts=FACTS)

    assert open_follow_up(Position("finished"), guarded, TEATIME).replies == ()
    assert ask_chat_was(Position("finished"), guarded, TEATIME).replies == ()


def test_how_the_chat_was_is_asked_and_kept() -> None:
    young_person = finished()
    turn = ask_chat_was(young_person.position, young_person.situation, young_person.now)
    assert keys(young_person.remember(turn)) == ["chat_was"]
    turn = young_person.writes("2 it was ok but long")

    assert turn.answers == (Answer("chat_was", (0,)),)
    assert (keys(turn), turn.position.state) == (["chat_thanks"], "finished")


def test_only_a_finished_interview_is_asked_how_it_was() -> None:
    for state in ("declined", "going_on", "busy", "closed_unsafe"):
        turn = ask_chat_was(Position(state), Situation(contact="open"), TEATIME)
        assert turn.replies == ()


@pytest.mark.parametrize("opening", [open_follow_up, ask_chat_was])
def test_harm_is_heard_before_anything_of_a_later_day(opening) -> None:  # type: ignore[no-untyped-def]
    young_person = finished(check_word="banana", news=NEWS)
    young_person.remember(opening(young_person.position, young_person.situation, young_person.now))
    turn = young_person.writes("my dad hits me", disclosure=HURT)

    assert keys(turn) == ["disclose_harm"]
    assert turn.position.resume == "finished"
