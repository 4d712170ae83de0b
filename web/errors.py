"""What people see when something went wrong: what to do next, and no detail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from web.logs import place_of

log = structlog.get_logger()

PAGES: Final[Mapping[int, tuple[str, str]]] = {
    400: (
        "That did not work",
        "The page may have been open for too long. Go back, load it again and try once more.",
    ),
    403: (
        "You cannot open this page",
        "Your role does not include it. If you need it for your work, ask an administrator.",
    ),
    404: ("There is no such page", "Check the address, or start again from the first page."),
    405: ("That did not work", "This page cannot be used like that. Start from the first page."),
    413: ("That was too long", "Shorten what you wrote and send it again."),
    415: ("That did not work", "This page cannot read what was sent to it."),
    429: ("Please wait a minute", "There were too many attempts to sign in. Try again soon."),
    500: (
        "Something went wrong here",
        "It is our fault, and it has been noted. Try again. If a young person may be in danger, "
        "do not wait for this page: follow your usual procedure.",
    ),
    503: (
        "The service is not available",
        "Try again in a minute. If a young person may be in danger, do not wait for this page: "
        "follow your usual procedure.",
    ),
}
"""For each status a heading and what to do."""


def register(app: Flask) -> None:
    """Answer every error of ``app`` with one of these pages."""
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(Exception, _unknown)


def _known(error: HTTPException) -> ResponseReturnValue:
    """An error that was meant; a page of ours even where Werkzeug has words of its own."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    headers = [pair for pair in error.get_headers() if pair[0] in ("Allow", "Retry-After")]
    return _page(status), status, headers


def _database_gone(error: OperationalError) -> ResponseReturnValue:
    log.error("database failed", error=type(error).__name__, place=place_of(error))
    return _page(503), 503


def _unknown(error: Exception) -> ResponseReturnValue:
    # Type and place only: the message of an exception may hold a young person's words.
    log.error("request failed", error=type(error).__name__, place=place_of(error))
    return _page(500), 500


def _page(status: int) -> str:
    heading, advice = PAGES.get(status, PAGES[400] if status < 500 else PAGES[500])
    return render_template("error.html", heading=heading, advice=advice)
