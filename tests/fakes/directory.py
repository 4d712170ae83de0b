"""A council's directory: an OpenID provider that we did not write, on a port of this machine."""

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

with warnings.catch_warnings():
    # It still uses what Authlib will drop.
    warnings.simplefilter("ignore")
    from oidc_provider_mock import app as provider

CLIENT_ID = "the-listen-line"
CLIENT_SECRET = "a-secret-that-the-directory-gave-us"


class Directory:
    """The provider, with what it was asked and what it handed out."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]]) -> None:
        self._wsgi = wsgi
        self.issuer = ""
        self.asked: list[dict[str, str]] = []
        self.handed_out: list[str] = []
        self.metadata: dict[str, str] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/oauth2/token":
            length = int(environ.get("CONTENT_LENGTH") or 0)
            body = environ["wsgi.input"].read(length)
            self.asked.append(dict(parse_qsl(body.decode())))
            environ["wsgi.input"] = BytesIO(body)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given = Response.from_app(self._wsgi, environ)
        if path == "/oauth2/token":
            self.handed_out.append(given.get_data(as_text=True))
        if path == "/.well-known/openid-configuration":
            for old, new in self.metadata.items():
                assert old in given.get_data(as_text=True)
                given.set_data(given.get_data(as_text=True).replace(old, new))
        return given(environ, start)

    def knows(self, subject: str, **claims: Any) -> None:
        """Somebody is in the directory, and this is what it says of them."""
        put = requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=5)
        assert put.status_code == 204

    def sign_in(self, address: str, subject: str) -> str:
        """What a person does there: where their browser is sent afterwards."""
        self.asked.append(
            {name: each[0] for name, each in parse_qs(urlsplit(address).query).items()}
        )
        sent = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
        assert sent.status_code == 302, sent.text
        return sent.headers["Location"]


@contextmanager
def running_directory() -> Iterator[Directory]:
    directory = Directory(provider(require_nonce=True).wsgi_app)
    server = make_server("localhost", 0, directory, threaded=True)
    directory.issuer = f"http://localhost:{server.server_port}"
    running = threading.Thread(target=server.serve_forever, args=(0.02,))
    running.start()
    yield directory
    server.shutdown()
    running.join()
    server.server_close()
