"""What the questions themselves invite is no alarm; the same words with harm in them still are.

The sentences of ordinary_answers.toml were written by one hand; they guard against falling back
and say nothing of how other people's words fare (docs/screening.md).
"""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dialogs.interview import STATES
from dialogs.plan import QUESTIONS
from dialogs.screening import screen
from dialogs.screening_lexicon import LookAlike, Rule, lexicon

ANSWERS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("ordinary_answers.toml").read_text()
)
ORDINARY: dict[str, list[str]] = ANSWERS["ordinary"]
DISCLOSURES: list[dict[str, Any]] = ANSWERS["disclosure"]
FEWEST_ANSWERS = 8


def test_every_question_has_ordinary_answers() -> None:
    assert set(QUESTIONS) <= set(ORDINARY) <= set(STATES)
    assert all(len(words) >= FEWEST_ANSWERS for words in ORDINARY.values())


def test_the_lexicon_names_only_states_that_exist() -> None:
    entries = [entry for entry in lexicon().entries if isinstance(entry, Rule | LookAlike)]
    assert {state for entry in entries for state in entry.asked} <= set(STATES)


def test_ordinary_answers_page_almost_nobody() -> None:
    found = Counter(
        screen([words], [state]).priority
        for state, answers in ORDINARY.items()
        for words in answers
    )
    assert found[1] + found[2] <= 0.01 * found.total()
    assert found[3] <= 0.05 * found.total()


@pytest.mark.parametrize("words", ANSWERS["everywhere"])
def test_wishes_about_the_texts_page_nobody_whatever_was_asked(words: str) -> None:
    alarms = [state for state in ORDINARY if screen([words], [state]).priority in (1, 2)]
    assert alarms == []


@pytest.mark.parametrize(
    "told", DISCLOSURES, ids=[f"{told['asked']}: {told['words']}" for told in DISCLOSURES]
)
def test_a_disclosure_is_found_at_its_priority_or_above(told: dict[str, Any]) -> None:
    found = screen([told["words"]], [told["asked"]]).priority
    assert found is not None
    assert found <= told["priority"]


@pytest.mark.parametrize(
    ("words", "asked", "code"),
    [
        ("yes", "upset", "ABU"),
        ("yes my arm", "health", "MED"),
        ("yes", "took", "SUB"),
        ("empty", "in_yourself", "SUI"),
        ("my sister", "anyone_else", "OTH"),
        ("not rly", "slept", "HOM"),
        ("yes tonight", "again", "RUN"),
        ("he was rude", "police", "CPL"),
        ("it wasnt true", "read_back", "SIL"),
    ],
)
def test_a_short_answer_means_what_was_asked(words: str, asked: str, code: str) -> None:
    assert code in screen([words], [asked]).categories


@pytest.mark.parametrize(
    ("words", "asked", "expected"),
    [
        ("yes", "upset", 3),
        ("yes", "health", 2),
        ("yes", "took", 3),
        ("yes but i still feel ill", "took", 2),
        ("yes", "anyone_else", 2),
        ("no", "slept", 3),
        ("bad", "in_yourself", 3),
        ("going again tomorrow", "again", 2),
        ("they were rude", "police", 3),
    ],
)
def test_how_fast_a_short_answer_is_looked_at(words: str, asked: str, expected: int) -> None:
    assert screen([words], [asked]).priority == expected


def test_deleting_right_after_a_disclosure_is_falling_silent() -> None:
    assert screen(["delete it"], ["going_on"]).priority is None
    assert screen(["delete it"], ["after_disclosure"]).categories == ("SIL",)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("dont tell my mum", "keep_private"),
        ("i dont want my carer to know", "keep_private_who"),
        ("cant say", "going_on"),
        ("will you tell my mum", "safe_now"),
        ("got the bus to leeds", "going_on"),
        ("mum wouldnt let me out", "going_on"),
        ("mum took my phone off me", "going_on"),
    ],
)
def test_an_ordinary_answer_pages_nobody(words: str, asked: str) -> None:
    assert screen([words], [asked]).priority not in (1, 2)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("dont tell my dad he will kill me", "keep_private"),
        ("they wont let me out", "going_on"),
        ("mum wont let me out shes locked the door", "going_on"),
        ("they took my phone off me", "going_on"),
        ("cant say", "anyone_hurting"),
        ("promise you wont tell him", "keep_private"),
        ("yes my mum makes me do the dishes and then she hits me", "anyone_hurting"),
        ("my sister is fine but my brother isnt safe", "anyone_else"),
        ("my arm was sore but its ok but my ribs hurt", "health"),
        ("i just walked out and im freezing at the bus stop", "planned"),
    ],
)
def test_the_same_words_with_more_in_them_still_do(words: str, asked: str) -> None:
    assert screen([words], [asked]).priority in (1, 2)
