"""Between the web server and the application: in comes the request alone, out goes no name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BANNER: Final = ("Server", "web")
"""It tells nobody what to look up."""

SIGNED: Final = "/webhooks/"
"""Only there a body may come without its length, as a proxy may send it on. One that is cut off in
the middle looks like a whole one then, and its signature or its JSON tells; a form has neither."""

_FROM_EVERY_REQUEST: Final = frozenset(
    {
        "GATEWAY_INTERFACE", "HTTP_HOST", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR",
        "REQUEST_METHOD", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
        "SERVER_SOFTWARE",
    }
)  # fmt: skip


class Doorway:
    """Stands before everything else that answers."""

    def __init__(self, application: WSGIApplication, environment: Mapping[str, str]) -> None:
        """Stand before ``application``, in a process with this ``environment``."""
        self._application = application
        self._of_process = [
            pair for pair in environment.items() if pair[0] not in _FROM_EVERY_REQUEST
        ]

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        self._keep_out(environ)
        if "CONTENT_LENGTH" in environ or not environ["PATH_INFO"].startswith(SIGNED):
            environ.pop("wsgi.input_terminated", None)

        def told(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start(status, [*headers, BANNER], *more)

        return self._application(environ, told)

    def _keep_out(self, environ: WSGIEnvironment) -> None:
        """Take out what granian puts in: the process's variables, as if they were the request's.

        They are secrets, and HTTP_X_TWILIO_SIGNATURE among them would be a header that nobody sent.
        A header is lost with them only where it says exactly what the variable of its name does.
        """
        for name, value in self._of_process:
            if environ.get(name) == value:
                del environ[name]
