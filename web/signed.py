"""What every webhook of Twilio's does before anything is read: check it, or refuse and count it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import structlog
from flask import abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.alarms import note_refusal
from bot.channels.twilio_parameters import Table
from bot.channels.twilio_signature import Form, Refused, verify
from bot.unreadable import keep_unreadable
from web.context import service

log = structlog.get_logger()

SOURCE: Final = "twilio"


def twilio_form(path: str, table: Table) -> Form:
    """The form of this request, which Twilio signed for ``path``.

    Without a Twilio account the page does not exist.

    Raises:
        Refused: it is not Twilio's, or nobody can be sure what it says.
    """
    settings = service().settings
    if settings.twilio_account_sid is None or not settings.twilio_auth_tokens:
        abort(404)
    return verify(
        settings.twilio_auth_tokens,
        settings.site,
        _body(),
        request.headers.get("X-Twilio-Signature"),
        request.headers.get("Content-Type"),
        path,
        table,
    )


def account() -> str:
    """Our account at Twilio; only asked for behind `twilio_form`."""
    return service().settings.twilio_account_sid or ""


@contextmanager
def refusing() -> Iterator[None]:
    """Answer 403 to what is refused inside, or 415 when it is no form."""
    try:
        yield
    except Refused as refused:
        refuse(refused)


def refuse(refused: Refused) -> NoReturn:
    """Answer 403, or 415 when it is no form, and count it."""
    note(refused)
    abort(415 if refused.reason == "content type" else 403)


def note(refused: Refused) -> None:
    """Count a refused request; keep it when it was signed, and tell an operator.

    A form that was signed and is not as Twilio documents it may be a message with a new parameter,
    or a genuine one that somebody cut up so that it says another thing under the same signature
    (docs/reliability.md T-07). Nobody can tell which. So it is not taken as anybody's words, and
    the answer is 403 and not 200: Twilio's own log then shows it as failed. Nothing is lost by it:
    its bytes are kept here, and the message itself comes by the poll, from Twilio and not from
    whoever called.
    """
    log.warning("webhook refused", reason=refused.reason, signed=refused.signed)
    _count(refused.reason)
    if refused.signed:
        kind = request.headers.get("Content-Type")
        _never_fails(
            lambda: keep_unreadable(service(), SOURCE, refused.reason, request.get_data(), kind)
        )


def not_stored(error: Exception) -> NoReturn:
    """Answer 503, so that Twilio tries again (docs/reliability.md F-02)."""
    log.error("webhook not stored", error=type(error).__name__)
    abort(503)


def _body() -> bytes:
    """The bytes that are signed, read before anything can take them for a form."""
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        _count("too large")
        raise


def _count(reason: str) -> None:
    _never_fails(lambda: note_refusal(service(), SOURCE, reason))


def _never_fails(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - a refusal that cannot be counted is still refused
        log.error("refusal not counted", error=type(error).__name__)
