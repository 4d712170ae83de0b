"""What Twilio's list of messages says: which are of our line, what came in, what became of ours.

A list knows less than a webhook: of media only how many, of a place on a map nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from bot.channels import Inbound, Media, Report
from bot.channels.phone_numbers import sender_address
from bot.channels.twilio_webhook import OPT_OUT_WORDS

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.message import MessageInstance

CONTENT_TYPE: Final = "application/json"

Status = Literal["queued", "sending", "sent", "delivered", "read", "failed"]

STATUSES: Final[Mapping[str, Status]] = MappingProxyType(
    {
        "accepted": "queued",
        "scheduled": "queued",
        "queued": "queued",
        "sending": "sending",
        "sent": "sent",
        "partially_delivered": "sent",  # of several recipients; we have one
        "delivered": "delivered",
        "read": "read",
        "failed": "failed",
        "undelivered": "failed",
        "canceled": "failed",
    }
)
"""Twilio's words for how far a message of ours is, and ours."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sender of ours: which messages are its own, and how its addresses are written.

    `number` has no prefix. `service` is the Messaging Service that it sends through, if any.
    """

    name: Literal["sms", "whatsapp"]
    account_sid: str
    number: str
    service: str | None = None

    @property
    def sender(self) -> str:
        """Our own address as Twilio writes it."""
        return self.prefixed(self.number)

    def prefixed(self, address: str) -> str:
        """An address of this channel as Twilio writes it."""
        return f"whatsapp:{address}" if self.name == "whatsapp" else address

    def bare(self, address: str) -> str:
        """An address of Twilio's as it is kept here."""
        return sender_address(address.removeprefix("whatsapp:"))

    def sent(self, message: "MessageInstance") -> bool:
        """Say whether a listed message went out on this line."""
        return str(message.direction) != "inbound" and self._is_ours(message, message.from_)

    def received(self, message: "MessageInstance") -> bool:
        """Say whether a listed message came in on this line."""
        return str(message.direction) == "inbound" and self._is_ours(message, message.to)

    def read(self, message: "MessageInstance") -> Inbound | Report | None:
        """Read one listed message; None when it is of another line, or of no use."""
        if not message.sid:
            return None
        if self.received(message):
            return self._inbound(message, message.sid)
        status = STATUSES.get(str(message.status))
        if status is None or not self.sent(message):
            return None
        code = str(message.error_code) if status == "failed" and message.error_code else ""
        return Report(self.name, message.sid, status, code)

    def _inbound(self, message: "MessageInstance", sid: str) -> Inbound:
        text = _storable(message.body or "")
        return Inbound(
            channel=self.name,
            account=self.account_sid,
            provider_id=sid,
            sender=self.bare(message.from_ or ""),
            recipient=self.bare(message.to or ""),
            text=text,
            exact=text == (message.body or ""),
            raw=_as_json(message),
            content_type=CONTENT_TYPE,
            media=_media(message.num_media),
            opt_out=text.strip().lower() in OPT_OUT_WORDS,
            sent_at=_aware(message.date_sent) or created_at(message),
        )

    def _is_ours(self, message: "MessageInstance", our_side: str | None) -> bool:
        """By our number, or by our service, whose pool may hold others, on this channel."""
        if our_side == self.sender:
            return True
        if self.service is None or message.messaging_service_sid != self.service:
            return False
        named = [each for each in (message.to, message.from_) if each]
        kinds = {each.partition(":")[0] if ":" in each else "sms" for each in named}
        return kinds == {self.name}


def created_at(message: "MessageInstance") -> datetime | None:
    """When Twilio made the record of a message; None when it does not say."""
    return _aware(message.date_created)


def last_seen_at(message: "MessageInstance") -> datetime | None:
    """The latest moment that a listed message names; None when it names none."""
    dates = (message.date_created, message.date_sent, message.date_updated)
    return max((each for each in map(_aware, dates) if each), default=None)


def _aware(date: object) -> datetime | None:
    """Twilio's client gives a date that it cannot read as it came, and some without a zone."""
    if not isinstance(date, datetime):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _storable(text: str) -> str:
    """JSON can spell half a character; no database keeps one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _media(announced: str | None) -> tuple[Media, ...]:
    count = int(announced) if announced and announced.isdecimal() else 0
    return tuple("other" for _ in range(count))


def _as_json(message: "MessageInstance") -> bytes:
    """All that the list gave, the same bytes for the same content."""
    given = {
        name.rstrip("_"): value.isoformat() if isinstance(value, datetime) else value
        for name, value in vars(message).items()
        if not name.startswith("_")
    }
    return json.dumps(given, sort_keys=True, separators=(",", ":"), default=str).encode()
