"""A reply budget for each young person: no loop with another machine, no reply to every text.

Nothing that comes in is dropped or goes unscreened, and whatever screening finds is answered at
once; only our own replies are held (docs/reliability.md F-24, G-06).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from sqlmodel import Session

from bot.pending import Pending, has_words
from bot.reach import has_opted_out
from bot.service import Service
from dialogs.reading import read
from storage import budget
from storage.contacts import contact_of
from storage.messages import body_of
from storage.people import young_person
from storage.tables import Conversation, Message

FLOOD = 20
FLOOD_WITHIN = timedelta(seconds=60)
ANSWERS = 30
ANSWERS_WITHIN = timedelta(minutes=10)
REST = timedelta(seconds=60)
"""Shorter than what the sweep of unread messages waits (bot.sweep)."""

LOOP_WITHIN = timedelta(hours=1)
SAME_TEXT = 5
AUTOMATIC = 3
SHORTEST = 8
"""Letters and spaces: "nothing" five times running is a child who answers five questions."""


def is_flood(service: Service, session: Session, conversation: Conversation) -> bool:
    """Whether very many texts came just now."""
    since = service.clock.service_now() - FLOOD_WITHIN
    return budget.came_since(session, conversation.young_person_id, since) > FLOOD


def held_until(service: Service, session: Session, conversation: Conversation) -> datetime | None:
    """When the next turn may be taken, if it is not now (service time).

    Very many texts make one turn a minute; a finding is never held.
    """
    now, person_id = service.clock.service_now(), conversation.young_person_id
    flood = is_flood(service, session, conversation)
    if not flood and budget.answered_since(session, person_id, now - ANSWERS_WITHIN) <= ANSWERS:
        return None
    last = budget.last_answer_at(session, person_id)
    if last is None or last + REST <= now or budget.has_finding(session, person_id):
        return None
    return last + REST


def maybe_a_machine(service: Service, session: Session, pending: Sequence[Pending]) -> bool:
    """Whether these texts only go on with what was said, and answered, again and again.

    Plain answers are left out: a child may say no to five questions.
    """
    if any(_is_of_a_person(each) for each in pending):
        return False
    said = [plain(each.text) for each in pending]
    if all(is_automatic(each) for each in said):
        return _goes_on(service, session, pending, is_automatic, AUTOMATIC - 1)
    language = young_person(session, pending[0].message.young_person_id).language
    if len(set(said)) > 1 or len(said[0]) < SHORTEST or read(said[0], language) != "words":
        return False
    return _goes_on(service, session, pending, lambda text: text == said[0], SAME_TEXT)


def is_cut_off(session: Session, conversation: Conversation, pending: Sequence[Pending]) -> bool:
    """Whether all they wrote is the word with which the carrier cut the line.

    That is no answer to a question, and no reply could reach them: the interview stays where it is
    and a person finds another way (docs/reliability.md F-30).
    """
    if any(each.priority is not None or not has_words(each) for each in pending):
        return False
    language = young_person(session, conversation.young_person_id).language
    return all(read(each.text, language) == "stop" for each in pending) and has_opted_out(
        session, contact_of(session, conversation)
    )


def is_automatic(said: str) -> bool:
    """Whether a plain text says of itself that a machine wrote it."""
    return any(f" {phrase} " in f" {said} " for phrase in _phrases())


def plain(text: str) -> str:
    """Small letters and single spaces, without signs: "I'm driving!" is "im driving"."""
    joined = re.sub(r"['’]", "", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", joined))


def _is_of_a_person(pending: Pending) -> bool:
    found = pending.priority is not None or pending.state != "screened"
    return found or pending.message.kind != "text" or not pending.text.strip()


def _goes_on(
    service: Service,
    session: Session,
    pending: Sequence[Pending],
    is_same: Callable[[str], bool],
    answered: int,
) -> bool:
    """Whether the texts right before were the same and were answered so many times already."""
    since = service.clock.service_now() - LOOP_WITHIN
    earlier = budget.before(session, pending[0].message, since, SAME_TEXT)
    for times, (message, became) in enumerate(earlier, start=1):
        if not is_same(plain(_words(service, message))):
            return False
        if became == "over_budget" or times >= answered:
            return True
    return False


def _words(service: Service, message: Message) -> str:
    return body_of(service.vault, message) if message.kind == "text" else ""


@cache
def _phrases() -> tuple[str, ...]:
    source = files("bot").joinpath("automatic.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(source)["phrases"])
