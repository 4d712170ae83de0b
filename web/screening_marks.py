"""Screening marks: words are cleaned of what could tell who wrote them, before they may leave.

For managers. The list shows no words; opening one mark is a reading like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import mark_review
from bot.escalations import NotPossible
from bot.mark_review import StillThere
from dialogs.identifiers import Sign
from web import mark_words
from web.context import actor, service, signed_in

blueprint: Final = Blueprint("screening_marks", __name__, url_prefix="/screening/marks")

_BETWEEN: Final = "|"
_OVERRIDES: Final = dict.fromkeys(map(ord, "\u202d\u202e"))
"""Signs that turn the reading direction of all that follows."""


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The marks whose words have not left; no words."""
    return render_template(
        "screening_marks.html",
        lines=mark_review.mark_lines(service()),
        exported=mark_review.number_exported(service()),
        say=mark_words,
    )


@blueprint.get("/<uuid:mark_id>")
def show(mark_id: UUID) -> ResponseReturnValue:
    """One mark with the exact words and the copy; the reading is logged before."""
    return _page(mark_id)


@blueprint.post("/<uuid:mark_id>")
def save(mark_id: UUID) -> ResponseReturnValue:
    """Keep the copy, unless something in it could still tell who it is."""
    texts = request.form.getlist("text")
    cleared = [Sign(*_parts(each)) for each in request.form.getlist("no-identifier")]
    looked = request.form.get("looked") == "yes"
    try:
        mark_review.save_copy(
            service(), mark_id, signed_in(), texts, cleared=cleared, looked=looked
        )
    except StillThere as refused:
        return _page(mark_id, texts, still=refused.signs, cleared=cleared)
    except NotPossible as refused:
        return _page(mark_id, texts, problem=str(refused), cleared=cleared)
    flash("The copy is kept. It can be exported now.", "done")
    return redirect(url_for("screening_marks.index"), 303)


@blueprint.post("/<uuid:mark_id>/leave-out")
def leave_out(mark_id: UUID) -> ResponseReturnValue:
    """Decide that these words never leave."""
    try:
        mark_review.leave_out(service(), mark_id, signed_in())
    except NotPossible:
        abort(404)
    flash("These words are left out. They stay where they are and are not exported.", "done")
    return redirect(url_for("screening_marks.index"), 303)


def _parts(value: str) -> tuple[str, str]:
    kind, _, text = value.partition(_BETWEEN)
    return kind, text


def _page(
    mark_id: UUID,
    texts: Sequence[str] | None = None,
    *,
    still: Sequence[Sign] = (),
    problem: str = "",
    cleared: Sequence[Sign] = (),
) -> str:
    found = mark_review.read_to_clean(service(), mark_id, actor())
    if found is None:
        abort(404)
    return render_template(
        "screening_mark.html",
        found=found,
        line=found.line,
        copy=[_readable(each) for each in found.copy] if texts is None else texts,
        still=still,
        # Ticked before, and still in the copy perhaps: stays to be seen and to be ticked off.
        cleared=[each for each in cleared if each not in still],
        problem=problem,
        between=_BETWEEN,
        say=mark_words,
    )


def _readable(text: str) -> str:
    """What stands in a field to be cleaned: nobody finds a name in words that run backwards."""
    return text.translate(_OVERRIDES)
