"""Setting up a second factor: an app that makes one-time codes, or a passkey.

On the way in for who has none yet, so that no page opens to a password alone; later from the page
of one's own account, after proving again who one is.
"""

from __future__ import annotations

from typing import Final

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from storage import second_factors as kept
from storage.staff_sessions import note_factor
from web import one_time_codes, passkeys
from web.context import person, service, visitor
from web.one_time_codes import only_signs, step_of
from web.second_factors import CODE, PASSKEY
from web.second_step import read_code
from web.visits import let_in

blueprint: Final = Blueprint("set_up", __name__, url_prefix="/set-up")

WRONG_FIRST_CODE: Final = (
    "The code is not right. Check that the time of your phone is set by itself, then type the "
    "code that the app shows now"
)
NOT_MADE: Final = "No passkey was made. Try again, or use an app"


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Which of the two they want."""
    if visitor() is not None:
        return redirect(url_for("account.show"), 303)
    return _choice()


@blueprint.post("/app")
def begin_app() -> ResponseReturnValue:
    """Make a new key; it counts when the first code from the app is right."""
    at = service()
    with at.database.write() as writing:
        kept.begin_key(
            writing,
            at.vault,
            person().id,
            one_time_codes.new_secret(),
            at.clock.machine_now(),
        )
    return redirect(url_for("set_up.show_app"), 303)


@blueprint.get("/app")
def show_app() -> ResponseReturnValue:
    """The square code, and the same as text."""
    return _app()


@blueprint.post("/app/code")
def confirm_app() -> ResponseReturnValue:
    """Take the first code from the app."""
    typed = only_signs(read_code())
    at = service()
    now = at.clock.machine_now()
    with at.database.write() as writing:
        key = kept.begun_key(writing, person().id)
        step = step_of(kept.secret_of(at.vault, key), typed, now) if key else None
        done = key is not None and step is not None and kept.confirm_key(writing, key, step, now)
    return _done(CODE) if done else (_app(WRONG_FIRST_CODE), 403)


@blueprint.post("/passkey/options")
def ask_passkey() -> ResponseReturnValue:
    """What the browser needs in order to make a passkey."""
    return Response(passkeys.ask_for_new(person()), mimetype="application/json")


@blueprint.post("/passkey")
def keep_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    try:
        passkeys.keep_new(person(), passkeys.read_answer(), passkeys.read_name())
    except passkeys.NotRight:
        if visitor() is None:
            return _choice(NOT_MADE), 403
        flash(NOT_MADE, "refused")
        return redirect(url_for("account.show"), 303)
    return _done(PASSKEY)


def _done(factor: str) -> ResponseReturnValue:
    """On the way in they are in with that, and get codes for the day the telephone is gone."""
    at = service()
    staff = person()
    with at.database.write() as writing:
        who = f"staff:{staff.id}"
        at.audit.append(
            writing, at.clock.service_now(), who, "set up second factor", who, factor=factor
        )
        has_codes = kept.recovery_codes_left(writing, staff.id) > 0
        if visitor() is not None:
            note_factor(writing, session["token"], factor)
    if visitor() is None:
        target = session.get("next", "")
        let_in(staff, factor)
        session["next"] = target
    elif has_codes:
        flash("The passkey was added." if factor == PASSKEY else "The app was set up.", "done")
        return redirect(url_for("account.show"), 303)
    return redirect(url_for("account.codes"), 303)


def _choice(problem: str | None = None) -> str:
    can = passkeys.party(service().settings) is not None
    return render_template("set_up.html", passkey_possible=can, problem=problem)


def _app(problem: str | None = None) -> str:
    at = service()
    with at.database.read() as reading:
        key = kept.begun_key(reading, person().id)
    if key is None:
        return _choice()
    secret = kept.secret_of(at.vault, key)
    address = one_time_codes.app_address(secret, person().email, at.settings.service_name)
    return render_template(
        "set_up_app.html",
        address=address,
        square=one_time_codes.square_code(address),
        secret=one_time_codes.in_groups(secret),
        problem=problem,
    )
