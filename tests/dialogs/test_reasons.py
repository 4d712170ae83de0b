"""Reason codes for the advocate: every rule beside its examples, and what is suggested and why."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from dialogs.reasons import EXAMPLES, MOST, examples, suggest, sureness, thresholds
from dialogs.reasons_rules import Reason, build, reasons
from dialogs.screening_lexicon import ScreeningFailed, lexicon
from dialogs.screening_ranker import ranker

DOCUMENT = Path(__file__).parents[2] / "docs" / "reasons.md"
CODES = list(reasons().by_code)
LARGEST = 2_000_000


def codes(text: str) -> list[str]:
    return [each.code for each in suggest(text)]


@pytest.mark.parametrize("reason", reasons().by_code.values(), ids=CODES)
def test_every_rule_finds_what_it_is_for(reason: Reason) -> None:
    for example in reason.examples:
        assert reason.code in reasons().found_in(example), example


@pytest.mark.parametrize("reason", reasons().by_code.values(), ids=CODES)
def test_every_rule_leaves_its_look_alikes_alone(reason: Reason) -> None:
    for example in reason.counterexamples:
        assert reason.code not in reasons().found_in(example), example


def test_the_document_has_every_code_in_the_same_words() -> None:
    rows = re.findall(
        r"^\| ([A-Z]\d) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT.read_text(), re.MULTILINE
    )
    mine = [(each.code, each.label, each.definition) for each in reasons().by_code.values()]
    assert mine == rows
    assert len(mine) == 36


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("had a massive row with my mum so i went", "H1"),
        ("missed the last bus and my phone died", "C8"),
        ("i just needed some space to clear my head", "F4"),
        ("bored", "F5"),
        ("they keep moving me, this is my fourth placement", "C2"),
        ("nobody ever listens to me", "C7"),
        ("went to see my nan because contact got cancelled again", "F1"),
        ("im getting bullied at school", "S2"),
        ("lads want me to drop a package in kent and i owe them money", "X2"),
        ("met a guy off snap", "X4"),
        ("i was scared they would deport me", "I1"),
        ("mum was drunk again", "H5"),
    ],
)
def test_what_plainly_tells_a_reason_gets_its_code(text: str, code: str) -> None:
    assert code in codes(text)[:3]


@pytest.mark.parametrize("text", ["idk", "idk why", "rather not say", "dont wanna talk about it"])
def test_who_does_not_say_gets_the_code_for_it_alone(text: str) -> None:
    assert codes(text) == ["O2"]


def test_not_knowing_gives_way_to_a_reason_told() -> None:
    assert "O2" not in codes("idk why really, had a row with my mum")
    assert "H1" in codes("idk why really, had a row with my mum")


def test_another_reason_only_where_a_reason_is_told_and_none_fits() -> None:
    assert codes("i left because the clocks were ticking backwards") == ["O1"]


@pytest.mark.parametrize("text", ["", "   ", "ok", "yes", "👍", "what time is it", "...", "\ud83d"])
def test_no_code_where_no_reason_is_told(text: str) -> None:
    assert codes(text) == []


def test_the_words_that_speak_for_a_code_are_the_childs_own() -> None:
    text = "ah had a RÖW wi ma mum 😤 an then i mised the last bus"
    found = suggest(text)
    assert found
    for each in found:
        assert each.words == text[each.start : each.end] != ""
        assert each.rule.startswith(("says: ", "reads like "))
        assert each.label == reasons().by_code[each.code].label


def test_suggestions_are_few_and_the_surest_comes_first() -> None:
    everything = ". ".join(each.examples[0] for each in reasons().by_code.values())
    assert 0 < len(suggest(everything)) <= MOST


def test_ten_thousand_letters_end() -> None:
    assert len(suggest("my mum kicked me out and then " * 340)) <= MOST


def test_a_rule_only_makes_a_code_surer() -> None:
    model = ranker("reasons.model")
    for code, weighing in model.weighing.items():
        assert sureness(weighing, 0.0, True) >= sureness(weighing, 0.0, False), code


def test_every_head_has_a_threshold_and_examples() -> None:
    model, limits = ranker("reasons.model"), thresholds()
    assert limits.keys() == model.heads.keys() == examples().keys()
    assert all(0 < limit < 1 for limit in limits.values())


def test_the_model_is_small_and_knows_only_the_codes() -> None:
    folder = files("dialogs") / "ranker"
    assert len((folder / "reasons.model").read_bytes()) < LARGEST
    assert ranker("reasons.model").heads.keys() <= set(CODES)
    assert (folder / EXAMPLES).is_file()


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        (b'code = "H2"', b'code = "H1"'),
        (b'label = "', b'lable = "'),
        (b"<parent>", b"<nobody_named_this>"),
        (b'against = ["', b'against = [] #"'),
        (b"[words]", b"[wrds]"),
    ],
)
def test_a_broken_rule_fails_all(sound: bytes, broken: bytes) -> None:
    folder = files("dialogs")
    content = (folder / "reasons.toml").read_bytes()
    words = (folder / "lexicon" / "words.toml").read_bytes()
    assert sound in content
    assert tomllib.loads(content.decode())
    with pytest.raises(ScreeningFailed):
        build(content.replace(sound, broken, 1), words, lexicon())
