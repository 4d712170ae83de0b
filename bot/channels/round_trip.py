"""Requests to ourselves as a provider would make them, to see whether they arrive as they left.

They go to the public address, so whatever stands in front of this service has handled them too.
None can become a message: to Twilio's route goes a report on a message that never was, to
Telegram's an update of a kind that nobody answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

from bot.channels.telegram_webhook import SECRET_HEADER, WEBHOOK_PATH
from bot.channels.twilio_signature import CONTENT_TYPE, STATUS_PATH, webhook_url

NO_MESSAGE: Final = "SM" + "0" * 32
"""The id in the report; no message of Twilio's has it."""
NO_UPDATE: Final = {
    "update_id": 0,
    "poll": {
        "id": "0",
        "question": "channels check",
        "options": [],
        "total_voter_count": 0,
        "is_closed": True,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
    },
}

Provider = Literal["twilio", "telegram"]


@dataclass(frozen=True, slots=True)
class Probe:
    """One request, and the status that it is answered with when all is well."""

    provider: Provider
    is_genuine: bool
    url: str
    body: bytes
    headers: dict[str, str]
    expected: int


def twilio_probes(site: str, account_sid: str, auth_token: str, number: str) -> tuple[Probe, Probe]:
    """A report signed by Twilio's own package, and one whose signature is of another token."""
    from twilio.request_validator import RequestValidator

    url = webhook_url(site, STATUS_PATH)
    form = {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "From": number,
        "MessageSid": NO_MESSAGE,
        "MessageStatus": "queued",
        "SmsSid": NO_MESSAGE,
        "SmsStatus": "queued",
        "To": number,
    }

    def signed(token: str, expected: int) -> Probe:
        signature = str(RequestValidator(token).compute_signature(url, form))
        headers = {"Content-Type": CONTENT_TYPE, "X-Twilio-Signature": signature}
        return Probe("twilio", expected != 403, url, urlencode(form).encode(), headers, expected)

    return signed(auth_token, 204), signed(f"not {auth_token}", 403)


def telegram_probes(site: str, secret: str) -> tuple[Probe, Probe]:
    """An update with our secret, and one with another."""
    url, body = site.rstrip("/") + WEBHOOK_PATH, json.dumps(NO_UPDATE).encode()

    def with_secret(word: str, expected: int) -> Probe:
        headers = {"Content-Type": "application/json", SECRET_HEADER: word}
        return Probe("telegram", expected != 403, url, body, headers, expected)

    return with_secret(secret, 200), with_secret(f"not-{secret}", 403)
