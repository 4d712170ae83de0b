"""What can be saved of an update that python-telegram-bot's types refuse.

A private chat is enough: its words are kept and screened as a message, which a person sees, and not
as something that nobody could read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.channels import Media
from bot.channels.telegram_source import (
    ELSEWHERE,
    SERVICE,
    Ignored,
    Read,
    Source,
    Unreadable,
    callback_name,
    is_number,
    is_person,
    known_types,
)

_OURS: Final = ("message", "edited_message")


def salvage(data: Mapping[str, Any], source: Source) -> Read:
    """Look at an update by hand; never raises for what it holds."""
    query = data.get("callback_query")
    if isinstance(query, Mapping):
        return _pressed(query, source)
    known = [name for name in known_types() if name in data and name not in _OURS]
    if known:
        return Ignored(known[0]) if isinstance(data[known[0]], Mapping) else Unreadable("odd type")
    for name, value in data.items():
        chat = _private_chat(value)
        if chat is not None and (_text(value) or is_number(value.get("message_id"))):
            return _words(chat, value, data if name == "edited_message" else None, source)
        if _is_elsewhere(value):
            return Ignored("not a private chat")
    return Unreadable("no words")


def _words(
    chat: int,
    message: Mapping[str, Any],
    edited: Mapping[str, Any] | None,
    source: Source,
) -> Read:
    number, text = message.get("message_id"), _text(message)
    if not text and any(message.get(name) for name in SERVICE):
        return Ignored("service message")
    # Something without words came, and nobody here knows what: a person must look.
    media: tuple[Media, ...] = () if text else ("other",)
    if not is_number(number):
        return source.inbound(chat, source.unnamed_id(), text, media=media)
    name = source.message_id(chat, int(str(number)))
    if edited is None:
        return source.inbound(chat, name, text, media=media)
    update = edited.get("update_id")
    provider_id = f"{name}:edit:{update}" if is_number(update) else source.unnamed_id()
    return source.inbound(chat, provider_id, text, media=media, edit_of=name)


def _pressed(query: Mapping[str, Any], source: Source) -> Read:
    person, text = query.get("from"), query.get("data")
    if not isinstance(person, Mapping) or not isinstance(text, str) or not text:
        return Unreadable("no words")
    if _is_elsewhere(query.get("message")):
        return Ignored("not a private chat")
    if not is_person(person.get("id")):
        return Unreadable("no chat")
    pressed = _pressed_on(query.get("message"), source)
    name = callback_name(query.get("id"), source)
    return source.inbound(int(person["id"]), name, text, pressed=pressed)


def _pressed_on(message: object, source: Source) -> str | None:
    chat = _private_chat(message)
    number = message.get("message_id") if isinstance(message, Mapping) else None
    return source.message_id(chat, number) if chat and is_number(number) else None


def _private_chat(value: object) -> int | None:
    """The id of the chat that something came from, where it can only be one person's."""
    chat = value.get("chat") if isinstance(value, Mapping) else None
    if not isinstance(chat, Mapping) or _is_elsewhere(value) or not is_person(chat.get("id")):
        return None
    return int(chat["id"])


def _is_elsewhere(value: object) -> bool:
    chat = value.get("chat") if isinstance(value, Mapping) else None
    kind = chat.get("type") if isinstance(chat, Mapping) else None
    return isinstance(kind, str) and kind in ELSEWHERE


def _text(value: Mapping[str, Any]) -> str:
    said = (value.get("text"), value.get("caption"))
    return next((each for each in said if isinstance(each, str) and each), "")
