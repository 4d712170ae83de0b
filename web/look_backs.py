"""Looking back: a second person reads what was done about each P1, on the next working day."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import look_backs
from bot.escalation_acts import look_back
from bot.escalation_changes import NotPossible
from dialogs.nations import nation
from web.context import service, signed_in
from web.timeline import timeline

blueprint: Final = Blueprint("look_backs", __name__, url_prefix="/look-back")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What waits, the longest first; no words and no names."""
    return render_template(
        "look_backs.html", waiting=look_backs.waiting_for(service(), signed_in())
    )


@blueprint.get("/<uuid:escalation_id>")
def show(escalation_id: UUID) -> ResponseReturnValue:
    """What raised it and everything that was done; the reading is logged before."""
    return _page(escalation_id)


@blueprint.post("/<uuid:escalation_id>")
def save(escalation_id: UUID) -> ResponseReturnValue:
    """Keep what the second person saw."""
    seen = request.form.get("seen", "").strip()
    if not seen:
        return _page(escalation_id, "Write down what you saw, also if all was well")
    try:
        look_back(service(), escalation_id, signed_in(), seen)
    except NotPossible as refused:
        return _page(escalation_id, str(refused), seen)
    flash("You have looked back at it. It is on its timeline.", "done")
    return redirect(url_for("look_backs.index"), 303)


def _page(escalation_id: UUID, error: str = "", seen: str = "") -> str:
    found = look_backs.read_back(service(), escalation_id, signed_in())
    if found is None:
        abort(404)
    return render_template(
        "look_back.html",
        escalation=found,
        summary=found.summary,
        flagged={reason.message_id: reason.message for reason in found.because},
        timeline=timeline(found, nation(service().settings.nation)),
        error=error,
        seen=seen,
    )
