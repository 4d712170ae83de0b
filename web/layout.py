"""What every page has around it: templates, the navigation of a role, the notice of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, request, url_for
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader

from dialogs.texts import load
from web.context import service, visitor

_INBOX: Final = ("Inbox", "inbox.index")
_TASKS: Final = ("Tasks", "tasks.index")
_INTERVIEWS: Final = ("Interviews", "interviews.index")
_STAFF: Final = ("Staff", "staff_pages.index")

NAVIGATION: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "duty_worker": (_INBOX, _TASKS),
    "advocate": (_INTERVIEWS, _TASKS),
    "manager": (_INBOX, _INTERVIEWS),
    "administrator": (_STAFF,),
}
"""What each role finds at the top of its pages; the first is where it arrives."""

ROLE_NAMES: Final = {
    "duty_worker": "Duty worker",
    "advocate": "Advocate",
    "manager": "Manager",
    "administrator": "Administrator",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation."""

    text: str
    href: str
    active: bool


def prepare(app: Flask) -> None:
    """Let templates use the GOV.UK macros, and give them what every page shows."""
    components = {"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}
    app.jinja_options = {
        # The macros ask for many parameters that nobody gave.
        "undefined": ChainableUndefined,
        "loader": ChoiceLoader([PackageLoader("web"), PrefixLoader(components)]),
    }
    app.context_processor(_surroundings)


def home(role: str) -> str:
    """Where somebody of this role arrives."""
    return url_for(NAVIGATION[role][0][1])


def _surroundings() -> dict[str, Any]:
    staff = visitor()
    return {
        "script_is_draft": not load().approved,
        "service_name": service().settings.service_name,
        "staff": staff,
        "role_name": ROLE_NAMES[staff.role] if staff else None,
        "navigation": [_link(*entry) for entry in NAVIGATION[staff.role]] if staff else [],
    }


def _link(text: str, endpoint: str) -> Link:
    return Link(text, url_for(endpoint), request.endpoint == endpoint)
