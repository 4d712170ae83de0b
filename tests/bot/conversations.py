"""Holding the conversations of tests/conversations/ again, through the real stages.

The format is that of bot/scripted.py. Beside it a file may say: `covers`, the situations that it
shows; `on_duty = false`, that nobody can be alerted; `next_shift`, that by the rota nobody is
on duty before this moment (local time); `position`, where they stand from before; and
`replies_at_most`, how many answers to questions a willing child gives. A line may also say: `says`,
words that a reply holds; `never`, words that none holds; `person = "acknowledges"`, that the duty
worker does, or `joins`, `hands back` or `may not join`; `writes`, what they write
themselves; `missing_again = true`, that a worker enters another time missing.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.channels import Media, Pin
from bot.clock import SetClock
from bot.escalation_changes import NotPossible
from bot.rehearsal import A_MOMENT, Rehearsal
from bot.rehearsal_news import News
from bot.rehearsed import YoungPersonHere
from bot.rota_changes import Pattern, enter
from bot.service import Service
from storage.staff import duty_workers

FOLDER = Path(__file__).parents[1] / "conversations"
FILES = sorted(FOLDER.glob("*.toml"))
AT_LEAST = 66
SITUATIONS = {
    "30th interview",
    "BUSY and back",
    "BUSY with a check word",
    "P1 holding pattern",
    "Welsh",
    "abuse of the bot",
    "adult answering",
    "anger",
    "are you a robot",
    "ask me more",
    "asking for a person",
    "back after two days",
    "break after a disclosure",
    "can you delete this",
    "carrying on after P1",
    "chatty child",
    "choosing a call",
    "choosing a meeting mid-way",
    "choosing a topic by number",
    "choosing a topic in words",
    "decline then come back",
    "disclosure: after NO",
    "disclosure: after goodbye",
    "disclosure: away",
    "disclosure: back",
    "disclosure: before",
    "disclosure: harm",
    "disclosure: hello",
    "disclosure: minimum",
    "disclosure: next",
    "disclosure: read-back",
    "disclosure: share",
    "disclosure: standby",
    "disclosure: way",
    "duress word",
    "emoji only",
    "finish any time",
    "guarded disclosure",
    "help and how",
    "how was this chat",
    "idk to everything",
    "joined",
    "joined and guarded",
    "joined and handed back",
    "joined and silent",
    "jokes",
    "late text",
    "make it short",
    "map pin",
    "minimum of three",
    "missing again",
    "needing a nurse: in words",
    "needing a nurse: yes",
    "nobody on duty",
    "not alone",
    "not safe now",
    "not understood",
    "older script",
    "option: advocate",
    "option: copy",
    "option: other person",
    "own act",
    "person first",
    "pictures",
    "promise you wont tell",
    "read-back mid-way",
    "read-back unverified",
    "read-back with a correction",
    "reminders",
    "right check word after a wrong one",
    "says 18",
    "second interview with a promise",
    "several texts at once",
    "sharing wish with who",
    "sharing wish without who",
    "short interview",
    "silence after a disclosure",
    "skipping a part",
    "skipping all",
    "something else",
    "something else after a disclosure",
    "stop is a story",
    "stranger",
    "three-word child",
    "turning 18",
    "under 13 choosing text",
    "unsure",
    "unverified number",
    "unverified with word",
    "voice note",
    "will you tell my mum",
    "willing child",
    "writes first",
    "wrong check word",
}
"""What must be held somewhere; a file names those that it shows (`covers`)."""
HEADER = {
    "about", "covers", "young_person", "lines", "on_duty", "position", "next_shift",
    "replies_at_most",
}  # fmt: skip
LINE = {
    "after", "they", "media", "person", "writes", "missing_again", "bot", "says", "never",
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
    next_shift: str | None = None
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


def enter_next_shift(service: Service, begins: str) -> None:
    """Enter a rota of one shift, which begins then: nobody is on duty before."""
    local = datetime.fromisoformat(begins)
    with service.database.read() as session:
        (worker,) = duty_workers(session)
    until = (local + timedelta(hours=12)).time()
    enter(service, Pattern("main", 1, worker.id, local.date(), local.time(), until), None)


def hold(rehearsal: Rehearsal, clock: SetClock, line: Mapping[str, Any]) -> News:
    """Let what stands in front of the line's replies happen, and give all that came of it."""
    if "after" in line:
        for _ in rehearsal.wait(clock, duration(line["after"])):
            continue
    if line.get("missing_again"):
        rehearsal.is_missing_again()
    hear(rehearsal, clock, line)
    if rehearsal.is_settling():
        rehearsal.settle(clock)
    else:
        rehearsal.run_due()
    act(rehearsal, line)
    return rehearsal.news()


def act(rehearsal: Rehearsal, line: Mapping[str, Any]) -> None:
    """What the duty worker does, and then writes; or tries to join and may not."""
    acts = {
        "acknowledges": rehearsal.acknowledge,
        "joins": rehearsal.join,
        "hands back": rehearsal.hand_back,
    }
    if line.get("person") == "may not join":
        with pytest.raises(NotPossible):
            rehearsal.join()
    elif "person" in line:
        acts[line["person"]]()
    for words in as_list(line.get("writes", [])):
        rehearsal.write(words)


def hear(rehearsal: Rehearsal, clock: SetClock, line: Mapping[str, Any]) -> None:
    """Their texts, then what they send that is no text, all before any of it is answered."""
    clock.now += A_MOMENT
    for words in as_list(line.get("they", [])):
        rehearsal.hear(words)
    for kind in as_list(line.get("media", [])):
        rehearsal.hear("", *((), A_PIN) if kind == "pin" else ((cast("Media", kind),), None))
    clock.now += A_MOMENT


def seen(line: Mapping[str, Any], news: News, rehearsal: Rehearsal) -> dict[str, Any]:
    """What happened, as far as the line must or does speak of it."""
    happened = {
        "bot": [each.key for each in news.said],
        "state": rehearsal.state(),
        "contact": rehearsal.contact(),
        "escalation": [each for each in map(str, news.raised) if named(each, line)],
        "tasks": sorted(news.tasks),
        "answers": sorted(news.answers),
        "passing": sorted(news.passing),
    }
    return {key: happened[key] for key in expected(line)}


def named(escalation: str, line: Mapping[str, Any]) -> bool:
    """Whether the line has to name it: all that pages, and doubts where it names any.

    Which ordinary words are a doubt for the list changes whenever the ranker is trained; how often
    they are is held by tests/dialogs/test_ordinary_interviews.py.
    """
    return not escalation.startswith("P3 ") or "escalation" in line


def expected(line: Mapping[str, Any]) -> dict[str, Any]:
    """What the line says; pages and tasks that it does not name must not happen."""
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


def is_over(before: str, news: News, state: str) -> bool:
    """Whether the text came after the end, or was no more than the wish to end."""
    return before == "finished" or (state == "finished" and not news.answers)


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def duration(text: str) -> timedelta:
    return timedelta(**{UNITS[text[-1]]: int(text[:-1])})
