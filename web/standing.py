"""Answers that still stand: "nothing has changed" for two hundred tabs that ask every second.

A tab that asks again what it asked a second ago, with the same cookie and for the same version, is
told 304 without going through the application, as long as nothing has happened to any escalation.
That much is given without looking at the session again, for a few seconds, and it is nothing: what
is new goes through every check, and a session that was ended gets no more than that
(docs/reliability.md 12).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

from web.live import ANSWERED, SERVICE_TIME, Looks, Moment

STANDS_FOR_S: Final = 5.0
"""Then the application is asked again: whether the session still lives, too."""
PATHS: Final = frozenset({"/inbox/live"})
_MOST_KEPT: Final = 4000
_OF_A_BODY: Final = frozenset({"content-type", "content-length", "etag", SERVICE_TIME.lower()})

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, the moment that it is good for, and when it was given."""

    headers: tuple[tuple[str, str], ...]
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

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") not in PATHS or environ.get("REQUEST_METHOD") != "GET":
            return self._application(environ, start)
        kept = self._kept.get(_key(environ, environ.get("HTTP_IF_NONE_MATCH", "")))
        if kept is not None:
            passed = monotonic() - kept.at
            if passed < STANDS_FOR_S and self._looks.still(kept.moment):
                now = kept.service_time + timedelta(seconds=passed)
                told = (SERVICE_TIME, now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
                start("304 NOT MODIFIED", [*kept.headers, told])
                return ()
        return self._ask(environ, start)

    def _ask(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def noting(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status[:3] in ("200", "304") and ANSWERED in environ:
                self._note(environ, headers)
            return start(status, headers, *more)

        return self._application(environ, noting)

    def _note(self, environ: WSGIEnvironment, headers: list[tuple[str, str]]) -> None:
        names = {name.lower(): value for name, value in headers}
        if "set-cookie" in names or "etag" not in names:
            return
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        moment, service_time = environ[ANSWERED]
        stays = [each for each in headers if each[0].lower() not in _OF_A_BODY]
        self._kept[_key(environ, names["etag"])] = _Kept(
            (*stays, ("ETag", names["etag"])), moment, service_time, monotonic()
        )


def _key(environ: WSGIEnvironment, tag: str) -> Key:
    """Everything that an answer depends on."""
    return (
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_COOKIE", ""),
        tag,
    )
