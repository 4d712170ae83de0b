"""Looking at where Twilio sends what comes in: whoever moves that address takes our messages.

Cheap enough for every few minutes, and a part of `channels check`.
"""

from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit, urlunsplit

from bot.channels import Finding
from bot.channels.twilio_checks import (
    SERVICE_SETTING,
    Checks,
    Found,
    able_to,
    own_number,
    own_whatsapp,
)
from bot.channels.twilio_signature import MESSAGE_PATH, VOICE_PATH

if TYPE_CHECKING:
    from twilio.rest.messaging.v1.service import ServiceInstance


def as_configured(checks: Checks) -> list[Finding]:
    """Look only at where Twilio sends what comes in: it loses messages when it has moved."""
    if checks.line.name == "whatsapp":
        return checks.findings("webhook", _whatsapp_webhook, SERVICE_SETTING)
    found = checks.findings("webhook", _webhook, SERVICE_SETTING)
    return found + checks.findings("voice", _voice)


def _webhook(checks: Checks) -> Found:
    number = own_number(checks)
    service = _asked_service(checks)
    if service is not None:
        where, url, method = (
            "Messaging Service",
            service.inbound_request_url,
            service.inbound_method,
        )
    elif number is None:
        yield "webhook", "wrong", "TWILIO_SMS_FROM is not a number of this Twilio account."
        return
    elif number.sms_application_sid:
        yield (
            "webhook",
            "wrong",
            "The number hands its texts to a TwiML App, not to the address beside it. "
            "Choose Webhook instead.",
        )
        return
    else:
        where, url, method = "number", number.sms_url, number.sms_method
    yield from _compared(checks, "webhook", f"texts of the {where}", MESSAGE_PATH, url, method)


def _voice(checks: Checks) -> Found:
    number = own_number(checks)
    if number is None:
        yield "voice", "wrong", "TWILIO_SMS_FROM is not a number of this Twilio account."
    elif not able_to(number, "voice"):
        yield "voice", "ok", "The number takes no calls."
    elif number.voice_application_sid or number.trunk_sid:
        yield (
            "voice",
            "wrong",
            "The number hands its calls to a TwiML App or a SIP trunk: a young person who rings "
            "would not hear our message. Choose Webhook instead.",
        )
    else:
        yield from _compared(
            checks,
            "voice",
            "calls of the number",
            VOICE_PATH,
            number.voice_url,
            number.voice_method,
        )


def _whatsapp_webhook(checks: Checks) -> Found:
    service = _asked_service(checks)
    if service is not None:
        url, method = service.inbound_request_url, service.inbound_method
        where = "messages of the Messaging Service"
    else:
        sender = own_whatsapp(checks)
        if sender is None:
            says = "TWILIO_WHATSAPP_FROM is not a WhatsApp sender of this account."
            yield "webhook", "wrong", says
            return
        # Twilio's client says that these are strings; they are objects.
        told: object = sender.webhook
        webhook: dict[str, str | None] = told if isinstance(told, dict) else {}
        url, method = webhook.get("callback_url"), webhook.get("callback_method")
        where = "messages of the WhatsApp sender"
    yield from _compared(checks, "webhook", where, MESSAGE_PATH, url, method)


def _compared(
    checks: Checks, code: str, what: str, path: str, url: str | None, method: str | None
) -> Found:
    wanted = checks.url(path)
    if not url:
        yield code, "wrong", f"Twilio sends the {what} nowhere. It must be {wanted} with POST."
    elif urldefrag(url).url != wanted:
        yield (
            code,
            "wrong",
            f"Twilio sends the {what} to {_shown(url)}. It must be {wanted} with POST.",
        )
    elif (method or "POST").upper() != "POST":
        yield code, "wrong", f"Twilio sends the {what} with {method}. It must be POST."
    else:
        yield code, "ok", f"Twilio sends the {what} to us."


def _asked_service(checks: Checks) -> "ServiceInstance | None":
    """The Messaging Service, where its address for incoming messages is the one that counts."""
    if checks.line.service is None:
        return None
    service = checks.client.messaging.v1.services(checks.line.service).fetch()
    return None if service.use_inbound_webhook_on_number else service


def _shown(url: str) -> str:
    """An address without what may be secret in it: a password, a query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
