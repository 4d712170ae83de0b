"""One log line for each request: who asked for what and how it went, by ids."""

from __future__ import annotations

from time import monotonic
from typing import Final

import structlog
from flask import Flask, Response, g, request

from web.access import LIVE
from web.context import visitor

log = structlog.get_logger()

_EVERY_SECOND: Final = LIVE | {
    "static",
    "health.live",
    "metrics.show",
    "phone.live",
    "phone.workers_live",
}


def log_to(app: Flask) -> None:
    """Log every request of ``app``, except those that pages make by themselves and that went well.

    A path is logged only when it is one of ours, so that it holds ids and nothing that somebody
    typed; what follows a question mark is never logged.
    """
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = monotonic()


def _finish(response: Response) -> Response:
    if request.endpoint in _EVERY_SECOND and response.status_code < 400:
        return response
    staff = visitor()
    log.info(
        "request",
        method=request.method if request.url_rule else "other",
        path=request.path if request.url_rule else "unknown",
        status=response.status_code,
        staff_id=str(staff.id) if staff else None,
        duration_ms=round((monotonic() - g.started) * 1000),
    )
    return response
