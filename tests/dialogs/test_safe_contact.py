"""Contact safety comes first: watched phones, unconfirmed numbers, long silences (PR-11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs import texts
from dialogs.interview import STATES
from dialogs.turn import (
    Answer,
    Heard,
    HeardText,
    Position,
    Situation,
    take_turn,
)
from tests.dialogs.young_person import FACTS, HURT, TEATIME, YoungPerson, keys


@pytest.mark.parametrize("state", STATES)
def test_a_watched_phone_gets_bland_texts_in_every_state(state: str) -> None:
    at = Position(state, resume="help", checked=True, told=("way", "safe_now"), last_at=TEATIME)
    situation = Situation(contact="guarded", facts=FACTS)
    for words in (
        "he hits me",
        "help",
        "person",
        "how",
        "who is this",
        "no",
        "finish",
        "stop",
        "?",
    ):
        turn = take_turn(at, Heard((HeardText(words),), ("pin",), HURT), situation, TEATIME)

        assert turn.replies
        assert {reply.exposure for reply in turn.replies} == {"bland"}
        assert turn.answers == ()
        assert turn.contact is None


def test_a_bland_reply_to_harm_has_the_shape_of_any_other() -> None:
    at = Position("busy", resume="help", told=("way",), last_at=TEATIME)
    situation = Situation(contact="guarded", facts=FACTS)

    told = take_turn(at, Heard((HeardText("he hits me"),), (), HURT), situation, TEATIME)
    chat = take_turn(at, Heard((HeardText("nice day"),)), situation, TEATIME)

    assert told == chat


def test_a_line_that_lost_its_bland_mark_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    script = texts.load()
    marked = replace(script.lines["hello_plain"], exposure="general")
    changed = replace(script, lines={**script.lines, "hello_plain": marked})
    monkeypatch.setattr(texts, "load", lambda language="en": changed)

    watched = Situation(contact="guarded", facts=FACTS)
    turn = take_turn(Position("busy"), Heard((HeardText("hi"),)), watched, TEATIME)

    assert turn.replies == ()


def test_finishing_on_a_watched_phone_is_remembered() -> None:
    young_person = YoungPerson().gets_to("help")
    for words in ("busy", "finish", "hi", "yes"):
        young_person.writes(words)

    assert keys(young_person.writes("yes")) == ["goodbye", "options", "numbers"]
    assert young_person.state == "finished"


def test_busy_outranks_even_harm() -> None:
    young_person = YoungPerson().gets_to("going_on")
    turn = young_person.writes("he hits me", "busy", disclosure=HURT)

    assert keys(turn) == ["busy"]
    assert (turn.contact, turn.position.resume) == ("guarded", "help")
    assert turn.answers == (Answer("going_on", (0,)),), "the words are kept as the answer they are"


def test_without_a_check_a_number_nobody_confirmed_never_hears_a_case_word() -> None:
    young_person = YoungPerson().becomes(contact="unverified", texting_agreed=False)
    for words in (
        "hi",
        "yes",
        "yes",
        "text",
        "who is this",
        "how",
        "yes",
        "finish",
        "hi",
        "person",
    ):
        turn = young_person.writes(words, disclosure=HURT if words == "text" else None)
        assert all(reply.exposure != "case" for reply in turn.replies), words
    assert young_person.situation.contact == "unverified"


def test_a_number_that_becomes_unconfirmed_in_the_middle_is_asked_anew_in_its_next_session() -> (
    None
):
    young_person = YoungPerson().gets_to("going_on").becomes(contact="unverified")

    turn = young_person.writes("we argued", after=timedelta(minutes=31))

    assert keys(turn) == ["recheck"]
    assert turn.answers == (Answer("going_on", (0,)),)
    assert keys(young_person.writes("yes")) == ["just_you"]
    assert keys(young_person.writes("yes")) == ["help"]
    assert young_person.situation.contact == "unverified"


def test_an_unconfirmed_number_stays_unconfirmed_after_busy() -> None:
    young_person = YoungPerson().gets_to("going_on").becomes(contact="unverified", confirmed=False)

    assert young_person.writes("busy").contact == "guarded"
    young_person.writes("hi")
    assert keys(young_person.writes("yes")) == ["just_you"]
    assert young_person.writes("yes").contact == "unverified"


@pytest.mark.parametrize(("minutes", "key"), [(30, "help"), (31, "recheck")])
def test_half_an_hour_of_silence_needs_a_fresh_yes(minutes: int, key: str) -> None:
    turn = YoungPerson().gets_to("going_on").writes("row", after=timedelta(minutes=minutes))

    assert keys(turn) == [key]
    assert turn.answers == (Answer("going_on", (0,)),)


def test_wishes_work_after_a_long_silence_too() -> None:
    day = timedelta(days=1)
    assert keys(YoungPerson().gets_to("help").writes("later", after=day)) == ["later"]
    assert keys(YoungPerson().gets_to("help").writes("finish", after=day)) == ["goodbye", "numbers"]
    assert keys(YoungPerson().gets_to("help").writes("skip", after=day)) == ["recheck_back"]
    skipped = YoungPerson().gets_to("help").writes("skip", after=day)
    assert skipped.position.resume == "around"


def test_two_days_later_nothing_earlier_is_quoted() -> None:
    young_person = YoungPerson().gets_to("going_on")
    young_person.writes("purple elephants chased me")

    turn = young_person.writes("they were big elephants", after=timedelta(days=2))

    assert not any("elephant" in reply.body for reply in turn.replies)


def test_after_a_long_silence_who_and_how_say_nothing_of_the_case() -> None:
    young_person = YoungPerson().gets_to("help")

    assert keys(young_person.writes("who is this")) == ["who"]
    assert keys(young_person.writes("who is this", after=timedelta(hours=1))) == [
        "who_before",
        "recheck_back",
    ]


# --- a word that means danger, and somebody else at the phone ---


@pytest.mark.parametrize("state", sorted(set(STATES) - {"closed_unsafe"}))
@pytest.mark.parametrize(
    ("words", "raised"), [("mango", (1, "TEC")), ("this is his mum", (2, "TEC"))]
)
def test_a_sign_of_danger_looks_like_any_pause_and_a_person_is_told(
    state: str, words: str, raised: tuple[int, str]
) -> None:
    at = Position(state, resume="help", checked=True, told=("way",), last_at=TEATIME)
    situation = Situation(contact="open", facts=FACTS, duress_word="mango", check_word="banana")

    turn = take_turn(at, Heard((HeardText(words),)), situation, TEATIME)
    busy = take_turn(at, Heard((HeardText("busy"),)), situation, TEATIME)

    assert [(each.priority, each.category) for each in turn.raises] == [raised]
    assert turn.contact == "guarded"
    assert [reply.body for reply in turn.replies] == [reply.body for reply in busy.replies]


@pytest.mark.parametrize("words", ["mango", "i am her dad"])
def test_only_the_check_word_or_a_person_undoes_a_sign_of_danger(words: str) -> None:
    young_person = YoungPerson().becomes(duress_word="mango").gets_to("going_on")
    young_person.writes(words)
    for answer in ("hi", "yes", "yes", "hi", "yes"):
        turn = young_person.writes(answer)
        assert {reply.exposure for reply in turn.replies} == {"bland"}
        assert young_person.situation.contact == "guarded"

    young_person.becomes(contact="open")
    young_person.writes("hi")
    young_person.writes("yes")
    assert keys(young_person.writes("yes")) == ["going_on"]


def test_the_check_word_undoes_a_sign_of_danger() -> None:
    young_person = YoungPerson().becomes(check_word="banana", duress_word="mango")
    young_person.gets_to("going_on")
    for words in ("mango", "hi", "yes"):
        young_person.writes(words)

    assert keys(young_person.writes("banana")) == ["going_on"]
    assert young_person.situation.contact == "open"
    assert not young_person.position.doubted


def test_a_wrong_number_is_left_alone_and_never_known_to_be_a_childs() -> None:
    young_person = YoungPerson()
    young_person.is_invited()
    turn = young_person.writes("wrong number mate")

    assert keys(turn) == ["wrong_number"]
    assert (turn.tasks, turn.contact) == (("wrong_number",), "unverified")
    assert turn.position.state == "declined"


def test_dyslexic_and_second_language_writing_is_no_sign_of_anybody_else() -> None:
    young_person = YoungPerson().gets_to("going_on")
    for words in (
        "i wos wiv my mats an my mum sed no",
        "My mother she is say I must stay in house but I go",
        "Good evening. I had a disagreement with my mother, and I therefore left.",
    ):
        turn = young_person.writes(words)
        assert turn.raises == ()
        assert turn.contact is None
