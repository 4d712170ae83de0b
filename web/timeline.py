"""The timeline of an escalation: everything that was done about it, in order, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.inbox import HIT_KINDS, Alerted, Detail, Event
from web import mark_words
from web.presenting import DELIVERIES, EVENTS, PRIORITIES, TOLD, categories, in_words

OUTCOME_LABELS: Final = {
    "decision": "Decided",
    "reason": "Why",
    "who_was_told": "Who was told",
    "reference": "Reference",
    "child_was_told": "The young person was told",
    "child_told_by": "By",
    "next_review": "Next review",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done: when, by whom if it was a person, and what it says."""

    title: str
    at: datetime
    who: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


def timeline(found: Detail) -> list[Line]:
    """Events, alerts and marks together, the newest first."""
    lines = [*(_line(each) for each in found.events), *_alerts(found.alerts)]
    lines += [
        Line(mark_words.title(each), each.at, each.who, tuple(mark_words.facts(each)))
        for each in found.marks
    ]
    return sorted(lines, key=lambda line: line.at)[::-1]


def _line(event: Event) -> Line:
    title = in_words(event.kind, EVENTS)
    facts: tuple[tuple[str, str], ...] = ()
    if event.kind in HIT_KINDS:
        title = _hit(title, event)
    elif event.kind == "child_told":
        title = f"{title} {in_words(event.detail.get('text'), TOLD)}"
    elif event.kind == "outcome":
        facts = tuple(_outcome(event.detail))
    return Line(title, event.at, event.who, facts)


def _hit(title: str, event: Event) -> str:
    codes = tuple(event.detail.get("categories", ()))
    what = f"{title}: {categories(codes)}" if codes and event.kind == "hit" else title
    return f"{what} ({PRIORITIES[event.priority]})" if event.priority else what


def _outcome(detail: Any) -> Iterator[tuple[str, str]]:
    for name, label in OUTCOME_LABELS.items():
        if detail.get(name):
            yield label, str(detail[name])


def _alerts(sent: tuple[Alerted, ...]) -> Iterator[Line]:
    for each in sent:
        yield Line(f"Alert to {each.who}: {in_words(each.delivery, DELIVERIES).lower()}", each.at)
