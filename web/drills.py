"""Drills: whether a disclosure would reach a person, tested with one that is made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.drills import announce, call_off, weeks_to_choose
from bot.drills_shown import drills_shown
from bot.escalations import NotPossible
from web.access import ACCESS
from web.context import service, signed_in

blueprint: Final = Blueprint("drills", __name__, url_prefix="/drills")

WEEKS: Final = 8
TARGETS: Final[Mapping[str, str]] = {"sink": "To nobody", "person": "To a person on duty"}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "passed": ("green", "Passed"),
    "failed": ("red", "Failed"),
    "missed": ("red", "Missed"),
}
REASONS: Final[Mapping[str, str]] = {
    "not_received": "The text was not taken in",
    "not_reached": "Our public address did not answer",
    "not_detected": "The text was taken in, and nothing was found in it",
    "no_timer": "There was no timer to alert again",
    "no_alert": "No alert left within a minute",
    "late": "The alert left after more than a minute",
    "unanswered": "Nobody acknowledged it within five minutes",
    "nobody_began_it": "No worker began it when it was due",
    "not_by_day": "There was no moment by day",
    "risk_open": "It was postponed each time, because a child's P1 or P2 was open",
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What comes next, how many passed, and how the last ones went."""
    return render_template(
        "drills.html",
        drills=drills_shown(service()),
        weeks=weeks_to_choose(service(), WEEKS),
        may_announce=signed_in().role in ACCESS["drills.announce_week"],
        targets=TARGETS,
        states=STATES,
        why=why,
        week_of=week_of,
        seconds=seconds,
    )


@blueprint.post("/week")
def announce_week() -> ResponseReturnValue:
    """Announce a week in which one drill goes to whoever is on duty."""
    try:
        week = date.fromisoformat(request.form.get("week", ""))
        announce(service(), week, signed_in().id)
    except (ValueError, NotPossible) as refused:
        says = str(refused) if isinstance(refused, NotPossible) else "Choose a week."
        flash(says, "refused")
    else:
        flash(f"A drill is announced for the week of {week_of(week)}. Tell the team.", "done")
    return redirect(url_for("drills.index"), 303)


@blueprint.post("/week/off")
def call_off_week() -> ResponseReturnValue:
    """Take it back."""
    try:
        call_off(service(), signed_in().id)
    except NotPossible as refused:
        flash(str(refused), "refused")
    else:
        flash("The drill to a person is called off.", "done")
    return redirect(url_for("drills.index"), 303)


def why(reason: str) -> str:
    """Why a drill did not pass, in words."""
    if reason.startswith("refused_"):
        return f"Our own door refused it (code {reason.removeprefix('refused_')})"
    return REASONS.get(reason, reason.replace("_", " "))


def week_of(monday: date) -> str:
    """A week by its Monday: "23 November 2026"."""
    return f"{monday.day} {monday:%B %Y}"


def seconds(time: float) -> str:
    """A time in seconds, or in minutes from two on."""
    if time < 120:
        return f"{time:.1f} s"
    return f"{int(time // 60)} min {int(time % 60)} s"
