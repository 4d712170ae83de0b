"""The form that enters a shift: what was typed, what it means, and what is wrong beside what."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from werkzeug.datastructures import MultiDict

from bot.rota_changes import MOST_WEEKS, Pattern
from web.register_form import Form as Form

FIELDS = ("staff_id", "position", "day", "start", "end", "weekdays", "weeks")
"""In the order of the page, which is the order of its errors."""


def read_form(typed: MultiDict[str, str], ladder: str) -> tuple[Form, Pattern | None]:
    """What was typed, and the pattern that it means; None when something is wrong with it."""
    form = Form(typed)
    staff_id, day = _staff(form), _day(form)
    start, end = _time(form, "start"), _time(form, "end")
    position = {"1": 1, "2": 2}.get(form.value("position"))
    if position is None:
        form.wrong("position", "Choose first or second")
    weekdays = frozenset(int(each) for each in typed.getlist("weekdays") if each in "0123456")
    weeks = _weeks(form)
    form.errors = {name: form.errors[name] for name in FIELDS if name in form.errors}
    if not (staff_id and day and start is not None and end is not None and position and weeks):
        return form, None
    return form, Pattern(ladder, position, staff_id, day, start, end, weekdays, weeks)


def _staff(form: Form) -> UUID | None:
    try:
        return UUID(form.value("staff_id"))
    except ValueError:
        form.wrong("staff_id", "Choose who is on duty")
        return None


def _day(form: Form) -> date | None:
    try:
        return date.fromisoformat(form.value("day"))
    except ValueError:
        form.wrong("day", "Enter a day, such as 2026-11-23")
        return None


def _time(form: Form, name: str) -> time | None:
    try:
        found = time.fromisoformat(form.value(name).zfill(5))
    except ValueError:
        form.wrong(name, "Enter a time of day, such as 08:00")
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def _weeks(form: Form) -> int:
    written = form.value("weeks") or "1"
    if not (written.isascii() and written.isdigit() and 1 <= int(written) <= MOST_WEEKS):
        form.wrong("weeks", f"Enter a number of weeks from 1 to {MOST_WEEKS}")
        return 0
    return int(written)
