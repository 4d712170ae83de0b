"""Updates of Telegram: what came, and from whom. Nothing of it is ever fetched.

An update is read with python-telegram-bot's types. Telegram grows faster than any library, and a
child's words are not lost because a field is new: what the types refuse is looked at again by hand
(`telegram_salvage`), and what is still not understood is kept byte for byte by the caller.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.channels import Media, Pin
from bot.channels.telegram_salvage import salvage
from bot.channels.telegram_source import (
    ELSEWHERE,
    SERVICE,
    Blocked,
    Ignored,
    Read,
    Source,
    Unblocked,
    Unreadable,
    callback_name,
    is_number,
    is_person,
    known_types,
)

if TYPE_CHECKING:
    from telegram import CallbackQuery, ChatMemberUpdated, Message, Update

_MEDIA: Final[Mapping[str, Media]] = {
    # The first that is there counts: Telegram sends a GIF as a file too.
    "sticker": "sticker",
    "animation": "sticker",
    "dice": "sticker",
    "photo": "picture",
    "live_photo": "picture",
    "voice": "voice",
    "audio": "voice",
}


def read_update(raw: bytes, account: str, name_chat: Callable[[int], str]) -> Read:
    """Read one update, whatever it is; never raises for what it holds.

    Args:
        raw: the update as JSON, byte for byte.
        account: the bot's id.
        name_chat: a name for a chat that tells nobody which it is.
    """
    source = Source(account, name_chat, raw, exact=_is_utf8(raw))
    try:
        data = json.loads(
            raw.decode("utf-8", "replace"), parse_float=Decimal, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        return Unreadable("no JSON")
    if not isinstance(data, dict):
        return Unreadable("no update")
    return _by_types(data, source) or salvage(data, source)


def _by_types(data: dict[str, Any], source: Source) -> Read | None:
    """What the library's types make of it; None when they refuse it or know nothing in it."""
    from telegram import Update

    try:
        update = Update.de_json(data, None)
        return _read(update, source)
    except Exception:  # noqa: BLE001 - odd content may break the types anywhere; it is looked at again
        return None


def _read(update: Update, source: Source) -> Read | None:
    if update.message is not None:
        return _message(update.message, source)
    if update.edited_message is not None:
        return _message(update.edited_message, source, edit=update.update_id)
    if update.callback_query is not None:
        return _pressed(update.callback_query, source)
    if update.my_chat_member is not None:
        return _member(update.my_chat_member)
    others = [name for name in known_types() if getattr(update, name, None) is not None]
    return Ignored(others[0]) if others else None


def _message(message: Message, source: Source, edit: int | None = None) -> Read | None:
    chat = message.chat
    if chat.type in ELSEWHERE:
        return Ignored("not a private chat")
    if chat.type != "private" or not is_person(chat.id) or not is_number(message.message_id):
        return None
    if any(getattr(message, name, None) for name in SERVICE):
        return Ignored("service message")
    text = message.text if message.text is not None else message.caption or ""
    if not isinstance(text, str) or (edit is not None and not is_number(edit)):
        return None
    name = source.message_id(chat.id, message.message_id)
    media, pin, sent_at = _media(message), _pin(message), _moment(message, edit)
    if edit is None:
        return source.inbound(chat.id, name, text, media=media, pin=pin, sent_at=sent_at)
    if pin is not None:
        # A place that is shared live moves every few seconds, for hours. The pin told a person; its
        # moves are kept as words beside it, so that none of them pages anybody again.
        text = f"{pin.latitude}, {pin.longitude}"
    provider_id = f"{name}:edit:{edit}"
    return source.inbound(chat.id, provider_id, text, media=media, edit_of=name, sent_at=sent_at)


def _media(message: Message) -> tuple[Media, ...]:
    for name, kind in _MEDIA.items():
        if getattr(message, name, None):
            return (kind,)
    if message.location is not None or message.text is not None:
        return ()
    document = message.document
    if document is not None and str(document.mime_type).startswith("image/"):
        return ("picture",)
    # A file, a film, a contact, or what Telegram has thought of since.
    return ("other",)


def _pin(message: Message) -> Pin | None:
    place, venue = message.location, message.venue
    if place is None:
        return None
    return Pin(
        latitude=str(place.latitude),
        longitude=str(place.longitude),
        label=str(venue.title) if venue and venue.title else None,
        address=str(venue.address) if venue and venue.address else None,
    )


def _moment(message: Message, edit: int | None) -> datetime | None:
    sent = message.date if edit is None else message.edit_date or message.date
    return sent.astimezone(UTC) if isinstance(sent, datetime) else None


def _pressed(query: CallbackQuery, source: Source) -> Read | None:
    """A button says what typing would say, as an answer to the message that it hangs on."""
    chat = query.message.chat if query.message else None
    if chat is None or chat.type in ELSEWHERE:
        return Ignored("not a private chat")
    if query.data is None:
        return Ignored("callback without data")
    if not is_person(query.from_user.id) or not isinstance(query.data, str):
        return None
    name, on = callback_name(query.id, source), query.message.message_id if query.message else None
    pressed = source.message_id(chat.id, on) if is_number(chat.id) and is_number(on) else None
    return source.inbound(query.from_user.id, name, query.data, pressed=pressed)


def _member(change: ChatMemberUpdated) -> Read | None:
    chat, status = change.chat, change.new_chat_member.status
    if chat.type in ELSEWHERE:
        put_in = status in ("member", "administrator", "restricted") and is_number(chat.id)
        return Ignored("put into a group", leave=chat.id if put_in else None)
    if chat.type != "private" or not is_person(chat.id):
        return None
    if status == "kicked":
        return Blocked(str(chat.id))
    return Unblocked(str(chat.id)) if status == "member" else Ignored("chat member")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)
