"""The text of a drill as Twilio would post it to us: its form, and its signature."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from bot.channels.twilio_signature import CONTENT_TYPE, MESSAGE_PATH, webhook_url


@dataclass(frozen=True, slots=True)
class DrillRequest:
    """One request to our own public address."""

    url: str
    body: bytes
    headers: dict[str, str]


def drill_request(
    site: str,
    account_sid: str,
    auth_token: str,
    *,
    provider_id: str,
    sender: str,
    recipient: str,
    words: str,
) -> DrillRequest:
    """A text message, signed by Twilio's own package; ``provider_id`` is an id of Twilio's kind."""
    from twilio.request_validator import RequestValidator

    url = webhook_url(site, MESSAGE_PATH)
    form = {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "Body": words,
        "From": sender,
        "FromCountry": "GB",
        "MessageSid": provider_id,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": provider_id,
        "SmsSid": provider_id,
        "SmsStatus": "received",
        "To": recipient,
        "ToCountry": "GB",
    }
    signature = str(RequestValidator(auth_token).compute_signature(url, form))
    headers = {"Content-Type": CONTENT_TYPE, "X-Twilio-Signature": signature}
    return DrillRequest(url, urlencode(form).encode(), headers)
