"""The ladders and the lines outside, for managers and administrators: shown, checked and set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.ladder_edit import NotSet, add_line, end_line, set_ladder
from bot.ladder_ready import lacks
from bot.ladder_table import AT_NOON, LADDERS, PRIORITIES, TARGETS, Step, ladder_of, rules
from storage.authorities import authorities, authority
from storage.ladders import is_agreed, lines, set_steps
from storage.tables.alerting import ADDRESS_KINDS, LINE_KINDS
from web.context import service, signed_in

blueprint: Final = Blueprint("ladders", __name__, url_prefix="/ladders")

SPARE_ROWS: Final = 2
MOST_ROWS: Final = 12
LONGEST_MINUTES: Final = 7 * 24 * 60
LADDER_NAMES: Final = {"main": "Main ladder", "independent": "Independent ladder"}
TARGET_NAMES: Final = {
    "duty": "Duty worker",
    "second": "Second person on duty",
    "manager": "Managers",
    "staffed_line": "Staffed 24-hour line",
    "out_of_hours": "Out-of-hours team",
}
KIND_NAMES: Final = {
    "sms": "Text message",
    "second_sms": "Text to a second number",
    "voice": "Phone call",
    "email": "E-mail",
    "webpush": "This browser",
    "webhook": "Team webhook",
}
LINE_NAMES: Final = {"staffed": "Staffed 24-hour line", "out_of_hours": "Out-of-hours team"}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every ladder, every line, and what keeps an alert from reaching people."""
    return _index()


@blueprint.post("/lines")
def line() -> ResponseReturnValue:
    """Enter a line outside."""
    form = request.form
    try:
        add_line(
            service(),
            form.get("kind", ""),
            form.get("name", ""),
            form.get("phone", ""),
            _actor(),
            agreed_on=_day(form.get("agreed_on", "")),
            agreed_with=form.get("agreed_with", "").strip() or None,
            authority_id=_whose(),
        )
    except NotSet as refused:
        return _index(str(refused))
    flash("The line is entered.", "done")
    return _back()


@blueprint.post("/lines/<uuid:line_id>/end")
def stop_line(line_id: UUID) -> ResponseReturnValue:
    """Stop using a line outside."""
    if end_line(service(), line_id, _actor()):
        flash("This line is not used any more.", "done")
    return _back()


@blueprint.get("/<ladder>/<int:priority>")
def edit(ladder: str, priority: int) -> ResponseReturnValue:
    """The steps of one priority, to change."""
    return _edit(ladder, priority, _steps(ladder, priority))


@blueprint.post("/<ladder>/<int:priority>")
def save(ladder: str, priority: int) -> ResponseReturnValue:
    """Set the steps of one priority, or bring the defaults back."""
    _require(ladder, priority)
    steps: Sequence[Step] = ()
    try:
        if "defaults" not in request.form:
            steps = _typed(priority)
            if not steps:
                raise NotSet("A ladder needs at least one step.")
        by, whose = signed_in().id, _whose()
        set_ladder(service(), ladder, priority, steps, _actor(), by, whose)
    except NotSet as refused:
        return _edit(ladder, priority, steps, str(refused))
    flash("The defaults hold again." if not steps else "The ladder is set.", "done")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("ladders.index", authority=_whose()), 303)


def _whose() -> UUID | None:
    """The authority that is asked for, None for the whole service.

    Whoever belongs to one authority sets what holds for that one; anybody else all of them.
    """
    asked, own = request.values.get("authority", ""), signed_in().authority_id
    if not asked:
        return own
    try:
        wanted = UUID(asked)
    except ValueError:
        abort(404)
    with service().database.read() as session:
        if authority(session, wanted) is None or own not in (None, wanted):
            abort(404)
    return wanted


def _index(error: str = "") -> str:
    whose, mine = _whose(), signed_in().authority_id
    with service().database.read() as session:
        everywhere = [each for each in authorities(session) if mine in (None, each.id)]
        return render_template(
            "ladders.html",
            error=error,
            lacks=lacks(service(), session),
            ladders={
                name: {priority: _steps(name, priority) for priority in PRIORITIES}
                for name in LADDERS
            },
            own={
                (name, priority)
                for name in LADDERS
                for priority in PRIORITIES
                if set_steps(session, whose, name, priority)
            },
            repeat={key: int(each.total_seconds() // 60) for key, each in rules().repeat.items()},
            lines=[
                (each, is_agreed(each)) for each in lines(session) if each.authority_id == whose
            ],
            authorities=everywhere,
            whose=whose,
            may_set_all=mine is None,
            line_kinds=LINE_KINDS,
            typed=request.form,
            **_names(),
        )


def _edit(ladder: str, priority: int, steps: Sequence[Step], error: str = "") -> str:
    _require(ladder, priority)
    rows = len(steps) + SPARE_ROWS if priority < 3 else 1
    return render_template(
        "ladder_edit.html",
        ladder=ladder,
        priority=priority,
        steps=steps,
        rows=min(rows, MOST_ROWS),
        error=error,
        whose=_whose(),
        targets=TARGETS,
        kinds=ADDRESS_KINDS,
        **_names(),
    )


def _names() -> dict[str, object]:
    return {
        "ladder_names": LADDER_NAMES,
        "target_names": TARGET_NAMES,
        "kind_names": KIND_NAMES,
        "line_names": LINE_NAMES,
        "at_noon": AT_NOON,
    }


def _require(ladder: str, priority: int) -> None:
    if ladder not in LADDERS or priority not in PRIORITIES:
        abort(404)


def _steps(ladder: str, priority: int) -> tuple[Step, ...]:
    _require(ladder, priority)
    nation = service().settings.nation
    with service().database.read() as session:
        return ladder_of(session, nation, _whose(), ladder, priority).steps


def _typed(priority: int) -> list[Step]:
    """The rows that were filled in, in the order of their minutes."""
    found = []
    for row in range(MOST_ROWS):
        minutes = "noon" if priority == 3 and row == 0 else request.form.get(f"minutes-{row}", "")
        if not minutes.strip():
            continue
        after_s = AT_NOON if minutes == "noon" else _seconds(minutes)
        to, by = request.form.getlist(f"to-{row}"), request.form.getlist(f"by-{row}")
        found.append(Step(after_s, tuple(to), tuple(by)))
    return sorted(found, key=lambda step: step.after_s)


def _seconds(minutes: str) -> int:
    number = minutes.strip()
    if not (number.isascii() and number.isdecimal()) or int(number) > LONGEST_MINUTES:
        raise NotSet("Give the minutes as a whole number, up to a week.")
    return int(number) * 60


def _day(written: str) -> date | None:
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise NotSet("Give the date of the letter as year-month-day, such as 2026-05-30.") from None


def _actor() -> str:
    return f"staff:{signed_in().id}"
