"""The one place where python-telegram-bot's client meets the network.

Imported only when something is sent: the library is slow to load.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels import Retry, SendFailed, SendInDoubt, Trouble

# The token stands in every address, and these write addresses (docs/reliability.md T-18).
for _name in ("httpx", "httpcore", "telegram"):
    logging.getLogger(_name).setLevel(logging.WARNING)

NO_CHAT: Final = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid")
"""How Telegram says that nobody is there any more, whatever the status it says it with."""
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_REFUSALS: Final[Mapping[type[TelegramError], tuple[str, Retry, Trouble]]] = {
    Forbidden: ("telegram_blocked", "never", "opted_out"),
    # Once the token is put right, or the webhook is taken away, it can still go.
    InvalidToken: ("telegram_token", "backoff", "our_fault"),
    Conflict: ("telegram_conflict", "backoff", "our_fault"),
    BadRequest: ("telegram_refused", "never", "our_fault"),
}

T = TypeVar("T")


class _Flooded(TelegramError):
    """Answered 429: not processed, and not to be tried before so many seconds are over."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__("too many requests")
        self.seconds = seconds


class _Failed(TelegramError):
    """Answered 5xx: nobody can tell what became of it."""

    def __init__(self, status: int) -> None:
        super().__init__("the server failed")
        self.status = status


class _Request(HTTPXRequest):
    """The library's transport; it reads a 429 and a 5xx itself, whatever their bodies say.

    The library's own error for a 429 warns of its future at every use, and a 429 whose body is not
    Telegram's it takes for a broken connection.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **kwargs)
        if status == 429:
            raise _Flooded(_retry_after(payload))
        if status >= 500:
            raise _Failed(status)
        return status, payload


def call(
    token: str, api_url: str, work: Callable[[Bot], Awaitable[T]], *, connect_s: float, all_s: float
) -> T:
    """Run one call of the Bot API to its end, on a connection and an event loop of its own.

    Args:
        token: the bot's.
        api_url: where the Bot API is, without a trailing slash.
        work: what to do with the bot.
        connect_s: the longest to connect.
        all_s: the longest altogether.

    Raises:
        SendFailed: Telegram said no, or was certainly never reached.
        SendInDoubt: nobody can tell whether Telegram did it.
    """
    try:
        with ThreadPoolExecutor(max_workers=1) as own:
            # A thread of its own: whoever calls may be running a loop already.
            made = _call(token, api_url, work, connect_s, all_s)
            return own.submit(asyncio.run, made).result()
    # `from None`: what these exceptions say may quote the address, and so the token.
    except TimeoutError:
        raise SendInDoubt("no_answer") from None
    except TelegramError as error:
        raise refusal(error) from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise SendInDoubt("unreadable_answer") from None


async def _call(
    token: str, api_url: str, work: Callable[[Bot], Awaitable[T]], connect_s: float, all_s: float
) -> T:
    request = _Request(
        connection_pool_size=1,
        connect_timeout=connect_s,
        pool_timeout=connect_s,
        write_timeout=all_s,
        read_timeout=all_s,
    )
    async with request:
        bot = Bot(token, f"{api_url}/bot", request=request, get_updates_request=request)
        return await asyncio.wait_for(work(bot), all_s)


async def raw_updates(bot: Bot, query: str) -> bytes:
    """Call getUpdates and give the answer byte for byte: parsing it here could lose an update."""
    return await bot.request.retrieve(f"{bot.base_url}/getUpdates?{query}")


def refusal(error: TelegramError) -> SendFailed | SendInDoubt:
    """What an error of the library says of a message (docs/reliability.md 2.4)."""
    if isinstance(error, _Flooded):
        return SendFailed("telegram_flood", retry="backoff", retry_after=error.seconds)
    if isinstance(error, _Failed):
        return SendInDoubt(f"http_{error.status}")
    if isinstance(error, (Forbidden, BadRequest)) and _nobody_there(error):
        return SendFailed("telegram_no_chat", retry="never", trouble="opted_out")
    for kind, (code, retry, trouble) in _REFUSALS.items():
        if isinstance(error, kind):
            return SendFailed(code, retry=retry, trouble=trouble)
    if isinstance(error.__cause__, _NOT_SENT):
        return SendFailed("not_reached", retry="backoff")
    return SendInDoubt("no_answer" if isinstance(error, NetworkError) else "unreadable_answer")


def _nobody_there(error: TelegramError) -> bool:
    said = error.message.casefold()
    return any(each in said for each in NO_CHAT)


def _retry_after(payload: bytes) -> float | None:
    """How long Telegram asks to wait; None when it does not say."""
    try:
        wait = json.loads(payload)["parameters"]["retry_after"]
    except (ValueError, TypeError, KeyError):
        return None
    return float(wait) if isinstance(wait, int) and not isinstance(wait, bool) else None
