"""Whole conversations, one file each in tests/conversations/.

A line says what the young person writes (`they`) and the keys of all replies (`bot`); it may say
more: the state, the contact, the answers, words that a reply holds. Tasks and raises that it does
not name must not happen. `after` lets time pass first. The position goes through JSON each time.
"""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialogs.turn import Disclosure, HeardText, Situation, Turn
from tests.dialogs.young_person import FACTS, YoungPerson, keys

FILES = sorted((Path(__file__).parents[1] / "conversations").glob("*.toml"))
SITUATION = {"contact", "check_word", "texting_agreed", "reachable", "facts"}
LINE = {
    "open", "they", "media", "disclosure", "after", "may_answer",
    "bot", "says", "state", "resume", "contact", "answers", "tasks", "raises", "disposition",
}  # fmt: skip
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_conversation(file: Path) -> None:
    script = tomllib.loads(file.read_text(encoding="utf-8"))
    assert set(script) <= {"about", "situation", "lines"}
    young_person = a_young_person(script.get("situation", {}))

    for number, line in enumerate(script["lines"], start=1):
        assert set(line) <= LINE, f"line {number}"
        turn = say(young_person, line)
        assert seen(line, turn, young_person) == expected(line), f"line {number}: {line}"
        for words in as_list(line.get("says", [])):
            assert any(words in reply.body for reply in turn.replies), f"line {number}: {words}"


def a_young_person(situation: Mapping[str, Any]) -> YoungPerson:
    assert set(situation) <= SITUATION
    given = {"contact": "open", "texting_agreed": True, "facts": FACTS, **situation}
    return YoungPerson(Situation(**given))


def say(young_person: YoungPerson, line: Mapping[str, Any]) -> Turn:
    if "open" in line:
        return young_person.is_invited()
    told = line.get("disclosure")
    may_answer = frozenset(line.get("may_answer", ()))
    return young_person.writes(
        *(HeardText(words, may_answer) for words in as_list(line.get("they", []))),
        media=tuple(line.get("media", ())),
        disclosure=Disclosure(**{**told, "categories": tuple(told["categories"])})
        if told
        else None,
        after=duration(line.get("after", "20s")),
    )


def seen(line: Mapping[str, Any], turn: Turn, young_person: YoungPerson) -> dict[str, Any]:
    """What happened, as far as the line speaks of it; tasks and raises are always spoken of."""
    happened = {
        "bot": keys(turn),
        "state": turn.position.state,
        "resume": turn.position.resume,
        "contact": young_person.situation.contact,
        "answers": {answer.question: list(answer.texts) for answer in turn.answers},
        "tasks": list(turn.tasks),
        "raises": [f"P{each.priority} {each.category}" for each in turn.raises],
        "disposition": turn.disposition,
    }
    return {key: happened[key] for key in expected(line)}


def expected(line: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: line[key] for key in ("state", "resume", "contact", "disposition") if key in line}
    if "answers" in line:
        told["answers"] = line["answers"]
    return {
        "bot": line["bot"], "tasks": line.get("tasks", []), "raises": line.get("raises", []), **told
    }  # fmt: skip


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def duration(text: str) -> timedelta:
    return timedelta(**{UNITS[text[-1]]: int(text[:-1])})
