"""One escalation: what was said, why it was flagged, and what a named person does about it.

Opening the page acknowledges nothing (docs/practice.md PR-72); every act is a button of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import escalations
from bot.escalations import NotPossible, Outcome
from bot.inbox import Detail, Reason, escalation_version, read_escalation
from bot.unknown_senders import reveal_of_escalation
from web import live as live_parts
from web import mark_words
from web.context import actor, service, signed_in
from web.screening_words import screened_beside
from web.timeline import timeline

blueprint: Final = Blueprint(
    "escalations", __name__, url_prefix="/escalations/<uuid:escalation_id>"
)

OUTCOME_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "decision": ("What was decided", "Enter what was decided"),
    "reason": ("Why", "Enter why it was decided"),
    "who_was_told": ("Who was told, and when", "Enter who was told, or that nobody was"),
    "reference": ("Reference", "Enter a reference, or write none"),
    "child_was_told": (
        "What the young person was told",
        "Enter what the young person was told, or that they were told nothing",
    ),
    "child_told_by": ("Who told them, and how", "Enter who told them, or write nobody"),
    "next_review": (
        "Next review",
        "Enter when somebody looks again and who, or why nobody needs to",
    ),
}
"""What closing needs on record: the label of each part and what to say when it is empty."""

HINTS: Final = {
    "decision": "Say what will happen now, in plain words. The young person may read this one day.",
    "reason": "What you knew, and what weighed most.",
    "who_was_told": "Names, roles and times. If nobody was told, say so.",
    "reference": "A police log, a referral number, or none.",
    "child_was_told": "In the words that were used. If nothing, say why.",
    "child_told_by": "A name, and by text, by phone or in person.",
    "next_review": "Who looks again, and when. Or why nobody needs to.",
}


@blueprint.get("")
def show(escalation_id: UUID) -> ResponseReturnValue:
    """The escalation in full; the reading is logged before a word is opened."""
    return _page(escalation_id)


@blueprint.get("/live")
def live(escalation_id: UUID) -> Response:
    """The words and the timeline by themselves, when they changed; that is a reading again."""
    version = escalation_version(service(), escalation_id)
    if version is None:
        abort(404)
    return live_parts.answer(version, lambda: _render("escalation_live.html", escalation_id))


@blueprint.post("/address")
def address(escalation_id: UUID) -> ResponseReturnValue:
    """The same page with the number of a sender whom nobody knows; the look is logged before."""
    return _page(escalation_id, addresses=reveal_of_escalation(service(), escalation_id, actor()))


@blueprint.post("/acknowledge")
def acknowledge(escalation_id: UUID) -> ResponseReturnValue:
    """Put the visitor's name to it; the young person is told in the same commit."""
    return _act(
        escalation_id,
        lambda: escalations.acknowledge(service(), escalation_id, signed_in()),
        "You have acknowledged this. Your name is on it.",
    )


@blueprint.post("/outcome")
def outcome(escalation_id: UUID) -> ResponseReturnValue:
    """Record what was decided; all parts are needed."""
    typed = {name: request.form.get(name, "").strip() for name in OUTCOME_FIELDS}
    found = Outcome(**typed)
    if found.missing():
        return _page(escalation_id, typed=typed, missing=found.missing())
    return _act(
        escalation_id,
        lambda: escalations.record_outcome(service(), escalation_id, signed_in(), found),
        "The outcome is recorded. You can close the escalation now.",
    )


@blueprint.post("/close")
def close(escalation_id: UUID) -> ResponseReturnValue:
    """Close it; what is written after this stays out of sight here."""
    return _act(
        escalation_id,
        lambda: escalations.close(service(), escalation_id, signed_in()),
        "The escalation is closed.",
    )


def _act(escalation_id: UUID, act: Callable[[], None], done: str) -> ResponseReturnValue:
    if escalation_version(service(), escalation_id) is None:
        abort(404)
    try:
        act()
    except NotPossible as refused:
        flash(str(refused), "refused")
    else:
        flash(done, "done")
    return redirect(url_for("escalations.show", escalation_id=escalation_id), 303)


def _page(
    escalation_id: UUID,
    typed: Mapping[str, str] | None = None,
    missing: tuple[str, ...] = (),
    addresses: tuple[str, ...] = (),
) -> str:
    version = escalation_version(service(), escalation_id)
    if version is None:
        abort(404)
    return _render(
        "escalation.html",
        escalation_id,
        tag=live_parts.tag_of(version),
        fields=OUTCOME_FIELDS,
        hints=HINTS,
        typed=typed or {},
        missing=missing,
        addresses=addresses,
    )


def _render(template: str, escalation_id: UUID, **more: Any) -> str:
    found = read_escalation(service(), escalation_id, actor())
    if found is None:
        abort(404)
    return render_template(
        template,
        escalation=found,
        summary=found.summary,
        flagged=_flagged(found),
        flagged_ids={each.message_id for each in found.because},
        spans=_spans(found),
        screened=screened_beside(found),
        unexplained=_unexplained(found),
        timeline=timeline(found),
        marked=mark_words.by_message(found.marks),
        markable=_markable(found),
        missed_at=lambda message_id: url_for(
            "marking.missed_in_escalation", escalation_id=escalation_id, message_id=message_id
        ),
        **more,
    )


def _flagged(found: Detail) -> list[tuple[Any, list[Reason]]]:
    """The messages that were flagged, in the order they came, each with its reasons."""
    reasons: dict[UUID, list[Reason]] = {}
    for reason in found.because:
        reasons.setdefault(reason.message_id, []).append(reason)
    return [(each, reasons[each.id]) for each in found.messages if each.id in reasons]


def _markable(found: Detail) -> set[UUID]:
    """The flagged messages of which nobody has said yet that they are no disclosure."""
    said = {each.message_id for each in found.marks if each.kind == "not_a_disclosure"}
    return {each.message_id for each in found.because} - said


def _spans(found: Detail) -> dict[UUID, list[tuple[int, int]]]:
    spans: dict[UUID, list[tuple[int, int]]] = {}
    for reason in found.because:
        spans.setdefault(reason.message_id, []).append((reason.start, reason.end))
    return spans


def _unexplained(found: Detail) -> list[str]:
    """Kinds of events that raised it without any passage of a message to point at."""
    kinds = (each.kind for each in found.events)
    reasons = ("not_screened", "unread", "undelivered", "turn_failed", "opted_out")
    return [kind for kind in dict.fromkeys(kinds) if kind in reasons]
