"""The provider's webhook: the door by which a child's words come in."""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, Response, abort, request

from bot.channels.twilio_webhook import MESSAGE_PATH, Refused, read_message, verify
from bot.receive import receive
from web.context import service

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
    settings = service().settings
    # The signature is over these bytes: they are read before anything can take them for a form.
    body = request.get_data(cache=False)
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        abort(404)
    try:
        form = verify(
            settings.twilio_auth_token,
            settings.site,
            body,
            request.headers.get("X-Twilio-Signature"),
            request.headers.get("Content-Type"),
        )
        inbound = read_message(form, settings.twilio_account_sid)
    except Refused as refused:
        log.warning("webhook refused", reason=refused.reason)
        abort(415 if refused.reason == "content type" else 403)
    try:
        receipt = receive(service(), inbound)
    except Exception as error:  # noqa: BLE001 - whatever it was, Twilio must try again
        log.error("webhook not stored", error=type(error).__name__)
        abort(503)
    log.info("webhook stored", message_id=str(receipt.message_id), duplicate=receipt.duplicate)
    return Response(_NO_REPLY, content_type="text/xml; charset=utf-8")
