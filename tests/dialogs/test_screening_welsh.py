"""Welsh has a lexicon of its own, read beside English; a language without one needs a person."""

from collections.abc import Sequence

import pytest

from dialogs.interview import STATES
from dialogs.screening import Screening, screen
from dialogs.screening_languages import LANGUAGES, mutations
from dialogs.screening_lexicon import CATEGORIES, LookAlike, Rule, ScreeningFailed, build, lexicon
from tests.dialogs.screening_sentences import sentences

WELSH = lexicon("cy")


def read(words: str, asked: Sequence[str] = (), language: str = "cy") -> Screening:
    return screen([words], asked, language)


def names(rule: Rule, words: str) -> set[str]:
    return {match.rule for match in read(words, tuple(rule.asked)).because}


@pytest.mark.parametrize("rule", WELSH.rules, ids=lambda rule: rule.name)
def test_every_welsh_rule_finds_what_it_is_for(rule: Rule) -> None:
    for example in rule.examples:
        assert rule.name in names(rule, example), example


@pytest.mark.parametrize("rule", WELSH.rules, ids=lambda rule: rule.name)
def test_every_welsh_rule_leaves_its_look_alikes_alone(rule: Rule) -> None:
    for example in rule.counterexamples:
        assert rule.name not in names(rule, example), example
        assert read(example, tuple(rule.asked)).priority not in (1, 2), example


def test_welsh_has_a_rule_of_every_category_and_asks_only_what_is_asked() -> None:
    assert {rule.category for rule in WELSH.rules} == set(CATEGORIES)
    assert len(WELSH.program.patterns) >= 150
    entries = [entry for entry in WELSH.entries if isinstance(entry, Rule | LookAlike)]
    assert {state for entry in entries for state in entry.asked} <= set(STATES)


def test_the_detector_says_that_welsh_was_read_and_that_nobody_has_reviewed_it() -> None:
    assert "unreviewed" in read("helo").detector
    assert "cy" not in read("hello", language="en").detector


@pytest.mark.parametrize(
    "words", ["mae dad yn bwrw fi", "Ma Dad yn fy mwrw i!", "nath o drio lladd fi", "dwi isho marw"]
)
def test_a_welsh_text_is_read_whatever_the_language_of_the_person(words: str) -> None:
    for language in ("cy", "cy-GB", "en", "pl"):
        assert read(words, language=language).priority in (1, 2)


@pytest.mark.parametrize("part", ["plain", "harm", "ordinary"])
def test_welsh_rules_find_nothing_in_english_texts(part: str) -> None:
    found = [
        match
        for sentence in sentences(part)
        for match in screen(sentence.texts).because
        if match.rule.startswith("cy:")
    ]
    assert found == []


def test_english_is_read_in_a_welsh_conversation() -> None:
    assert read("my dad hits me").priority == 2
    assert read("na", ("safe_now",)).priority == 1


def test_first_letters_change_in_all_ways() -> None:
    forms = mutations(["bwrw", "taro", "cyffwrdd", "gwneud", "lladd", "rhyw", "mam"])
    changed = "fwrw mwrw daro nharo tharo gyffwrdd nghyffwrdd chyffwrdd wneud ngwneud ladd ryw"
    assert set(forms) == set(changed.split())


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("boję się wracać do domu", "pl"),
        ("nuk dua", "sq"),
        ("babai më godet", "sq"),
        ("Привет", "uk"),
    ],
)
def test_words_in_a_language_without_a_lexicon_are_for_the_list(words: str, language: str) -> None:
    result = read(words, language=language)
    assert (result.priority, result.categories) == (3, ("TEC",))
    assert result.because[0].text == words


@pytest.mark.parametrize("words", ["yes", "no", "ok", "2", "👍", "skip", "busy", "", "?", "..."])
def test_plain_replies_are_not(words: str) -> None:
    assert read(words, ("good_bits",), "pl").priority is None


def test_the_word_that_was_asked_for_is_not() -> None:
    assert read("parasol", ("check_word",), "pl").priority is None
    assert read("nie wiem co to", ("check_word",), "pl").priority == 3


def test_what_is_found_in_english_stays_more_urgent() -> None:
    result = read("tata, my dad hits me", language="pl")
    assert result.priority == 2
    assert set(result.categories) >= {"ABU", "TEC"}


def test_a_broken_welsh_lexicon_fails() -> None:
    with pytest.raises(ScreeningFailed):
        build({"cy_words.toml": b"x = 1"}, "cy", lexicon().spelling)
    assert LANGUAGES == ("en", "cy")
