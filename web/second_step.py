"""After the password: a passkey, a one-time code from an app, or a recovery code."""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, Response, abort, render_template, request, session
from flask.typing import ResponseReturnValue

from web import passkeys
from web.context import person
from web.guessing import TOO_MANY
from web.second_factors import (
    LONGEST_CODE,
    PASSKEY,
    WRONG_CODE,
    TooManyGuesses,
    take_code,
    ways_of,
)
from web.sign_in import WRONG_PASSKEY, go_on

blueprint: Final = Blueprint("second_step", __name__, url_prefix="/sign-in/second")
log = structlog.get_logger()


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Ask for whatever they have set up."""
    return _page()


@blueprint.post("/code")
def code() -> ResponseReturnValue:
    """Take a one-time code or a recovery code."""
    typed = read_code()
    try:
        kind = take_code(person(), typed)
    except TooManyGuesses:
        return _page(TOO_MANY), 429
    if kind is None:
        return _page(WRONG_CODE), 403
    return go_on(person(), kind, _target())


@blueprint.post("/passkey/options")
def ask_passkey() -> ResponseReturnValue:
    """What the browser is to sign."""
    return Response(passkeys.ask_for(person()), mimetype="application/json")


@blueprint.post("/passkey")
def passkey() -> ResponseReturnValue:
    """Take what a passkey signed."""
    try:
        passkeys.check(person(), passkeys.read_answer())
    except passkeys.NotRight:
        log.warning("passkey refused", staff_id=str(person().id))
        return _page(WRONG_PASSKEY), 403
    return go_on(person(), PASSKEY, _target())


def read_code() -> str:
    """The code as typed; 400 for a form that our page cannot have sent."""
    values = request.form.getlist("code")
    if len(values) != 1 or len(values[0]) > LONGEST_CODE:
        abort(400)
    return values[0]


def _target() -> str:
    return str(session.get("next", ""))


def _page(problem: str | None = None) -> str:
    return render_template("second_step.html", ways=ways_of(person()), problem=problem)
