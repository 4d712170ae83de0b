"""Fetching updates instead of having them posted: for development, where nobody can reach us."""

from __future__ import annotations

import json
from typing import Any, Final

import structlog

from bot.channels import SendFailed, SendInDoubt
from bot.channels.telegram import Telegram
from bot.service import Service
from bot.telegram_receive import Taken, take_update

log = structlog.get_logger()

WAIT_S: Final = 5
"""How long Telegram holds the question open; a worker that is told to stop waits as long."""


def poll_once(service: Service, wait_s: int = WAIT_S) -> int:
    """Fetch what waits at Telegram and store it; returns how many updates were taken.

    Telegram forgets an update only when a later question says that those before it are stored, so
    one that could not be stored comes again, and the ones behind it wait.

    Args:
        service: the process's service, with Telegram.
        wait_s: how long to wait for one, in whole seconds.

    Raises:
        Exception: an update could not be stored; those before it were taken.
    """
    channel = service.channels.get("telegram")
    if not isinstance(channel, Telegram):
        return 0
    try:
        updates = channel.updates(None, wait_s)
    except (SendFailed, SendInDoubt) as error:
        log.warning("updates not fetched", reason=error.code)
        raise
    for update in updates:
        owed = take_update(service, _raw(update))
        _forget(channel, update)
        _pay(channel, owed)
    return len(updates)


def _raw(update: Any) -> bytes:
    return json.dumps(update, ensure_ascii=True, separators=(",", ":")).encode()


def _forget(channel: Telegram, update: Any) -> None:
    """Say that everything up to this one is stored; what comes back is fetched again later."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if isinstance(number, int):
        channel.updates(number + 1, 0, 1)


def _pay(channel: Telegram, owed: Taken) -> None:
    if owed.answer is not None:
        channel.answer_button(owed.answer)
    if owed.leave is not None:
        channel.leave(owed.leave)
