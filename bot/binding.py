"""Links that bind a Telegram chat to a young person: good once, and for a day.

A chat proves nothing about who sits in front of it (docs/reliability.md T-02). A worker gives the
link to the young person; whoever opens it first is bound to the conversation, and nobody after.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.channels import Inbound, SendFailed, SendInDoubt
from bot.channels.telegram import Telegram
from bot.service import Service
from storage.alarms import count_refusal, refusals_since
from storage.bindings import add_token, is_token_good
from storage.contacts import address_index
from storage.messages import find_inbound
from storage.people import exists
from storage.tables import Staff

TOKEN_BYTES: Final = 24
"""192 bits, written as 32 signs that a link may hold; Telegram takes up to 64."""
GOOD_FOR: Final = timedelta(hours=24)
MOST_WRONG: Final = 5
WRONG_WITHIN: Final = timedelta(days=1)


class NotLinked(Exception):
    """No link was made; the message is one line that says why."""


def new_link(service: Service, young_person_id: UUID, staff: Staff) -> str:
    """Make a link that binds the chat in which it is opened to a young person.

    Args:
        service: the process's service, with Telegram.
        young_person_id: whose conversation goes on there.
        staff: who gives it to them, and so has seen who it is for.

    Returns:
        An address at t.me. It is shown once: only a hash of what is secret in it is kept.

    Raises:
        NotLinked: Telegram is not set up or does not answer, or nobody has this id.
    """
    channel = service.channels.get("telegram")
    if not isinstance(channel, Telegram):
        raise NotLinked("Telegram is not set up: set TELEGRAM_BOT_TOKEN")
    name = _name_of(channel)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.write() as session:
        if not exists(session, young_person_id):
            raise NotLinked("nobody has this id: return-interview episodes list shows them")
        add_token(
            session,
            token,
            young_person_id,
            channel.name,
            staff.id,
            machine_now,
            machine_now + GOOD_FOR,
        )
        service.audit.append(
            session, now, f"staff:{staff.id}", "make link", f"young_person:{young_person_id}"
        )
    return f"https://t.me/{name}?start={token}"


def without_wrong_token(service: Service, inbound: Inbound) -> Inbound:
    """The message without a token that binds nobody; what was written stays as it was.

    Wrong ones are counted: from the fifth in a day on, none of that chat is looked up any more.
    """
    if inbound.token is None:
        return inbound
    now, source = service.clock.machine_now(), _source(service, inbound)
    with service.database.read() as session:
        if find_inbound(session, inbound.channel, inbound.account, inbound.provider_id):
            return inbound
        locked = _is_locked(session, source, now)
        if not locked and is_token_good(session, inbound.token, inbound.channel, now):
            return inbound
    if not locked:
        with service.database.write() as session:
            count_refusal(session, source, "wrong token", now)
    return replace(inbound, token=None)


def _is_locked(session: Session, source: str, now: datetime) -> bool:
    return refusals_since(session, source, now - WRONG_WITHIN) >= MOST_WRONG


def _source(service: Service, inbound: Inbound) -> str:
    return f"token:{address_index(service.vault, inbound.sender)}"


def _name_of(channel: Telegram) -> str:
    try:
        name = channel.username()
    except (SendFailed, SendInDoubt) as error:
        raise NotLinked(f"Telegram does not say what the bot is called: {error.code}") from None
    if not name:
        raise NotLinked("the bot has no name: give it one with @BotFather")
    return name
