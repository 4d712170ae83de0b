import tomllib
from pathlib import Path

import pytest

from dialogs import reading
from dialogs.reading import (
    COMMANDS,
    CONTROLS,
    INFOS,
    SIGNS,
    WISHES,
    choice_of,
    read,
    says_word,
    spelt,
    way_of,
)

EXAMPLES = tomllib.loads(Path(__file__).with_name("readings.toml").read_text(encoding="utf-8"))
SAID = [(kind, words) for kind, said in EXAMPLES.items() for words in said.splitlines()]


@pytest.mark.parametrize(("kind", "words"), SAID)
def test_a_text_is_understood_as(kind: str, words: str) -> None:
    assert read(words) == kind


def test_each_kind_of_command_wish_and_sign_has_examples() -> None:
    assert set(EXAMPLES) >= COMMANDS | set(WISHES) | set(SIGNS)
    assert {*CONTROLS, *INFOS} == COMMANDS
    assert not COMMANDS & {*WISHES, *SIGNS}


@pytest.mark.parametrize("words", ["", "   ", "!!!", "\u200b", "\n"])
def test_nothing_is_only_words(words: str) -> None:
    assert read(words) == "words"


@pytest.mark.parametrize("typed", ["SKIP", "Busy", "pErSoN", "FINISH"])
@pytest.mark.parametrize(
    "around", ["{}", " {} ", "{}.", "{}!!", "'{}'", "{} x", "ok {}", "{}\n", "\u200b{}"]
)
def test_the_taught_words_are_understood_however_they_are_dressed(typed: str, around: str) -> None:
    assert read(around.format(typed)) == typed.casefold()


def test_a_long_story_is_read_quickly_and_stays_words() -> None:
    assert read("and then he said. " * 300) == "words"
    assert read("a" * 4096) == "words"
    assert read("no " * 1500) in ("no", "words")
    assert read("please " * 600 + "skip") == "words"


def test_an_unknown_language_is_read_as_english() -> None:
    assert read("skip", language="xx") == "skip"
    assert read("skip", language="../en") == "skip"


def test_another_language_goes_before_english_and_english_is_understood_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = Path(reading.__file__).with_name("texts") / "reading_en.toml"
    (tmp_path / "reading_en.toml").write_text(english.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "reading_xx.toml").write_text(
        '[words]\nda = "yes"\nhwyr = "later"\n'
        '[numbers]\ndau = 2\n[kinds]\nyes = ["yes"]\nlater = ["later"]\nskip = ["sgip"]\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(reading, "_FOLDER", tmp_path)
    reading._rules_for.cache_clear()
    reading._rules_of.cache_clear()
    try:
        assert [read(words, "xx") for words in ("da", "hwyr", "sgip")] == ["yes", "later", "skip"]
        assert [read(words, "xx") for words in ("nah", "busy")] == ["no", "busy"]
        assert read("sgip") == "words"
        assert spelt("da hwyr", "xx") == "yes later"
        assert (choice_of("dau", "xx"), choice_of("2", "xx"), choice_of("dau")) == (2, 2, None)
        assert way_of("call me", "xx") == "talk"
    finally:
        reading._rules_for.cache_clear()
        reading._rules_of.cache_clear()


@pytest.mark.parametrize(
    "words", ["banana", "BANANA", " Banana. ", "its banana", "the word is banana", "banana!"]
)
def test_the_check_word_is_heard(words: str) -> None:
    assert says_word(words, "Banana")


@pytest.mark.parametrize(
    "words", ["", "apple", "bananas", "ban ana x", "apple pear banana kiwi plum fig", "?"]
)
def test_another_word_is_not(words: str) -> None:
    assert not says_word(words, "banana")


def test_two_words_may_be_typed_as_one_and_an_empty_word_is_never_right() -> None:
    assert says_word("purpleotter", "Purple Otter")
    assert says_word("purple  otter", "purple otter")
    assert not says_word("purple", "purple otter")
    assert not says_word("", "")
    assert not says_word("anything", " ! ")


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("TEXT", "text"), ("text pls", "text"), ("here is fine", "text"), ("txt", "text"),
        ("TALK", "talk"), ("call me", "talk"), ("on the phone", "talk"), ("phone call pls", "talk"),
        ("MEET", "meet"), ("in person", "meet"), ("face to face", "meet"), ("meet her", "meet"),
        ("can u text not call im on the bus", "text"), ("i dont want to talk, text", "text"),
        ("text or meet", None), ("dont mind", None), ("purple", None), ("", None),
    ],
)  # fmt: skip
def test_a_way_is_chosen(words: str, way: str | None) -> None:
    assert way_of(words) == way


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("1", 1), ("2.", 2), ("no 3", 3), ("no. 3", 3), ("option 2", 2), ("number two", 2),
        ("the second one", 2), ("3 pls", 3), ("2️⃣", 2), ("(1)", 1), ("Two", 2), ("the first", 1),
        ("first one", 1), ("ill go with 2", 2), ("can we do 4", 4), ("i think 2 tbh", None),
        ("2nd", 2), ("#3", 3), ("10", 10), ("prob 1", 1), ("yeah 2", 2), ("٢", 2), ("３", 3),
        ("no one", None), ("2 of them", None), ("1 or 2", None), ("1 2", None), ("11", None),
        ("i have 2 brothers", None), ("not 2", None), ("for 3 days", None), ("two men", None),
        ("0", None), ("", None), ("both", None), ("one of them hit me", None), ("once", None),
        ("at 4", None), ("to", None), ("1" * 5000, None), ("2 " * 3000, None),
    ],
)  # fmt: skip
def test_a_number_is_a_choice_only_when_it_is_all_they_say(words: str, number: int | None) -> None:
    assert choice_of(words) == number


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("me n mum argued bout my phone so i went to my mates", None),
        ("i was here all day with my nan and it was boring", None),
        ("id rather talk to someone on the phone if thats ok", "talk"),
        ("can we meet up somewhere and talk it through with you", None),
        ("could you just ring me after school", "talk"),
        ("on the phone", "talk"),
        ("text is fine", "text"),
        ("can i meet her in person please that would be good", "meet"),
    ],
)
def test_a_story_is_no_choice_of_a_way(words: str, way: str | None) -> None:
    assert way_of(words) == way
