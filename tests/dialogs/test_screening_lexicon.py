"""Every rule of the lexicon beside its own examples, and the guards of the loader."""

from importlib.resources import files

import pytest

from dialogs.screening import screen
from dialogs.screening_lexicon import CATEGORIES, Rule, ScreeningFailed, build, lexicon


def names(rule: Rule, text: str) -> set[str]:
    return {match.rule for match in screen([text], rule.asked).because}


@pytest.mark.parametrize("rule", lexicon().rules, ids=lambda rule: rule.name)
def test_every_rule_finds_what_it_is_for(rule: Rule) -> None:
    for example in rule.examples:
        assert rule.name in names(rule, example), example


@pytest.mark.parametrize("rule", lexicon().rules, ids=lambda rule: rule.name)
def test_every_rule_leaves_its_look_alikes_alone(rule: Rule) -> None:
    for example in rule.counterexamples:
        assert rule.name not in names(rule, example), example
        assert screen([example], rule.asked).priority not in (1, 2), example


def test_every_category_has_a_rule() -> None:
    assert {rule.category for rule in lexicon().rules} == set(CATEGORIES)


def documents() -> dict[str, bytes]:
    folder = files("dialogs") / "lexicon"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        (b'category = "SUI"', b'category = "XXX"'),
        (b'certainty = "unsure"', b'certainty = "perhaps"'),
        (b"priority = 2", b"priority = 9"),
        (b"priority = 2", b"urgency = 2"),
        (b"<adult>", b"<nobody_named_this>"),
        (b'against = ["', b'against = [] #"'),
    ],
)
def test_a_broken_rule_fails_the_whole_lexicon(sound: bytes, broken: bytes) -> None:
    texts = documents()
    name = next(name for name, content in sorted(texts.items()) if sound in content)
    texts[name] = texts[name].replace(sound, broken, 1)
    with pytest.raises(ScreeningFailed):
        build(texts)


def test_two_rules_of_one_name_fail() -> None:
    texts = documents()
    texts["copy.toml"] = texts["suicide.toml"]
    with pytest.raises(ScreeningFailed):
        build(texts)


def test_the_fingerprint_follows_the_content() -> None:
    texts = documents()
    before = build(texts).fingerprint
    texts["words.toml"] += b"\n# reviewed\n"
    assert build(texts).fingerprint != before
