"""What is taken as Twilio's (docs/reliability.md T-07, T-08)."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import urlencode
from uuid import UUID

import pytest

from bot.channels.twilio_parameters import CALL, STATUS
from bot.channels.twilio_signature import (
    CONTENT_TYPE,
    KEY_PATH,
    MESSAGE_PATH,
    STATUS_PATH,
    VOICE_PATH,
    Refused,
    status_path,
    verify,
    webhook_url,
)
from tests.bot.channels.received import ONE_PICTURE, PUBLIC_URL, WHATSAPP, receive
from tests.fakes.twilio_texts import AUTH_TOKEN, PHONE, message_address, sign, text_form


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Body": ""} | ONE_PICTURE,
        {"MessagingServiceSid": "MG" + "0" * 32},
        {"OptOutType": "HELP", "Body": "help"},
        {"From": "60006"},
        {"From": "SHOP", "FromCountry": "", "FromZip": None},
        {"FromCity": "LONDON", "FromState": "England", "FromZip": "SW1A 1AA"},
        {"AddOns": '{"status":"successful","results":{}}'},
        {name: None for name in text_form() if name not in {"AccountSid", "Body", "From", "To"}}
        | {"MessageSid": "SM" + "1" * 32},
        WHATSAPP,
        WHATSAPP | {"ButtonText": "Yes", "ButtonPayload": "yes", "Body": "Yes"},
        WHATSAPP | {"Forwarded": "true", "FrequentlyForwarded": "false"},
        WHATSAPP | {"Latitude": "51.5", "Longitude": "-0.1", "Label": "", "Address": "1 High St"},
        WHATSAPP | {"From": "whatsapp:ID.4566546130240823", "ExternalUserId": "whatsapp:ID.456"},
        {"ChannelMetadata": '{"type":"rcs"}'},
    ],
)
@pytest.mark.parametrize(
    "public_url",
    [
        PUBLIC_URL,
        "https://texts.example.org/",
        "https://texts.example.org:8443",
        "https://texts.example.org#rc=3&rp=all",
        "https://texts.example.org/base/#rc=3",
        "http://127.0.0.1:8000",
    ],
)
def test_genuine_requests_are_taken(fields: Mapping[str, str | None], public_url: str) -> None:
    form = text_form(**fields)

    assert receive(form, public_url).text == form["Body"]


@pytest.mark.parametrize(
    ("public_url", "signed"),
    [
        ("https://texts.example.org", "https://texts.example.org:443/webhooks/twilio/message"),
        ("https://texts.example.org:8443", "https://texts.example.org/webhooks/twilio/message"),
        ("http://[::1]:8000", "http://[::1]/webhooks/twilio/message"),
    ],
)
def test_twilio_may_sign_the_address_with_or_without_its_port(public_url: str, signed: str) -> None:
    form = text_form()

    assert receive(form, public_url, sign(signed, form)).text == "hello"


def test_both_tokens_are_taken_while_one_replaces_the_other() -> None:
    form = text_form()
    both = ("the-new-token", AUTH_TOKEN)

    assert receive(form, token=both).text == "hello"
    with pytest.raises(Refused, match="signature"):
        receive(form, token=("the-new-token", "another"))


@pytest.mark.parametrize("token", ["", (), (AUTH_TOKEN, "")])
def test_a_missing_token_lets_nobody_in(token: str | tuple[str, ...]) -> None:
    form = text_form()

    with pytest.raises(ValueError, match="token"):
        receive(form, token=token, signature=sign(message_address(PUBLIC_URL), form, ""))


@pytest.mark.parametrize("public_url", ["", "texts.example.org", "ftp://texts.example.org"])
def test_a_public_address_that_is_none_is_refused(public_url: str) -> None:
    with pytest.raises(ValueError, match="public address"):
        webhook_url(public_url)


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        (CONTENT_TYPE, True),
        ("application/x-www-form-urlencoded; charset=UTF-8", True),
        ("Application/X-WWW-Form-URLEncoded", True),
        ("application/x-www-form-urlencoded; charset=utf-16", False),
        ("application/json", False),
        ("multipart/form-data; boundary=x", False),
        ("", False),
        (None, False),
    ],
)
def test_only_a_form_is_taken(content_type: str | None, taken: bool) -> None:
    if taken:
        assert receive(text_form(), content_type=content_type).text == "hello"
    else:
        with pytest.raises(Refused, match="content type"):
            receive(text_form(), content_type=content_type)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        *(({name: None}, "parameter missing") for name in ("Body", "From", "To", "AccountSid")),
        ({"Extra": "1"}, "parameter unknown"),
        ({"body": "hello"}, "parameter unknown"),
        ({"ButtonText": "yes"}, "parameter unknown"),  # an app's, with a text message
        ({"MediaUrl10": "https://example.org"}, "parameter unknown"),
        ({"From": ""}, "another shape"),
        ({"From": f"{PHONE}\n"}, "another shape"),
        ({"MessageSid": "SM 1"}, "another shape"),
        ({"MessageSid": "null"}, "another shape"),  # two of these would be one
        ({"NumMedia": "many"}, "another shape"),
        ({"NumMedia": "٣"}, "another shape"),
        ({"MediaUrl0": "javascript:alert(1)"}, "another shape"),
        ({"ToCity": "ToCountryGB", "ToCountry": None}, "two ways"),
        ({"Body": 'hi ChannelMetadata{"a":1}'}, "two ways"),
        ({"AccountSid": "AC" + "f" * 32}, "account"),
        ({"SmsSid": "SM" + "2" * 32}, "message id"),
        ({"SmsMessageSid": "SM" + "2" * 32}, "message id"),
    ],
)
def test_what_twilio_does_not_send_is_refused_even_when_signed(
    fields: Mapping[str, str | None], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        receive(text_form(**fields))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda body: body + b"&Body=again", "repeated parameter"),
        (lambda body: body + b"&Body=hello", "repeated parameter"),
        (lambda body: body + b"&B%6Fdy=hello", "repeated parameter"),
        (lambda body: body + b"&", "encoding"),
        (lambda body: body + b"&=x", "encoding"),
        (lambda body: body + b"&Extra", "encoding"),
        (lambda body: body.replace(b"hello", b"hello%"), "encoding"),
        (lambda body: body.replace(b"hello", b"%G1ello"), "encoding"),
        (lambda body: body.replace(b"hello", b"%2568ello"), "signature"),  # decoded once
        (lambda body: body + b"&Extra=" + b"x" * 65536, "too large"),
        (lambda _: b"", "encoding"),
    ],
)
def test_a_body_that_could_be_read_in_two_ways_is_refused(
    change: Callable[[bytes], bytes], reason: str
) -> None:
    form = text_form()

    with pytest.raises(Refused, match=reason):
        receive(form, body=change(urlencode(form).encode()))


@pytest.mark.parametrize(
    "signature", [None, "", "é", "\ud800", "x" * 28, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="]
)
def test_a_missing_or_wrong_signature_is_refused(signature: str | None) -> None:
    body = urlencode(text_form()).encode()

    with pytest.raises(Refused, match="signature"):
        verify(AUTH_TOKEN, PUBLIC_URL, body, signature, CONTENT_TYPE)


def test_a_signature_by_another_algorithm_is_refused() -> None:
    form = text_form()
    joined = message_address(PUBLIC_URL) + "".join(name + form[name] for name in sorted(form))
    digest = hmac.digest(AUTH_TOKEN.encode(), joined.encode(), hashlib.sha256)

    with pytest.raises(Refused, match="signature"):
        receive(form, signature=base64.b64encode(digest).decode())


SIGNED_AT = {
    MESSAGE_PATH: text_form(),
    STATUS_PATH: {
        "AccountSid": "AC1234", "MessageSid": "SM1234", "MessageStatus": "sent", "To": PHONE,
    },
    VOICE_PATH: {"AccountSid": "AC1234", "CallSid": "CA" + "1" * 32, "From": PHONE, "To": PHONE},
}  # fmt: skip
TABLES = {STATUS_PATH: STATUS, VOICE_PATH: CALL, KEY_PATH: CALL}


@pytest.mark.parametrize("signed", SIGNED_AT)
@pytest.mark.parametrize("path", [MESSAGE_PATH, STATUS_PATH, VOICE_PATH, KEY_PATH])
def test_what_is_signed_for_one_address_is_taken_at_no_other(signed: str, path: str) -> None:
    form = SIGNED_AT[signed]
    signature = sign(PUBLIC_URL + signed, form)
    body = urlencode(form).encode()

    def read() -> object:
        table = {"table": TABLES[path]} if path in TABLES else {}
        return verify(AUTH_TOKEN, PUBLIC_URL, body, signature, CONTENT_TYPE, path, **table)

    if path == signed:
        assert read()
    else:
        with pytest.raises(Refused, match="signature"):
            read()


def test_a_report_is_signed_over_our_name_for_the_message() -> None:
    ours, other = UUID(int=1), UUID(int=2)
    form = SIGNED_AT[STATUS_PATH]
    signature = sign(PUBLIC_URL + f"/webhooks/twilio/status/{ours}", form)
    body = urlencode(form).encode()

    ours_read = verify(
        AUTH_TOKEN, PUBLIC_URL, body, signature, CONTENT_TYPE, status_path(ours), STATUS
    )
    assert ours_read.values == form
    for path in (status_path(other), status_path()):
        with pytest.raises(Refused, match="signature"):
            verify(AUTH_TOKEN, PUBLIC_URL, body, signature, CONTENT_TYPE, path, STATUS)


@pytest.mark.parametrize(
    ("form", "signature", "signed"),
    [
        (text_form(Extra="1"), None, True),
        (text_form(AccountSid="AC" + "f" * 32), None, True),
        (text_form(SmsSid="SM" + "2" * 32), None, True),
        (text_form(Extra="1"), "wrong", False),
        (text_form(), "wrong", False),
    ],
)
def test_a_refusal_says_whether_the_signature_was_right(
    form: dict[str, str], signature: str | None, signed: bool
) -> None:
    with pytest.raises(Refused) as refused:
        receive(form, signature=signature)

    assert refused.value.signed is signed
