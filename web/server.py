"""The web server: granian inside our own process, with nothing read from its environment.

Its HTTP is written in Rust and runs outside the interpreter's lock: two hundred open inboxes take a
third of the processor's time that they take from a server written in Python, and it is a text on
its way that would wait for that.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

import structlog
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from bot.screening_in_time import warm_up
from bot.service import Service
from bot.settings import environment
from web.app import create_app
from web.doorway import Doorway
from web.live import KEPT_FOR_S, keep_looks
from web.standing import StandingAnswers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger()

THREADS: Final = 128
"""One process with so many threads answers two hundred open inboxes (docs/reliability.md 12)."""
CONNECTIONS: Final = 800
"""So many are open at once, fewer than the files that a process may have open; others wait."""
WAITING: Final = 2048

GRACE_S: Final = 5


class PortTaken(Exception):
    """Something else listens already; the message is one line that says what to do."""


def serve_forever(service: Service) -> None:
    """Answer requests until told to stop.

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
    # Before the fork: what is loaded here, the process that answers has. It stays, so nobody need
    # look through all of it again and again for what could be thrown away.
    warm_up(service)
    gc.collect()
    gc.freeze()
    service.close()
    log.info("serving", host=settings.host, port=settings.port)
    _Server(listener).answer_with(Doorway(standing, environment()))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=WAITING)
    except OSError:
        raise PortTaken(f"port {port} cannot be used: is the service running already?") from None


class _Server(MPServer):
    """Two processes: one answers, and this one starts it again when it crashes.

    What comes in meanwhile waits at the socket, which both have.
    """

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(
            "",
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            blocking_threads=THREADS,
            backlog=WAITING,
            backpressure=CONNECTIONS,
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE_S,
            # No format and no stream of its own: web/logs.py writes its lines.
            log_level=LogLevels.error,
            log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {}},
        )
        self._listener = listener
        self._lifeline = os.pipe()

    def answer_with(self, application: WSGIApplication) -> None:
        """Answer until told to stop."""
        # What is to answer is there already and cannot be sent to a process that begins anew.
        multiprocessing.set_start_method("fork", force=True)

        def load() -> WSGIApplication:
            self._watch_parent()
            return application

        self.serve(target_loader=load, wrap_loader=False)

    def _watch_parent(self) -> None:
        until_it_ends, kept_open = self._lifeline
        os.close(kept_open)
        threading.Thread(target=_end_after, args=(until_it_ends,), daemon=True).start()

    def _init_shared_socket(self) -> None:
        """Take ours: one that granian opens, another program could open a second time."""
        waiting = (WAITING,) if sys.platform == "linux" else ()
        held = SocketHolder(self._listener.fileno(), False, *waiting)  # type: ignore[call-arg]
        self._shd = held  # type: ignore[assignment]
        self._sso = self._listener

    def shutdown(self, exit_code: int = 0) -> None:
        """End. Whoever stops a whole group stops the other process too: that was no crash."""
        if self.interrupt_signal:
            self.interrupt_children.clear()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]

    def signal_handler_reload(self, *_args: Any, **_kwargs: Any) -> None:
        """Go on: there is nothing to read again, and a terminal may close."""


def _end_after(lifeline: int) -> None:
    """End this process when its parent does, however that ended: the port must be free again."""
    # Nothing is ever written there.
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_S)
    os._exit(1)
