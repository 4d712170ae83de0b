"""Holding the conversations of tests/conversations/ again, through the real stages.

The format is that of bot/scripted.py. Beside it a file may say: `covers`, the situations that it
shows; `on_duty = false`, that nobody can be alerted; `position`, where they stand from before; and
`replies_at_most`, how many answers to questions a willing child gives. A line may also say: `says`,
words that a reply holds; `never`, words that none holds; `person = "acknowledges"`, that the duty
worker does; `missing_again = true`, that a worker enters another time missing.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from bot.channels import Media, Pin
from bot.clock import SetClock
from bot.rehearsal import Rehearsal
from bot.rehearsal_news import News
from bot.rehearsed import YoungPersonHere
from dialogs.plan import QUESTIONS

FOLDER = Path(__file__).parents[1] / "conversations"
FILES = sorted(FOLDER.glob("*.toml"))
HEADER = {
    "about", "covers", "young_person", "lines", "on_duty", "position", "replies_at_most",
}  # fmt: skip
LINE = {
    "after", "they", "media", "person", "missing_again", "bot", "says", "never",
    "state", "contact", "escalation", "tasks", "answers", "passing",
}  # fmt: skip
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
A_PIN = Pin("51.5033", "-0.1195", "The bus stop")


@dataclass(frozen=True)
class Script:
    """One file."""

    name: str
    about: str
    lines: Sequence[Mapping[str, Any]]
    covers: tuple[str, ...] = ()
    young_person: YoungPersonHere = field(default_factory=YoungPersonHere)
    on_duty: bool = True
    position: Mapping[str, Any] | None = None
    replies_at_most: int | None = None


def load(file: Path) -> Script:
    """Read a file; a key that means nothing is a mistake in it."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    assert set(data) <= HEADER, set(data) - HEADER
    for number, line in enumerate(data["lines"], start=1):
        assert set(line) <= LINE, f"line {number}: {set(line) - LINE}"
        assert "bot" in line, f"line {number} does not say what the bot replies"
    data["young_person"] = YoungPersonHere(**data.get("young_person", {}))
    data["covers"] = tuple(data.get("covers", ()))
    return Script(name=file.stem, **data)


def hold(rehearsal: Rehearsal, clock: SetClock, line: Mapping[str, Any]) -> News:
    """Let what stands in front of the line's replies happen, and give all that came of it."""
    if "after" in line:
        for _ in rehearsal.wait(clock, duration(line["after"])):
            continue
    if line.get("missing_again"):
        rehearsal.is_missing_again()
    for words in as_list(line.get("they", [])):
        rehearsal.hear(words)
    for kind in as_list(line.get("media", [])):
        rehearsal.hear("", *((), A_PIN) if kind == "pin" else ((cast("Media", kind),), None))
    rehearsal.run_due()
    if line.get("person") == "acknowledges":
        rehearsal.acknowledge()
    rehearsal.settle(clock)
    return rehearsal.news()


def seen(line: Mapping[str, Any], news: News, rehearsal: Rehearsal) -> dict[str, Any]:
    """What happened, as far as the line must or does speak of it."""
    happened = {
        "bot": [each.key for each in news.said],
        "state": rehearsal.state(),
        "contact": rehearsal.contact(),
        "escalation": [str(each) for each in news.raised],
        "tasks": sorted(news.tasks),
        "answers": sorted(news.answers),
        "passing": sorted(news.passing),
    }
    return {key: happened[key] for key in expected(line)}


def expected(line: Mapping[str, Any]) -> dict[str, Any]:
    """What the line says; escalations and tasks that it does not name must not happen."""
    told = {key: line[key] for key in ("state", "contact") if key in line}
    for key in ("answers", "passing"):
        if key in line:
            told[key] = sorted(as_list(line[key]))
    return {
        "bot": as_list(line["bot"]),
        "escalation": as_list(line.get("escalation", [])),
        "tasks": sorted(as_list(line.get("tasks", []))),
        **told,
    }


def is_answer(line: Mapping[str, Any], state_before: str) -> bool:
    """Whether the line answers a question of the interview."""
    return "they" in line and state_before in QUESTIONS


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def duration(text: str) -> timedelta:
    return timedelta(**{UNITS[text[-1]]: int(text[:-1])})
