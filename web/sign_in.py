"""Signing in and out: a password and then a second factor, or a passkey alone.

A wrong password and an unknown address are answered alike, byte for byte and after the same work;
guessing is slowed down for an account and address together and for an address, so that nobody can
lock a duty worker out from elsewhere (ASVS 5.0: 6.3.1, 6.3.8, 7.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from storage.staff import staff_by_email
from storage.staff_sessions import end_session
from storage.tables import Staff
from web import layout, passkeys
from web.context import actor, service, signed_in
from web.guessing import TOO_MANY, note_guess, was_no_guess
from web.passwords import LONGEST, is_password
from web.second_factors import PASSKEY
from web.visits import let_in, step

blueprint: Final = Blueprint("sign_in", __name__)
log = structlog.get_logger()

LONGEST_EMAIL: Final = 254
WRONG_PASSKEY: Final = "That passkey could not be used here"
WRONG: Final = "The email address or the password is not right"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed."""

    email: str
    password: str
    next: str


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Take everybody to the first page of their role."""
    return redirect(layout.home(signed_in().role), 303)


@blueprint.get("/sign-in")
def show() -> ResponseReturnValue:
    """The form."""
    return _form(safe_next(request.args.get("next", "")))


@blueprint.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Check what was typed; who has a second factor, or needs one, is asked next."""
    attempt = _read_attempt()
    noted = note_guess("sign-in account", attempt.email.strip().lower())
    if noted is None:
        log.warning("sign-in throttled")
        return _form(attempt.next, TOO_MANY), 429
    with service().database.read() as reading:
        staff = staff_by_email(reading, attempt.email)
    matches = is_password(staff.password_hash if staff else None, attempt.password)
    if staff is None or not matches:
        log.warning("sign-in refused")
        return _form(attempt.next, WRONG), 403
    was_no_guess(noted)
    return go_on(staff, None, attempt.next)


@blueprint.post("/sign-in/passkey/options")
def ask_passkey() -> ResponseReturnValue:
    """What the browser is to sign; the passkey then says who it is."""
    return Response(passkeys.ask_for(None), mimetype="application/json")


@blueprint.post("/sign-in/passkey")
def passkey() -> ResponseReturnValue:
    """Let in whoever's passkey signed, without a password: it is two factors in one."""
    target = safe_next(request.form.get("next", ""))
    try:
        staff = passkeys.check(None, passkeys.read_answer())
    except passkeys.NotRight:
        log.warning("passkey refused")
        return _form(target, WRONG_PASSKEY), 403
    return go_on(staff, PASSKEY, target)


@blueprint.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the session on the server, and have the browser forget what it holds."""
    at = service()
    staff = signed_in()
    with at.database.write() as writing:
        end_session(writing, session["token"], at.clock.machine_now())
        at.audit.append(writing, at.clock.service_now(), actor(), "signed out", f"staff:{staff.id}")
    session.clear()
    answer = Response(status=303, headers={"Location": url_for("sign_in.show")})
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def go_on(staff: Staff, factor: str | None, target: str) -> ResponseReturnValue:
    """Begin their session, and take them to the next step, or to where they wanted."""
    stage = let_in(staff, factor)
    if stage == "in":
        return redirect(target or layout.home(staff.role), 303)
    session["next"] = target
    return redirect(step(stage), 303)


def safe_next(target: str) -> str:
    """``target`` when it is a path of this site, else nothing.

    A path that begins with two slashes, or with a backslash that a browser turns into one, is the
    address of another site.
    """
    if "\\" in target or not target.isprintable():
        return ""
    return target if target.startswith("/") and urlsplit(target).path == target else ""


def _read_attempt() -> Attempt:
    """The form as typed; 400 for one that our page cannot have sent."""
    fields = {}
    for name, longest in (("email", LONGEST_EMAIL), ("password", LONGEST)):
        values = request.form.getlist(name)
        if len(values) != 1 or len(values[0]) > longest:
            abort(400)
        fields[name] = values[0]
    if not fields["email"].isprintable():
        abort(400)
    return Attempt(**fields, next=safe_next(request.form.get("next", "")))


def _form(target: str, problem: str | None = None) -> str:
    settings = service().settings
    return render_template(
        "sign_in.html",
        next=target,
        problem=problem,
        passkey_possible=passkeys.party(settings) is not None,
        directory=settings.oidc_issuer is not None,
    )
