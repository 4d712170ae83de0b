"""What is wrong with the line itself: for everybody who is signed in, on a page and above each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from bot import alarms
from bot.alarms import Standing
from storage.versions import Version
from web.access import ACCESS
from web.context import service, signed_in

blueprint: Final = Blueprint("alarms", __name__, url_prefix="/alarms")

ABOUT: Final[Mapping[str, str]] = {
    "sms": "text messages",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "main": "the duty rota",
    "independent": "the independent rota",
    "sink": "drills that go to nobody",
    "person": "drills to a person on duty",
    "twilio": "Twilio: text messages, WhatsApp and calls",
}
"""What the detail of an alarm means; another one is a provider's code and shown as it is."""


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What is wrong now, since when, and what to do."""
    return render_template(
        "alarms.html",
        alarms=standing(),
        may_clear=signed_in().role in ACCESS["alarms.clear"],
    )


@blueprint.post("/<uuid:alarm_id>/clear")
def clear(alarm_id: UUID) -> ResponseReturnValue:
    """Say that one is dealt with; what is still wrong raises it again."""
    if alarms.clear_by_hand(service(), alarm_id, signed_in().id):
        flash("The alarm is cleared. If it is still wrong, it comes back.", "done")
    else:
        flash("This alarm is not open any more.", "refused")
    return redirect(url_for("alarms.index"), 303)


def standing() -> list[Standing]:
    """What is wrong now; nothing when that cannot be asked."""
    try:
        return alarms.standing(service())
    except SQLAlchemyError:
        # The page may be the one that says that the database does not answer.
        return []


def version() -> Version:
    """Changes whenever the banner would."""
    return tuple(f"{each.kind}:{each.detail}" for each in standing())


def about(alarm: Standing) -> str:
    """Which channel it is about, in words, and the provider's code where there is one."""
    channel, _, code = alarm.detail.partition(" ")
    name = ABOUT.get(channel, channel)
    return f"{name}, code {code}" if code else name
