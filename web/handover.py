"""Hand-over notes: what somebody on duty leaves for whoever comes next."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import handover
from bot.escalations import NotPossible
from bot.handover import ShownNote
from web.access import ACCESS
from web.context import service, signed_in, visitor

blueprint: Final = Blueprint("handover", __name__, url_prefix="/handover")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Write a note, and the notes of the last two weeks without their words."""
    return _page("")


@blueprint.post("")
def write() -> ResponseReturnValue:
    """Leave a note."""
    words = request.form.get("words", "").replace("\r\n", "\n")
    try:
        handover.write(service(), signed_in(), words)
    except NotPossible as refused:
        return _page(words, str(refused))
    flash("The note is kept. Whoever comes on duty next sees it in the inbox.", "done")
    return redirect(url_for("handover.index"), 303)


@blueprint.get("/<uuid:note_id>")
def show(note_id: UUID) -> ResponseReturnValue:
    """One note with its words; the reading is logged."""
    note = handover.read_one(service(), signed_in(), note_id)
    if note is None:
        abort(404)
    return render_template("handover_note.html", note=note)


@blueprint.post("/<uuid:note_id>/read")
def read(note_id: UUID) -> ResponseReturnValue:
    """They say that they have read it."""
    if not handover.mark_read(service(), signed_in(), note_id):
        abort(404)
    return redirect(url_for("inbox.index"), 303)


@blueprint.app_context_processor
def _for_the_inbox() -> dict[str, Any]:
    """What rota_handover.html shows in the inbox."""
    return {"handover_notes": _waiting}


def _waiting() -> list[ShownNote]:
    staff = visitor()
    if staff is None or staff.role not in ACCESS["handover.index"]:
        return []
    return handover.waiting(service(), staff)


def _page(words: str, error: str | None = None) -> str:
    return render_template(
        "handover.html",
        words=words,
        errors={"words": error} if error else {},
        notes=handover.recent(service(), signed_in()),
        longest=handover.LONGEST,
    )
