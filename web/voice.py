"""Somebody rings the number: Twilio asks what to say to them.

Whoever rings hears that nobody can talk there and what to do in danger, also when the call could
not be kept or its request not be read: a caller who hears that an application has failed may be a
child in danger, and Twilio asks only once. What is said then is what anybody would hear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import structlog
from flask import Blueprint, Response

from bot.calls import Spoken, say, take_call, want_call
from bot.channels import Inbound
from bot.channels.twilio_parameters import CALL
from bot.channels.twilio_signature import KEY_PATH, VOICE_PATH, Form, Refused, webhook_url
from bot.channels.twilio_voice import can_be_called, read_call, speak, wants_call
from web.context import service
from web.signed import account, note, refuse, twilio_form

blueprint: Final = Blueprint("voice", __name__)
log = structlog.get_logger()


@blueprint.post(VOICE_PATH)
def answer() -> Response:
    """Say that nobody can talk here, and offer a call back to whoever has a number.

    Answers 403 when the request is not Twilio's.
    """
    signed = _signed(VOICE_PATH)
    try:
        caller = take_call(service(), signed[1]) if signed else None
        words = say(service(), "call_answer", caller)
        offer = say(service(), "call_offer", caller)
    except Exception as error:  # noqa: BLE001 - the caller is told all the same
        _log_lost(error)
        return _instructions(say(service(), "call_answer"))
    if signed is None or not can_be_called(signed[1].sender):
        return _instructions(words)
    return _instructions(words, offer, webhook_url(service().settings.site, KEY_PATH))


@blueprint.post(KEY_PATH)
def key() -> Response:
    """Take the key that a caller pressed, and say what comes of it.

    The call is kept here if it was not before. Answers 403 when the request is not Twilio's.
    """
    signed = _signed(KEY_PATH)
    if signed is None:
        return _instructions(say(service(), "call_end"))
    form, call = signed
    try:
        if wants_call(form) and can_be_called(call.sender):
            return _instructions(say(service(), "call_again", want_call(service(), call)))
        return _instructions(say(service(), "call_end", take_call(service(), call)))
    except Exception as error:  # noqa: BLE001 - nothing is promised to the caller then
        _log_lost(error)
        return _instructions(say(service(), "call_end"))


def _signed(path: str) -> tuple[Form, Inbound] | None:
    """The form and the call; None when Twilio signed it and nobody can be sure what it says."""
    try:
        form = twilio_form(path, CALL)
        return form, read_call(form, account())
    except Refused as refused:
        if not refused.signed:
            refuse(refused)
        note(refused)
        return None


def _log_lost(error: Exception) -> None:
    log.error("call not stored", error=type(error).__name__)


def _instructions(
    words: Sequence[Spoken], offer: Iterable[Spoken] = (), key_url: str | None = None
) -> Response:
    body = speak(
        [(each.language, each.words) for each in words],
        [(each.language, each.words) for each in offer],
        key_url,
    )
    return Response(body, content_type="text/xml; charset=utf-8")
