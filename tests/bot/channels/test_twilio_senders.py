"""Both senders, with a number or a Messaging Service: what leaves, and what is found again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bot.channels import Outbound, Provider, SendFailed, Sent
from bot.channels.twilio import Twilio
from tests.fakes.twilio_numbers import MessagingService, Template
from tests.fakes.twilio_server import Fault, Message, TwilioServer
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
BODY = "Hi. Are you safe where you are now?"
HELLO = "Hello. This is the Listen Line."
USERNAME_ONLY = "GB.1349120865530274"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        server.withhold = True  # nobody is there to hear reports
        server.account.services.append(MessagingService())
        server.account.templates.append(Template(HELLO))
        yield server


def sms(twilio: TwilioServer, service: str | None = None, site: str = SITE) -> Twilio:
    return Twilio(
        "sms",
        ACCOUNT_SID,
        AUTH_TOKEN,
        OUR_NUMBER,
        site=site,
        messaging_service_sid=service,
        api_url=twilio.url,
    )


def whatsapp(
    twilio: TwilioServer,
    service: str | None = None,
    sender: str = WHATSAPP_NUMBER,
    template: str | None = TEMPLATE_SID,
) -> Twilio:
    return Twilio(
        "whatsapp",
        ACCOUNT_SID,
        AUTH_TOKEN,
        sender,
        site=SITE,
        messaging_service_sid=service,
        template_sid=template,
        api_url=twilio.url,
    )


def asked_without_callback(message: Message) -> dict[str, str]:
    return {name: value for name, value in message.asked.items() if name != "StatusCallback"}


def test_both_are_providers(twilio: TwilioServer) -> None:
    assert isinstance(sms(twilio), Provider)
    assert isinstance(whatsapp(twilio), Provider)


def test_a_service_chooses_the_number(twilio: TwilioServer) -> None:
    sms(twilio, SERVICE_SID).send(Outbound(PHONE, BODY, uuid4()))

    assert asked_without_callback(twilio.messages[0]) == {
        "To": PHONE,
        "MessagingServiceSid": SERVICE_SID,
        "Body": BODY,
    }


@pytest.mark.parametrize("address", [PHONE, USERNAME_ONLY])
@pytest.mark.parametrize("service", [None, SERVICE_SID])
def test_whatsapp_names_its_sender_with_a_service_and_without(
    twilio: TwilioServer, address: str, service: str | None
) -> None:
    whatsapp(twilio, service).send(Outbound(address, BODY, uuid4()))

    expected = {
        "To": f"whatsapp:{address}",
        "From": f"whatsapp:{WHATSAPP_NUMBER}",
        "Body": BODY,
    }
    if service:
        expected["MessagingServiceSid"] = service
    assert asked_without_callback(twilio.messages[0]) == expected


def test_the_sender_may_be_written_with_its_prefix(twilio: TwilioServer) -> None:
    whatsapp(twilio, sender=f"whatsapp:{WHATSAPP_NUMBER}").send(Outbound(PHONE, BODY, uuid4()))

    assert twilio.messages[0].from_ == f"whatsapp:{WHATSAPP_NUMBER}"


@pytest.mark.parametrize(
    ("valid_for_s", "asked"), [(None, None), (1, "1"), (3600, "3600"), (36_000, "36000")]
)
def test_a_text_is_not_delivered_later_than_it_may_be(
    twilio: TwilioServer, valid_for_s: int | None, asked: str | None
) -> None:
    sms(twilio).send(Outbound(PHONE, BODY, uuid4(), valid_for_s=valid_for_s))

    assert twilio.messages[0].asked.get("ValidityPeriod") == asked


def test_the_report_goes_to_this_site_whatever_stands_behind_its_address(
    twilio: TwilioServer,
) -> None:
    reference = uuid4()

    sms(twilio, site=f"{SITE}/line/#rc=2").send(Outbound(PHONE, BODY, reference))

    wanted = f"{SITE}/line/webhooks/twilio/status/{reference}"
    assert twilio.messages[0].asked["StatusCallback"] == wanted


def test_a_template_goes_by_its_name_without_a_body(twilio: TwilioServer) -> None:
    whatsapp(twilio).send(Outbound(PHONE, HELLO, uuid4(), template=True))

    assert asked_without_callback(twilio.messages[0]) == {
        "To": f"whatsapp:{PHONE}",
        "From": f"whatsapp:{WHATSAPP_NUMBER}",
        "ContentSid": TEMPLATE_SID,
    }


def test_without_a_template_somebody_else_has_to_reach_them(twilio: TwilioServer) -> None:
    with pytest.raises(SendFailed) as failed:
        whatsapp(twilio, template=None).send(Outbound(PHONE, HELLO, uuid4(), template=True))

    assert (failed.value.code, failed.value.retry) == ("no_template", "never")
    assert failed.value.trouble == "outside_window"
    assert twilio.requests == 0


@pytest.mark.parametrize("service", [None, SERVICE_SID])
@pytest.mark.parametrize(
    ("channel", "address"), [(sms, PHONE), (whatsapp, PHONE), (whatsapp, USERNAME_ONLY)]
)
@pytest.mark.parametrize("left", [False, True])
def test_a_message_in_doubt_is_found(
    twilio: TwilioServer,
    channel: Callable[[TwilioServer, str | None], Twilio],
    address: str,
    service: str | None,
    left: bool,
) -> None:
    line, outbound = channel(twilio, service), Outbound(address, BODY, uuid4())
    accepted = line.send(outbound)
    if left:
        twilio.deliver(twilio.messages[0], "sent")

    found = line.find(outbound, LONG_AGO, known=())

    assert found == Sent(accepted.provider_id, "sent" if left else accepted.status)
    assert twilio.requests == 2


def test_a_template_in_doubt_is_found_by_the_text_that_it_became(twilio: TwilioServer) -> None:
    twilio.account.templates[0].body = "Hello. \n\nThis is the Listen Line. "
    line = whatsapp(twilio)
    outbound = Outbound(PHONE, HELLO, uuid4(), template=True)
    accepted = line.send(outbound)

    assert line.find(outbound, LONG_AGO, known=()) == accepted
    assert line.find(Outbound(PHONE, HELLO, uuid4()), LONG_AGO, known=()) is None


@pytest.mark.parametrize(
    "other",
    [
        Message(PHONE, OUR_NUMBER, BODY),  # not of the service
        Message(PHONE, "+447700900777", BODY, service="MG" + "f" * 32),
        Message(f"whatsapp:{PHONE}", f"whatsapp:{WHATSAPP_NUMBER}", BODY, service=SERVICE_SID),
        Message(OUR_NUMBER, PHONE, BODY, "inbound", service=SERVICE_SID),
        Message("+447700900456", "", BODY, service=SERVICE_SID),
        Message(PHONE, "", BODY + "!", service=SERVICE_SID),
        Message(
            PHONE, "", BODY, service=SERVICE_SID, created=datetime.now(UTC) - timedelta(days=1)
        ),
    ],
)
def test_another_message_of_the_pool_is_not_taken_for_it(
    twilio: TwilioServer, other: Message
) -> None:
    twilio.messages.append(other)
    twilio.ignore_filters = True

    line, outbound = sms(twilio, SERVICE_SID), Outbound(PHONE, BODY, uuid4())
    mine = other.from_ == OUR_NUMBER and other.to == PHONE
    found = line.find(outbound, datetime.now(UTC), known=())

    # What our own number sent is ours, whether it went through the service or not.
    assert (found is not None) is mine


@pytest.mark.parametrize("number", ["+447700900999", "+447700900777"])
def test_any_number_of_the_pool_may_have_sent_it(twilio: TwilioServer, number: str) -> None:
    twilio.account.services[0].pool = [number]
    line, outbound = sms(twilio, SERVICE_SID), Outbound(PHONE, BODY, uuid4())
    line.send(outbound)
    twilio.deliver(twilio.messages[0], "sent")

    found = line.find(outbound, LONG_AGO, known=())

    assert twilio.messages[0].from_ == number
    assert found is not None


def test_whatsapp_codes_have_their_own_words(twilio: TwilioServer) -> None:
    twilio.faults.append(Fault(status=400, code=63016))

    with pytest.raises(SendFailed) as failed:
        whatsapp(twilio).send(Outbound(PHONE, BODY, uuid4()))

    assert (failed.value.retry, failed.value.trouble) == ("template", "outside_window")


def test_typing_is_shown_to_nobody(twilio: TwilioServer) -> None:
    sms(twilio).show_typing(PHONE)
    whatsapp(twilio).show_typing(PHONE)

    assert twilio.requests == 0
