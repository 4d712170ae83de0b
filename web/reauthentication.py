"""Proving again who one is, before what would do harm in the hands of whoever found a browser open.

Which pages ask for it the access table says (`PROVED` in web/access.py): it lasts five minutes, by
a passkey, a code or the password. It never stands between a duty worker and a young person in
danger (ASVS 7.5.3): no page of the inbox or of an escalation asks for it, and a test holds that.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, Response, abort, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from storage.staff_sessions import note_proof
from web import layout, passkeys
from web.context import actor, service, signed_in
from web.guessing import TOO_MANY, note_guess, was_no_guess
from web.passwords import LONGEST, is_password
from web.second_factors import (
    WRONG_CODE,
    TooManyGuesses,
    take_code,
    ways_of,
)
from web.second_step import read_code
from web.sign_in import WRONG_PASSKEY, safe_next

blueprint: Final = Blueprint("reauthentication", __name__, url_prefix="/account/prove")
log = structlog.get_logger()

WRONG_PASSWORD: Final = "That is not your password"  # noqa: S105


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Ask for whatever they have."""
    return _page(safe_next(request.args.get("next", "")))


@blueprint.post("/password")
def password() -> ResponseReturnValue:
    """Take the password."""
    typed = request.form.getlist("password")
    if len(typed) != 1 or len(typed[0]) > LONGEST:
        abort(400)
    noted = note_guess("sign-in account", signed_in().email)
    if noted is None:
        return _page(_target(), password=TOO_MANY), 429
    if not is_password(signed_in().password_hash, typed[0]):
        log.warning("proof refused", staff_id=str(signed_in().id))
        return _page(_target(), password=WRONG_PASSWORD), 403
    was_no_guess(noted)
    return _proved()


@blueprint.post("/code")
def code() -> ResponseReturnValue:
    """Take a one-time code or a recovery code."""
    try:
        kind = take_code(signed_in(), read_code())
    except TooManyGuesses:
        return _page(_target(), code=TOO_MANY), 429
    return _proved() if kind else (_page(_target(), code=WRONG_CODE), 403)


@blueprint.post("/passkey/options")
def ask_passkey() -> ResponseReturnValue:
    """What the browser is to sign."""
    return Response(passkeys.ask_for(signed_in()), mimetype="application/json")


@blueprint.post("/passkey")
def passkey() -> ResponseReturnValue:
    """Take what a passkey signed."""
    try:
        passkeys.check(signed_in(), passkeys.read_answer())
    except passkeys.NotRight:
        log.warning("proof refused", staff_id=str(signed_in().id))
        return _page(_target(), code=WRONG_PASSKEY), 403
    return _proved()


def _proved() -> ResponseReturnValue:
    at = service()
    with at.database.write() as writing:
        note_proof(writing, session["token"], at.clock.machine_now())
        at.audit.append(
            writing, at.clock.service_now(), actor(), "proved again", f"staff:{signed_in().id}"
        )
    return redirect(_target() or layout.home(signed_in().role), 303)


def _target() -> str:
    return safe_next(request.form.get("next", ""))


def _page(target: str, **problems: str) -> str:
    return render_template("prove.html", next=target, ways=ways_of(signed_in()), problems=problems)
