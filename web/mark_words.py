"""How pages name marks on the screening: what a person said of it, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from bot.marks_shown import ShownMark
from web.presenting import CATEGORIES, PRIORITIES, categories

KINDS: Final = {
    "not_a_disclosure": "Not a disclosure",
    "missed": "A disclosure that the computer missed",
}
STATES: Final = {
    "to_clean": "To be cleaned",
    "cleaned": "Ready to export",
    "left_out": "Left out",
}
STATE_COLOURS: Final = {"to_clean": "orange", "cleaned": "green", "left_out": "grey"}
HOW_SOON: Final = {
    1: (
        "Now",
        "Danger to life, or serious harm at any moment. Somebody on duty is alerted at once.",
    ),
    2: ("Same day", "Harm, abuse or exploitation. Somebody on duty is alerted at once."),
    3: ("Next working day", "A worry or a pattern. It goes to the duty worker's list at once."),
}
ABOUT: Final = {"self": "The young person who wrote it", "other_child": "Another child"}
CATEGORY_CHOICES: Final = {code: categories((code,)) for code in CATEGORIES}


def title(mark: ShownMark) -> str:
    """What was said: "Marked as a disclosure that the computer missed (P2 same day)"."""
    words = KINDS[mark.kind]
    said = f"Marked as {words[:1].lower()}{words[1:]}"
    return f"{said} ({PRIORITIES[mark.priority]})" if mark.priority else said


def by_message(found: Sequence[ShownMark]) -> dict[UUID, list[str]]:
    """What was said beside each message, and by whom."""
    said: dict[UUID, list[str]] = {}
    for mark in found:
        said.setdefault(mark.message_id, []).append(f"{title(mark)}, by {mark.who}")
    return said


def facts(mark: ShownMark) -> Iterator[tuple[str, str]]:
    """Its parts, as pairs of what they are and what was said."""
    if mark.reason:
        yield "Why", mark.reason
    if mark.categories:
        yield "What it is about", categories(mark.categories)
    if mark.about in ABOUT:
        yield "Who it is about", ABOUT[mark.about]
