import pytest

from dialogs.position import SCRIPT_VERSION
from dialogs.texts import TextsError, load, parse, reply
from tests.dialogs.young_person import FACTS


def script(lines: str, version: str = SCRIPT_VERSION) -> str:
    return f'version = "{version}"\n{lines}'


def line(**fields: str) -> str:
    given = {"phase": '"hello"', "exposure": '"bland"', "texts": '["Hi."]', **fields}
    return "[lines.hi]\n" + "\n".join(f"{key} = {value}" for key, value in given.items())


def test_the_first_text_whose_facts_are_known_is_sent() -> None:
    known = reply("m1", FACTS).body
    unnamed = reply("m1", {"service": "the Listen Line", "next_read": "9am on Monday"}).body

    assert "Ade works for Northfield Voices, and next reads this at 9am on Monday." in known
    assert "I don't know their name yet" in unnamed
    assert "9am on Monday" in unnamed


@pytest.mark.parametrize("facts", [{}, {"name": ""}, {"employer": "Northfield Voices"}])
def test_a_missing_fact_takes_its_sentence_away_in_every_line(facts: dict[str, str]) -> None:
    for key in load().lines:
        for again in (False, True):
            body = reply(key, facts, again=again).body
            assert "{" not in body
            assert body == " ".join(body.split())


def test_a_fact_is_never_read_as_a_template() -> None:
    assert "{service}" in reply("hello", {"service": "{service} {0} %s"}).body


def test_what_a_reply_knows_of_its_line() -> None:
    question, safety = reply("safe_now", FACTS), reply("danger", FACTS)

    assert (question.asks, question.exposure, question.safety) == ("safe_now", "private", False)
    assert (safety.asks, safety.exposure, safety.safety) == (None, "general", True)
    assert reply("no_one_there", FACTS, asks="hello").asks == "hello"
    assert not question.readback


def test_the_second_wording_differs_from_the_first() -> None:
    for key, found in load().lines.items():
        if found.again:
            assert reply(key, FACTS).body != reply(key, FACTS, again=True).body


def test_no_two_safety_texts_are_the_same() -> None:
    safety = [line for line in load().lines.values() if line.safety]
    bodies = [v.template for line in safety for v in (*line.texts, *line.again)]

    assert len(bodies) == len(set(bodies))


def test_a_lead_goes_out_in_the_same_text() -> None:
    body = reply("help", FACTS, lead="lead_told").body

    assert body == "Thanks for telling me. What would help now, or make things better?"


def test_lines_for_use_outside_turns_are_there() -> None:
    for key in (
        "person_read",
        "person_deciding",
        "not_yet",
        "no_one_there",
        "unknown_sender",
        "reminder",
    ):
        assert reply(key, FACTS).body
    read = reply("person_read", {"worker": "Dee", "role": "duty worker", "time": "16:05"})
    assert read.body == "A real person has now read your message. It's Dee, duty worker, at 16:05."


@pytest.mark.parametrize("language", ["xx", "../en", "", "en/../en", "words_en"])
def test_a_language_without_a_script_is_answered_in_english(language: str) -> None:
    assert reply("hello", FACTS, language) == reply("hello", FACTS)


def test_an_unknown_line_is_an_error() -> None:
    with pytest.raises(TextsError, match="no line"):
        reply("no such line", FACTS)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("version = ", "toml"),
        (script(line(), version="0"), "version"),
        (script(line(texts='["Hi {nme}."]')), "unknown placeholder nme"),
        (script(line(texts='["Hi {}.", "Hi."]')), "unknown placeholder"),
        (script(line(texts='["Hi {name}."]')), "must need no fact"),
        (script(line(texts='["Hi {name.", "Hi."]')), "hi"),
        (script(line(texts="[]")), "no text"),
        (script(line(exposure='"secret"')), "exposure"),
        (script(line(txets="[]")), "unknown key txets"),
        (script(line(safety="true")), "second wording"),
    ],
)
def test_a_broken_file_is_refused_as_a_whole(source: str, why: str) -> None:
    with pytest.raises(TextsError, match=why):
        parse(source, "en")


def test_a_number_says_when_it_may_be_shut_and_takes_its_sentence_away_where_it_does_not_hold() -> (
    None
):
    known = {"silent_code": "55", "missing_line": "116 000"}

    assert "116 000 (may be shut)" in reply("numbers", FACTS).body
    assert "Or 116 000, free." in reply("numbers", {**FACTS, **known}).body
    assert "press 55" in reply("danger", known).body
    assert "press" not in reply("danger", {}).body
