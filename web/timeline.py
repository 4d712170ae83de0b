"""The timeline of an escalation: everything that was done about it, in order, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.inbox import HIT_KINDS, Alerted, Detail, Event
from dialogs.nations import Nation
from web import act_words, mark_words
from web.presenting import EVENTS, PRIORITIES, TOLD, categories, in_words

BY: Final = {
    "sms": "by text",
    "email": "by e-mail",
    "push": "in the browser",
    "web_push": "in the browser",
    "voice": "by a call",
    "webhook": "to another system",
}
"""How an alert went, by its channel."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done: when, by whom if it was a person, and what it says."""

    title: str
    at: datetime
    who: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


def timeline(found: Detail, nation: Nation) -> list[Line]:
    """Events, alerts and marks together, the newest first."""
    lines = [*(_line(each, nation) for each in found.events), *_alerts(found.alerts)]
    lines += [
        Line(mark_words.title(each), each.at, each.who, tuple(mark_words.facts(each)))
        for each in found.marks
    ]
    return sorted(lines, key=lambda line: line.at)[::-1]


def alert_in_words(each: Alerted) -> str:
    """Who was alerted how, and what became of it."""
    way = BY.get(each.channel, f"by {each.channel.replace('_', ' ')}")
    return f"Alert to {each.who} {way}: {act_words.delivery(each.delivery)}"


def _line(event: Event, nation: Nation) -> Line:
    title = in_words(event.kind, EVENTS)
    if event.kind in HIT_KINDS:
        title = _hit(title, event)
    elif event.kind == "child_told":
        title = f"{title} {in_words(event.detail.get('text'), TOLD)}"
    else:
        title = act_words.title(event, nation, title)
    return Line(title, event.at, event.who, tuple(act_words.facts(event)))


def _hit(title: str, event: Event) -> str:
    codes = tuple(event.detail.get("categories", ()))
    what = f"{title}: {categories(codes)}" if codes and event.kind == "hit" else title
    return f"{what} ({PRIORITIES[event.priority]})" if event.priority else what


def _alerts(sent: tuple[Alerted, ...]) -> Iterator[Line]:
    for each in sent:
        yield Line(alert_in_words(each), each.at)
