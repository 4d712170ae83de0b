"""A conversation as a file that a person can read and a test can hold again: TOML.

``about`` says what it shows, ``[young_person]`` who holds the phone (the fields of
:class:`bot.rehearsed.YoungPersonHere`), and each of ``lines`` what they write and all that comes of
it::

    after       how long nothing was written before ("30s", "10m", "2d"); what happens meanwhile
                belongs to the line
    they        their text, or several that are sent at once
    media       "picture", "voice" or "pin", sent after the texts
    bot         the names of the replies, in order
    state       the dialogue state after them
    contact     what may be sent to the phone then ("open", "guarded", "unverified")
    escalation  what is raised ("P2 ABU"); none where it is not named
    tasks       what people are newly asked to do; none where it is not named
    answers     the questions that got these words
    passing     the topics that were told about without being asked

A line that has no ``they`` is what happens by itself. What tests may add stands in
tests/bot/conversations.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from bot.channels import Media
from bot.rehearsal import Rehearsal
from bot.rehearsal_news import News
from bot.rehearsed import YoungPersonHere

Line = Mapping[str, Any]

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_SECOND = timedelta(seconds=1)
_NOTHING = News()


class Recorder:
    """Writes a rehearsal down while it is held.

    Tell it what they write (`heard`) before it is answered, and all news (`noticed`) at once.
    """

    def __init__(self, rehearsal: Rehearsal) -> None:
        """Begin before the first text."""
        self._rehearsal = rehearsal
        self._lines: list[Line] = []
        self._open: dict[str, Any] = {}
        self._news = _NOTHING
        self._answered = True
        self._ended_at = rehearsal.service.clock.service_now()
        self._contact = rehearsal.contact()

    def heard(self, text: str, media: tuple[Media, ...] = ()) -> None:
        """They write; what comes before the last text was answered belongs to the same line."""
        if self._answered:
            self._begin()
        self._answered = False
        if media:
            self._open.setdefault("media", []).extend(media)
        else:
            self._open.setdefault("they", []).append(text)

    def noticed(self, news: News) -> None:
        """What came of it, or of time passing."""
        if self._answered and news == _NOTHING:
            return
        if self._answered:
            self._begin()
        self._news += news
        self._answered = not self._rehearsal.is_settling()
        if self._answered:
            self._ended_at = self._rehearsal.service.clock.service_now()
            self._lines[-1] = self._finished()

    def lines(self) -> Sequence[Line]:
        """Every line so far that was answered."""
        return self._lines if self._answered else self._lines[:-1]

    def _begin(self) -> None:
        after = self._rehearsal.service.clock.service_now() - self._ended_at
        self._open = {"after": _duration(after)} if round(after.total_seconds()) else {}
        self._news = _NOTHING
        self._lines.append(self._open)

    def _finished(self) -> Line:
        news, contact = self._news, self._rehearsal.contact()
        line = {
            **{key: _one_or_all(value) for key, value in self._open.items()},
            "bot": [each.key for each in news.said],
            "state": self._rehearsal.state(),
        }
        if contact != self._contact:
            line["contact"] = self._contact = contact
        heard = {
            "escalation": _one_or_all([str(each) for each in news.raised]),
            "tasks": list(news.tasks),
            "answers": list(news.answers),
            "passing": list(news.passing),
        }
        return line | {key: value for key, value in heard.items() if value}


def as_toml(about: str, young_person: YoungPersonHere, lines: Sequence[Line]) -> str:
    """The file; TOML 1.0, one line of it for each line of the conversation."""
    default = YoungPersonHere()
    said = {
        each.name: value
        for each in fields(young_person)
        if (value := getattr(young_person, each.name)) != getattr(default, each.name)
    }
    # As an inline table, which may stand before `lines`: a header would take them in.
    here = [f"young_person = {_value(said)}"] if said else []
    held = [f"    {_value(line)}," for line in lines]
    return "\n".join([f"about = {_value(about)}", *here, "lines = [", *held, "]", ""])


def _one_or_all(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _duration(after: timedelta) -> str:
    whole = timedelta(seconds=round(after.total_seconds()))
    for unit, length in _UNITS.items():
        if not whole % length:
            return f"{whole // length}{unit}"
    return f"{whole // _SECOND}s"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    # A JSON string is a TOML one, but for two kinds of sign that only JSON lets stand.
    plain = str(value).encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
