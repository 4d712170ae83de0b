"""One's own account: ways to sign in, browsers that are signed in, the password."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from storage import passkeys as kept_passkeys
from storage import second_factors as kept
from storage import staff_sessions
from storage.staff import change_password
from web import layout
from web.context import actor, service, signed_in
from web.guessing import TOO_MANY, note_guess, was_no_guess
from web.one_time_codes import new_recovery_codes, only_signs
from web.passkeys import party
from web.passwords import LONGEST, hash_password, is_password, weakness
from web.second_factors import ways_of
from web.visits import find_visit

blueprint: Final = Blueprint("account", __name__, url_prefix="/account")

LAST_ONE: Final = (
    "This is your only second factor, and one is needed. Set up another one first, then remove it"
)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Everything of one's own account on one page."""
    return _page({})


@blueprint.get("/codes")
def codes() -> ResponseReturnValue:
    """What recovery codes are for; none is shown yet."""
    return render_template("recovery_codes.html", codes=[], next=_next())


@blueprint.post("/codes")
def make_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them, this once."""
    at = service()
    made = new_recovery_codes()
    signs = [only_signs(each) for each in made]
    with at.database.write() as writing:
        now = at.clock.machine_now()
        kept.replace_recovery_codes(writing, at.vault, signed_in().id, signs, now)
        _log(writing, "made recovery codes")
    return render_template("recovery_codes.html", codes=made, next=_next())


@blueprint.post("/passkeys/<uuid:passkey_id>/remove")
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Take one passkey away, unless it is the last thing beside the password."""
    at = service()
    ways = ways_of(signed_in())
    with at.database.write() as writing:
        others = len(kept_passkeys.passkeys_of(writing, signed_in().id)) > 1
        if at.settings.needs_second_factor and not (others or ways.code):
            return _back(LAST_ONE, "refused")
        if not kept_passkeys.remove_passkey(writing, signed_in().id, passkey_id):
            abort(404)
        _log(writing, "removed second factor", factor="passkey")
    return _back("The passkey was removed.")


@blueprint.post("/app/remove")
def remove_app() -> ResponseReturnValue:
    """Take one-time codes away, unless they are the last thing beside the password."""
    at = service()
    with at.database.write() as writing:
        others = bool(kept_passkeys.passkeys_of(writing, signed_in().id))
        if at.settings.needs_second_factor and not others:
            return _back(LAST_ONE, "refused")
        if not kept.remove_key(writing, signed_in().id):
            abort(404)
        _log(writing, "removed second factor", factor="one-time code")
    return _back("The app was removed.")


@blueprint.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    """Sign one browser out; its next request gets no further."""
    at = service()
    now = at.clock.machine_now()
    with at.database.write() as writing:
        if not staff_sessions.end_one_session(writing, signed_in().id, session_id, now):
            abort(404)
        _log(writing, "ended a session")
    return _back("That browser was signed out.")


@blueprint.post("/sessions/end")
def end_others() -> ResponseReturnValue:
    """Sign every other browser out."""
    at = service()
    now = at.clock.machine_now()
    with at.database.write() as writing:
        staff_sessions.end_sessions(writing, signed_in().id, now, but=session["token"])
        _log(writing, "ended all other sessions")
    return _back("You are signed out everywhere else.")


@blueprint.post("/password")
def new_password() -> ResponseReturnValue:
    """Change the password, which takes the old one and signs other browsers out."""
    old, new = _typed("old"), _typed("new")
    noted = note_guess("sign-in account", signed_in().email)
    if noted is None:
        return _page({"old": TOO_MANY}), 429
    if not is_password(signed_in().password_hash, old):
        return _page({"old": "That is not your password"}), 403
    was_no_guess(noted)
    weak = weakness(new, signed_in().name, signed_in().email)
    if weak is not None:
        return _page({"new": weak}), 400
    at = service()
    hashed, now = hash_password(new), at.clock.machine_now()
    with at.database.write() as writing:
        change_password(writing, signed_in().id, hashed)
        staff_sessions.end_sessions(writing, signed_in().id, now, but=session["token"])
        _log(writing, "changed password")
    return _back("Your password was changed, and you are signed out everywhere else.")


def _page(errors: dict[str, str]) -> str:
    at = service()
    now = at.clock.machine_now()
    visit = find_visit()
    with at.database.read() as reading:
        return render_template(
            "account.html",
            passkeys=kept_passkeys.passkeys_of(reading, signed_in().id),
            passkey_possible=party(at.settings) is not None,
            ways=ways_of(signed_in()),
            sessions=staff_sessions.live_sessions(reading, signed_in().id, now),
            is_this=lambda each: staff_sessions.is_token_of(each, session["token"]),
            proved=visit is not None and visit.proved_lately(now),
            errors=errors,
        )


def _typed(name: str) -> str:
    values = request.form.getlist(name)
    if len(values) != 1 or len(values[0]) > LONGEST:
        abort(400)
    return values[0]


def _back(said: str, kind: str = "done") -> ResponseReturnValue:
    flash(said, kind)
    return redirect(url_for("account.show"), 303)


def _next() -> str:
    return str(session.get("next") or layout.home(signed_in().role))


def _log(writing: Session, action: str, **detail: str) -> None:
    at = service()
    at.audit.append(
        writing, at.clock.service_now(), actor(), action, f"staff:{signed_in().id}", **detail
    )
