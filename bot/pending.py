"""What waits for a turn: messages with their words, and what screening said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from dialogs.position import Disclosure, Heard, HeardText, Media
from storage import messages as words
from storage.tables import Message, ScreeningResult


@dataclass(frozen=True, slots=True)
class Pending:
    """One unanswered message with its words and what screening said."""

    message: Message
    text: str
    screening: dict[str, Any]
    priority: int | None
    state: str
    is_edit: bool = False


def screened(service: Service, session: Session, young_person_id: UUID) -> list[Pending]:
    """The unanswered messages up to the first that is still being screened."""
    pending: list[Pending] = []
    for message, screening in words.unanswered(session, young_person_id):
        if screening.state == "waiting":
            break
        pending.append(_opened(service, session, message, screening))
    return pending


def _opened(
    service: Service, session: Session, message: Message, screening: ScreeningResult
) -> Pending:
    result: dict[str, Any] = {}
    if screening.result_sealed is not None:
        result = service.vault.open_json(
            message.young_person_id,
            "screening_result.result",
            message.id,
            screening.result_sealed,
        )
    text = words.body_of(service.vault, message)
    is_edit = words.is_edit(session, message.id)
    return Pending(message, text, result, screening.priority, screening.state, is_edit)


def heard_in(pending: Sequence[Pending]) -> Heard:
    """All of it as one turn hears it; the texts are those of which `has_words` is true."""
    return Heard(
        texts=tuple(_heard_text(each) for each in pending if has_words(each)),
        media=tuple(kind for each in pending for kind in _media(each.message)),
        disclosure=_disclosure(pending),
    )


def has_words(pending: Pending) -> bool:
    """Whether they wrote something: a text, or words beside a picture.

    A later version of a text answers nothing again: the first one has.
    """
    if pending.is_edit:
        return False
    kind = pending.message.kind
    return kind == "text" or (kind == "media" and bool(pending.text.strip()))


def _heard_text(pending: Pending) -> HeardText:
    message = pending.message
    states = {state for state in (message.question, message.question_in_flight) if state}
    return HeardText(pending.text, frozenset(states))


def _media(message: Message) -> tuple[Media, ...]:
    if message.kind == "pin":
        return ("pin",)
    known: dict[str, Media] = {"picture": "picture", "voice": "voice"}
    kinds = [kind for kind in message.media.split(",") if kind and kind != "sticker"]
    return tuple(known.get(kind, "other") for kind in kinds)


def _disclosure(pending: Sequence[Pending]) -> Disclosure | None:
    """The most urgent of what screening found; a message nobody could screen counts as unsure."""
    found = [each for each in pending if each.priority in (1, 2) and each.state == "screened"]
    if not found:
        if any(each.state == "not_screened" for each in pending):
            return Disclosure(priority=2, categories=("TEC",), certainty="unsure")
        return None
    first = min(found, key=lambda each: each.priority or 3)
    return Disclosure(
        priority=first.priority or 2,
        categories=tuple(first.screening["categories"]),
        certainty=first.screening["certainty"],
        own_act=first.screening["own_act"],
    )
