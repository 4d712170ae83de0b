"""Who may reach what: one table, and one hook that refuses whatever is not in it.

Closed unless opened (docs/reliability.md T-06): a route without an entry answers 404, even to an
administrator. Roles are read from the database at every request, so a change holds at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import urlsplit

from flask import Flask, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from storage.staff_sessions import touch_session
from web import sight
from web.context import enter, enter_on_the_way, service
from web.visits import Stage, Visit, find_visit, step

Access = frozenset[str] | Literal["public", "demo", "second", "set-up"]

PUBLIC: Final = "public"
"""Open to everybody."""

DEMO: Final = "demo"
"""Open to everybody in the demo; elsewhere it does not exist."""

SECOND: Final = "second"
"""Between the password and the second factor."""

SET_UP: Final = "set-up"
"""Setting up a second factor: on the way in for who has none yet, later for everybody."""

_DUTY: Final = frozenset({"duty_worker"})
_ADVOCATE: Final = frozenset({"advocate"})
_MANAGER: Final = frozenset({"manager"})
_ADMINISTRATOR: Final = frozenset({"administrator"})
_EVERYONE: Final = _DUTY | _ADVOCATE | _MANAGER | _ADMINISTRATOR

ACCESS: Final[Mapping[str, Access]] = MappingProxyType(
    {
        "static": PUBLIC,
        "health.live": PUBLIC,
        "health.ready": PUBLIC,
        "metrics.show": PUBLIC,
        "telegram.update": PUBLIC,
        "webhooks.message": PUBLIC,
        "webhooks.status": PUBLIC,
        "voice.answer": PUBLIC,
        "voice.key": PUBLIC,
        "call_status.ended": PUBLIC,
        "sign_in.show": PUBLIC,
        "sign_in.enter": PUBLIC,
        "sign_in.ask_passkey": PUBLIC,
        "sign_in.passkey": PUBLIC,
        "second_step.show": SECOND,
        "second_step.code": SECOND,
        "second_step.ask_passkey": SECOND,
        "second_step.passkey": SECOND,
        "set_up.show": SET_UP,
        "set_up.begin_app": SET_UP,
        "set_up.show_app": SET_UP,
        "set_up.confirm_app": SET_UP,
        "set_up.ask_passkey": SET_UP,
        "set_up.keep_passkey": SET_UP,
        "sign_in.leave": _EVERYONE,
        "sign_in.home": _EVERYONE,
        "account.show": _EVERYONE,
        "account.codes": _EVERYONE,
        "account.make_codes": _EVERYONE,
        "account.remove_passkey": _EVERYONE,
        "account.remove_app": _EVERYONE,
        "account.end_session": _EVERYONE,
        "account.end_others": _EVERYONE,
        "account.new_password": _EVERYONE,
        "reauthentication.show": _EVERYONE,
        "reauthentication.password": _EVERYONE,
        "reauthentication.code": _EVERYONE,
        "reauthentication.ask_passkey": _EVERYONE,
        "reauthentication.passkey": _EVERYONE,
        "inbox.index": _DUTY | _MANAGER,
        "inbox.live": _DUTY | _MANAGER,
        "escalations.show": _DUTY,
        "escalations.live": _DUTY,
        "escalations.acknowledge": _DUTY,
        "escalations.address": _DUTY,
        "escalations.outcome": _DUTY,
        "escalations.close": _DUTY,
        "escalation_acts.pass_on": _DUTY,
        "escalation_acts.hand_over": _DUTY,
        "escalation_acts.take_over": _DUTY,
        "escalation_acts.record": _DUTY,
        "escalation_acts.priority": _DUTY,
        "escalation_acts.link": _DUTY,
        "escalation_acts.made_safe": _DUTY,
        "escalation_acts.check": _DUTY,
        "escalation_acts.reveal": _DUTY,
        "escalation_acts.reveal_reason": _DUTY,
        "escalation_acts.copied": _DUTY,
        "first_night.show": _DUTY | _MANAGER,
        "joining.show": _DUTY,
        "joining.join": _DUTY,
        "joining.write": _DUTY,
        "joining.stay": _DUTY,
        "joining.hand_back": _DUTY,
        "joining.safe": _DUTY,
        "look_backs.index": _DUTY | _MANAGER,
        "look_backs.show": _DUTY | _MANAGER,
        "look_backs.save": _DUTY | _MANAGER,
        "concerns.show": _DUTY | _MANAGER,
        "concerns.ask": _DUTY | _MANAGER,
        "concerns.decide": _DUTY | _MANAGER,
        "concerns.instruct": _DUTY,
        "concerns.of_escalation": _DUTY | _MANAGER,
        "concerns.of_interview": _ADVOCATE | _MANAGER,
        "concerns.names": _MANAGER,
        "concerns.add_name": _MANAGER,
        "concerns.remove_name": _MANAGER,
        "marking.not_a_disclosure": _DUTY,
        "marking.keep_not_a_disclosure": _DUTY,
        "marking.missed_in_escalation": _DUTY,
        "marking.raise_in_escalation": _DUTY,
        "marking.missed_in_interview": _ADVOCATE,
        "marking.raise_in_interview": _ADVOCATE,
        "screening_marks.index": _MANAGER,
        "screening_marks.show": _MANAGER,
        "screening_marks.save": _MANAGER,
        "screening_marks.leave_out": _MANAGER,
        "tasks.index": _DUTY | _ADVOCATE,
        "tasks.finish": _DUTY | _ADVOCATE,
        "interviews.index": _ADVOCATE | _MANAGER,
        "interviews.transcript": _ADVOCATE,
        "interviews.safe_again": _ADVOCATE | _MANAGER,
        "register.index": _ADVOCATE | _MANAGER,
        "register.add": _ADVOCATE | _MANAGER,
        "register.enter": _ADVOCATE | _MANAGER,
        "register.offer": _ADVOCATE | _MANAGER,
        "register.offer_it": _ADVOCATE | _MANAGER,
        "emergency_entry.show": _ADVOCATE | _MANAGER,
        "emergency_entry.save": _ADVOCATE | _MANAGER,
        "senders.index": _ADVOCATE | _MANAGER,
        "senders.show": _ADVOCATE | _MANAGER,
        "senders.find": _ADVOCATE | _MANAGER,
        "senders.address": _ADVOCATE | _MANAGER,
        "senders.link": _ADVOCATE | _MANAGER,
        "senders.aside": _ADVOCATE | _MANAGER,
        "senders.unlink": _MANAGER,
        "staff_pages.index": _ADMINISTRATOR,
        "staff_pages.add": _ADMINISTRATOR,
        "staff_pages.enter": _ADMINISTRATOR,
        "staff_pages.show": _ADMINISTRATOR,
        "staff_pages.invite_again": _ADMINISTRATOR,
        "staff_pages.leave": _ADMINISTRATOR,
        "oidc.start": PUBLIC,
        "oidc.back": PUBLIC,
        "staff_invitation.show": PUBLIC,
        "staff_invitation.accept": PUBLIC,
        "rota.index": _DUTY | _MANAGER | _ADMINISTRATOR,
        "rota.gaps": _DUTY | _MANAGER | _ADMINISTRATOR,
        "rota.add": _MANAGER | _ADMINISTRATOR,
        "rota.enter": _MANAGER | _ADMINISTRATOR,
        "rota.show": _MANAGER | _ADMINISTRATOR,
        "rota.give": _MANAGER | _ADMINISTRATOR,
        "rota.swap": _MANAGER | _ADMINISTRATOR,
        "rota.remove": _MANAGER | _ADMINISTRATOR,
        "handover.index": _DUTY,
        "handover.write": _DUTY,
        "handover.show": _DUTY,
        "handover.read": _DUTY,
        "ladders.index": _MANAGER | _ADMINISTRATOR,
        "ladders.edit": _MANAGER | _ADMINISTRATOR,
        "ladders.save": _MANAGER | _ADMINISTRATOR,
        "ladders.line": _MANAGER | _ADMINISTRATOR,
        "ladders.stop_line": _MANAGER | _ADMINISTRATOR,
        "my_alerts.show": _EVERYONE,
        "my_alerts.add": _EVERYONE,
        "my_alerts.verify": _EVERYONE,
        "my_alerts.end": _EVERYONE,
        "my_alerts.worker": PUBLIC,
        "drills.index": _MANAGER | _ADMINISTRATOR,
        "drills.announce_week": _MANAGER,
        "drills.call_off_week": _MANAGER,
        "alarms.index": _EVERYONE,
        "alarms.clear": _MANAGER | _ADMINISTRATOR,
        "phone.index": DEMO,
        "phone.show": DEMO,
        "phone.live": DEMO,
        "phone.workers": DEMO,
        "phone.workers_live": DEMO,
        "phone.text": DEMO,
        "phone.picture": DEMO,
        "phone.pin": DEMO,
        "phone.signal": DEMO,
        "phone.clock": DEMO,
    }
)

PROVED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "account.make_codes": "account.codes",
        "account.remove_app": "account.show",
        "account.remove_passkey": "account.show",
        "concerns.ask": "concerns.show",
        "concerns.decide": "concerns.show",
        "set_up.ask_passkey": "account.show",
        "set_up.begin_app": "account.show",
        "set_up.keep_passkey": "account.show",
        "set_up.show_app": "account.show",
        "staff_pages.enter": "staff_pages.add",
        "staff_pages.invite_again": "staff_pages.show",
        "staff_pages.leave": "staff_pages.show",
    }
)
"""What only somebody may do who proved in the last minutes who they are, and the page to come from.

Whatever exports, unhides or erases belongs here as well, and how one signs in. Nothing does that
stands between a duty worker and an escalation (web/reauthentication.py).
"""

LIVE: Final = frozenset({"inbox.live", "escalations.live"})
"""What pages ask for by themselves, every second while they are visible.

Signed out, they are answered 401 instead of a page that a script could not read.
"""

KEEPS_AWAKE: Final = frozenset({"inbox.live"})
"""Live pages that count as somebody being there.

Fifteen idle minutes end a session. A duty worker who watches the inbox through the night touches
nothing for hours, and an inbox that has signed itself out is an alarm that is switched off. So the
inbox, which polls only while it is visible and shows no words, keeps the session awake up to its
twelve hours. Pages with a young person's words on them do not: left open, they end.
"""


def guard(app: Flask) -> None:
    """Put the hook before every view of ``app``."""
    sight.prepare(app)
    app.before_request(_let_in)


def _let_in() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # No such route, or not with this method: Flask answers 404 or 405.
    access = ACCESS.get(request.endpoint)
    if access is None or (access == DEMO and not service().settings.is_demo):
        abort(404)
    if access in (PUBLIC, DEMO):
        return None
    visit = find_visit()
    if visit is None:
        return _to_sign_in()
    if visit.stage != "in":
        enter_on_the_way(visit.staff)
        return None if access == visit.stage else _to_step(visit.stage)
    enter(visit.staff)
    sight.look(service(), visit.staff)
    _note_use(visit, request.endpoint)
    if access == SECOND:
        return redirect(url_for("sign_in.home"), 303)
    if access != SET_UP and visit.staff.role not in access:
        abort(403)
    sight.check(service(), request.view_args or {})
    return _to_proof(visit, request.endpoint)


def _to_proof(visit: Visit, endpoint: str) -> ResponseReturnValue | None:
    """Ask for a new proof where one is needed; a form is then sent again from its page."""
    if endpoint not in PROVED or visit.proved_lately(service().clock.machine_now()):
        return None
    page = urlsplit(url_for(PROVED[endpoint], **(request.view_args or {}))).path
    return redirect(url_for("reauthentication.show", next=page), 303)


def _note_use(visit: Visit, endpoint: str) -> None:
    """Note that somebody is there."""
    now = service().clock.machine_now()
    if not visit.seen_lately(now) and (endpoint not in LIVE or endpoint in KEEPS_AWAKE):
        with service().database.write() as writing:
            touch_session(writing, session["token"], now)


def _to_step(stage: Stage) -> ResponseReturnValue:
    """On the way in only the next step is open."""
    return ("", 401) if request.endpoint in LIVE else redirect(step(stage), 303)


def _to_sign_in() -> ResponseReturnValue:
    session.pop("token", None)
    if request.endpoint in LIVE:
        return "", 401
    if request.method not in ("GET", "HEAD"):
        return redirect(url_for("sign_in.show"), 303)
    return redirect(url_for("sign_in.show", next=request.path), 303)
