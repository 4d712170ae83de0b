"""The provider's webhooks: the door by which a child's words come in, and reports on ours."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from flask import Blueprint, Response

from bot.channels.twilio_parameters import MESSAGE, STATUS
from bot.channels.twilio_signature import MESSAGE_PATH, STATUS_PATH, status_path
from bot.channels.twilio_webhook import read_message, read_report
from bot.receive import receive
from bot.reports import take_report
from web.context import service
from web.signed import account, not_stored, refusing, twilio_form

blueprint: Final = Blueprint("webhooks", __name__)
log = structlog.get_logger()

# Nothing is answered in the request: replies go through the outbox.
_NO_REPLY: Final = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@blueprint.post(MESSAGE_PATH)
def message() -> Response:
    """Take one text message from Twilio.

    Answers 200 when it is stored, now or before; 403 when it is not certainly Twilio's; 503 when
    nothing could be stored, so that Twilio tries again (docs/reliability.md T-07, T-08, F-02).
    """
    with refusing():
        inbound = read_message(twilio_form(MESSAGE_PATH, MESSAGE), account())
    try:
        receipt = receive(service(), inbound)
    except Exception as error:  # noqa: BLE001 - whatever it was, Twilio must try again
        not_stored(error)
    log.info("webhook stored", message_id=str(receipt.message_id), duplicate=receipt.duplicate)
    return Response(_NO_REPLY, content_type="text/xml; charset=utf-8")


@blueprint.post(STATUS_PATH)
@blueprint.post(f"{STATUS_PATH}/<uuid:reference>")
def status(reference: UUID | None = None) -> Response:
    """Take one report on a message of ours, whose reference stands in the signed address.

    Answers 204 when it is kept, now or before; otherwise as `message` does.
    """
    with refusing():
        form = twilio_form(status_path(reference), STATUS)
        report = read_report(form, account(), reference)
    try:
        is_new = take_report(service(), report)
    except Exception as error:  # noqa: BLE001 - whatever it was, Twilio must try again
        not_stored(error)
    log.info("report kept", status=report.status, code=report.code, new=is_new)
    return Response(status=204)
