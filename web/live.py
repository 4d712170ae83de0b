"""Live parts of pages: asked for every second, answered in full only when something changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from flask import Response, request

from storage.versions import Version
from web.context import service, visitor
from web.presenting import iso

SERVICE_TIME: Final = "Service-Time"
"""The header that tells the page service time, so that it can say how long somebody waits."""


def tag_of(version: Version) -> str:
    """The entity tag of a page in this version, for whoever is signed in.

    Take the version before anything is rendered: a change in between is then served again, never
    missed.
    """
    staff = visitor()
    parts = (request.path.removesuffix("/live"), staff.id if staff else None, version)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def answer(version: Version, render: Callable[[], str]) -> Response:
    """304 while the page is still at ``version``, otherwise what ``render`` gives.

    ``render`` is called only when something new is served: it may open words and log a reading.
    """
    tag = tag_of(version)
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        response = Response(render(), mimetype="text/html")
    response.set_etag(tag)
    response.headers[SERVICE_TIME] = iso(service().clock.service_now())
    return response
