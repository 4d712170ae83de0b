"""A worker's own texts: some to tap, which obey the rules of the script, and warnings."""

import pytest

from dialogs.lint import SAMPLE_FACTS
from dialogs.worker_texts import as_script, broken_rules, quick_texts, warnings_of


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_texts_to_tap_obey_the_rules_and_warn_of_nothing(language: str) -> None:
    assert list(broken_rules(language)) == []
    for group in quick_texts(language, SAMPLE_FACTS):
        assert group.texts
        for text in group.texts:
            assert warnings_of(text) == (), text


def test_welsh_has_the_same_texts_as_english() -> None:
    english, welsh = quick_texts("en", SAMPLE_FACTS), quick_texts("cy", SAMPLE_FACTS)

    assert [len(each.texts) for each in english] == [len(each.texts) for each in welsh]
    assert len(as_script("en").lines) == sum(len(each.texts) for each in english)


def test_a_text_whose_number_is_not_known_is_left_out() -> None:
    without = quick_texts("en", {})

    assert not any("{" in text for group in without for text in group.texts)
    assert quick_texts("pl", SAMPLE_FACTS) == quick_texts("en", SAMPLE_FACTS)


@pytest.mark.parametrize(
    ("words", "kind", "marked"),
    [
        ("I promise it will be over soon", "promise", "promise"),
        ("I wont tell anyone", "promise", "wont tell anyone"),
        ("this is Our  Secret", "promise", "Our  Secret"),
        ("help is on its way", "promise", "help is on its way"),
        ("the police are on their way", "promise", "police are on their way"),
        ("you’ll be safe there", "promise", "you’ll be safe"),
        ("why did you go", "blame", "why did you"),
        ("is this your lifestyle", "label", "lifestyle"),
        ("you absconded again", "label", "absconded"),
        ("you seem attention-seeking", "label", "attention-seeking"),
        ("can you send me a photo", "picture", "send me a photo"),
        ("dw i'n addo", "promise", "dw i'n addo"),
    ],
)
def test_what_is_pointed_out(words: str, kind: str, marked: str) -> None:
    found = warnings_of(words)

    assert (kind, marked) in [(each.kind, words[each.start : each.end]) for each in found]
    assert all(each.say for each in found)


@pytest.mark.parametrize("words", ["Are you safe?", "I'm Dee. I can't promis", "I will ask", ""])
def test_what_is_not(words: str) -> None:
    assert warnings_of(words) == ()


def test_a_long_text_is_pointed_out_as_such() -> None:
    (found,) = warnings_of("word " * 100)

    assert found.kind == "length"
    assert "4 texts" in found.say
