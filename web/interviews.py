"""Return interviews: a list with the 72-hour clock, and for the advocate the whole transcript."""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.contact import mark_safe_again
from bot.escalations import NotPossible
from bot.overview import ASIDE
from bot.transcripts import (
    ShownAnswer,
    Transcript,
    interview_lines,
    read_transcript,
    young_person_of,
)
from dialogs.nations import deadlines
from web import interview_words, mark_words, offer_words
from web.context import actor, service, signed_in

blueprint: Final = Blueprint("interviews", __name__, url_prefix="/interviews")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Who has an interview and how long is left; no words."""
    return render_template(
        "interviews.html",
        lines=interview_lines(service()),
        now=service().clock.service_now(),
        may_read=_may_read(),
        deadlines=deadlines,
        say=interview_words,
    )


@blueprint.get("/<uuid:interview_id>")
def transcript(interview_id: UUID) -> ResponseReturnValue:
    """Every word of one interview; the reading is logged before one is opened."""
    found = read_transcript(service(), interview_id, actor())
    if found is None:
        abort(404)
    return render_template(
        "transcript.html",
        transcript=found,
        line=found.line,
        overview=found.overview,
        answers=[each for each in found.answers if each.question not in ASIDE],
        now=service().clock.service_now(),
        answered_by=_answered_by(found),
        offered=offer_words,
        marked=mark_words.by_message(found.marks),
        missed_at=lambda message_id: url_for(
            "marking.missed_in_interview", interview_id=interview_id, message_id=message_id
        ),
        say=interview_words,
    )


@blueprint.post("/<uuid:interview_id>/safe-again")
def safe_again(interview_id: UUID) -> ResponseReturnValue:
    """A named person has spoken with the young person: the phone is safe. Nothing is sent."""
    young_person_id = young_person_of(service(), interview_id)
    if young_person_id is None:
        abort(404)
    try:
        mark_safe_again(
            service(),
            young_person_id,
            signed_in(),
            confirmed_with_child=request.form.get("confirmed") == "yes",
            reason=request.form.get("reason", ""),
        )
    except NotPossible as refused:
        flash(str(refused), "refused")
    else:
        flash("The phone is marked as safe. Their next text is answered as usual.", "done")
    if _may_read():
        return redirect(url_for("interviews.transcript", interview_id=interview_id), 303)
    return redirect(url_for("interviews.index"), 303)


def _may_read() -> bool:
    return signed_in().role == "advocate"


def _answered_by(found: Transcript) -> dict[UUID, list[str]]:
    """Which questions each message answers."""
    questions: defaultdict[UUID, list[str]] = defaultdict(list)
    answer: ShownAnswer
    for answer in found.answers:
        for message_id in answer.message_ids:
            questions[message_id].append(answer.question)
    return dict(questions)
