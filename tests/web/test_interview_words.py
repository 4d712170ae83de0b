"""Every state, topic and choice is named on staff pages in words, never by its code."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args
from uuid import uuid4

import pytest

from bot.overview import Approval, Chooser
from bot.shown import ShownMessage
from bot.topics_told import Status
from dialogs.hearing import RECORDED
from dialogs.interview import PROMPTED, STATES
from dialogs.position import Length, Way
from dialogs.texts import reply
from web import interview_words as say


@pytest.mark.parametrize("state", sorted(PROMPTED | set(RECORDED)))
def test_a_question_is_shown_as_it_is_asked(state: str) -> None:
    words = say.question_in_words(state)

    assert words != state.replace("_", " ").capitalize()
    assert "{" not in words
    assert "Reply " not in words


@pytest.mark.parametrize("state", STATES)
def test_where_a_conversation_stands_is_never_a_code(state: str) -> None:
    assert "_" not in say.state_in_words(state)
    assert say.state_in_words(state).removeprefix("Asked: ") != state.capitalize()


def test_an_old_name_of_a_question_is_shown_under_the_new_one() -> None:
    old, new = "keep_private_what", "keep_private"
    assert say.question_in_words(old) == say.question_in_words(new)
    assert say.state_in_words(old) == say.state_in_words(new)


def test_a_state_that_nobody_knows_is_shown_as_itself() -> None:
    assert say.question_in_words("some_day") == "Some day"


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("again", [False, True])
def test_only_a_text_in_another_language_has_its_question_beside_it(
    language: str, again: bool
) -> None:
    said = reply("way", {"name": "Ade"}, language, again=again)
    message = ShownMessage(
        id=uuid4(),
        direction="out",
        text=said.body,
        question=said.asks,
        at=datetime.now(UTC),
        delivery="sent",
        kind="text",
        media="",
        exact=True,
        is_readback=False,
        text_key=said.key,
    )

    beside = say.question_beside(message)

    assert beside == (None if language == "en" else say.question_in_words("way"))
    assert say.question_beside(replace(message, question=None)) is None


def test_every_choice_has_words() -> None:
    assert set(say.WAYS) == set(get_args(Way))
    assert set(say.LENGTHS) == set(get_args(Length))
    assert set(say.LENGTH_BY) == set(get_args(Chooser))
    assert set(say.TOPICS) == set(get_args(Status))
    assert set(say.APPROVALS) == set(get_args(Approval))
