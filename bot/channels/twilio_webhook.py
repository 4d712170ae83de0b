"""What Twilio tells us: a message that came in, and how far one of ours has got.

Whether a request is Twilio's is asked before, in `twilio_signature`.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal
from uuid import UUID

from bot.channels import Inbound, Media, Pin, Report
from bot.channels.phone_numbers import sender_address
from bot.channels.twilio_signature import (
    CONTENT_TYPE,
    LARGEST_BODY,
    MESSAGE_PATH,
    STATUS_PATH,
    Form,
    Refused,
    check_account,
    verify,
    webhook_url,
)

__all__ = [
    "CONTENT_TYPE",
    "LARGEST_BODY",
    "MESSAGE_PATH",
    "OPT_OUT_WORDS",
    "STATUS_PATH",
    "Form",
    "Refused",
    "read_message",
    "read_report",
    "verify",
    "webhook_url",
]

# A message that is one of these words cuts the line at the carrier (docs/reliability.md 0.5).
OPT_OUT_WORDS: Final = frozenset(
    {"cancel", "end", "optout", "quit", "revoke", "stop", "stopall", "unsubscribe"}
)
_STICKER: Final = "image/webp"
_SAYING: Final = ("Body", "ButtonText", "ListTitle")
"""Where the words of a message are. Twilio repeats a pressed button's in the body; should it ever
not, they are still the young person's words."""

_Progress = Literal["queued", "sending", "sent", "delivered", "read", "failed"]
_PROGRESS: Final[Mapping[str, _Progress]] = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}


def read_message(form: Form, account_sid: str) -> Inbound:
    """Read one incoming message from a verified form. No address in it is ever fetched.

    The name that a sender gave themselves is not read: anybody can take any (T-02). Twilio gives
    no time of sending.

    Raises:
        Refused: It is another account's, or its names for the message differ.
    """
    values = form.values
    check_account(form, account_sid)
    provider_id = _message_id(values)
    channel, sender = _split_address(values["From"])
    holder = next((name for name in _SAYING if values.get(name)), "Body")
    return Inbound(
        channel=channel,
        account=account_sid,
        provider_id=provider_id,
        sender=sender,
        recipient=_split_address(values["To"])[1],
        text=values[holder],
        exact=form.inexact.isdisjoint({holder, "Label", "Address"}),
        raw=form.raw,
        content_type=form.content_type,
        media=tuple(_media(values, channel)),
        pin=_pin(values),
        opt_out=_opts_out(values, channel),
    )


def read_report(form: Form, account_sid: str, reference: UUID | None = None) -> Report:
    """Read from a verified form how far a message of ours has got.

    Args:
        form: The form, of the parameters of a status callback.
        account_sid: Our account.
        reference: Our own name for the message, if it stood in the signed address.

    Raises:
        Refused: It is another account's, its names for the message differ, or its status is none
            that a message of ours can have.
    """
    values = form.values
    check_account(form, account_sid)
    provider_id = _message_id(values)
    status = _PROGRESS.get(values["MessageStatus"])
    if status is None or values.get("SmsStatus", values["MessageStatus"]) not in _PROGRESS:
        raise Refused("status", signed=True)
    channel, _ = _split_address(values["To"])
    return Report(
        channel=values.get("ChannelPrefix") or channel,
        provider_id=provider_id,
        status=status,
        code=values.get("ErrorCode", "").lstrip("0"),
        reference=reference,
    )


def _message_id(values: Mapping[str, str]) -> str:
    """The name of a message, which older parameters repeat."""
    name = values["MessageSid"]
    if {values.get("SmsMessageSid", name), values.get("SmsSid", name)} != {name}:
        raise Refused("message id", signed=True)
    return name


def _split_address(address: str) -> tuple[str, str]:
    """The channel that an address belongs to, and the address without its name.

    Only WhatsApp's loses it: there an id in place of a number has a dot after two letters, and is
    kept as WhatsApp's alone. Another app's address, which we never write to, stays as it came, so
    that it can pass for nobody's number.
    """
    prefix, colon, rest = address.partition(":")
    if not colon:
        return "sms", sender_address(address)
    return prefix, sender_address(rest if prefix == "whatsapp" else address)


def _media(values: Mapping[str, str], channel: str) -> Iterator[Media]:
    """Yield the kind of each thing that came with the words. Their addresses are left alone."""
    announced = int(values.get("NumMedia", "0"))
    for index in range(max(announced, sum(name.startswith("MediaUrl") for name in values))):
        full = values.get(f"MediaContentType{index}", "").partition(";")[0].strip().lower()
        kind = full.partition("/")[0]
        if full == _STICKER and channel == "whatsapp":
            # WhatsApp sends stickers in this form and pictures never. As a picture message of the
            # telephone network it is a picture, and a person is told of it.
            yield "sticker"
        elif kind == "image":
            yield "picture"
        elif kind == "audio":
            yield "voice"
        else:
            yield "other"


def _pin(values: Mapping[str, str]) -> Pin | None:
    if "Latitude" not in values or "Longitude" not in values:
        return None
    return Pin(
        latitude=values["Latitude"],
        longitude=values["Longitude"],
        label=values.get("Label") or None,
        address=values.get("Address") or None,
    )


def _opts_out(values: Mapping[str, str], channel: str) -> bool:
    """Whether nothing that we send will arrive any more.

    Twilio says so itself where a Messaging Service has its own list of words, which holds for
    WhatsApp too. Without one, Twilio acts on its usual words on telephone numbers, and on WhatsApp
    on none: there they are only words.
    """
    if "OptOutType" in values:
        return values["OptOutType"] == "STOP"
    return channel == "sms" and values["Body"].strip().lower() in OPT_OUT_WORDS
