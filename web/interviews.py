"""Return interviews: a list with the 72-hour clock, and for the advocate the whole transcript."""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from bot.transcripts import ShownAnswer, Transcript, interview_lines, read_transcript
from dialogs.nations import deadlines
from web.context import actor, service, signed_in

blueprint: Final = Blueprint("interviews", __name__, url_prefix="/interviews")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Who has an interview and how long is left; no words."""
    return render_template(
        "interviews.html",
        lines=interview_lines(service()),
        now=service().clock.service_now(),
        may_read=signed_in().role == "advocate",
        deadlines=deadlines,
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
        now=service().clock.service_now(),
        answered_by=_answered_by(found),
    )


def _answered_by(found: Transcript) -> dict[UUID, list[str]]:
    """Which questions each message answers."""
    questions: defaultdict[UUID, list[str]] = defaultdict(list)
    answer: ShownAnswer
    for answer in found.answers:
        for message_id in answer.message_ids:
            questions[message_id].append(answer.question)
    return dict(questions)
