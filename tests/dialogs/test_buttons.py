"""Buttons mean what typing means: what each one says is heard like the typed answer."""

import re

import pytest

from dialogs.hearing import OPTIONS, Hearing, hear, kind_of
from dialogs.lint import lint
from dialogs.plan import CHOSEN
from dialogs.position import OFFERED, Heard, HeardText, Position, Situation
from dialogs.texts import Line, Script, TextsError, load, parse, reply
from tests.dialogs.young_person import FACTS

LANGUAGES = ("en", "cy")
MEANT = {
    "yes": "yes",
    "no": "no",
    "later": "later",
    "skip": "skip",
    "text": "text",
    "talk": "talk",
    "meet": "meet",
    "ok": "yes",
}
"""What the words of an English button must be heard as."""
NUMBERED = {"carry_on": ("yes", "later", "topics"), "way": ("text", "talk", "meet")}


def with_buttons(language: str) -> list[Line]:
    return [line for line in load(language).lines.values() if line.buttons]


def test_a_reply_has_the_buttons_of_its_line() -> None:
    assert reply("safe_now", FACTS).choices == (("YES", "Yes"), ("NO", "No"), ("SKIP", "Skip"))
    assert reply("safe_now", FACTS, again=True).choices == reply("safe_now", FACTS).choices
    assert reply("going_on", FACTS).choices == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_is_heard_as_the_answer_that_it_stands_for(language: str) -> None:
    for here in with_buttons(language):
        there = load("en").lines[here.key]
        for (says, _), (english, _) in zip(here.buttons, there.buttons, strict=True):
            if not says.isdigit():
                heard = kind_of(says, here.asks or "hello", language=language)
                assert heard == MEANT[english.casefold()], (here.key, says)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_on_buttons_are_the_numbers_of_the_text(language: str) -> None:
    for line in with_buttons(language):
        numbers = [says for says, _ in line.buttons if says.isdigit()]
        for says, meant in zip(numbers, NUMBERED.get(line.asks or "", ()), strict=False):
            assert kind_of(says, line.asks or "", language=language) == meant
        for says in numbers:
            assert all(f"{says} " in each.template for each in line.texts), line.key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["choices", "halfway"])
def test_a_part_is_chosen_by_its_button(key: str, language: str) -> None:
    offered = Position(state="going_on", section=OFFERED)
    for (says, _), part in zip(load(language).lines[key].buttons, CHOSEN, strict=True):
        assert pressed(says, offered, language).section == part


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_offered_after_the_goodbye_is_chosen_by_its_button(language: str) -> None:
    ended = Position(state="finished", told=("options",))
    buttons = load(language).lines["options"].buttons
    for (says, _), option in zip(buttons, OPTIONS.values(), strict=True):
        assert pressed(says, ended, language).option == option


def test_all_words_that_a_question_offers_can_be_pressed() -> None:
    offered = re.compile(r"[Rr]eply ((?:[A-Z]{2,}(?:, | or )?)+)")
    for line in with_buttons("en"):
        for variant in (*line.texts, *line.again):
            for found in offered.findall(variant.template):
                words = set(re.split(", | or ", found))
                says = {says for says, _ in line.buttons}
                assert words == says or (words < says and line.key == "way"), line.key


def pressed(says: str, position: Position, language: str) -> Hearing:
    return hear(Heard(texts=(HeardText(says),)), position, Situation("open", language))


def script(buttons: str, exposure: str = "bland", asks: str = "hello") -> Script:
    return parse(
        f'version = "{load().version}"\n[lines.hi]\nphase = "hello"\nexposure = "{exposure}"\n'
        f'asks = "{asks}"\ntexts = ["Hi."]\nbuttons = {buttons}\n',
        "en",
    )


@pytest.mark.parametrize(
    "buttons",
    ['[["YES"]]', '["YES", "Yes"]', '[["YES", ""]]', "[[1, 2]]", '[["YES", "a"], ["YES", "b"]]'],
)
def test_a_broken_button_refuses_the_whole_file(buttons: str) -> None:
    with pytest.raises(TextsError, match="button"):
        script(buttons)


@pytest.mark.parametrize(
    ("buttons", "wrong"),
    [
        ('[["YES", "Yes this is a very long one"]]', "more than 20"),
        ('[["YES", "Zebra"]]', "not on the list"),
        ('[["YES", "Police"]]', "before the identity check"),
        ('[["STOP", "No"]]', "a carrier acts"),
        ('[["WAFFLES", "Yes"]]', "means nothing there"),
    ],
)
def test_a_button_is_held_against_the_rules_of_a_text(buttons: str, wrong: str) -> None:
    assert any(wrong in said for _, said in lint(script(buttons)))


def test_the_buttons_of_the_script_break_no_rule() -> None:
    for language in LANGUAGES:
        assert [each for each in lint(load(language)) if "button" in each[1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_button_of_an_app_is_a_greeting(language: str) -> None:
    assert kind_of("/start", "declined", language=language) == "greeting"
