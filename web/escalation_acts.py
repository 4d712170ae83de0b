"""The buttons of an escalation's page beside acknowledging and closing it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot import emergency
from bot import escalation_acts as acts
from bot.clock import in_london
from bot.escalation_acts import MadeSafe, Record
from bot.escalation_changes import NotPossible
from bot.new_episode import local_moment
from web.context import service, signed_in
from web.escalation_page import RECORDED, act

blueprint: Final = Blueprint(
    "escalation_acts", __name__, url_prefix="/escalations/<uuid:escalation_id>"
)


@blueprint.post("/pass-on")
def pass_on(escalation_id: UUID) -> ResponseReturnValue:
    """Say "I cannot act": to somebody by name, or to the next people on the ladder."""
    return act(
        escalation_id,
        "pass-on",
        lambda: acts.pass_on(
            service(), escalation_id, signed_in(), _whom(optional=True), _written("note")
        ),
        "You have passed it on. It goes on asking people until somebody can act.",
    )


@blueprint.post("/hand-over")
def hand_over(escalation_id: UUID) -> ResponseReturnValue:
    """Give it to somebody by name, with a note."""
    return act(
        escalation_id,
        "hand-over",
        lambda: acts.hand_over(
            service(), escalation_id, signed_in(), _whom() or UUID(int=0), _written("note")
        ),
        "You have handed it over. They are being alerted.",
    )


@blueprint.post("/take-over")
def take_over(escalation_id: UUID) -> ResponseReturnValue:
    """Say "I can act now" of what somebody else has."""
    return act(
        escalation_id,
        "take-over",
        lambda: acts.take_over(service(), escalation_id, signed_in()),
        "You have this now.",
    )


@blueprint.post("/record")
def record(escalation_id: UUID) -> ResponseReturnValue:
    """Record a call or a referral."""
    return act(
        escalation_id,
        "record",
        lambda: acts.record(
            service(),
            escalation_id,
            signed_in(),
            Record(
                who=_written("who"),
                said=_written("said"),
                person=_written("person"),
                reference=_written("reference"),
                at=_time_of_day(_written("at"), service().clock.service_now()),
            ),
        ),
        RECORDED,
        "recording",
    )


@blueprint.post("/priority")
def priority(escalation_id: UUID) -> ResponseReturnValue:
    """Raise the priority, or lower it with a reason."""
    wanted = {"1": 1, "2": 2, "3": 3}.get(_written("priority"), 0)
    return act(
        escalation_id,
        "priority",
        lambda: acts.set_priority(
            service(), escalation_id, signed_in(), wanted, _written("reason")
        ),
        "The priority is changed.",
    )


@blueprint.post("/link")
def link(escalation_id: UUID) -> ResponseReturnValue:
    """Link it to another escalation."""
    return act(
        escalation_id,
        "link",
        lambda: acts.link(
            service(), escalation_id, signed_in(), _written("reference"), _written("why")
        ),
        "The link is on both timelines.",
    )


@blueprint.post("/made-safe")
def made_safe(escalation_id: UUID) -> ResponseReturnValue:
    """Made safe for the night: it stays open and heads the day team's list."""
    return act(
        escalation_id,
        "made-safe",
        lambda: acts.make_safe(
            service(),
            escalation_id,
            signed_in(),
            MadeSafe(_written("did"), _written("holds"), _moment("next_check_at")),
        ),
        "It stays open, at the top of the day team's list.",
    )


@blueprint.post("/check")
def check(escalation_id: UUID) -> ResponseReturnValue:
    """Record a check, and when the next one is."""
    wants_next = bool(_written("next_check_at"))
    return act(
        escalation_id,
        "check",
        lambda: acts.record_check(
            service(),
            escalation_id,
            signed_in(),
            _written("seen"),
            _moment("next_check_at") if wants_next else None,
        ),
        "The check is recorded.",
    )


@blueprint.post("/reveal")
def reveal(escalation_id: UUID) -> ResponseReturnValue:
    """Show what 999 will ask; who looked is on record before."""
    return act(
        escalation_id,
        "reveal",
        lambda: emergency.reveal(service(), escalation_id, signed_in()),
        "Shown for 30 minutes. That you looked is logged.",
        "emergency",
    )


@blueprint.post("/reveal-reason")
def reveal_reason(escalation_id: UUID) -> ResponseReturnValue:
    """Say what it was needed for."""
    return act(
        escalation_id,
        "reveal-reason",
        lambda: emergency.give_reason(service(), escalation_id, signed_in(), _written("reason")),
        "Thank you. The reason is kept with the look.",
    )


@blueprint.post("/copied")
def copied(escalation_id: UUID) -> ResponseReturnValue:
    """The lines for the police were copied."""
    return act(
        escalation_id,
        "copied",
        lambda: emergency.note_copied(service(), escalation_id, signed_in()),
        "That you copied the lines for the police is recorded.",
        "emergency",
    )


def _written(name: str) -> str:
    return request.form.get(name, "").strip()


def _whom(*, optional: bool = False) -> UUID | None:
    """Who was chosen; None is the next people on the ladder."""
    written = _written("to")
    if optional and not written:
        return None
    try:
        return UUID(written)
    except ValueError:
        raise NotPossible("Choose who should take it.") from None


def _time_of_day(written: str, now: datetime) -> datetime | None:
    """A time today in London, or the evening before where it has not come yet; None is now."""
    if not written:
        return None
    try:
        hour, minute = (int(part) for part in written.split(":"))
        at = in_london(now).replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise NotPossible("Write the time as 21:30, or leave it empty for now.") from None
    return at if at <= now else at - timedelta(days=1)


def _moment(name: str) -> datetime:
    try:
        return local_moment(_written(name))
    except ValueError:
        raise NotPossible("Write the day and the time of the next check.") from None
