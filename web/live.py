"""Live parts of pages: asked for every second, answered in full only when something changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, current_app, request

from storage.versions import Version
from web.context import service, visitor
from web.presenting import iso

SERVICE_TIME: Final = "Service-Time"
"""The header that tells the page service time, so that it can say how long somebody waits."""

KEPT_FOR_S: Final = 0.5
"""So long the web server takes one look at what may have changed for everybody who asks: of the two
seconds from a text to the screen it is a quarter (docs/reliability.md 12)."""

ANSWERED: Final = "return-interview.answered"
"""Where a request's environment holds the moment that its answer is good for, and service time."""

_EXTENSION: Final = "return-interview-live"
_MOST_KEPT: Final = 2000
T = TypeVar("T")


class Moment:
    """How things stood at one look, and what was made of it since for whom."""

    def __init__(self, mark: Version) -> None:
        """Begin with nothing made."""
        self.mark = mark
        self._made: dict[Hashable, Any] = {}
        self._making = Lock()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once while things stand like this.

        Args:
            key: everything that the result depends on beside how things stand: whose it is, too.
            make: makes it.
        """
        if key not in self._made:
            with self._making:
                if key not in self._made:
                    if len(self._made) >= _MOST_KEPT:
                        self._made.clear()
                    self._made[key] = make()
                    return cast(T, self._made[key])
        return cast(T, self._made[key])


class Looks:
    """One look for everybody who asks within a moment; the next is taken after it."""

    def __init__(self, kept_for_s: float) -> None:
        """Keep each look for ``kept_for_s``; 0 takes one for every request."""
        self._kept_for_s = kept_for_s
        self._looking = Lock()
        self._moment = Moment(())
        self._until = 0.0

    def still(self, moment: Moment) -> bool:
        """Whether things stand as at this moment, by a look that nobody need take again."""
        return monotonic() < self._until and moment is self._moment

    def look(self, mark: Callable[[], Version], *, anew: bool = False) -> Moment:
        """How things stand; what was made before is still good while ``mark`` is the same.

        ``anew``: for a whole page. Somebody who has just acted finds what they did, and a poll
        after it never goes back to before.
        """
        if not anew and monotonic() < self._until:
            return self._moment
        with self._looking:
            began = monotonic()
            if anew or began >= self._until:
                found = mark()
                if found != self._moment.mark:
                    self._moment = Moment(found)
                self._until = began + self._kept_for_s
            return self._moment


def keep_looks(app: Flask, kept_for_s: float = 0.0) -> Looks:
    """Let the live pages of ``app`` share their looks for so long; by default not at all."""
    shared = Looks(kept_for_s)
    app.extensions[_EXTENSION] = shared
    return shared


def looks() -> Looks:
    """What the live pages of this process share."""
    return cast(Looks, current_app.extensions[_EXTENSION])


def tag_of(version: Version) -> str:
    """The entity tag of a page in this version, for whoever is signed in.

    Take the version before anything is rendered: a change in between is then served again, never
    missed.
    """
    staff = visitor()
    parts = (request.path.removesuffix("/live"), staff.id if staff else None, version)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def answer(version: Version, render: Callable[[], str], moment: Moment | None = None) -> Response:
    """304 while the page is still at ``version``, otherwise what ``render`` gives.

    Args:
        version: the version of the page.
        render: is called only when something new is served: it may open words and log a reading.
        moment: while things stand like this, the version does not change (web/standing.py).
    """
    tag = tag_of(version)
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        response = Response(render(), mimetype="text/html")
    response.set_etag(tag)
    now = service().clock.service_now()
    response.headers[SERVICE_TIME] = iso(now)
    if moment is not None:
        request.environ[ANSWERED] = (moment, now)
    return response
