"""Harm that is told in answer to a question: more is needed to page somebody for an answer.

Two hundred and twenty answers by two hands that had seen neither the rules nor any other message,
a third of them meant to be hard. What is asked of answers (dialogs/ranker/thresholds.toml) keeps
ordinary interviews quiet; this is what it costs, and it must not cost more (docs/screening.md).
A failure counts them and never shows what they say, so that nothing can be fitted to them.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dialogs.interview import PHASES, STATES
from dialogs.screening import screen
from dialogs.screening_weighing import thresholds

FILE = Path(__file__).parents[1] / "conversations" / "disclosing" / "answers.toml"
FEWEST = 200
AT_LEAST = {
    ("immediate", "somebody is paged"): (2, 0.70),
    ("immediate", "somebody sees it"): (3, 0.94),
    ("same_day", "somebody is paged"): (2, 0.50),
    ("same_day", "somebody sees it"): (3, 0.84),
}
"""From the figures of the day they were measured; they may only grow."""


@cache
def answers() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["answer"])


@cache
def priorities(severity: str) -> tuple[int, ...]:
    """Of each answer of this severity; 4 for nothing found."""
    told = (each for each in answers() if each["severity"] == severity)
    return tuple(screen(each["texts"], (each["state"],)).priority or 4 for each in told)


def test_there_are_enough_of_them_to_known_questions() -> None:
    assert len(answers()) >= FEWEST
    assert {each["state"] for each in answers()} <= set(STATES)
    assert {each["severity"] for each in answers()} == {"immediate", "same_day"}


@pytest.mark.parametrize(("severity", "what"), list(AT_LEAST))
def test_harm_in_an_answer_is_found_as_often_as_it_was(severity: str, what: str) -> None:
    worst, share = AT_LEAST[severity, what]
    found = priorities(severity)

    assert sum(each <= worst for each in found) / len(found) >= share


def test_less_is_needed_where_the_question_was_about_harm() -> None:
    limits = thresholds()

    assert set(PHASES["harm"]) - {"harm_ok"} < limits.questions <= set(STATES)
    about_harm, other = limits.bar({"upset"}), limits.bar({"help"})
    assert about_harm.rule < other.rule
    assert about_harm.ruled < other.ruled
    assert about_harm.unruled < other.unruled
    assert limits.bar({"help", "upset"}) == limits.about_harm
    assert limits.bar(()) == limits.unasked
