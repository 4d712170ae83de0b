"""What stands between the internet and this service, and what can be wrong with it."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Proxy:
    """A context manager. Passes on to `port`, unless `status` is set: then it answers that itself.

    `changes` is done to each body on its way. `hides` are paths that it does not know.
    """

    def __init__(self) -> None:
        self.port = 0
        self.status: int | None = None
        self.changes: Callable[[bytes], bytes] = bytes
        self.hides: tuple[str, ...] = ()
        self.accepts_all = False
        proxy = self

        class Handling(_Handler):
            proxy_of = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handling)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    proxy_of: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _handle(self, body: bytes) -> None:
        proxy = self.proxy_of
        if self.path.startswith(proxy.hides) and proxy.hides:
            self._answer(404, b"not here")
        elif proxy.status is not None:
            self._answer(proxy.status, b"a page of the proxy's own")
        elif proxy.accepts_all and self.command == "POST":
            self._answer(204 if "twilio" in self.path else 200, b"")
        else:
            self._pass_on(proxy.changes(body))

    def _pass_on(self, body: bytes) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy_of.port, timeout=15)
        try:
            headers = dict(self.headers.items()) | {"Content-Length": str(len(body))}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            self._answer(answer.status, answer.read())
        finally:
            connection.close()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "https://elsewhere.example/")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
