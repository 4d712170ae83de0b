import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from dialogs.topics import (
    IN_PASSING,
    SECTIONS,
    _compile,
    all_topics,
    label,
    mentions_who,
    purpose,
    section_of,
    topics_in,
)

ENGLISH: Mapping[str, Any] = tomllib.loads(
    (files("dialogs") / "texts" / "topics_en.toml").read_text(encoding="utf-8")
)
TOLD = [(set(rule["topics"]), words) for rule in ENGLISH["rule"] for words in rule["told"]]
NOT_TOLD = [(set(rule["topics"]), words) for rule in ENGLISH["rule"] for words in rule["not_told"]]


@pytest.mark.parametrize(("topics", "words"), TOLD)
def test_what_they_told_is_not_asked_again(topics: set[str], words: str) -> None:
    assert topics <= topics_in(words)


@pytest.mark.parametrize(("topics", "words"), NOT_TOLD)
def test_a_word_in_passing_is_not_telling(topics: set[str], words: str) -> None:
    assert not topics & topics_in(words)


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        ("we had a row with mum", {"B1", "B5"}),
        ("school is shit they excluded me", {"B6"}),
        ("i stayed at my mates and watched films", {"C1", "C3"}),
        ("the police brought me back", {"E1"}),
        ("the police brought me back and they were rude", {"E1", "E3"}),
        ("The police brought me back. They were rude.", {"E1", "E3"}),
        ("i wanted to see my boyfriend", {"B3"}),
        ("i told my key worker", {"B10"}),
    ],
)
def test_one_text_tells_about_these_and_no_others(words: str, topics: set[str]) -> None:
    assert topics_in(words) == topics


@pytest.mark.parametrize(
    "words",
    [
        "", "?", "idk", "no", "yes", "my mum", "school", "i went to school", "home", "👍", "2",
        "did you know i slept at my mates?", "why did the police bring me back?",
        "i dont want to say where i slept", "rather not say who i was with in town",
        "can we talk about school is shit", "im not telling you i stayed at my mates",
        "none of your business if i had a row with mum", "he hit me", "she scares me", "not safe",
    ],
)  # fmt: skip
def test_questions_refusals_noise_and_harm_cover_nothing(words: str) -> None:
    assert topics_in(words) == frozenset()


def test_what_came_before_a_refusal_was_told() -> None:
    assert topics_in("we had a row with mum but i dont want to talk about it") == {"B1", "B5"}


def test_what_others_did_is_not_their_own_doing() -> None:
    assert "C3" in topics_in("i slept at my mates house")
    assert "C3" not in topics_in("he slept at my mates house")


def test_all_topics_that_can_be_told_in_passing_have_a_rule_and_no_others() -> None:
    ruled = {topic for rule in ENGLISH["rule"] for topic in rule["topics"]}
    assert ruled == IN_PASSING
    assert not ruled & {"D1", "D2", "D3", "F2"}


def test_each_rule_is_found_by_its_own_patterns_and_has_examples() -> None:
    for rule in ENGLISH["rule"]:
        assert len(rule["told"]) >= 2, rule["topics"]
        assert len(rule["not_told"]) >= 2, rule["topics"]


@pytest.mark.parametrize("pattern", ["row.* mum", "(row )*mum", "(row )+mum", "row{2,}", "x? mum"])
def test_a_pattern_that_could_take_long_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="topic pattern"):
        _compile("en", {"rule": [{"topics": ["B1"], "patterns": [pattern]}]})


def test_long_texts_are_read() -> None:
    assert topics_in("the police and " * 650 + "they were rude") >= {"E3"}
    assert topics_in("a" * 10_000) == frozenset()
    assert topics_in("? " * 5000) == frozenset()
    assert topics_in("school " * 1400) == frozenset()


def test_another_language_is_read_as_english_too() -> None:
    assert topics_in("we had a row with mum", "cy") >= {"B5"}
    assert topics_in("we had a row with mum", "../en") >= {"B5"}


def test_every_topic_of_the_checklist_has_a_label_and_a_purpose() -> None:
    sizes = {"A": 7, "B": 10, "C": 11, "D": 9, "E": 4, "F": 8, "G": 7, "H": 8}
    wanted = [f"{part}{number + 1}" for part, size in sizes.items() for number in range(size)]
    assert list(all_topics()) == wanted
    assert len({label(topic) for topic in wanted}) == len(wanted)
    assert all(purpose(topic) for topic in wanted)
    assert {purpose(topic) for topic in wanted if topic[0] == "A"} == {"Informed and voluntary"}
    assert {purpose(topic) for topic in wanted if topic[0] == "G"} == {
        "Listening and accountability"
    }
    assert {purpose(topic) for topic in wanted if topic[0] == "H"} == {"Record"}
    with pytest.raises(KeyError):
        label("Z1")
    with pytest.raises(KeyError):
        purpose("Z1")


def test_labels_are_short_and_blame_nobody() -> None:
    for topic in all_topics():
        assert len(label(topic)) <= 60
        assert not re.search(r"abscond|risky|refus(es|ed)|lifestyle", label(topic))


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("can we talk about school", "before"), ("before", "before"), ("BEFORE pls", "before"),
        ("before i left", "before"), ("home", "before"), ("my family", "before"),
        ("being away", "away"), ("when i was out", "away"), ("away", "away"), ("2", "away"),
        ("no 2", "away"), ("the second one", "away"), ("where i slept", "away"),
        ("coming back", "back"), ("when i got back", "back"), ("3", "back"), ("police", None),
        ("the police", "back"), ("what happens now", "next"), ("next", "next"), ("4", "next"),
        ("the future", "next"), ("1", "before"), ("feeling safe", "harm"),
        ("the bad stuff", "harm"),
        ("who sees it", "share"), ("sharing", "share"),
        ("can we talk about what you share", "share"),
        ("5", None), ("", None), ("i left before my mum got home", None), ("back off", None),
        ("next door", None), ("school is shit", None), ("i was away", None), ("2 of them", None),
        ("home " * 3000, None), ("he sent me away", None), ("my mum hit me", None),
    ],
)  # fmt: skip
def test_a_part_is_chosen_only_when_nothing_else_is_said(words: str, section: str | None) -> None:
    assert section_of(words) == section
    assert section is None or section in SECTIONS


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("dont tell my mum", {"family"}), ("not my carer", {"carer"}), ("my foster mum", {"carer"}),
        ("keep it from everyone", {"anyone"}), ("no one", {"anyone"}), ("nobody", {"anyone"}),
        ("dont tell my mam or the feds", {"family", "police"}), ("my sw", {"social_worker"}),
        ("social worker and school", {"social_worker", "school"}), ("my mates", {"friends"}),
        ("staff at the unit", {"carer"}), ("not step dad", {"family"}), ("my teacher", {"school"}),
        ("any1", {"anyone"}), ("my key worker", {"carer"}), ("yes", set()), ("", set()),
        ("where i slept", set()), ("my bf", {"friends"}), ("me nan", {"family"}),
    ],
)  # fmt: skip
def test_who_is_not_to_know(words: str, who: set[str]) -> None:
    assert mentions_who(words) == who
