"""Messages as Twilio keeps them, and its list of them: filters, order, pages."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import urlencode

from tests.fakes.twilio_texts import ACCOUNT_SID

# A number, or on WhatsApp the id of somebody who has a user name in place of a number.
ADDRESS = re.compile(r"(?:whatsapp:)?\+[1-9]\d{6,14}|whatsapp:[A-Z]{2}\.\w{1,128}")


@dataclass
class Message:
    to: str
    from_: str
    body: str
    direction: Literal["outbound-api", "outbound-reply", "inbound"] = "outbound-api"
    status: str = "queued"
    sid: str = field(default_factory=lambda: "SM" + secrets.token_hex(16))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent_at: datetime | None = None
    asked: Mapping[str, str] = field(default_factory=dict)  # every parameter of the request
    service: str | None = None
    error_code: int | None = None
    num_media: int = 0
    updated: datetime | None = None

    def to_json(self, account_sid: str = ACCOUNT_SID) -> dict[str, Any]:
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": format_datetime(self.created),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "date_updated": format_datetime(self.updated or self.sent_at or self.created),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": "refused" if self.error_code else None,
            "from": self.from_ or None,
            "messaging_service_sid": self.service,
            "num_media": str(self.num_media),
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


def wrong_with(form: Mapping[str, str], opted_out: set[str]) -> int | None:
    """The code that Twilio refuses this request with; None when it takes it."""
    to, from_ = form.get("To", ""), form.get("From", "")
    if not form.get("Body") and not form.get("ContentSid"):
        return 21602
    if len(form.get("Body", "")) > 1600:
        return 21617
    if not ADDRESS.fullmatch(to):
        return 21211
    if not from_ and not form.get("MessagingServiceSid"):
        return 21603
    if from_ and from_.startswith("whatsapp:") != to.startswith("whatsapp:"):
        return 63007
    return 21610 if to in opted_out else None


def matches(message: Message, query: Mapping[str, str]) -> bool:
    """Apply the filters. A message that was not sent, was not sent on any date."""
    if query.get("To", message.to) != message.to:
        return False
    if query.get("From", message.from_) != message.from_:
        return False
    wanted = {name[8:]: value for name, value in query.items() if name.startswith("DateSent")}
    return all(_is_on(message.sent_at, side, value) for side, value in wanted.items())


def newest_first(messages: Sequence[Message], sort_by: str) -> list[Message]:
    """In the order of making, or of sending, where what was not sent goes by its making."""
    backwards = list(reversed(messages))
    if sort_by == "made":
        return backwards
    return sorted(backwards, key=lambda each: each.sent_at or each.created, reverse=True)


def page_of(path: str, query: Mapping[str, str], chosen: Sequence[Message]) -> dict[str, Any]:
    """One page. A token names the last message before it, so that new ones move nothing."""
    number, size = int(query.get("Page", "0")), int(query.get("PageSize", "50"))
    after = query.get("PageToken", "").removeprefix("PA")
    sids = [each.sid for each in chosen]
    start = sids.index(after) + 1 if after else 0
    listed = chosen[start : start + size]
    more = len(chosen) > start + size
    here = {name: value for name, value in query.items() if name not in ("Page", "PageToken")}
    first = urlencode(here | {"Page": "0"})
    following = urlencode(
        here | {"Page": str(number + 1), "PageToken": f"PA{listed[-1].sid}" if listed else ""}
    )
    return {
        "first_page_uri": f"{path}?{first}",
        "end": start + len(listed) - 1 if listed else 0,
        "messages": [each.to_json() for each in listed],
        "next_page_uri": f"{path}?{following}" if more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": None,
        "start": start,
        "uri": f"{path}?{urlencode(dict(query))}",
    }


def _is_on(sent_at: datetime | None, side: str, value: str) -> bool:
    """Whether it was sent on this day (no side), not after (<), not before (>)."""
    if sent_at is None:
        return False
    day, wanted_day = sent_at.astimezone(UTC).date(), date.fromisoformat(value[:10])
    if not side or "T" not in value:
        return {"": day == wanted_day, "<": day <= wanted_day, ">": day >= wanted_day}[side]
    moment = datetime.fromisoformat(value)
    return sent_at <= moment if side == "<" else sent_at >= moment
