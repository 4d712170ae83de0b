"""A text as Twilio posts it to us: the form, its signature, one more try if nobody answers."""

import http.client
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "token-of-the-fake-account"
OUR_NUMBER = "+447700900999"
PHONE = "+447700900123"
MESSAGE_PATH = "/webhooks/twilio/message"


def text_form(**fields: str | None) -> dict[str, str]:
    """The parameters of a British text message, with these changed; None leaves one out."""
    sid = fields.get("MessageSid") or "SM" + secrets.token_hex(16)
    genuine: dict[str, str | None] = {
        "ToCountry": "GB",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": "hello",
        "FromCountry": "GB",
        "To": OUR_NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": PHONE,
        "ApiVersion": "2010-04-01",
    }
    return {name: value for name, value in (genuine | fields).items() if value is not None}


def message_address(public_url: str) -> str:
    """The address that Twilio would be told to post to, and signs."""
    return public_url.partition("#")[0].rstrip("/") + MESSAGE_PATH


def sign(address: str, form: Mapping[str, str], token: str = AUTH_TOKEN) -> str:
    """The signature, by Twilio's own package."""
    return str(RequestValidator(token).compute_signature(address, dict(form)))


def post_text(public_url: str, form: Mapping[str, str], *, via: str | None = None) -> int:
    """Post a text signed for `public_url` and return the status answered.

    Delivers to `via` (a proxy, say) when it is another address. As Twilio does, tries once more
    when there is no answer.
    """
    body = urlencode(form).encode()
    signature = sign(message_address(public_url), form)
    target = message_address(via or public_url)
    try:
        return _post(target, body, signature)
    except (OSError, http.client.HTTPException):
        return _post(target, body, signature)


def _post(address: str, body: bytes, signature: str) -> int:
    target = urlsplit(address)
    secure = target.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(target.netloc, timeout=15)
    try:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
            "User-Agent": "TwilioProxy/1.1",
        }
        connection.request("POST", target.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
