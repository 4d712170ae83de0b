"""What authored messages have to be before anything learns from them or is measured on them."""

import itertools
import random
import re
import tomllib
from collections import Counter

import pytest

from dialogs.interview import STATES
from dialogs.screening_labels import Labelled, distinct
from dialogs.screening_lexicon import CATEGORIES
from dialogs.screening_targets import HARM
from tests.dialogs.labelled_voices import (
    ROOT,
    TEST,
    TRAINING,
    alike,
    exact_duplicates,
    openings_over,
    voices,
    words,
)

MOST_ALIKE = 80  # percent of all words of two messages
MOST_OPENINGS = 5
FEWEST, FEWEST_OF_A_CATEGORY = 3000, 100
REASON = re.compile(r"[A-Z][1-9]")
NOT_TOLD = {"SIL"}  # silence in the middle of telling: rarely in the words
FIRST_SENTENCES = ("r00", "r01")  # the lexicon's own, some of which never had a category
STYLES = {
    *("answer", "benign_lookalike", "conditional", "direct", "emoji", "esl", "indirect", "joking"),
    *("minimised", "misspelt", "negated", "past", "question", "retracted", "slang", "split"),
    "third_person",
}


@pytest.fixture(scope="module")
def everything() -> list[Labelled]:
    found = [*voices(TRAINING), *voices(TEST)]
    if not found:
        pytest.skip("there are no authored messages here")
    return found


def test_there_are_enough_and_no_id_is_used_twice(everything: list[Labelled]) -> None:
    assert len(distinct(everything)) >= FEWEST


def test_no_message_is_there_twice(everything: list[Labelled]) -> None:
    assert list(exact_duplicates(everything)) == []


def test_no_two_messages_are_a_template_with_a_word_swapped(everything: list[Labelled]) -> None:
    assert list(alike(everything, MOST_ALIKE)) == []


def test_no_opening_is_a_habit(everything: list[Labelled]) -> None:
    assert list(openings_over(everything, MOST_OPENINGS)) == []


def test_every_message_says_all_that_is_asked_of_it(everything: list[Labelled]) -> None:
    faults = {each.id: why for each in everything if (why := _faults(each))}

    assert faults == {}


def _faults(message: Labelled) -> list[str]:
    ordinary = message.severity == "none"
    checks = {
        "id is not its voice and a number": message.id.rpartition("-")[0] == message.voice,
        "file is not its voice": f"/{message.voice}.jsonl:" in message.place,
        "a text is empty": all(text.strip() for text in message.texts),
        "style": message.style in STYLES,
        "about": (message.about == "none") == ordinary and message.about != "",
        "categories of an ordinary message": not (ordinary and message.categories),
        "no category": ordinary or bool(message.categories) or message.voice in FIRST_SENTENCES,
        "own act of an ordinary message": not (ordinary and message.own_act),
        "reasons": all(REASON.fullmatch(each) for each in message.reasons),
        "asked": set(message.asked) <= set(STATES),
    }
    return [why for why, kept in checks.items() if not kept]


def test_nobody_who_is_learnt_from_is_measured_on() -> None:
    both = {each.voice for each in voices(TRAINING)} & {each.voice for each in voices(TEST)}

    assert both == set()


@pytest.mark.parametrize("folder", [TRAINING, TEST])
def test_it_is_said_who_every_voice_is(folder: str) -> None:
    found = {each.voice for each in voices(folder)}
    if not found:
        pytest.skip("there are no authored messages here")
    files = list(ROOT.glob(f"{folder}/voices.toml")) + list(ROOT.glob(f"{folder}.toml"))
    described = tomllib.loads(files[0].read_text())["voices"]

    assert set(described) == found
    assert all(described.values())


def test_ordinary_messages_are_at_least_as_many_as_disclosures(everything: list[Labelled]) -> None:
    count = Counter(each.severity for each in everything)

    assert count["none"] >= sum(count[severity] for severity in HARM)


def test_every_category_can_be_learnt() -> None:
    count = Counter(
        code for each in voices(TRAINING) for codes in each.categories for code in codes
    )
    if not count:
        pytest.skip("there are no authored messages here")
    few = {
        code: count[code]
        for code in CATEGORIES
        if count[code] < FEWEST_OF_A_CATEGORY and code not in NOT_TOLD
    }

    assert few == {}


def _message(name: str, *texts: str) -> Labelled:
    return Labelled(name, texts, "none")


def test_what_is_alike_is_named_with_both_ids() -> None:
    messages = [
        _message("a-1", "one two three four five six seven eight nine ten"),
        _message("a-2", "one two three four five six seven eight nine eleven"),
        _message("a-3", "TEN nine eight seven six five four three two one", "and"),
        _message("a-4", "ok"),
        _message("a-5", "Ok "),
        _message("a-6", "ok ok"),
    ]

    assert [each.partition(":")[0] for each in alike(messages, 80)] == [
        "a-1 and a-2",
        "a-1 and a-3",
    ]
    assert list(exact_duplicates(messages)) == ["a-4 and a-5: Ok "]
    assert list(openings_over(messages, 1)) == ["'one two three four' opens a-1, a-2"]
    assert list(openings_over(messages, 2)) == []


def test_the_short_way_finds_what_comparing_all_pairs_finds() -> None:
    chance = random.Random(5)
    messages = [
        _message(f"m-{number}", " ".join(chance.choices("abcdefgh", k=chance.randint(1, 9))))
        for number in range(150)
    ]

    slowly = {
        f"{one.id} and {other.id}"
        for one, other in itertools.combinations(messages, 2)
        for left, right in [(set(words(one)), set(words(other)))]
        if min(len(left), len(right)) > 1 and len(left & right) / len(left | right) > 0.8
    }
    assert slowly
    assert {each.partition(":")[0] for each in alike(messages, 80)} == slowly
