"""Welsh has a lexicon of its own, read beside English; a language without one needs a person."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dialogs.interview import STATES
from dialogs.screening import Screening, screen
from dialogs.screening_languages import LANGUAGES, mutations
from dialogs.screening_lexicon import CATEGORIES, LookAlike, Rule, ScreeningFailed, build, lexicon
from tests.dialogs.screening_sentences import sentences
from tests.dialogs.test_screening import calls

pytestmark = pytest.mark.slow

WELSH = lexicon("cy")
HERE = Path(__file__)
MESSAGES: dict[str, Any] = tomllib.loads(HERE.with_name("welsh_screening.toml").read_text())
DISCLOSURES: list[dict[str, Any]] = MESSAGES["disclosure"]
ORDINARY: dict[str, list[str]] = MESSAGES["ordinary"]
ENGLISH_ANSWERS = tomllib.loads(HERE.with_name("ordinary_answers.toml").read_text())["ordinary"]
READINGS = tomllib.loads(HERE.with_name("readings_cy.toml").read_text())


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


@pytest.mark.parametrize("told", DISCLOSURES, ids=[told["words"] for told in DISCLOSURES])
def test_what_is_told_in_welsh_is_found_at_its_priority_or_above(told: dict[str, Any]) -> None:
    found = read(told["words"], [told["asked"]] if "asked" in told else []).priority
    assert found is not None
    assert found <= told["priority"]


def test_ordinary_welsh_answers_page_almost_nobody() -> None:
    found = Counter(
        read(words, [state]).priority for state, answers in ORDINARY.items() for words in answers
    )
    assert found.total() >= 60
    assert found[1] + found[2] <= 0.03 * found.total()
    assert found[3] <= 0.2 * found.total()


@pytest.mark.parametrize(
    ("words", "asked", "expected"),
    [
        *(
            (words, "safe_now", 1)
            for words in ("na", "nac ydw", "nadw", "ddim rili", "Nac ydw.", "Nadw!", "na. ofn")
        ),
        *((words, "safe_now", None) for words in ("ydw", "yndw", "ie", "odw")),
        *((words, "anyone_hurting", 2) for words in ("ydy", "oes", "mae", "ie", "weithie")),
        *((words, "anyone_hurting", None) for words in ("na", "nac oes", "neb", "na neb")),
        *((words, "health", 2) for words in ("oes", "ydw", "ma mraich i'n brifo")),
        *((words, "upset", 3) for words in ("do", "oes", "oedd")),
        *((words, "anyone_else", 2) for words in ("oes", "fy chwaer", "falle")),
        *((words, "again", 3) for words in ("ie", "falle")),
        ("heno", "again", 1),
        ("na", "keep_private", None),
    ],
)
def test_a_short_welsh_answer_means_what_was_asked(
    words: str, asked: str, expected: int | None
) -> None:
    assert read(words, [asked]).priority == expected


@pytest.mark.parametrize("words", ["no.", "No!", "Nope...", "not really.", "no\n", "nah. "])
def test_a_closing_sign_changes_no_answer(words: str) -> None:
    assert read(words, ["safe_now"], "en").priority == 1


def test_plain_welsh_replies_and_commands_page_nobody() -> None:
    said = [
        words
        for kind in ("yes", "greeting", "thanks", "person", "finish", "how", "who", "show")
        for words in READINGS[kind].splitlines()
    ]
    assert [words for words in said if read(words).priority in (1, 2)] == []


def test_english_answers_in_a_welsh_conversation_page_almost_nobody() -> None:
    answers = [(state, words) for state, said in ENGLISH_ANSWERS.items() for words in said]
    alarms = [words for state, words in answers if read(words, [state]).priority in (1, 2)]
    assert len(alarms) <= 0.01 * len(answers), alarms


@pytest.mark.parametrize("flood", ["mae dad yn bwrw fi ", "yn fi o i ", "dwi n i s i o "])
def test_work_grows_in_step_with_a_welsh_text(flood: str) -> None:
    small, large = calls(flood, 1_000), calls(flood, 10_000)
    assert large <= 14 * small + 2_000
    assert large <= 2_000_000


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
        ("isha te tezja dje", "sq"),
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
