"""The duty inbox: what waits for a person, the most urgent first; no words and no names."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from bot.inbox import list_version, recently_closed, summaries
from storage.versions import Version
from web import alarms
from web import live as live_parts
from web.context import service, signed_in

blueprint: Final = Blueprint("inbox", __name__, url_prefix="/inbox")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The list; it keeps itself up to date."""
    tag = live_parts.tag_of(_version())
    return render_template("inbox.html", tag=tag, **_lists())


@blueprint.get("/live")
def live() -> Response:
    """The list by itself, when it changed."""
    return live_parts.answer(_version(), lambda: render_template("inbox_live.html", **_lists()))


def _version() -> Version:
    """Of all that is on the page: the lists, and the alarms above them."""
    return (*list_version(service()), *alarms.version())


def _lists() -> dict[str, Any]:
    found = summaries(service(), only_open=True)
    return {
        "open": found,
        "waiting": sum(each.state == "raised" for each in found),
        "closed": recently_closed(service()),
        # Duty workers open escalations; managers see how many there are and how they stand.
        "may_open": signed_in().role == "duty_worker",
    }
