"""What every page has around it: templates, the navigation of a role, the notice of a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, request, url_for
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError

from bot.approvals import Register, drafts_here
from dialogs.nations import nation
from web import alarms
from web.context import service, visitor

_INBOX: Final = ("Inbox", "inbox.index")
_TASKS: Final = ("Tasks", "tasks.index")
_LOOK_BACK: Final = ("Look back", "look_backs.index")
_INTERVIEWS: Final = ("Interviews", "interviews.index")
_REGISTER: Final = ("Register", "register.index")
_SENDERS: Final = ("Unknown senders", "senders.index")
_MARKS: Final = ("Screening marks", "screening_marks.index")
_ROTA: Final = ("Rota", "rota.index")
_NAMES: Final = ("Names", "concerns.names")
_STAFF: Final = ("Staff", "staff_pages.index")
_LADDERS: Final = ("Ladders", "ladders.index")
_DRILLS: Final = ("Drills", "drills.index")
_MY_ALERTS: Final = ("My alerts", "my_alerts.show")

NAVIGATION: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "duty_worker": (_INBOX, _TASKS, _ROTA, _LOOK_BACK, _MY_ALERTS),
    "advocate": (_INTERVIEWS, _TASKS, _REGISTER, _SENDERS),
    "manager": (
        _INBOX,
        _ROTA,
        _LADDERS,
        _DRILLS,
        _LOOK_BACK,
        _INTERVIEWS,
        _REGISTER,
        _SENDERS,
        _MARKS,
        _NAMES,
    ),
    "administrator": (_STAFF, _ROTA, _LADDERS, _DRILLS),
}
"""What each role finds at the top of its pages; the first is where it arrives."""

ROLE_NAMES: Final = {
    "duty_worker": "Duty worker",
    "advocate": "Advocate",
    "manager": "Manager",
    "administrator": "Administrator",
}

APPROVERS: Final = {
    "safeguarding_lead": "a safeguarding lead",
    "young_peoples_group": "a young people's group",
    "translator": "a translator",
}
LANGUAGES: Final = {"cy": "Welsh "}
"""How the notice of a draft names texts that are not English."""

COMMAND: Final = re.compile(r"(return-interview(?: (?:--)?[a-z]+)+)")


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
        **app.jinja_options,
        # The macros ask for many parameters that nobody gave.
        "undefined": ChainableUndefined,
        "loader": ChoiceLoader([PackageLoader("web"), PrefixLoader(components)]),
    }
    app.context_processor(_surroundings)
    app.add_template_filter(alarms.about, "alarm_about")
    app.add_template_filter(commands)


def commands(says: str) -> Markup:
    """A text in which what is typed on the server is told from the words around it."""
    marked = Markup('<code class="app-command">{}</code>')
    parts = COMMAND.split(says)
    return Markup("").join(
        marked.format(part) if COMMAND.fullmatch(part) else escape(part) for part in parts
    )


def home(role: str) -> str:
    """Where somebody of this role arrives."""
    return url_for(NAVIGATION[role][0][1])


def _surroundings() -> dict[str, Any]:
    staff = visitor()
    settings = service().settings
    return {
        # Called by whole pages only: a part of a page that is asked for every second has no notice.
        "draft_notices": _draft_notices,
        "open_alarms": alarms.standing,
        "nation": nation(settings.nation),
        "service_name": settings.service_name,
        "staff": staff,
        "role_name": ROLE_NAMES[staff.role] if staff else None,
        "navigation": [_link(*entry) for entry in NAVIGATION[staff.role]] if staff else [],
    }


def _draft_notices() -> list[str]:
    """What staff are told of texts that are a draft; nothing when the register cannot be read."""
    try:
        with service().database.read() as session:
            return [_notice(draft) for draft in drafts_here(service(), session)]
    except SQLAlchemyError:
        # The page may be the one that says that the database does not answer.
        return []


def _notice(draft: Register) -> str:
    *most, last = (APPROVERS[role] for role in draft.missing)
    who = f"{', '.join(most)} and {last}" if most else last
    which = LANGUAGES.get(draft.language, "")
    return f"The {which}texts are a draft: still to be approved by {who}."


def _link(text: str, endpoint: str) -> Link:
    return Link(text, url_for(endpoint), request.endpoint == endpoint)
