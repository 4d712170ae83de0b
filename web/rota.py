"""The rota: two weeks at a glance, its gaps, and how it is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import rota_changes
from bot.clock import in_london
from bot.escalations import NotPossible
from bot.rota_gaps import outlooks
from bot.rota_hours import Moments, in_words
from bot.rota_shown import ShownShift, coming_shifts, shift_shown, two_weeks
from storage.tables.rota import LADDERS
from web.access import ACCESS
from web.context import service, signed_in
from web.rota_form import Form, read_form

blueprint: Final = Blueprint("rota", __name__, url_prefix="/rota")

LADDER_NAMES: Final = {"main": "Duty", "independent": "Independent"}
POSITIONS: Final = {1: "First", 2: "Second"}
GAPS: Final = {
    "nobody": ("red", "Nobody"),
    "nobody_first": ("orange", "Nobody is first"),
    "alone": ("yellow", "One person alone"),
}
REACH: Final = {
    "old": "No address of theirs was verified in the last 30 days",
    "none": "No alert would reach them: they count as not there",
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Who is on duty in the next two weeks."""
    ladder = _ladder()
    return render_template(
        "rota.html",
        ladder=ladder,
        ladders=LADDER_NAMES,
        positions=POSITIONS,
        days=two_weeks(service(), ladder),
        outlook=next(each for each in outlooks(service()) if each.ladder == ladder),
        may_change=_may_change(),
        span=_span,
    )


@blueprint.get("/gaps")
def gaps() -> ResponseReturnValue:
    """What is missing in the next 14 days."""
    return render_template(
        "rota_gaps.html",
        outlooks=outlooks(service()),
        ladders=LADDER_NAMES,
        kinds=GAPS,
        reach=REACH,
        in_words=in_words,
        may_change=_may_change(),
    )


@blueprint.get("/add")
def add() -> ResponseReturnValue:
    """The empty form."""
    today = in_london(service().clock.service_now()).date()
    typed = {"day": today.isoformat(), "start": "08:00", "end": "20:00", "weeks": "1"}
    return _form_page(Form(typed), _ladder())


@blueprint.post("/add")
def enter() -> ResponseReturnValue:
    """Enter one shift or a weekly pattern."""
    ladder = _ladder()
    form, pattern = read_form(request.form, ladder)
    if pattern is None:
        return _form_page(form, ladder)
    try:
        entered = rota_changes.enter(service(), pattern, signed_in().id)
    except NotPossible as refused:
        form.wrong("staff_id", str(refused))
        return _form_page(form, ladder)
    flash(
        "The shift is entered." if len(entered) == 1 else f"{len(entered)} shifts are entered.",
        "done",
    )
    return redirect(url_for("rota.index", ladder=ladder), 303)


@blueprint.get("/<uuid:shift_id>")
def show(shift_id: UUID) -> ResponseReturnValue:
    """One shift, and what can be done with it."""
    shift = _shift(shift_id)
    with service().database.read() as session:
        people = [
            each
            for each in rota_changes.possible_people(session, shift.ladder)
            if each.id != shift.staff_id
        ]
    others = [
        each for each in coming_shifts(service(), shift.ladder) if each.staff_id != shift.staff_id
    ]
    return render_template(
        "rota_shift.html",
        shift=shift,
        people=people,
        others=others,
        positions=POSITIONS,
        ladders=LADDER_NAMES,
        in_words=in_words,
    )


@blueprint.post("/<uuid:shift_id>/give")
def give(shift_id: UUID) -> ResponseReturnValue:
    """Somebody else takes it."""
    to = _id("staff_id")
    if to is None:
        return _not_chosen(shift_id, "Choose who takes the shift.")
    return _change(
        shift_id,
        lambda: rota_changes.give(service(), shift_id, to, signed_in().id),
        "Somebody else has the shift now.",
    )


@blueprint.post("/<uuid:shift_id>/swap")
def swap(shift_id: UUID) -> ResponseReturnValue:
    """Two people take each other's shifts."""
    other = _id("other_id")
    if other is None:
        return _not_chosen(shift_id, "Choose the shift to swap with.")
    return _change(
        shift_id,
        lambda: rota_changes.swap(service(), shift_id, other, signed_in().id),
        "The two shifts are swapped.",
    )


@blueprint.post("/<uuid:shift_id>/remove")
def remove(shift_id: UUID) -> ResponseReturnValue:
    """Take it out; one that has begun ends now."""
    return _change(
        shift_id,
        lambda: rota_changes.remove(service(), shift_id, signed_in().id),
        "The shift is removed. Look whether somebody is needed in its place.",
    )


def _change(shift_id: UUID, change: Callable[[], None], done: str) -> ResponseReturnValue:
    shift = _shift(shift_id)
    try:
        change()
    except NotPossible as refused:
        flash(str(refused), "refused")
        return redirect(url_for("rota.show", shift_id=shift_id), 303)
    flash(done, "done")
    return redirect(url_for("rota.index", ladder=shift.ladder), 303)


def _form_page(form: Form, ladder: str) -> str:
    with service().database.read() as session:
        people = rota_changes.possible_people(session, ladder)
    return render_template(
        "rota_add.html",
        form=form,
        errors=form.errors,
        ladder=ladder,
        ladders=LADDER_NAMES,
        people=people,
        most_weeks=rota_changes.MOST_WEEKS,
    )


def _shift(shift_id: UUID) -> ShownShift:
    found = shift_shown(service(), shift_id)
    if found is None:
        abort(404)
    return found


def _not_chosen(shift_id: UUID, says: str) -> ResponseReturnValue:
    flash(says, "refused")
    return redirect(url_for("rota.show", shift_id=shift_id), 303)


def _id(name: str) -> UUID | None:
    """What was chosen; None when the list still says "Choose"."""
    chosen = request.form.get(name, "")
    try:
        return UUID(chosen) if chosen else None
    except ValueError:
        abort(400)


def _ladder() -> str:
    wanted = request.values.get("ladder", "main")
    return wanted if wanted in LADDERS else "main"


def _may_change() -> bool:
    return signed_in().role in ACCESS["rota.add"]


def _span(hours: Moments) -> str:
    """A shift's times under its day: "20:00 to 08:00"."""
    return in_words(*hours).split(", ", 1)[1]
