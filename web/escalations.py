"""One escalation: what was said, why it was flagged, and a named person's answer to it.

Opening the page acknowledges nothing (docs/practice.md PR-72); every act is a button of its own.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from bot import escalations
from bot.escalations import Outcome
from bot.inbox import escalation_version
from bot.unknown_senders import reveal_of_escalation
from web import live as live_parts
from web.context import actor, service, signed_in
from web.escalation_page import OUTCOME_FIELDS, Typed, act, page, read, render

blueprint: Final = Blueprint(
    "escalations", __name__, url_prefix="/escalations/<uuid:escalation_id>"
)


@blueprint.get("")
def show(escalation_id: UUID) -> ResponseReturnValue:
    """The escalation in full; the reading is logged before a word is opened."""
    return page(escalation_id)


@blueprint.get("/live")
def live(escalation_id: UUID) -> Response:
    """The words and the timeline by themselves, when they changed; that is a reading again."""
    version = escalation_version(service(), escalation_id)
    if version is None:
        abort(404)
    return live_parts.answer(version, lambda: render("escalation_live.html", read(escalation_id)))


@blueprint.post("/address")
def address(escalation_id: UUID) -> ResponseReturnValue:
    """The same page with the number of a sender whom nobody knows; the look is logged before."""
    return page(escalation_id, addresses=reveal_of_escalation(service(), escalation_id, actor()))


@blueprint.post("/acknowledge")
def acknowledge(escalation_id: UUID) -> ResponseReturnValue:
    """Say "I can act now"; the young person is told in the same commit."""
    return act(
        escalation_id,
        "acknowledge",
        lambda: escalations.acknowledge(service(), escalation_id, signed_in()),
        "You have acknowledged this. Your name is on it.",
    )


@blueprint.post("/outcome")
def outcome(escalation_id: UUID) -> ResponseReturnValue:
    """Record what was decided, all parts of it; and close in the same go where that is wanted."""
    typed = {name: request.form.get(name, "").strip() for name in OUTCOME_FIELDS}
    found = Outcome(**typed)
    if found.missing():
        errors = {name: OUTCOME_FIELDS[name][2] for name in found.missing()}
        return page(escalation_id, Typed("outcome", typed, errors))
    closes = request.form.get("then") == "close"

    def record() -> None:
        escalations.record_outcome(service(), escalation_id, signed_in(), found)
        if closes:
            escalations.close(service(), escalation_id, signed_in())

    said = "The outcome is recorded. You can close the escalation now."
    return act(escalation_id, "outcome", record, "The escalation is closed." if closes else said)


@blueprint.post("/close")
def close(escalation_id: UUID) -> ResponseReturnValue:
    """Close it; what is written after this stays out of sight here."""
    return act(
        escalation_id,
        "close",
        lambda: escalations.close(service(), escalation_id, signed_in()),
        "The escalation is closed.",
    )
