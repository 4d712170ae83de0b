"""The duty inbox: what waits for a person, the most urgent first; no words and no names."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from bot.inbox_list import (
    closed_page,
    list_mark,
    list_version,
    open_page,
    read_mark,
    recently_closed,
)
from storage.inbox import Chosen
from storage.versions import Version
from web import alarms
from web import live as live_parts
from web.context import actor, service, signed_in
from web.live import Moment, looks

blueprint: Final = Blueprint("inbox", __name__, url_prefix="/inbox")


# Where one process answers everybody, web/server.py lets them share their looks.
@blueprint.record_once
def _keep_looks(state: BlueprintSetupState) -> None:
    live_parts.keep_looks(cast(Flask, state.app))


UNTIL: Final = {
    "acknowledge": "To be acknowledged by",
    "first_action": "To be acted on by",
    "outcome": "To be decided by",
    "check": "To be checked on by",
}
"""What has to be done until a moment (bot.inbox_list.Deadline)."""

STATES: Final = ("raised", "acknowledged", "closed")
PRIORITIES: Final = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see, as it stands in the address of the page."""

    priority: int | None = None
    state: str | None = None
    mine: bool = False
    unread: bool = False
    page: int = 1

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return self != Filter()

    def query(self, page: int | None = None) -> str:
        """The same as the query of an address, for another page if asked."""
        number = self.page if page is None else page
        parts: dict[str, str | int | None] = {
            "priority": self.priority,
            "state": self.state,
            "mine": 1 if self.mine else None,
            "unread": 1 if self.unread else None,
            "page": number if number > 1 else None,
        }
        said = urlencode({name: value for name, value in parts.items() if value is not None})
        return f"?{said}" if said else ""

    def chosen(self) -> Chosen:
        """What to ask the database for."""
        return Chosen(self.priority, self.state, signed_in().id if self.mine else None)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The list; it keeps itself up to date, and its filters are in its address."""
    wanted = _filter()
    moment = looks().look(_mark, anew=True)
    tag = live_parts.tag_of(_version(wanted, moment))
    live_at = url_for("inbox.live") + wanted.query()
    return render_template("inbox.html", tag=tag, live_at=live_at, **_lists(wanted))


@blueprint.get("/live")
def live() -> Response:
    """The list by itself, when it changed."""
    wanted = _filter()
    moment = looks().look(_mark)
    version = _version(wanted, moment)
    # What somebody has read by now is no part of how things stand.
    good_for = None if wanted.unread else moment
    return live_parts.answer(version, lambda: _rendered(wanted, moment, version), good_for)


def _filter() -> Filter:
    """From the address; what makes no sense there leaves nothing out."""
    asked = request.args
    priority, state = asked.get("priority", ""), asked.get("state", "")
    page = asked.get("page", "")
    return Filter(
        int(priority) if priority in PRIORITIES else None,
        state if state in STATES else None,
        asked.get("mine") == "1",
        asked.get("unread") == "1" and state != "closed",
        int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 5 and int(page) else 1,
    )


def _mark() -> Version:
    """Moves whenever the page of anybody might change, or somebody was signed out."""
    return (*list_mark(service()), *alarms.version())


def _reader() -> Hashable:
    """Everything about the person who asks that decides what they may see."""
    staff = signed_in()
    return (staff.id, staff.role, staff.team_id, staff.authority_id)


def _version(wanted: Filter, moment: Moment) -> Version:
    """Of all that is on the page: the lists as this person sees them, and the alarms above."""
    seen = moment.once(("version", _reader()), lambda: list_version(service()))
    # Reading is no event: what somebody has read by now is asked each time.
    read = read_mark(service(), actor()) if wanted.unread else ()
    # What is wrong with the line is the same for everybody.
    banner = moment.once("alarms", alarms.version)
    return (repr(wanted), signed_in().role, *seen, *banner, *read)


def _rendered(wanted: Filter, moment: Moment, version: Version) -> str:
    """The list, made once for all who see the same of it."""

    def render() -> str:
        return render_template("inbox_live.html", **_lists(wanted))

    if wanted.mine or wanted.unread or wanted.state == "closed":
        return render()
    return moment.once(("list", version), render)


def _lists(wanted: Filter) -> dict[str, Any]:
    everything = open_page(service(), Chosen())
    shown, closed, more = everything.found, recently_closed(service()), False
    if wanted.state == "closed":
        page = closed_page(service(), wanted.chosen(), wanted.page)
        shown, closed, more = page.found, [], page.more
    elif wanted:
        unread_by = actor() if wanted.unread else None
        shown = open_page(service(), wanted.chosen(), unread_by).found
    ids = {each.id for each in shown}
    return {
        "UNTIL": UNTIL,
        "wanted": wanted,
        "shown": shown,
        "counts": everything.counts,
        # What a filter leaves out still makes itself heard.
        "left_out": [each for each in everything.found if each.id not in ids],
        "closed": [] if wanted else closed,
        "more": more,
        # Duty workers open escalations; managers see how many there are and how they stand.
        "may_open": signed_in().role == "duty_worker",
    }
