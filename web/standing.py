"""Answers that still stand: "nothing has changed" for two hundred tabs that ask every second.

A tab that asks what its session was told a moment ago is answered without going through the
application, as long as nothing has happened to any escalation or any session. What is new goes
through every check, by few requests at a time: a text that comes in meanwhile must not wait behind
two hundred inboxes (docs/reliability.md 12).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore, Condition
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

from web.live import ANSWERED, SERVICE_TIME, Looks, Moment

STANDS_FOR_S: Final = 20.0
"""Then the application is asked again: a session that grew too old ends by the clock alone."""
PATHS: Final = frozenset({"/inbox/live"})
AT_ONCE: Final = 2
"""So many go through the application together."""
MOST_WAITING: Final = 94
"""So many more wait for that; a quarter of the server's threads is left for everybody else."""
FIRST: Final = "/webhooks/"
"""What a young person sends, before any inbox."""
GIVES_WAY_S: Final = 0.05
"""So long an inbox waits for it at the most."""
PATIENCE_S: Final = 2.0
_MOST_KEPT: Final = 4000
_OF_A_BODY: Final = frozenset({"content-type", "content-length"})

Key = tuple[str, str, str]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, the moment that it is good for, and when it was given; no body was ever sent."""

    tag: str
    headers: Headers
    body: bytes | None
    moment: Moment
    service_time: datetime
    at: float


class StandingAnswers:
    """Stands before the application and answers what it has just answered."""

    def __init__(self, application: WSGIApplication, looks: Looks) -> None:
        """Stand before ``application``, whose live pages share ``looks``."""
        self._application = application
        self._looks = looks
        self._kept: dict[Key, _Kept] = {}
        self._waiting = BoundedSemaphore(AT_ONCE + MOST_WAITING)
        self._asking = BoundedSemaphore(AT_ONCE)
        self._told = Condition()
        self._first = 0

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request; 503 when too many ask at once, so that they ask again."""
        if environ.get("PATH_INFO", "").startswith(FIRST):
            return self._at_once(environ, start)
        if environ.get("PATH_INFO") not in PATHS or environ.get("REQUEST_METHOD") != "GET":
            return self._application(environ, start)
        standing = self._standing(environ, start)
        if standing is not None:
            return standing
        if not self._waiting.acquire(blocking=False):
            return _busy(start)
        try:
            if not self._asking.acquire(timeout=PATIENCE_S):
                return _busy(start)
            try:
                # Another tab of the same session may just have asked.
                standing = self._standing(environ, start)
                return self._in_turn(environ, start) if standing is None else standing
            finally:
                self._asking.release()
        finally:
            self._waiting.release()

    def _in_turn(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Ask the application as soon as no text is in hand, or after a moment all the same."""
        with self._told:
            self._told.wait_for(lambda: not self._first, GIVES_WAY_S)
        return self._ask(environ, start)

    def _at_once(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Let everything else wait a little until this is answered."""
        with self._told:
            self._first += 1
        try:
            return self._application(environ, start)
        finally:
            with self._told:
                self._first -= 1
                self._told.notify_all()

    def _standing(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes] | None:
        """What stands, or None."""
        kept = self._kept.get(_key(environ))
        if kept is None or monotonic() - kept.at >= STANDS_FOR_S:
            return None
        if not self._looks.still(kept.moment):
            return None
        has_it = kept.tag in environ.get("HTTP_IF_NONE_MATCH", "")
        if not has_it and kept.body is None:
            return None
        now = kept.service_time + timedelta(seconds=monotonic() - kept.at)
        told = (SERVICE_TIME, now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        if has_it:
            without = [each for each in kept.headers if each[0].lower() not in _OF_A_BODY]
            start("304 NOT MODIFIED", [*without, told])
            return []
        start("200 OK", [*kept.headers, told])
        return [kept.body or b""]

    def _ask(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """What the application answers, to the end: only then may the next one ask it."""
        told: dict[str, Any] = {}

        def noting(status: str, headers: Headers, *more: Any) -> Any:
            told.update(status=status, headers=headers)
            return start(status, headers, *more)

        answer = self._application(environ, noting)
        try:
            body = b"".join(answer)
        finally:
            if isinstance(answer, ClosingIterator):
                answer.close()
        if ANSWERED in environ:
            self._note(environ, told["status"][:3], told["headers"], body)
        return [body]

    def _note(self, environ: WSGIEnvironment, status: str, headers: Headers, body: bytes) -> None:
        names = {name.lower(): value for name, value in headers}
        if status not in ("200", "304") or "set-cookie" in names or "etag" not in names:
            return
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        key, tag = _key(environ), names["etag"]
        before = self._kept.get(key)
        same = before if before is not None and before.tag == tag else None
        if status == "304":
            # The headers of a body are those that it came with.
            stays = same.headers if same is not None else _without_time(headers)
            kept_body = same.body if same is not None else None
        else:
            stays, kept_body = _without_time(headers), body
        moment, service_time = environ[ANSWERED]
        self._kept[key] = _Kept(tag, stays, kept_body, moment, service_time, monotonic())


def _key(environ: WSGIEnvironment) -> Key:
    """Everything that an answer depends on, but for what the page has already."""
    return (
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_COOKIE", ""),
    )


def _without_time(headers: Headers) -> Headers:
    return [each for each in headers if each[0].lower() != SERVICE_TIME.lower()]


def _busy(start: StartResponse) -> Iterable[bytes]:
    told = [("Retry-After", "1"), ("Cache-Control", "no-store"), ("Content-Length", "0")]
    start("503 SERVICE UNAVAILABLE", told)
    return ()
