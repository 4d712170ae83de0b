"""Somebody rings the number that takes texts: what they are told, and who calls them back.

Nobody can talk there and nothing is recorded. The call itself is kept as a message without words
(bot/media.py). What is said is neutral, because whoever holds the phone may be the one who rings,
and no text that a young person got is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.approvals import is_reviewed
from bot.channels import Inbound
from bot.outbox import facts_for_anybody
from bot.reach import add_task
from bot.receive import receive
from bot.service import Service
from dialogs.texts import DEFAULT_LANGUAGE, load, reply
from storage.messages import messages_by_id
from storage.people import young_person


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence or more to be said to a caller, in a language ("en")."""

    language: str
    words: str


def take_call(service: Service, inbound: Inbound) -> UUID:
    """Keep a call, once; gives the young person, or newcomer, whose number it came from.

    Raises:
        Exception: nothing could be stored.
    """
    receipt = receive(service, inbound)
    with service.database.read() as session:
        return messages_by_id(session, [receipt.message_id])[receipt.message_id].young_person_id


def want_call(service: Service, inbound: Inbound) -> UUID:
    """Keep that a caller wants to be called, with the call if it was not kept yet; who they are.

    However often the key is pressed, there is one task for a person.

    Raises:
        Exception: nothing could be stored.
    """
    caller = take_call(service, inbound)
    with service.database.write() as session:
        add_task(service, session, "call_wanted", caller)
    return caller


def say(service: Service, key: str, caller: UUID | None = None) -> Sequence[Spoken]:
    """A line of the script in the caller's language, or in English when nobody knows it.

    In a language that no person has reviewed, English goes beside it (docs/practice.md PR-34).
    """
    languages = [DEFAULT_LANGUAGE] if caller is None else _languages(service, caller)
    return [
        Spoken(each, reply(key, facts_for_anybody(service, each), each).body) for each in languages
    ]


def _languages(service: Service, caller: UUID) -> list[str]:
    with service.database.read() as session:
        language = load(young_person(session, caller).language).language
        if language == DEFAULT_LANGUAGE or is_reviewed(session, language):
            return [language]
    return [language, DEFAULT_LANGUAGE]
