"""How a call of ours ended: the provider's report on it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, Response

from bot.channels.twilio_calls import (
    CALL_STATUS,
    CALL_STATUS_PATH,
    call_status_path,
    read_call_report,
)
from bot.reports import take_report
from web.context import service
from web.signed import account, not_stored, refusing, twilio_form

blueprint: Final = Blueprint("call_status", __name__)


@blueprint.post(f"{CALL_STATUS_PATH}/<uuid:reference>")
def ended(reference: UUID) -> Response:
    """Take one report on a call of ours, whose reference stands in the signed address.

    Answers 204 when it is kept, now or before; 403 when it is not certainly Twilio's; 503 when
    nothing could be stored, so that Twilio tries again.
    """
    with refusing():
        form = twilio_form(call_status_path(reference), CALL_STATUS)
        report = read_call_report(form, account(), reference)
    try:
        if report is not None:
            take_report(service(), report)
    except Exception as error:  # noqa: BLE001 - whatever it was, Twilio must try again
        not_stored(error)
    return Response(status=204)
