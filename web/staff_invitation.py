"""The page behind an invitation: whoever has the link chooses a password, once.

The token stands behind the # of the link; a script puts it into the form, and without scripts it
is pasted there. Unknown, used and old links are answered alike.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from storage.staff import change_password
from storage.staff_invitations import invited_staff, use_invitation
from storage.staff_sessions import end_sessions
from web.context import service
from web.passwords import LONGEST, hash_password, weakness
from web.sign_in import go_on

blueprint: Final = Blueprint("staff_invitation", __name__, url_prefix="/invitation")
log = structlog.get_logger()

NOT_GOOD: Final = (
    "This link is not good any more: it works once, and for two days. "
    "Ask an administrator for a new one"
)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The form; whether the link is good shows when it is sent."""
    return _page({})


@blueprint.post("")
def accept() -> ResponseReturnValue:
    """Take the password that they chose, and lead them to their second factor."""
    token, password = _typed("invitation").strip().rpartition("#")[2], _typed("password")
    at = service()
    with at.database.read() as reading:
        staff = invited_staff(reading, token, at.clock.machine_now())
    if staff is None:
        log.warning("invitation refused")
        return _page({"invitation": NOT_GOOD}), 403
    weak = weakness(password, staff.name, staff.email)
    if weak is not None:
        return _page({"password": weak}, token), 400
    hashed, now = hash_password(password), at.clock.machine_now()
    with at.database.write() as writing:
        if not use_invitation(writing, token, now):
            return _page({"invitation": NOT_GOOD}), 403
        change_password(writing, staff.id, hashed)
        end_sessions(writing, staff.id, now)
        who = f"staff:{staff.id}"
        at.audit.append(writing, at.clock.service_now(), who, "accepted invitation", who)
    return go_on(staff, None, "")


def _typed(name: str) -> str:
    values = request.form.getlist(name)
    if len(values) != 1 or len(values[0]) > LONGEST:
        abort(400)
    return values[0]


def _page(errors: dict[str, str], token: str = "") -> str:
    return render_template("staff_invitation.html", errors=errors, token=token)
