"""One update of Telegram, however it came: durable before anybody is told that it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.alarms import note_alarm
from bot.binding import without_wrong_token
from bot.channels import Inbound
from bot.channels.telegram import account_of, name_of_chat
from bot.channels.telegram_source import CONTENT_TYPE, Blocked, Ignored, Unblocked, Unreadable
from bot.channels.telegram_updates import read_update
from bot.reach import note_unreachable
from bot.receive import Receipt, receive
from bot.service import Service
from storage.alarms import is_kept, keep_unreadable
from storage.contacts import address_index, contacts_at

log = structlog.get_logger()

CHANNEL = "telegram"
_NOT_NOW = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""The database is away, or busy: the same update can be stored in a while."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is still owed to Telegram, best effort: a button's answer, or leaving a group."""

    answer: str | None = None
    leave: int | None = None


def take_update(service: Service, raw: bytes) -> Taken:
    """Store what one update says.

    Returns when it is durable: as a message, as a mark on an address, or byte for byte with an
    alarm when nobody could read it. What comes again changes nothing.

    Raises:
        Exception: nothing could be stored; Telegram must keep it and send it again.
    """
    account = account_of(service.settings.telegram_bot_token or "")
    found = read_update(raw, account, name_of_chat(service.vault))
    match found:
        case Inbound():
            return _take_message(service, found)
        case Blocked(chat):
            _blocked(service, chat)
        case Unblocked(chat):
            _unblocked(service, chat)
        case Ignored(reason, leave):
            log.info("update ignored", reason=reason)
            return Taken(leave=leave)
        case Unreadable(reason):
            keep_as_it_came(service, raw, reason)
    return Taken()


def keep_as_it_came(service: Service, raw: bytes, reason: str) -> None:
    """Keep an update that nobody could read, byte for byte, and raise the alarm.

    Every one of them, unlike what a signature can be cut to (bot.unreadable): only whoever has the
    secret can make one, and they could as well make messages.
    """
    log.warning("update not read", reason=reason)
    with service.database.read() as session:
        if is_kept(session, service.vault, CHANNEL, raw):
            return
    owner = uuid4()
    service.vault.new_owner(owner)
    with service.database.write() as session:
        now = service.clock.machine_now()
        kept = keep_unreadable(
            session, service.vault, owner, CHANNEL, reason, raw, CONTENT_TYPE, now
        )
        if kept:
            note_alarm(service, session, "unreadable", CHANNEL)


def _take_message(service: Service, inbound: Inbound) -> Taken:
    try:
        receipt = _receive(service, without_wrong_token(service, inbound))
    except _NOT_NOW:
        raise
    except Exception as error:  # noqa: BLE001 - what cannot be stored as a message is stored as it is
        # Answered with an error it would come again and again, and hold up all that is behind it.
        log.error("message not stored", error=type(error).__name__)
        keep_as_it_came(service, inbound.raw, "not stored as a message")
        return Taken()
    log.info("message stored", message_id=str(receipt.message_id), duplicate=receipt.duplicate)
    kind, _, callback = inbound.provider_id.partition(":")
    return Taken(answer=callback if kind == "callback" else None)


def _receive(service: Service, inbound: Inbound) -> Receipt:
    try:
        return receive(service, inbound)
    except RuntimeError:
        # They were linked to somebody between two steps; the second time they are known.
        return receive(service, inbound)


def _blocked(service: Service, chat: str) -> None:
    """Whoever is bound to the chat cannot be reached there; never taken for a refusal (F-30)."""
    with service.database.write() as session:
        for contact in contacts_at(session, CHANNEL, address_index(service.vault, chat)):
            if contact.unreachable_at is None:
                note_unreachable(
                    service, session, contact.young_person_id, "opted_out", contact=contact
                )


def _unblocked(service: Service, chat: str) -> None:
    with service.database.write() as session:
        for contact in contacts_at(session, CHANNEL, address_index(service.vault, chat)):
            contact.unreachable_at = None
            session.add(contact)
