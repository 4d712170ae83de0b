"""The page of one escalation, put together: what everything on it needs.

Opening it acknowledges nothing (docs/practice.md PR-72). The reading is logged before a word is
opened, and what 999 will ask is opened only for who revealed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import emergency
from bot.escalation_beside import beside
from bot.escalation_changes import NotPossible
from bot.inbox import Detail, Reason, escalation_version, read_escalation
from dialogs.nations import nation
from dialogs.what_to_do_now import answered, pages_for
from web import act_words, mark_words
from web import live as live_parts
from web.context import actor, service, signed_in
from web.keeping import keeping_key
from web.police_script import police_script
from web.screening_words import screened_beside
from web.timeline import alert_in_words, timeline

OUTCOME_FIELDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "decision": (
        "What was decided",
        "Say what will happen now, in plain words. The young person may read this one day.",
        "Enter what was decided",
    ),
    "reason": ("Why", "What you knew, and what weighed most.", "Enter why it was decided"),
    "who_was_told": (
        "Who was told, and when",
        "Names, roles and times. If nobody was told, say so.",
        "Enter who was told, or that nobody was",
    ),
    "reference": (
        "Reference",
        "A police log, a referral number, or none.",
        "Enter a reference, or write none",
    ),
    "child_was_told": (
        "What the young person was told",
        "In the words that were used. If nothing, say why.",
        "Enter what the young person was told, or that they were told nothing",
    ),
    "child_told_by": (
        "Who told them, and how",
        "A name, and by text, by phone or in person.",
        "Enter who told them, or write nobody",
    ),
    "next_review": (
        "Next review",
        "Who looks again, and when. Or why nobody needs to.",
        "Enter when somebody looks again and who, or why nobody needs to",
    ),
}
"""What closing needs on record: the label of each part, a hint, what to say when it is empty."""


RECORDED: Final = "It is recorded."
"""Said a second time where the page goes on after a call: the banner is far above."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into one form of the page, and what is wrong with it by field."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, form: str, name: str) -> str:
        """What was typed into a field of one form; nothing of another form."""
        return self.values.get(name, "") if form == self.form else ""


def act(
    escalation_id: UUID, form: str, do: Callable[[], None], done: str, part: str = ""
) -> ResponseReturnValue:
    """Do what a form asks for. Refused, the page comes again with all that was typed.

    Args:
        escalation_id: of which page.
        form: the form's name there.
        do: the act; raises NotPossible.
        done: what to say when it is done.
        part: where on the page to go on.
    """
    if escalation_version(service(), escalation_id) is None:
        abort(404)
    try:
        do()
    except NotPossible as refused:
        if not any(value.strip() for name, value in request.form.items() if name != "csrf_token"):
            flash(str(refused), "refused")
        else:
            return page(escalation_id, Typed(form, request.form, {form: str(refused)}))
    else:
        flash(done, "done")
    here = url_for("escalations.show", escalation_id=escalation_id, _anchor=part or None)
    return redirect(here, 303)


def page(
    escalation_id: UUID, typed: Typed | None = None, addresses: tuple[str, ...] = ()
) -> ResponseReturnValue:
    """The whole page."""
    version = escalation_version(service(), escalation_id)
    if version is None:
        abort(404)
    found = read(escalation_id)
    here = nation(service().settings.nation)
    known = dict(found.outcome or act_words.so_far(found, here))
    card = emergency.read_card(service(), escalation_id, signed_in())
    to_do = pages_for(found.summary.categories, here.name)
    return render(
        "escalation.html",
        found,
        tag=live_parts.tag_of(version),
        fields=OUTCOME_FIELDS,
        RECORDED=RECORDED,
        known=known,
        typed=typed or Typed(),
        addresses=addresses,
        contacts=act_words.contacts(here),
        to_do=to_do,
        numbers=answered(to_do, service().clock.service_now()),
        card=card,
        script=police_script(card, found) if card else "",
        reasons=act_words.REVEAL_REASONS,
        reason_wanted=emergency.reason_wanted(service(), escalation_id, signed_in()),
    )


def read(escalation_id: UUID) -> Detail:
    """The escalation in full, the reading logged; 404 when there is none."""
    found = read_escalation(service(), escalation_id, actor())
    if found is None:
        abort(404)
    return found


def render(template: str, found: Detail, **more: Any) -> str:
    """A template with what every part of the page needs."""
    escalation_id = found.summary.id
    return render_template(
        template,
        escalation=found,
        summary=found.summary,
        beside=beside(service(), escalation_id, signed_in()),
        flagged=_flagged(found),
        flagged_ids={each.message_id for each in found.because},
        spans=_spans(found),
        screened=screened_beside(found),
        unexplained=_unexplained(found),
        timeline=timeline(found, nation(service().settings.nation)),
        alert_in_words=alert_in_words,
        marked=mark_words.by_message(found.marks),
        markable=_markable(found),
        keeping_key=keeping_key(),
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
