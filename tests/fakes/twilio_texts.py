"""A text as Twilio posts it to us: the form, its signature, one more try if nobody answers."""

import http.client
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "token-of-the-fake-account"
OUR_NUMBER = "+447700900999"
WHATSAPP_NUMBER = "+447700900998"
PHONE = "+447700900123"
SERVICE_SID = "MG" + "0123456789abcdef" * 2
TEMPLATE_SID = "HX" + "0123456789abcdef" * 2
MESSAGE_PATH = "/webhooks/twilio/message"
VOICE_PATH = "/webhooks/twilio/voice"


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


def status_form(
    sid: str, to: str, from_: str, status: str, code: int | None = None, **fields: str
) -> dict[str, str]:
    """The parameters of a report on a message of ours."""
    form = {
        "SmsSid": sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": to,
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": from_,
        "ApiVersion": "2010-04-01",
    }
    if code is not None:
        form["ErrorCode"] = str(code)
    return form | fields


def post_form(
    address: str, form: Mapping[str, str], *, via: str | None = None, token: str = AUTH_TOKEN
) -> int:
    """Post a form to an address, signed for it, and return the status answered.

    `via` is the address of a proxy in front of it, say. As Twilio does, tries once more when there
    is no answer.
    """
    body = urlencode(form).encode()
    signature = sign(address, form, token)
    target = address
    if via is not None:
        here, there = urlsplit(address), urlsplit(via)
        target = urlunsplit((there.scheme, there.netloc, here.path, here.query, ""))
    try:
        return _post(target, body, signature)
    except (OSError, http.client.HTTPException):
        return _post(target, body, signature)


def post_text(public_url: str, form: Mapping[str, str], *, via: str | None = None) -> int:
    """Post a text signed for `public_url` and return the status answered.

    Delivers to `via` (a proxy, say) when it is another address. As Twilio does, tries once more
    when there is no answer.
    """
    return post_form(message_address(public_url), form, via=via)


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
