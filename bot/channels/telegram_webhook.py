"""Where Telegram posts updates, and what it says of how that goes.

The secret cannot be asked for: it is proved by setting it again, which changes nothing else.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.channels import Finding

if TYPE_CHECKING:
    from telegram import WebhookInfo

WEBHOOK_PATH: Final = "/webhooks/telegram"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we read; whatever else a bot can be sent is not even asked for."""
SET_AGAIN: Final = "Run: return-interview telegram webhook"
FAILED_LATELY: Final = timedelta(hours=1)

_STATUS: Final = re.compile(r"\b([1-5]\d\d)\b")
_FAILURES: Final = {
    "timed out": "it took too long",
    "timeout": "it took too long",
    "certificate": "its certificate is refused",
    "ssl": "its certificate is refused",
    "refused": "nothing listens there",
    "resolve": "its name is not known",
    "closed": "it hung up",
    "reset": "it hung up",
}


def webhook_address(site: str) -> str:
    """The address that Telegram posts to."""
    return site.rstrip("/") + WEBHOOK_PATH


def has_secret(given: str | None, secret: str) -> bool:
    """Whether a request has the secret; takes the same time wherever they differ."""
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), secret.encode())


def findings(info: WebhookInfo, site: str, *, polling: bool) -> list[Finding]:
    """What a `WebhookInfo` says, in plain words.

    Args:
        info: Telegram's answer.
        site: the public address of this service.
        polling: updates are fetched, and no webhook must be set.
    """
    if polling:
        return [_unset(info)]
    found = [_address(info, site)]
    if found[0].state == "ok":
        found += [_wanted(info), _arrives(info), _secret()]
    return found


def _unset(info: WebhookInfo) -> Finding:
    if info.url:
        said = (
            "A webhook is set, so nothing can be fetched. "
            "Run: return-interview telegram webhook --off"
        )
        return Finding("telegram", "webhook", "wrong", said)
    return Finding("telegram", "webhook", "ok", "Updates are fetched; no webhook is set.")


def _address(info: WebhookInfo, site: str) -> Finding:
    wanted = webhook_address(site)
    if info.url == wanted:
        return Finding("telegram", "webhook", "ok", f"Updates are posted to {wanted}.")
    where = "to another address than ours" if info.url else "nowhere"
    said = f"Updates are posted {where}, and must be posted to {wanted}. {SET_AGAIN}"
    return Finding("telegram", "webhook", "wrong", said)


def _wanted(info: WebhookInfo) -> Finding:
    # Nothing chosen is Telegram's own choice, which has all that we read.
    chosen = info.allowed_updates or ALLOWED_UPDATES
    lacking = [each for each in ALLOWED_UPDATES if each not in chosen]
    if lacking:
        said = f"Telegram is told not to send {', '.join(lacking)}. {SET_AGAIN}"
        return Finding("telegram", "allowed_updates", "wrong", said)
    return Finding("telegram", "allowed_updates", "ok", "Telegram sends all that we read.")


def _arrives(info: WebhookInfo) -> Finding:
    waiting = info.pending_update_count
    failed = info.last_error_date
    if failed is None or datetime.now(UTC) - failed > FAILED_LATELY:
        said = f"{waiting} updates wait and none was refused in the last hour."
        return Finding("telegram", "arrives", "ok", said)
    why = _failure(info.last_error_message or "")
    said = f"Our address failed at {failed:%H:%M} UTC: {why}. {waiting} updates wait."
    return Finding("telegram", "arrives", "wrong" if waiting else "ok", said)


def _secret() -> Finding:
    said = (
        "Telegram does not show the secret that it sends. If updates are refused with 403, "
        f"set it again. {SET_AGAIN}"
    )
    return Finding("telegram", "secret", "unknown", said)


def _failure(message: str) -> str:
    """Known words only: what another machine wrote is not repeated."""
    if status := _STATUS.search(message):
        return f"it answered {status[1]}"
    return next(_known(message.casefold()), "something else")


def _known(message: str) -> Iterator[str]:
    return (words for needle, words in _FAILURES.items() if needle in message)
