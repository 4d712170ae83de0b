"""The web server: gunicorn inside our own process, with nothing read from its environment."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import wsgi

from bot.screening_in_time import warm_up
from bot.service import Service
from web.app import create_app
from web.live import KEPT_FOR_S, keep_looks
from web.standing import StandingAnswers

log = structlog.get_logger()

WORKERS: Final = 1
THREADS: Final = 128
"""One process with so many threads answers two hundred open inboxes (docs/reliability.md 12)."""

GRACE_S: Final = 5


class PortTaken(Exception):
    """Something else listens already; the message is one line that says what to do."""


class Quiet(Logger):
    """gunicorn's logger without a format or a stream of its own: web/logs.py writes its lines."""

    def setup(self, _cfg: Any) -> None:
        """Leave everything to the root logger."""
        self.error_log.propagate = True


class _Server(BaseApplication):
    def __init__(self, listener: socket.socket, app: Flask) -> None:
        # gunicorn closes the descriptor that it is given.
        self._bind = f"fd://{listener.detach()}"
        self._app = app
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self._bind,
            "workers": WORKERS,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": GRACE_S,
            "accesslog": None,
            "logger_class": Quiet,
            # No header can say that a request came another way than it did.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "proxy_allow_ips": "",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        return self._app


def serve_forever(service: Service) -> None:
    """Answer requests until told to stop; ends the process.

    Args:
        service: what the pages use; its connections are given back first, because none may
            cross the fork into the process that answers.

    Raises:
        PortTaken: the port cannot be listened on.
    """
    settings = service.settings
    listener = _listen(settings.host, settings.port)
    app = create_app(service)
    standing = StandingAnswers(app.wsgi_app, keep_looks(app, KEPT_FOR_S))
    app.wsgi_app = standing  # type: ignore[method-assign, assignment]
    # Before the fork: what is loaded here, the process that answers has.
    warm_up(service)
    service.close()
    # The banner tells nobody what to look up.
    wsgi.SERVER = "web"  # type: ignore[attr-defined]
    log.info("serving", host=settings.host, port=settings.port)
    _Server(listener, app).run()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError:
        raise PortTaken(f"port {port} cannot be used: is the service running already?") from None
