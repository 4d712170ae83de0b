"""`channels check` against an account that is in order, and against every way that it is not."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest

from bot.channels import Finding
from bot.channels.twilio import Twilio
from tests.fakes.twilio_numbers import MessagingService, Number, Template, WhatsAppSender
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
HELLO = "Hello. This is the Listen Line."
ELSEWHERE = "https://user:secret@other.example.com/hook?key=hidden"


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        server.withhold = True
        server.account.services.append(MessagingService())
        server.account.templates.append(Template(HELLO))
        server.account.whatsapp.append(WhatsAppSender())
        server.account.point_at(SITE)
        yield server


def line(
    twilio: TwilioServer,
    name: Literal["sms", "whatsapp"] = "sms",
    *,
    service: str | None = SERVICE_SID,
    site: str = SITE,
    token: str = AUTH_TOKEN,
    template: str | None = TEMPLATE_SID,
    text: str | None = HELLO,
    opt_out: bool = True,
) -> Twilio:
    return Twilio(
        name,
        ACCOUNT_SID,
        token,
        OUR_NUMBER if name == "sms" else WHATSAPP_NUMBER,
        site=site,
        messaging_service_sid=service,
        template_sid=template,
        template_text=text,
        advanced_opt_out=opt_out,
        api_url=twilio.url,
    )


def states(found: list[Finding]) -> dict[str, str]:
    assert len({each.code for each in found}) == len(found)
    return {each.code: each.state for each in found}


def only(found: list[Finding], code: str) -> Finding:
    return next(each for each in found if each.code == code)


def test_a_line_in_order_says_so(twilio: TwilioServer) -> None:
    assert states(line(twilio).check()) == {
        "site": "ok",
        "credentials": "ok",
        "sender": "ok",
        "service": "ok",
        "webhook": "ok",
        "voice": "ok",
        "opt_out": "unknown",
    }
    assert states(line(twilio, "whatsapp").check()) == {
        "site": "ok",
        "credentials": "ok",
        "sender": "ok",
        "service": "ok",
        "webhook": "ok",
        "template": "ok",
    }


def test_without_a_service_only_the_carriers_replies_are_wrong(twilio: TwilioServer) -> None:
    found = states(line(twilio, service=None, opt_out=False).check())

    assert found.pop("opt_out") == "wrong"
    assert set(found.values()) == {"ok"}
    assert "service" not in found
    assert set(states(line(twilio, "whatsapp", service=None).check()).values()) == {"ok"}


def test_the_cheap_look_is_about_webhooks_only(twilio: TwilioServer) -> None:
    assert states(line(twilio).drift()) == {"webhook": "ok", "voice": "ok"}
    assert states(line(twilio, "whatsapp").drift()) == {"webhook": "ok"}
    assert all(each.channel == "sms" for each in line(twilio).drift())


def test_a_wrong_token_is_said_once_and_nothing_else_is_asked(twilio: TwilioServer) -> None:
    found = line(twilio, token="the old one").check()

    assert states(found) == {"site": "ok", "credentials": "wrong"}
    assert "TWILIO_AUTH_TOKEN" in only(found, "credentials").says
    assert twilio.requests == 1


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        ("suspended", "Full", "suspended"),
        ("closed", "Full", "closed"),
        ("active", "Trial", "trial"),
    ],
)
def test_an_account_that_cannot_be_used_is_said(
    twilio: TwilioServer, status: str, kind: str, said: str
) -> None:
    twilio.account.status, twilio.account.type = status, kind

    finding = only(line(twilio).check(), "credentials")

    assert finding.state == "wrong"
    assert said in finding.says


@pytest.mark.parametrize("site", ["http://127.0.0.1:8080", "http://line.example.org"])
def test_a_site_that_is_not_https_is_wrong(twilio: TwilioServer, site: str) -> None:
    assert only(line(twilio, site=site).check(), "site").state == "wrong"


def number_set(**changes: object) -> Callable[[TwilioServer], None]:
    def change(twilio: TwilioServer) -> None:
        for name, value in changes.items():
            setattr(twilio.account.numbers[0], name, value)

    return change


def service_set(**changes: object) -> Callable[[TwilioServer], None]:
    def change(twilio: TwilioServer) -> None:
        for name, value in changes.items():
            setattr(twilio.account.services[0], name, value)

    return change


def sender_set(**changes: object) -> Callable[[TwilioServer], None]:
    def change(twilio: TwilioServer) -> None:
        for name, value in changes.items():
            setattr(twilio.account.whatsapp[0], name, value)

    return change


def template_set(**changes: object) -> Callable[[TwilioServer], None]:
    def change(twilio: TwilioServer) -> None:
        for name, value in changes.items():
            setattr(twilio.account.templates[0], name, value)

    return change


AP = "AP" + "0" * 32


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (number_set(phone_number="+447700900777"), "sender", "TWILIO_SMS_FROM"),
        (number_set(phone_number=OUR_NUMBER + "1"), "sender", "TWILIO_SMS_FROM"),
        (number_set(sms=False), "sender", "cannot send"),
        (number_set(phone_number="+447700900777"), "webhook", "TWILIO_SMS_FROM"),
        (number_set(sms_url=None), "webhook", "nowhere"),
        (number_set(sms_url=ELSEWHERE), "webhook", "https://other.example.com/hook"),
        (number_set(sms_url=f"{SITE}/webhooks/twilio/messages"), "webhook", "It must be"),
        (number_set(sms_method="GET"), "webhook", "POST"),
        (number_set(sms_application_sid=AP), "webhook", "TwiML App"),
        (number_set(phone_number="+447700900777"), "voice", "TWILIO_SMS_FROM"),
        (number_set(voice_url=""), "voice", "nowhere"),
        (number_set(voice_url=ELSEWHERE), "voice", "https://other.example.com/hook"),
        (number_set(voice_method="GET"), "voice", "POST"),
        (number_set(voice_application_sid=AP), "voice", "TwiML App"),
        (number_set(trunk_sid="TK" + "0" * 32), "voice", "SIP trunk"),
    ],
)
def test_what_is_wrong_with_the_number_is_said(
    twilio: TwilioServer, change: Callable[[TwilioServer], None], code: str, said: str
) -> None:
    change(twilio)

    found = line(twilio, service=None).check()

    assert only(found, code).state == "wrong"
    assert said in only(found, code).says
    if code in ("webhook", "voice"):
        assert only(line(twilio, service=None).drift(), code) == only(found, code)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (service_set(inbound_request_url=None), "webhook", "nowhere"),
        (service_set(inbound_request_url=ELSEWHERE), "webhook", "other.example.com"),
        (service_set(inbound_method="GET"), "webhook", "POST"),
        (service_set(pool=[]), "service", "TWILIO_SMS_FROM"),
        (service_set(sticky_sender=False), "service", "Sticky Sender"),
        (service_set(validity_period=3600), "service", "Validity Period"),
        (service_set(smart_encoding=True), "service", "Smart Encoding"),
    ],
)
def test_what_is_wrong_with_the_service_is_said(
    twilio: TwilioServer, change: Callable[[TwilioServer], None], code: str, said: str
) -> None:
    change(twilio)

    finding = only(line(twilio).check(), code)

    assert finding.state == "wrong"
    assert said in finding.says


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda twilio: twilio.account.whatsapp.clear(), "sender", "TWILIO_WHATSAPP_FROM"),
        (lambda twilio: twilio.account.whatsapp.clear(), "webhook", "TWILIO_WHATSAPP_FROM"),
        (sender_set(number="+447700900777"), "sender", "TWILIO_WHATSAPP_FROM"),
        (sender_set(status="OFFLINE"), "sender", "OFFLINE"),
        (sender_set(callback_url=None), "webhook", "nowhere"),
        (sender_set(callback_url=ELSEWHERE), "webhook", "other.example.com"),
        (sender_set(callback_method="GET"), "webhook", "POST"),
        (template_set(status="rejected"), "template", "rejected"),
        (template_set(status=""), "template", "not submitted"),
        (template_set(body=HELLO + " Reply STOP."), "template", HELLO),
    ],
)
def test_what_is_wrong_with_whatsapp_is_said(
    twilio: TwilioServer, change: Callable[[TwilioServer], None], code: str, said: str
) -> None:
    change(twilio)

    finding = only(line(twilio, "whatsapp", service=None).check(), code)

    assert finding.state == "wrong"
    assert said in finding.says


def test_a_sender_that_is_being_changed_still_works(twilio: TwilioServer) -> None:
    twilio.account.whatsapp[0].status = "ONLINE:UPDATING"

    assert only(line(twilio, "whatsapp").check(), "sender").state == "ok"


def test_a_template_that_is_not_there_is_said(twilio: TwilioServer) -> None:
    assert only(line(twilio, "whatsapp", template=None).check(), "template").state == "wrong"
    assert only(line(twilio, "whatsapp", text=None).check(), "template").state == "unknown"
    missing = only(line(twilio, "whatsapp", template="HX" + "f" * 32).check(), "template")
    assert missing.state == "wrong"
    assert "TWILIO_WHATSAPP_TEMPLATE_SID" in missing.says


def test_a_service_that_is_not_there_is_said(twilio: TwilioServer) -> None:
    found = line(twilio, service="MG" + "f" * 32).check()

    assert only(found, "service").state == "wrong"
    assert "TWILIO_MESSAGING_SERVICE_SID" in only(found, "service").says
    assert only(found, "webhook").state == "wrong"


def test_the_number_counts_where_the_service_leaves_it_to_the_number(
    twilio: TwilioServer,
) -> None:
    service = twilio.account.services[0]
    service.use_inbound_webhook_on_number, service.inbound_request_url = True, None

    assert only(line(twilio).drift(), "webhook").state == "ok"
    twilio.account.numbers[0].sms_url = ELSEWHERE
    assert only(line(twilio).drift(), "webhook").state == "wrong"


def test_connection_overrides_behind_the_address_are_no_drift(twilio: TwilioServer) -> None:
    twilio.account.numbers[0].sms_url = f"{SITE}/webhooks/twilio/message#rc=2&rp=all"

    assert states(line(twilio, service=None, site=f"{SITE}/#rc=2").drift()) == {
        "webhook": "ok",
        "voice": "ok",
    }


def test_a_number_without_calls_needs_no_address_for_them(twilio: TwilioServer) -> None:
    twilio.account.numbers[0] = Number(sms_url=f"{SITE}/webhooks/twilio/message", voice=False)

    assert only(line(twilio).check(), "voice").state == "ok"


@pytest.mark.parametrize(
    ("service", "opt_out", "said"),
    [(None, True, "Without a Messaging Service"), (SERVICE_SID, False, "is not set")],
)
def test_carriers_replies_that_nobody_replaced_are_wrong(
    twilio: TwilioServer, service: str | None, opt_out: bool, said: str
) -> None:
    finding = only(line(twilio, service=service, opt_out=opt_out).check(), "opt_out")

    assert finding.state == "wrong"
    assert said in finding.says
    assert "TWILIO_ADVANCED_OPT_OUT=true" in finding.says


@pytest.mark.parametrize("word", ["help", "INFO", "stop"])
def test_a_reply_of_the_carriers_own_in_the_list_gives_it_away(
    twilio: TwilioServer, word: str
) -> None:
    twilio.answers_keywords = True
    twilio.post_inbound(SITE, Body=word, From=PHONE)

    assert only(line(twilio).check(), "opt_out").state == "wrong"


def test_help_that_was_answered_in_our_words_is_in_order(twilio: TwilioServer) -> None:
    twilio.answers_keywords, twilio.own_replies = True, {"HELP": "You can text or call 999."}
    twilio.post_inbound(SITE, Body="help", From=PHONE)

    assert only(line(twilio).check(), "opt_out").state == "ok"


def test_what_we_sent_ourselves_answers_no_help(twilio: TwilioServer) -> None:
    twilio.post_inbound(SITE, Body="help", From=PHONE)
    twilio.messages.append(Message(PHONE, OUR_NUMBER, "You can text or call 999."))

    assert only(line(twilio).check(), "opt_out").state == "unknown"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=429),
        Fault(status=400),
        Fault(reset="before"),
        Fault(answer=b"not json"),
        Fault(answer=b"[]"),
        Fault(answer=b"{}"),
        Fault(answer=b'{"status": 3, "types": [1], "senders": [1], "messages": [1]}'),
    ],
)
@pytest.mark.parametrize("name", ["sms", "whatsapp"])
@pytest.mark.parametrize("service", [None, SERVICE_SID])
def test_where_twilio_gives_no_answer_nothing_is_called_in_order(
    twilio: TwilioServer, fault: Fault, name: Literal["sms", "whatsapp"], service: str | None
) -> None:
    twilio.list_faults.extend([fault] * 30)

    found = states(line(twilio, name, service=service).check())

    assert found.pop("site") == "ok"
    assert "ok" not in found.values()


def test_settings_without_a_token_are_found_and_not_raised(twilio: TwilioServer) -> None:
    found = states(line(twilio, token="").check())

    assert found["credentials"] == "wrong"


def test_no_finding_holds_a_secret_or_a_number(twilio: TwilioServer) -> None:
    twilio.account.numbers[0].sms_url = ELSEWHERE
    twilio.account.services[0].pool = []
    twilio.post_inbound(SITE, Body="help", From=PHONE)
    found = [
        *line(twilio, service=None).check(),
        *line(twilio).check(),
        *line(twilio, "whatsapp").check(),
    ]

    said = " ".join(each.says for each in found)
    for secret in (AUTH_TOKEN, "not-for-anybody", "hidden", "user", OUR_NUMBER, PHONE, "0900"):
        assert secret not in said.replace("use", "")


def test_a_refusal_that_blames_no_setting_is_unknown(twilio: TwilioServer) -> None:
    twilio.list_faults.extend([Fault(status=400), Fault(status=404)])

    found = line(twilio, service=None).check()

    assert only(found, "credentials").state == "unknown"
    assert only(found, "sender").state == "unknown"
