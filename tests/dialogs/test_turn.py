import timeit
from dataclasses import replace

import pytest

from dialogs.interview import ENDED, OPEN, STATES
from dialogs.plan import QUESTIONS
from dialogs.turn import (
    Disclosure,
    Heard,
    HeardText,
    Position,
    Situation,
    has_ended,
    is_open,
    open_interview,
    settles,
    take_turn,
)
from tests.dialogs.young_person import FACTS, HURT, TEATIME, YoungPerson, keys


def test_the_first_text_says_nothing_about_a_case() -> None:
    turn = YoungPerson().is_invited()

    assert (turn.position.state, turn.position.last_at) == ("hello", None)
    assert [reply.exposure for reply in turn.replies] == ["bland"]
    assert turn.replies[0].asks == "hello"


def test_texting_is_said_to_be_agreed_only_when_it_was() -> None:
    assert "You said texting is ok" in YoungPerson().is_invited().replies[0].body
    unasked = YoungPerson().becomes(texting_agreed=False).is_invited().replies[0].body
    assert "said" not in unasked


def test_a_conversation_closed_for_safety_is_opened_by_a_person_only() -> None:
    closed = Position("closed_unsafe", wrong_words=2)
    guarded = Situation(contact="guarded", facts=FACTS)

    assert open_interview(closed, guarded, TEATIME).replies == ()
    opened = open_interview(closed, replace(guarded, contact="open"), TEATIME)
    assert (opened.position.state, opened.position.wrong_words) == ("hello", 0)


def test_an_invitation_in_the_middle_comes_back_to_the_same_question() -> None:
    young_person = YoungPerson().gets_to("help")
    young_person.is_invited()
    young_person.writes("yes")

    assert keys(young_person.writes("yes")) == ["help"]


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_can_be_left_kindly(state: str) -> None:
    """SKIP, LATER, BUSY, PERSON, HELP, HOW, FINISH and stopping are answered everywhere."""
    at = Position(state, resume="help", checked=True, told=("way", "safe_now"), last_at=TEATIME)
    situation = Situation(contact="open", facts=FACTS)
    for words in ("skip", "later", "busy", "person", "help", "how", "who is this", "finish"):
        turn = take_turn(at, Heard((HeardText(words),)), situation, TEATIME)

        assert turn.replies, (state, words)
        assert turn.answers == ()
    stopped = take_turn(at, Heard((HeardText("stop"),)), situation, TEATIME)
    assert (stopped.position.state, stopped.tasks) == ("declined", ("declined",))


@pytest.mark.parametrize("question", ["way", "way_time", "easier", *QUESTIONS])
def test_information_leaves_the_question_standing_and_does_not_put_it_again(question: str) -> None:
    at = Position(question, checked=True, asked=("safe_now", question), last_at=TEATIME)
    for words in ("help", "person", "how", "who is this", "promise you wont tell", "delete it"):
        turn = take_turn(
            at, Heard((HeardText(words),)), Situation(contact="open", facts=FACTS), TEATIME
        )

        assert turn.position.state == question
        assert [reply.asks for reply in turn.replies] == [None]
        assert turn.answers == ()


@pytest.mark.parametrize("state", sorted(set(STATES) - {"closed_unsafe"}))
def test_harm_is_answered_first_in_every_state(state: str) -> None:
    at = Position(state, resume="help", checked=True, last_at=TEATIME)
    heard = Heard((HeardText("he hits me and i wanna go later"), HeardText("later")), (), HURT)
    turn = take_turn(at, heard, Situation(contact="open", facts=FACTS), TEATIME)

    assert "disclose_harm" in keys(turn)
    assert turn.position.state == "after_disclosure"


def test_yes_lowers_nothing_and_no_is_never_overheard() -> None:
    young_person = YoungPerson().gets_to("safe_now")
    turn = young_person.writes("yes", "well no")

    assert keys(turn) == ["danger"]
    assert [(each.priority, each.category) for each in turn.raises] == [(1, "IMM")]
    assert turn.position.resume == "going_on"


def test_what_screening_raised_is_not_raised_twice() -> None:
    turn = YoungPerson().gets_to("anyone_hurting").writes("yes", disclosure=HURT)

    assert turn.raises == ()


def test_no_safety_text_goes_out_twice_running() -> None:
    young_person = YoungPerson().gets_to("going_on")
    sent: dict[str, str] = {}
    danger = Disclosure(1, ("IMM",), "clear")
    for disclosure in (HURT, HURT, danger, danger, HURT, None, HURT, danger, None, danger):
        for reply in young_person.writes("again", disclosure=disclosure).replies:
            if reply.safety:
                assert sent.get(reply.key) != reply.body
                sent[reply.key] = reply.body


def test_after_harm_who_what_and_when_are_never_asked() -> None:
    young_person = YoungPerson().gets_to("going_on")
    asked = [
        reply.asks
        for words in ("he hits me", "for years", "with a stick", "when i get home", "idk")
        for reply in young_person.writes(words, disclosure=HURT).replies
        if "?" in reply.body
    ]

    assert set(asked) == {"after_disclosure"}
    assert len(asked) == 2


def test_the_question_they_answered_with_harm_is_not_put_again() -> None:
    young_person = YoungPerson().gets_to("safe_now")
    young_person.writes("dunno he hits me", disclosure=HURT)
    young_person.writes("yes")

    assert keys(young_person.writes("yes")) == ["going_on"]


@pytest.mark.parametrize("own_act", [False, True])
@pytest.mark.parametrize("standing", ["harm_ok", "upset", "anyone_hurting"])
def test_harm_told_to_an_earlier_question_is_not_explored_by_the_standing_one(
    standing: str, own_act: bool
) -> None:
    young_person = YoungPerson().gets_to(standing)
    late = HeardText("he hits me", frozenset({"away"}))
    young_person.writes(late, disclosure=replace(HURT, own_act=own_act))
    young_person.writes("yes")

    assert keys(young_person.writes("yes")) == ["back"]


@pytest.mark.parametrize(
    ("leaves", "comes_back", "then"),
    [("later", "yes", "recheck"), ("stop", "yes", "hello"), ("finish", "hi", "hello")],
)
@pytest.mark.parametrize(
    ("asks", "answer"),
    [
        ("im 18 now", "how_before"), ("how", "how_before"), ("who is this", "who_before"),
        ("promise you wont tell", "secret_before"), ("delete it", "delete_before"),
    ],
)  # fmt: skip
def test_coming_back_with_a_question_is_answered_for_anybody_who_may_hold_the_phone(
    leaves: str, comes_back: str, then: str, asks: str, answer: str
) -> None:
    young_person = YoungPerson().gets_to("help")
    young_person.writes(leaves)
    turn = young_person.writes(comes_back, asks)

    assert turn.position.state == then
    assert keys(turn)[0] == answer
    assert {reply.exposure for reply in turn.replies} <= {"bland", "general"}


def test_explanations_come_once() -> None:
    young_person = YoungPerson().gets_to("way")
    young_person.writes("busy")
    for words in ("hi", "yes"):
        young_person.writes(words)

    assert keys(young_person.writes("yes")) == ["way"]


@pytest.mark.parametrize(
    ("question", "words", "lead"),
    [
        ("going_on", "it was a long day", "Thanks for telling me."),
        ("going_on", "idk", "That's ok."),
        ("going_on", "nothing", "That's ok."),
        ("going_on", "skip", "That's ok."),
        ("anyone_hurting", "no", "Thanks."),
        ("anyone_hurting", "skip", "That's ok."),
        ("around", "it is ok here most days", "Thanks for telling me."),
        ("away", "we walked about for hours", "Ok, thanks. I've kept that."),
        ("again", "no idea what would", "Thanks. This is the last one."),
        ("safe_now", "yes", "Thanks."),
    ],
)
def test_an_answer_is_met_with_a_fitting_word(question: str, words: str, lead: str) -> None:
    turn = YoungPerson().gets_to(question).writes(words)

    assert any(reply.body.startswith(f"{lead} ") for reply in turn.replies)


def test_the_script_a_conversation_began_under_is_kept() -> None:
    begun = Position("help", script="0", checked=True, last_at=TEATIME)
    heard = Heard((HeardText("dunno"),))

    turn = take_turn(begun, heard, Situation(contact="open", facts=FACTS), TEATIME)

    assert turn.position.script == "0"


@pytest.mark.parametrize(
    ("state", "words", "waits"),
    [
        ("going_on", "so basically", True), ("help", "idk", True),
        ("keep_private", "no", True), ("upset", "well", True), ("chat_was", "good", False),
        ("going_on", "skip", False), ("going_on", "thats all", False), ("going_on", "what?", False),
        ("going_on", "busy", False), ("going_on", "who is this", False),
        ("safe_now", "im at my nans", False), ("going_on", "something else", False),
        ("hello", "hey", False), ("check_word", "banana", False), ("recheck", "and then", False),
        ("after_disclosure", "he did", False), ("not_started", "hi", False),
        ("paused", "hi", False),
        ("finished", "oh and", False), ("closed_unsafe", "hi", False), ("busy", "hi", False),
    ],
)  # fmt: skip
def test_only_words_to_an_open_question_wait_for_more(state: str, words: str, waits: bool) -> None:
    assert settles(Position(state), words) is waits


def test_what_is_open() -> None:
    assert {state for state in STATES if not is_open(state)} == ENDED
    assert not is_open("finished")
    assert is_open("busy")


def test_an_interview_that_ended_stays_ended_while_something_else_is_talked_about() -> None:
    assert has_ended(Position("finished"))
    assert has_ended(Position("after_disclosure", resume="finished"))
    assert not has_ended(Position("after_disclosure", resume="help"))


def test_a_turn_is_pure() -> None:
    position, situation = Position("help", checked=True), Situation(contact="open", facts=FACTS)
    heard = Heard((HeardText("a lift home"), HeardText("and food")))

    assert take_turn(position, heard, situation, TEATIME) == take_turn(
        position, heard, situation, TEATIME
    )


def test_an_empty_turn_changes_nothing() -> None:
    position = Position("help", checked=True, last_at=TEATIME)
    turn = take_turn(position, Heard(()), Situation(contact="open", facts=FACTS), TEATIME)

    assert turn.position == position
    assert turn.replies == ()


@pytest.mark.parametrize("words", ["skip", "no", "we had a row"])
def test_what_was_said_to_the_question_before_answers_nothing_here(words: str) -> None:
    position = Position("help", checked=True, told=("way",), last_at=TEATIME)
    situation = Situation(contact="open", facts=FACTS)
    late = Heard((HeardText(words, frozenset({"going_on"})),))
    turn = take_turn(position, late, situation, TEATIME)

    assert (turn.position.state, turn.position.skipped) == ("help", position.skipped)
    assert [each.question for each in turn.answers] == ([] if words == "skip" else ["going_on"])


@pytest.mark.slow
def test_a_turn_builds_no_machine() -> None:
    """A machine for each turn costs more than a millisecond; a turn must stay far below that."""
    position = Position("help", checked=True, last_at=TEATIME)
    heard, situation = Heard((HeardText("a lift home"),)), Situation(contact="open", facts=FACTS)

    runs = timeit.repeat(lambda: take_turn(position, heard, situation, TEATIME), number=100)

    assert min(runs) / 100 < 0.001


def test_who_is_invited_again_while_asked_what_would_make_it_easier_goes_on_there() -> None:
    young_person = YoungPerson().becomes(person_first=True)
    young_person.is_invited()
    for _ in range(3):
        young_person.writes("yes")
    assert young_person.state == "easier"

    young_person.is_invited()
    young_person.writes("yes")
    assert keys(young_person.writes("yes"))[-1] == "easier"
    assert young_person.state == "easier"
