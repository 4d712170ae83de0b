"""Every call that Twilio's own client makes for us, judged by Twilio's own document.

So are the answers of our fake: what the other tests learn from it holds for Twilio too.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

import pytest
from openapi_core.exceptions import OpenAPIError
from twilio.http.response import Response
from twilio.rest import Client

from bot.channels import Outbound
from bot.channels.twilio import Twilio
from bot.channels.twilio_http import TwilioHttp
from tests.contract.document import Call, Document, the_document
from tests.fakes.twilio_numbers import MessagingService, Template, WhatsAppSender
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OUR_NUMBER,
    PHONE,
    SERVICE_SID,
    TEMPLATE_SID,
    WHATSAPP_NUMBER,
)

SITE = "https://line.example.org"
BODY = "Hi. Are you safe where you are now? é 😭"
HELLO = "Hello. This is the Listen Line."
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"

OUTSIDE = {
    f"https://messaging.twilio.com/v1/Services/{SERVICE_SID}",
    f"https://messaging.twilio.com/v1/Services/{SERVICE_SID}/PhoneNumbers",
    "https://messaging.twilio.com/v2/Channels/Senders",
    "https://messaging.twilio.com/v2/Channels/Senders/XE0123456789abcdef0123456789abcdef",
    f"https://content.twilio.com/v1/Content/{TEMPLATE_SID}",
    f"https://content.twilio.com/v1/Content/{TEMPLATE_SID}/ApprovalRequests",
}
"""Asked by `channels check`; other documents of Twilio's, which nobody judges here."""


@pytest.fixture(scope="module")
def document() -> Document:
    return the_document()


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        server.withhold = True
        server.account.services.append(MessagingService())
        server.account.templates.append(Template(HELLO))
        server.account.whatsapp.append(WhatsAppSender())
        server.account.point_at(SITE)
        yield server


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """All that Twilio's client hands to the network from now on."""
    made: list[Call] = []

    class Recorder(TwilioHttp):
        def request(
            self,
            method: str,
            uri: str,
            params: dict[str, Any] | None = None,
            data: dict[str, object] | None = None,
            headers: dict[str, str] | None = None,
            auth: tuple[str, str] | None = None,
            timeout: float | None = None,
            allow_redirects: bool = False,
        ) -> Response:
            answer = super().request(method, uri, params, data, headers, auth)
            made.append(
                Call(
                    method,
                    uri,
                    params or {},
                    data or {},
                    headers or {},
                    auth,
                    answer.status_code,
                    answer.text,
                )
            )
            return answer

    monkeypatch.setattr("bot.channels.twilio_http.TwilioHttp", Recorder)
    return made


def line(
    twilio: TwilioServer, name: Literal["sms", "whatsapp"], service: str | None = None
) -> Twilio:
    return Twilio(
        name,
        ACCOUNT_SID,
        AUTH_TOKEN,
        OUR_NUMBER if name == "sms" else WHATSAPP_NUMBER,
        site=SITE,
        messaging_service_sid=service,
        template_sid=TEMPLATE_SID,
        template_text=HELLO,
        advanced_opt_out=True,
        api_url=twilio.url,
    )


@pytest.mark.parametrize("service", [None, SERVICE_SID])
@pytest.mark.parametrize(
    ("name", "address", "template"),
    [
        ("sms", PHONE, False),
        ("whatsapp", PHONE, False),
        ("whatsapp", "GB.1349120865530274", False),
        ("whatsapp", PHONE, True),
    ],
)
@pytest.mark.parametrize("valid_for_s", [None, 3600])
def test_every_way_to_send_is_in_the_contract(
    document: Document,
    twilio: TwilioServer,
    calls: list[Call],
    name: Literal["sms", "whatsapp"],
    address: str,
    template: bool,
    service: str | None,
    valid_for_s: int | None,
) -> None:
    body = HELLO if template else BODY
    outbound = Outbound(address, body, uuid4(), valid_for_s=valid_for_s, template=template)

    line(twilio, name, service).send(outbound)

    [call] = calls
    document.check_request(call)
    document.check_answer(call)
    assert (call.method, call.url) == ("POST", MESSAGES)


@pytest.mark.parametrize("name", ["sms", "whatsapp"])
@pytest.mark.parametrize("service", [None, SERVICE_SID])
def test_every_list_is_in_the_contract(
    document: Document,
    twilio: TwilioServer,
    calls: list[Call],
    monkeypatch: pytest.MonkeyPatch,
    name: Literal["sms", "whatsapp"],
    service: str | None,
) -> None:
    channel = line(twilio, name, service)
    for status, code in (("delivered", None), ("undelivered", 30003), ("queued", None)):
        channel.send(Outbound(PHONE, BODY, uuid4()))
        twilio.deliver(twilio.messages[-1], status, code)
    prefix = "whatsapp:" if name == "whatsapp" else ""
    ours = OUR_NUMBER if name == "sms" else WHATSAPP_NUMBER
    twilio.post_inbound(SITE, Body="ok", From=prefix + PHONE, To=prefix + ours)
    monkeypatch.setattr("bot.channels.twilio.PAGE_SIZE", 2)
    calls.clear()

    assert channel.find(Outbound(PHONE, "another text", uuid4()), LONG_AGO, ()) is None
    assert len(list(channel.recent(LONG_AGO))) == 4

    assert any("PageToken" in call.url for call in calls)
    for call in calls:
        document.check_request(call)
        document.check_answer(call)


@pytest.mark.parametrize("name", ["sms", "whatsapp"])
@pytest.mark.parametrize("service", [None, SERVICE_SID])
def test_every_look_at_the_account_is_in_the_contract_or_known_to_be_outside(
    document: Document,
    twilio: TwilioServer,
    calls: list[Call],
    name: Literal["sms", "whatsapp"],
    service: str | None,
) -> None:
    found = line(twilio, name, service).check()

    assert {each.state for each in found if each.code != "opt_out"} == {"ok"}
    inside = [call for call in calls if call.is_in_extract]
    assert inside
    for call in inside:
        document.check_request(call)
        document.check_answer(call)
    assert {call.url for call in calls if not call.is_in_extract} <= OUTSIDE


def test_nothing_is_said_to_be_outside_that_is_not_asked(
    twilio: TwilioServer, calls: list[Call]
) -> None:
    line(twilio, "sms", SERVICE_SID).check()
    line(twilio, "whatsapp", SERVICE_SID).check()

    assert {call.url for call in calls if not call.is_in_extract} == OUTSIDE


def test_one_message_is_fetched_and_emptied_as_the_contract_has_it(
    document: Document, twilio: TwilioServer, calls: list[Call]
) -> None:
    sent = line(twilio, "sms").send(Outbound(PHONE, BODY, uuid4()))
    client = line(twilio, "sms")._client
    assert isinstance(client, Client)

    client.messages(sent.provider_id).fetch()
    client.messages(sent.provider_id).update(body="")

    assert twilio.messages[0].body == ""
    for call in calls:
        document.check_request(call)
        document.check_answer(call)


@pytest.mark.parametrize(
    "wrong",
    [
        {"To": None},
        {"StatusCallback": "line.example.org/status"},
        {"StatusCallback": "https://my_line.example.org/status"},
        {"StatusCallback": ""},
        {"MessagingServiceSid": "MG1"},
        {"MessagingServiceSid": "SM" + "0" * 32},
        {"ContentSid": "a template"},
        {"ValidityPeriod": "an hour"},
        {"Validity": "3600"},
        {"From": None, "Sender": OUR_NUMBER},
    ],
)
def test_a_wrong_request_is_seen_to_be_wrong(
    document: Document, twilio: TwilioServer, calls: list[Call], wrong: dict[str, str | None]
) -> None:
    line(twilio, "sms", SERVICE_SID).send(Outbound(PHONE, BODY, uuid4()))
    document.check_request(calls[0])

    with pytest.raises((OpenAPIError, AssertionError)):
        document.check_request(calls[0].with_data(**wrong))


def test_a_wrong_question_is_seen_to_be_wrong(
    document: Document, twilio: TwilioServer, calls: list[Call]
) -> None:
    line(twilio, "sms").find(Outbound(PHONE, BODY, uuid4()), LONG_AGO, ())
    [call] = calls
    document.check_request(call)

    with pytest.raises(AssertionError, match="such a filter"):
        document.check_request(Call(**(vars(call) | {"params": {"Recipient": PHONE}})))
    with pytest.raises(OpenAPIError):
        document.check_request(Call(**(vars(call) | {"params": {"PageSize": 1001}})))
    with pytest.raises(OpenAPIError):
        document.check_request(Call(**(vars(call) | {"auth": None})))


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "lost"},
        {"direction": "outwards"},
        {"sid": "1"},
        {"error_code": "30003"},
        {"date_created": "yesterday"},
        {"num_media": 1},
    ],
)
def test_a_wrong_answer_is_seen_to_be_wrong(
    document: Document, twilio: TwilioServer, calls: list[Call], wrong: dict[str, object]
) -> None:
    line(twilio, "sms").send(Outbound(PHONE, BODY, uuid4()))
    [call] = calls
    document.check_answer(call)

    with pytest.raises(OpenAPIError):
        document.check_answer(_answering(call, wrong))


def _answering(call: Call, changes: dict[str, object]) -> Call:
    answer = json.dumps(json.loads(call.answer) | changes)
    return Call(**(vars(call) | {"answer": answer}))
