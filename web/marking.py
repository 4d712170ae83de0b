"""Marking a message: not a disclosure after all, or a disclosure that the computer missed.

For whoever may read the words where they stand: a duty worker in an escalation, an advocate in a
transcript. A missed disclosure is raised at once, so that nothing waits for anybody to find it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import screening_marks
from bot.escalations import NotPossible
from bot.screening_marks import Missed, Place
from web import mark_words
from web.context import actor, service, signed_in

blueprint: Final = Blueprint("marking", __name__)

IN_ESCALATION: Final = "/escalations/<uuid:escalation_id>/messages/<uuid:message_id>"
IN_INTERVIEW: Final = "/interviews/<uuid:interview_id>/messages/<uuid:message_id>"
NOT_CHOSEN: Final = {
    "priority": "Choose how soon a person must look",
    "about": "Choose who it is about",
    "categories": "Choose what it is about",
}
"""What to say of each part of the form that was left out, in the order of the page."""


@blueprint.get(f"{IN_ESCALATION}/not-a-disclosure")
def not_a_disclosure(escalation_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """The form for a false alarm, with the words; the reading is logged before."""
    return _false_alarm(escalation_id, message_id)


@blueprint.post(f"{IN_ESCALATION}/not-a-disclosure")
def keep_not_a_disclosure(escalation_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Keep the mark and its reason; the escalation stays as it is."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _false_alarm(escalation_id, message_id, {"reason": "Write down why"})
    try:
        screening_marks.mark_not_a_disclosure(
            service(), escalation_id, message_id, signed_in(), reason
        )
    except NotPossible as refused:
        flash(str(refused), "refused")
    else:
        flash("Your mark is kept. The escalation is as open or closed as it was.", "done")
    return redirect(url_for("escalations.show", escalation_id=escalation_id), 303)


@blueprint.get(f"{IN_ESCALATION}/missed")
def missed_in_escalation(escalation_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """The form for a missed disclosure, with the words; the reading is logged before."""
    return _missed(Place("escalation", escalation_id), message_id)


@blueprint.post(f"{IN_ESCALATION}/missed")
def raise_in_escalation(escalation_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Keep the mark, and raise an escalation in the same commit."""
    return _raise(Place("escalation", escalation_id), message_id)


@blueprint.get(f"{IN_INTERVIEW}/missed")
def missed_in_interview(interview_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """The same form from a transcript."""
    return _missed(Place("interview", interview_id), message_id)


@blueprint.post(f"{IN_INTERVIEW}/missed")
def raise_in_interview(interview_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """The same from a transcript."""
    return _raise(Place("interview", interview_id), message_id)


def _raise(place: Place, message_id: UUID) -> ResponseReturnValue:
    found = Missed(
        priority={"1": 1, "2": 2, "3": 3}.get(request.form.get("priority", ""), 0),
        categories=tuple(request.form.getlist("categories")),
        about=request.form.get("about", ""),
    )
    if missing := found.missing():
        errors = {name: says for name, says in NOT_CHOSEN.items() if name in missing}
        return _missed(place, message_id, found, errors)
    try:
        reference, is_raised = screening_marks.mark_missed(
            service(), place, message_id, signed_in(), found
        )
    except NotPossible as refused:
        flash(str(refused), "refused")
    else:
        flash(_said(reference, found.priority, is_raised=is_raised), "done")
    return redirect(_back(place), 303)


def _said(reference: str, priority: int, *, is_raised: bool) -> str:
    if not is_raised:
        return f"Your mark is kept. The duty workers have this message already: {reference}."
    if priority == 3:
        return f"Your mark is kept. It is in the duty worker's list now: {reference}."
    more = " If a life may be at risk in the next hours, call 999." if priority == 1 else ""
    return f"Your mark is kept. The duty workers are being alerted now: {reference}.{more}"


def _false_alarm(
    escalation_id: UUID, message_id: UUID, errors: Mapping[str, str] | None = None
) -> str:
    place = Place("escalation", escalation_id)
    return _page("mark_not_a_disclosure.html", place, "not_a_disclosure", message_id, errors)


def _missed(
    place: Place,
    message_id: UUID,
    chosen: Missed | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    chosen = chosen or Missed(0, (), "")
    return _page("mark_missed.html", place, "missed", message_id, errors, chosen=chosen)


def _page(
    template: str,
    place: Place,
    kind: str,
    message_id: UUID,
    errors: Mapping[str, str] | None,
    **more: Any,
) -> str:
    found = screening_marks.read_to_mark(service(), place, kind, message_id, actor())
    if found is None:
        abort(404)
    before: Sequence[Any] = [each for each in found.marks if each.kind == kind]
    return render_template(
        template,
        texts=found.texts,
        before=before,
        errors=errors or {},
        back=_back(place),
        back_to="Escalation" if place.kind == "escalation" else "Transcript",
        say=mark_words,
        **more,
    )


def _back(place: Place) -> str:
    if place.kind == "escalation":
        return url_for("escalations.show", escalation_id=place.id)
    return url_for("interviews.transcript", interview_id=place.id)
