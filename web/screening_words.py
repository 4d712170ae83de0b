"""How pages say why screening flagged a message: the example that it reads like, and how sure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bot.inbox import Detail
from storage.screenings import Found

HOW_SURE: Final[Mapping[str, str]] = {
    "clear": "certain",
    "unsure": "unsure, a person has to judge",
}
_READS_LIKE: Final = re.compile(r"reads like “(?P<text>.*)” \((?P<id>[\w-]+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """An authored message that the young person's words read like, and its id in our data."""

    text: str
    id: str


def example_in(rule: str) -> Example | None:
    """The example in a reason as the ranker words it (dialogs.screening_heard); None in others."""
    found = _READS_LIKE.fullmatch(rule)
    return Example(found["text"], found["id"]) if found else None


def screened_beside(found: Detail) -> dict[UUID, Found]:
    """What screening said, by the flagged message that it is shown beside.

    That is the message that ends the thought; where the reasons lie only in earlier ones, the last
    of these.
    """
    flagged = {each.message_id for each in found.because}
    beside: dict[UUID, Found] = {}
    for event in found.hits:
        screened = found.screened.get(event.message_id) if event.message_id else None
        if screened is None or event.message_id is None:
            continue
        reasons = [UUID(each["message_id"]) for each in event.detail.get("because", ())]
        places = [event.message_id, *reversed(reasons)]
        place = next((each for each in places if each in flagged), None)
        if place is not None:
            beside[place] = screened
    return beside
