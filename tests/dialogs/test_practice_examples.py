"""Lines from practice: what is refused, and that every line entered so far is screened rightly."""

import json
from pathlib import Path
from typing import Any

import pytest

from dialogs.practice_examples import SEVERITIES, problems
from dialogs.screening import screen

ENTERED = Path(__file__).with_name("screening_regression_people.jsonl")
LINE: dict[str, Any] = {
    "id": "6f1c",
    "texts": ["she locks the fridge again"],
    "severity": "same_day",
    "categories": ["ABU"],
    "style": "from_practice",
    "about": "self",
    "origin": "missed",
}
FALSE_ALARM = {
    "severity": "none",
    "categories": [],
    "about": "none",
    "origin": "not_a_disclosure",
}


def entered() -> list[dict[str, Any]]:
    if not ENTERED.exists():
        return []
    return [json.loads(line) for line in ENTERED.read_text().splitlines() if line.strip()]


def test_each_line_that_people_entered_is_screened_as_they_said() -> None:
    wrong = [line["id"] for line in entered() if problem_with(line)]

    assert wrong == [], "change the screening, not the lines"


def problem_with(line: dict[str, Any]) -> bool:
    """Whether the screening does not do what people said of a line."""
    asked = {line["asked"]} if line.get("asked") else set()
    found = screen(line["texts"], asked, line.get("language", "en")).priority
    wanted = SEVERITIES[line["severity"]]
    if wanted is None:
        return found in (1, 2)
    return found is None or found > wanted


def test_a_line_of_each_kind_is_judged() -> None:
    hit = {**LINE, "texts": ["my dad hits me"]}

    assert not problem_with(hit)
    assert problem_with({**hit, "severity": "immediate"})
    assert problem_with(hit | FALSE_ALARM)
    assert problem_with({**LINE, "texts": ["it was pasta for tea"]})
    assert not problem_with({**LINE, "texts": ["it was pasta for tea"]} | FALSE_ALARM)


def test_a_line_as_it_is_exported_may_be_entered() -> None:
    assert problems(LINE) == []
    assert problems({**LINE, "asked": "anyone_hurting", "language": "cy"}) == []
    assert problems(LINE | FALSE_ALARM) == []


@pytest.mark.parametrize(
    "change",
    [
        {"texts": []},
        {"texts": [" "]},
        {"texts": "she locks it"},
        {"severity": "low"},
        {"severity": "none"},
        {"categories": ["XXX"]},
        {"categories": []},
        {"style": "indirect"},
        {"about": "none"},
        {"origin": "guess"},
        {"asked": "no_such_state"},
        {"young_person_id": "x"},
        {"id": ""},
        {"texts": ["ring 07700 900101"]},
        {"texts": ["a.b@example.org"]},
        {"texts": ["im at NE1 4ST"]},
    ],
)
def test_a_line_that_may_not_be_entered(change: dict[str, Any]) -> None:
    found = problems({**LINE, **change})

    assert found
    assert "900101" not in " ".join(found)


def test_no_object_is_no_line() -> None:
    assert problems(["texts"])
    assert problems({"texts": ["x"]})


def test_a_person_may_say_that_it_is_no_identifier() -> None:
    line = {**LINE, "texts": ["me n m8 2nd time"]}

    assert problems(line) == ["it still has something like this: postcode"]
    assert problems(line, ["m8 2nd"]) == []
