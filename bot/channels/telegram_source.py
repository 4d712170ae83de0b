"""What is known of an update before it is read, and what it can turn out to be."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from bot.channels import Inbound

CONTENT_TYPE: Final = "application/json"
ELSEWHERE: Final = frozenset({"group", "supergroup", "channel"})
"""Chats that are none of ours: only what one young person writes to the bot alone is read."""
SERVICE: Final = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "connected_website",
    "write_access_allowed",
    "chat_background_set",
    "boost_added",
    "users_shared",
    "chat_shared",
    "successful_payment",
    "refunded_payment",
    "passport_data",
    "web_app_data",
    "gift",
    "unique_gift",
    "group_chat_created",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
)
"""What Telegram itself writes into a private chat; nobody said anything."""
_START: Final = re.compile(r"/start(?:@\w+)?\s+(?P<token>\S+)\s*")
_CALLBACK_ID: Final = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True, slots=True)
class Blocked:
    """They blocked the bot; `chat` is their address."""

    chat: str


@dataclass(frozen=True, slots=True)
class Unblocked:
    """They took the block back."""

    chat: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that a young person wrote to us; `leave` is a group that the bot was put into."""

    reason: str
    leave: int | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Nobody could tell what this is; `reason` is a fixed phrase that quotes nothing from it."""

    reason: str


Read = Inbound | Blocked | Unblocked | Ignored | Unreadable


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of an update before it is read.

    `account` is the bot's id, `name_chat` gives a name for a chat that tells nobody which it is,
    `raw` is the update byte for byte, and `exact` is False when it was not UTF-8.
    """

    account: str
    name_chat: Callable[[int], str]
    raw: bytes
    exact: bool = True

    def message_id(self, chat: int, message_id: int) -> str:
        """The name of a message: the same whatever update brings it (docs/reliability.md 0.4)."""
        return f"{self.name_chat(chat)}:{message_id}"

    def unnamed_id(self) -> str:
        """A name for what has none that could be used: the same bytes are the same message."""
        return f"raw:{hashlib.sha256(self.raw).hexdigest()}"

    def inbound(self, chat: int, provider_id: str, text: str, **more: Any) -> Inbound:
        """What somebody wrote in their chat with the bot."""
        started = _START.fullmatch(text)
        return Inbound(
            channel="telegram",
            account=self.account,
            provider_id=provider_id,
            sender=str(chat),
            recipient=self.account,
            # Their own app shows them no more than that: the token came with the link.
            text="/start" if started else text,
            exact=self.exact,
            raw=self.raw,
            content_type=CONTENT_TYPE,
            token=started["token"] if started else None,
            **more,
        )


def callback_name(callback_id: object, source: Source) -> str:
    """The name of a pressed button, as a message."""
    if isinstance(callback_id, str) and _CALLBACK_ID.fullmatch(callback_id):
        return f"callback:{callback_id}"
    return source.unnamed_id()


def known_types() -> list[str]:
    """Every kind of update that the library knows."""
    from telegram import Update

    return Update.ALL_TYPES


def is_number(value: object) -> TypeGuard[int]:
    """Whether this is a whole number of 64 bits, as Telegram's ids are."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def is_person(value: object) -> bool:
    """Whether this can be the id of a private chat: those of groups and channels are negative."""
    return is_number(value) and int(str(value)) > 0
