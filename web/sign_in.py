"""Signing in and out.

A wrong password and an unknown address are answered alike, byte for byte and after the same work;
guessing is slowed down for an account and address together and for an address, so that nobody can
lock a duty worker out from elsewhere (ASVS 5.0: 6.3.1, 6.3.8, 7.2).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from storage.database import lock_name
from storage.staff import (
    end_session,
    forget_failed_sign_in,
    is_throttled,
    note_failed_sign_in,
    staff_by_email,
    start_session,
)
from storage.tables import SignInAttempt, Staff
from web import layout
from web.context import actor, service, signed_in
from web.passwords import is_password

blueprint: Final = Blueprint("sign_in", __name__)
log = structlog.get_logger()

TOKEN_BYTES: Final = 32
LONGEST_EMAIL: Final = 254
LONGEST_PASSWORD: Final = 1024
WRONG: Final = "The email address or the password is not right"
TOO_MANY: Final = "There were too many attempts. Wait a minute, then try again"


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
    """Check what was typed and start a session under a new token."""
    attempt = _read_attempt()
    noted = _note(attempt.email)
    if noted is None:
        log.warning("sign-in throttled")
        return _form(attempt.next, TOO_MANY), 429
    with service().database.read() as reading:
        staff = staff_by_email(reading, attempt.email)
    matches = is_password(staff.password_hash if staff else None, attempt.password)
    if staff is None or not matches:
        log.warning("sign-in refused")
        return _form(attempt.next, WRONG), 403
    _start(staff, noted)
    return redirect(attempt.next or layout.home(staff.role), 303)


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
    for name, longest in (("email", LONGEST_EMAIL), ("password", LONGEST_PASSWORD)):
        values = request.form.getlist(name)
        if len(values) != 1 or len(values[0]) > longest:
            abort(400)
        fields[name] = values[0]
    if not fields["email"].isprintable():
        abort(400)
    return Attempt(**fields, next=safe_next(request.form.get("next", "")))


def _note(email: str) -> SignInAttempt | None:
    """Count the attempt before the password is looked at; None when there were too many.

    Counted after, attempts that come at once would all be let through.
    """
    at = service()
    # The peer itself: a forwarded address is whatever the sender says it is.
    address = at.vault.blind_index("sign-in address", request.remote_addr or "")
    account = at.vault.blind_index("sign-in account", email.strip().lower())
    now = at.clock.machine_now()
    with at.database.write() as writing:
        lock_name(writing, address)
        if is_throttled(writing, account, address, now):
            return None
        return note_failed_sign_in(writing, account, address, now)


def _start(staff: Staff, noted: SignInAttempt) -> None:
    at = service()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with at.database.write() as writing:
        forget_failed_sign_in(writing, noted)
        start_session(writing, staff.id, token, at.clock.machine_now())
        at.audit.append(
            writing,
            at.clock.service_now(),
            f"staff:{staff.id}",
            "signed in",
            f"staff:{staff.id}",
        )
    # Nothing of the visitor before carries over, the form's own token least of all.
    session.clear()
    session["token"] = token


def _form(target: str, problem: str | None = None) -> str:
    return render_template("sign_in.html", next=target, problem=problem)
