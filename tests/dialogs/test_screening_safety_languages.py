"""Words for danger in languages without a lexicon: found, shown, and never at English's cost."""

import json
import time
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dialogs.normalise_scripts import BREAK, scripts, words_of
from dialogs.safety_lexicon import (
    CODES,
    SafetyLexicon,
    SafetyRule,
    build_safety,
    safety_lexicons,
)
from dialogs.screening import Screening, ScreeningFailed, screen
from dialogs.screening_lexicon import lexicon
from dialogs.screening_result import Match

pytestmark = pytest.mark.slow

HERE = Path(__file__)
MESSAGES: dict[str, Any] = tomllib.loads(HERE.with_name("safety_languages.toml").read_text())
LEXICONS = safety_lexicons()
RULES = [(code, rule) for code, words in LEXICONS.items() for rule in words.rules]
SAYS = "word list, not checked by a speaker)"
ORDINARY = ("ordinary", "harder_ordinary", "third_ordinary")
FEWEST = {"disclosure": 20, "ordinary": 20}


def signs(result: Screening) -> list[Match]:
    """The matches that a safety lexicon made."""
    return [match for match in result.because if match.rule.endswith(SAYS)]


def named(result: Screening, rule: SafetyRule) -> bool:
    return any(match.rule.startswith(rule.name + " (") for match in signs(result))


def in_english_and_welsh() -> Iterator[str]:
    """Every ordinary text of the other tests, and the disclosures too."""
    for line in HERE.with_name("screening_regression.jsonl").read_text().splitlines():
        yield from json.loads(line)["texts"]
    for name in ("ordinary_answers.toml", "welsh_screening.toml", "near_neighbours.toml"):
        yield from strings(tomllib.loads(HERE.with_name(name).read_text()))


def strings(value: object) -> Iterator[str]:
    """Every text in a document of any shape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


@pytest.mark.parametrize(("code", "rule"), RULES, ids=[f"{c}: {r.name}" for c, r in RULES])
def test_every_rule_finds_what_it_is_for(code: str, rule: SafetyRule) -> None:
    for example in rule.examples:
        result = screen([example], (), code)
        assert named(result, rule), example
        assert result.priority is not None
        assert result.priority <= rule.priority


@pytest.mark.parametrize(("code", "rule"), RULES, ids=[f"{c}: {r.name}" for c, r in RULES])
def test_every_rule_leaves_its_look_alikes_alone(code: str, rule: SafetyRule) -> None:
    for example in rule.counterexamples:
        result = screen([example], (), code)
        assert not named(result, rule), example
        assert not [match.rule for match in signs(result)], example


@pytest.mark.parametrize("code", CODES)
def test_what_is_told_is_found_at_its_priority_or_above(code: str) -> None:
    told = [told for batch in ("disclosure", "harder", "third") for told in MESSAGES[code][batch]]
    assert len(told) >= FEWEST["disclosure"]
    low = [
        each["words"]
        for each in told
        if not each.get("missed")
        and (screen([each["words"]], (), code).priority or 9) > each["priority"]
    ]
    assert low == []


@pytest.mark.parametrize("code", CODES)
def test_ordinary_messages_page_almost_nobody(code: str) -> None:
    ordinary = [words for batch in ORDINARY for words in MESSAGES[code][batch]]
    assert len(ordinary) >= FEWEST["ordinary"]
    alarms = [
        words for words in ordinary if signs(screen([words], (), code)) and alarming(words, code)
    ]
    assert len(alarms) <= 2, alarms


def alarming(words: str, code: str) -> bool:
    return screen([words], (), code).priority in (1, 2)


@pytest.mark.parametrize("code", CODES)
def test_words_in_their_own_letters_are_found_in_an_english_conversation(code: str) -> None:
    for told in MESSAGES[code]["disclosure"]:
        if scripts(told["words"]):
            assert screen([told["words"]]).priority == screen([told["words"]], (), code).priority


def test_no_english_or_welsh_text_has_a_word_for_danger_of_another_language() -> None:
    found = {text: signs(screen([text])) for text in in_english_and_welsh()}
    assert len(found) > 3_000
    assert {text: each for text, each in found.items() if each} == {}


@pytest.mark.parametrize(
    "text", ["i was at my mates house", "my dad hits me", "ok", "so man nah dom"]
)
@pytest.mark.parametrize("language", ["en", "cy", "en-GB"])
def test_an_english_or_welsh_text_is_read_by_none_of_them(text: str, language: str) -> None:
    result = screen([text], (), language)
    assert "unreviewed" not in result.detector.replace("cy-1-unreviewed", "")
    assert signs(result) == []


@pytest.mark.parametrize("code", CODES)
def test_words_in_latin_letters_for_every_conversation_are_rows_of_words(code: str) -> None:
    english, welsh = lexicon().spelling, lexicon("cy").spelling
    for rule in LEXICONS[code].rules:
        for pattern in rule.patterns:
            items = [item for item in pattern.items if not item.reach]
            if pattern.own or not pattern.latin:
                continue
            single = len(items) == 1
            known = [w for item in items for w in item.words if english.spelt(w) or welsh.spelt(w)]
            assert not (single and known), pattern.text
            assert not (single and min(map(len, items[0].words), default=9) < 6), pattern.text


@pytest.mark.parametrize("code", CODES)
def test_the_result_says_that_nobody_has_reviewed_the_words(code: str) -> None:
    words: SafetyLexicon = LEXICONS[code]
    assert words.version.startswith(f"{code}-1-unreviewed+")
    example = words.rules[0].examples[0]
    result = screen([example], (), code)
    assert f",{code}-1-unreviewed+" in result.detector
    assert all(words.language in match.rule or " or " in match.rule for match in signs(result))


@pytest.mark.parametrize(
    ("words", "language"),
    [("ساعدوني", "ar"), ("ساعدوني", "en"), ("እርዱኝ", "am"), ("cứu em với", "vi")],
)
def test_what_nobody_can_read_stays_a_reason_beside_it(words: str, language: str) -> None:
    result = screen([words], (), language)
    assert result.priority == 1
    assert result.categories[0] == "IMM"
    assert "TEC" in result.categories


def test_a_text_of_no_alarm_in_its_own_letters_is_still_for_a_person() -> None:
    result = screen(["كنت عند صاحبي نلعب بلايستيشن"])
    assert (result.priority, result.categories) == (3, ("TEC",))


def test_the_words_shown_are_the_young_persons_own() -> None:
    for part in MESSAGES.values():
        for told in part["disclosure"]:
            texts = ["hi 😀 ", told["words"]]
            for match in screen(texts, (), "en").because:
                assert match.text == texts[match.text_index][match.start : match.end]


def test_a_thought_in_two_texts_is_read_as_one() -> None:
    result = screen(["ابوي", "بيضربني"], (), "ar")
    assert result.priority == 2
    (match,) = signs(screen(["دیشب فیلم", "میخوام", "بمیرم"], (), "fa"))[:1]
    assert match.text_index == 1


def hidden(text: str, between: str) -> str:
    return between.join(text)


@pytest.mark.parametrize("between", ["\u200b", "\u2060", "\u00ad", "\u202e"])
def test_signs_that_nobody_sees_hide_nothing(between: str) -> None:
    for code in CODES:
        rule = LEXICONS[code].rules[0]
        for example in rule.examples:
            disguised = " ".join(hidden(word, between) for word in example.split())
            result = screen([disguised], (), code)
            assert named(result, rule), example
            assert all(match.text in disguised for match in signs(result))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("يضربني", "يَضْرِبُنِي"),
        ("يضربني", "يـضـربـنـي"),
        ("کمک", "كمك"),
        ("می‌خواهم", "میخواهم"),
        ("سكينة", "سكينه"),
        ("أريد", "اريد"),
        ("ሀ", "ኀ"),
        ("ሀ", "ሐ"),
        ("ሃይል", "ኃይል"),
        ("ሰላም", "ሠላም"),
        ("አደጋ", "ዐደጋ"),
        ("ጸሎት", "ፀሎት"),
        ("ንኸይድ", "ንከይድ"),
        ("cứu", unicodedata.normalize("NFD", "cứu")),
        ("hoà", "hòa"),
        ("CỨU", "cứu"),
        ("më", "me\u0308"),
        ("ساعدوووووني", "ساعدوني"),
        ("ｈｅｌｐ", "help"),
    ],
)
def test_one_word_typed_two_ways_is_one_word(one: str, other: str) -> None:
    assert [word[:2] for word in words_of(one)] == [word[:2] for word in words_of(other)]


def test_tones_left_out_are_found_and_other_tones_are_not() -> None:
    assert signs(screen(["no co dao"], (), "vi"))
    assert signs(screen(["nó có dao"], (), "vi"))
    assert not signs(screen(["nó có đạo"], (), "vi"))


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "؟؟", "።", "\u0301", "😀", "ـ", "\u200c"])
def test_anything_is_taken(text: str) -> None:
    for code in ("en", "ar", "vi"):
        screen([text], (), code)
    assert all(0 <= word.start < word.end <= len(text) for word in words_of(text))


def test_every_sentence_end_of_the_scripts_ends_a_sentence() -> None:
    assert [word.word for word in words_of("ሀ።አ؟ب۔ت")].count(BREAK) == 3


FLOODS = [*(MESSAGES[code]["disclosure"][0]["words"] for code in CODES), "و", "ሀ ", "cứ ", "na "]


@pytest.mark.parametrize("flood", FLOODS)
def test_a_long_text_is_read_in_step_with_its_length(flood: str) -> None:
    code = next((c for c in CODES if flood == MESSAGES[c]["disclosure"][0]["words"]), "vi")
    text = (flood + " ") * (10_000 // (len(flood) + 1))
    screen([text[:100]], (), code)
    started = time.perf_counter()
    screen([text], (), code)
    assert time.perf_counter() - started < 2


def test_reasons_are_the_most_urgent_first_and_the_categories_too() -> None:
    result = screen(["ابوي بيضربني ساعدوني ارجوكم"], (), "ar")
    assert result.categories[:2] == ("IMM", "ABU")
    assert result.certainty == "clear"
    assert Counter(match.category for match in result.because)["TEC"] == 1


GOOD = """
version = "xx-1-unreviewed"
language = "Test"
tags = ["xx"]
script = "latin"
[[rule]]
name = "a"
category = "ABU"
priority = 2
certainty = "clear"
patterns = ["alpha beta"]
for = ["alpha beta"]
against = ["beta"]
"""


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ('"ABU"', '"XXX"'),
        ("priority = 2", "priority = 7"),
        ('"clear"', '"maybe"'),
        ('"alpha beta"]\nfor', '"~2 alpha"]\nfor'),
        ('patterns = ["alpha beta"]', "patterns = []"),
        ('against = ["beta"]', "against = []"),
        ('script = "latin"', 'script = "runes"'),
        ("version", "edition"),
        ('"alpha beta"]\nfor', '"<nobody> alpha"]\nfor'),
    ],
)
def test_a_broken_file_fails(sound: str, broken: str) -> None:
    build_safety(GOOD.encode())
    assert sound in GOOD
    with pytest.raises(ScreeningFailed):
        build_safety(GOOD.replace(sound, broken, 1).encode())
