"""What an account at Twilio holds besides messages: numbers, a service, a template, a sender."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    MESSAGE_PATH,
    OUR_NUMBER,
    SERVICE_SID,
    TEMPLATE_SID,
    VOICE_PATH,
    WHATSAPP_NUMBER,
)

_LONG_AGO = format_datetime(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
NUMBER_SID = "PN" + "0123456789abcdef" * 2
SENDER_SID = "XE" + "0123456789abcdef" * 2


@dataclass
class Number:
    phone_number: str = OUR_NUMBER
    sms_url: str | None = None
    sms_method: str = "POST"
    voice_url: str | None = None
    voice_method: str = "POST"
    sms_application_sid: str | None = None
    voice_application_sid: str | None = None
    trunk_sid: str | None = None
    sms: bool = True
    voice: bool = True

    def to_json(self) -> dict[str, Any]:
        return {
            "account_sid": ACCOUNT_SID,
            "address_requirements": "none",
            "api_version": "2010-04-01",
            "beta": False,
            "capabilities": {"mms": False, "sms": self.sms, "voice": self.voice},
            "date_created": _LONG_AGO,
            "date_updated": _LONG_AGO,
            "friendly_name": "Listen Line",
            "phone_number": self.phone_number,
            "sid": NUMBER_SID,
            "sms_application_sid": self.sms_application_sid,
            "sms_method": self.sms_method,
            "sms_url": self.sms_url,
            "status": "in-use",
            "trunk_sid": self.trunk_sid,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}/IncomingPhoneNumbers/{NUMBER_SID}.json",
            "voice_application_sid": self.voice_application_sid,
            "voice_method": self.voice_method,
            "voice_receive_mode": "voice",
            "voice_url": self.voice_url,
        }


@dataclass
class MessagingService:
    sid: str = SERVICE_SID
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    use_inbound_webhook_on_number: bool = False
    sticky_sender: bool = True
    smart_encoding: bool = False
    status_callback: str | None = None
    validity_period: int = 36_000
    pool: list[str] = field(default_factory=lambda: [OUR_NUMBER])

    def to_json(self) -> dict[str, Any]:
        mine = {name: value for name, value in vars(self).items() if name != "pool"}
        return mine | {"account_sid": ACCOUNT_SID, "friendly_name": "Listen Line"}


@dataclass
class Template:
    body: str
    status: str = "approved"
    sid: str = TEMPLATE_SID
    kind: str = "twilio/text"


@dataclass
class WhatsAppSender:
    number: str = WHATSAPP_NUMBER
    status: str = "ONLINE"
    callback_url: str | None = None
    callback_method: str = "POST"

    def to_json(self) -> dict[str, Any]:
        return {
            "sid": SENDER_SID,
            "status": self.status,
            "sender_id": f"whatsapp:{self.number}",
            "webhook": {
                "callback_url": self.callback_url,
                "callback_method": self.callback_method,
            },
        }


@dataclass
class Account:
    """All of it. `answer` gives what Twilio answers to a question for something of it."""

    status: str = "active"
    type: str = "Full"
    numbers: list[Number] = field(default_factory=lambda: [Number()])
    services: list[MessagingService] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    whatsapp: list[WhatsAppSender] = field(default_factory=list)

    def point_at(self, public_url: str) -> None:
        """Set every webhook address as the service needs it."""
        for number in self.numbers:
            number.sms_url = public_url + MESSAGE_PATH
            number.voice_url = public_url + VOICE_PATH
        for service in self.services:
            service.inbound_request_url = public_url + MESSAGE_PATH
        for sender in self.whatsapp:
            sender.callback_url = public_url + MESSAGE_PATH

    def template_of(self, sid: str) -> Template | None:
        return next((each for each in self.templates if each.sid == sid), None)

    def service_of(self, sid: str) -> MessagingService | None:
        return next((each for each in self.services if each.sid == sid), None)

    def answer(self, path: str, query: Mapping[str, str]) -> dict[str, Any] | None:
        """The answer to a GET of this path; None when there is no such thing."""
        whole = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
        if path == f"{whole}.json":
            return self._to_json()
        if path == f"{whole}/IncomingPhoneNumbers.json":
            return self._numbers(path, query)
        match path.strip("/").split("/"):
            case ["v1", "Services", sid, *rest]:
                return self._service(sid, rest)
            case ["v1", "Content", sid, *rest]:
                return self._template(sid, rest)
            case ["v2", "Channels", "Senders"]:
                return _listed("senders", [each.to_json() for each in self.whatsapp])
            case ["v2", "Channels", "Senders", _]:
                return self.whatsapp[0].to_json() if self.whatsapp else None
        return None

    def _to_json(self) -> dict[str, Any]:
        return {
            "auth_token": "not-for-anybody",
            "date_created": _LONG_AGO,
            "date_updated": _LONG_AGO,
            "friendly_name": "Listen Line",
            "owner_account_sid": ACCOUNT_SID,
            "sid": ACCOUNT_SID,
            "status": self.status,
            "subresource_uris": {},
            "type": self.type,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}.json",
        }

    def _numbers(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        wanted = query.get("PhoneNumber", "").lstrip("+")
        found = [each.to_json() for each in self.numbers if wanted in each.phone_number]
        return {
            "end": max(len(found) - 1, 0),
            "first_page_uri": f"{path}?Page=0",
            "incoming_phone_numbers": found,
            "next_page_uri": None,
            "page": 0,
            "page_size": int(query.get("PageSize", "50")),
            "previous_page_uri": None,
            "start": 0,
            "uri": path,
        }

    def _service(self, sid: str, rest: list[str]) -> dict[str, Any] | None:
        service = self.service_of(sid)
        if service is None:
            return None
        if rest == ["PhoneNumbers"]:
            return _listed("phone_numbers", [{"phone_number": each} for each in service.pool])
        return service.to_json()

    def _template(self, sid: str, rest: list[str]) -> dict[str, Any] | None:
        template = self.template_of(sid)
        if template is None:
            return None
        if rest == ["ApprovalRequests"]:
            approval = {"name": "hello", "category": "UTILITY", "status": template.status}
            return {"sid": sid, "account_sid": ACCOUNT_SID, "whatsapp": approval}
        return {"sid": sid, "language": "en", "types": {template.kind: {"body": template.body}}}


def _listed(key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    meta = {"key": key, "page": 0, "page_size": 50, "next_page_url": None, "url": "/"}
    return {"meta": meta, key: items}
