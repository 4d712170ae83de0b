"""Servers that alerts go to, real and on loopback, each alive or dead in one of four ways."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Letters:
    """What a mail server got; ``refuses`` is what it answers instead of taking it."""

    def __init__(self, refuses: str = "") -> None:
        self.got: list[tuple[str, Any]] = []
        self._refuses = refuses

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self._refuses:
            return self._refuses
        content = envelope.content
        assert isinstance(content, bytes)
        self.got.append((envelope.rcpt_tos[0], message_from_bytes(content)))
        return "250 OK"


@contextmanager
def mail_server(letters: Letters) -> Iterator[int]:
    """A mail server without TLS; gives its port."""
    port = free_port()
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class Posts:
    """What an address on the web got: headers and body of each request."""

    def __init__(self, status: int = 201) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = status


@contextmanager
def web_server(posts: Posts) -> Iterator[int]:
    """A server that takes every POST; gives its port."""

    class Handling(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            posts.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(posts.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - http.server's name

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handling)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes every connection and never says a word; gives its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield int(listening.getsockname()[1])


def free_port() -> int:
    """A port where nobody listens: a connection is refused."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
