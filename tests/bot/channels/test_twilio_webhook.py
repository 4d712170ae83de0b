"""What is taken as Twilio's, and what it is read as (docs/reliability.md T-07, T-08, F-20)."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Inbound, Pin
from bot.channels.twilio_webhook import CONTENT_TYPE, Refused, read_message, verify, webhook_url
from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    PHONE,
    message_address,
    sign,
    text_form,
)

PUBLIC_URL = "https://texts.example.org"
WHATSAPP = {
    "From": f"whatsapp:{PHONE}",
    "To": "whatsapp:+447700900999",
    "ProfileName": "Amina",
    "WaId": PHONE[1:],
    "MessageType": "text",
    "ReferralNumMedia": "0",
    "ChannelMetadata": '{"type":"whatsapp","data":{"context":{"ProfileName":"Amina"}}}',
    "FromCity": None,
    "FromCountry": None,
    "FromState": None,
    "FromZip": None,
    "ToCity": None,
    "ToCountry": None,
    "ToState": None,
    "ToZip": None,
}
ONE_PICTURE = {
    "NumMedia": "1",
    "MediaContentType0": "image/jpeg",
    "MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0",
}


def receive(
    form: Mapping[str, str],
    public_url: str = PUBLIC_URL,
    signature: str | None = None,
    token: str | tuple[str, ...] = AUTH_TOKEN,
    body: bytes | None = None,
    content_type: str | None = CONTENT_TYPE,
    account_sid: str = ACCOUNT_SID,
) -> Inbound:
    if signature is None:
        signature = sign(message_address(public_url), form)
    if body is None:
        body = urlencode(form).encode()
    return read_message(verify(token, public_url, body, signature, content_type), account_sid)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "hello",
        "1+1=2 & 100% sure; a=b?",
        "two\r\nlines\tand a tab",
        "😭🏳️‍🌈👨‍👩‍👧 ok",
        "a\x00b",
        "مرحبا \u202eabc\u202c",
        "e\u0301 is not é",
        "From+447700900456",
        "Bodyhello ButtonTextyes Forwardedtrue",
        "ToCity MessageSid NumMedia0",
        "x" * 1600,
        "😭" * 4096,
    ],
    ids=lambda words: ascii(words[:24]),
)
def test_words_come_through_exactly(words: str) -> None:
    form = text_form(Body=words)

    message = receive(form)

    assert (message.text, message.exact) == (words, True)
    assert message.raw == urlencode(form).encode()
    assert (message.channel, message.sender) == ("sms", PHONE)
    assert (message.account, message.provider_id) == (ACCOUNT_SID, form["MessageSid"])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_words_come_through_exactly(words: str) -> None:
    assert receive(text_form(Body=words)).text == words


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


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"caf\xe9", "caf\ufffd"),
        (b"\xed\xa0\xbd", "\ufffd\ufffd\ufffd"),  # half of a surrogate pair
        (b"\xc0\xaf", "\ufffd\ufffd"),  # overlong
        (b"a\x00\xff", "a\x00\ufffd"),
    ],
)
@pytest.mark.parametrize("encode", [quote, lambda data: data.decode("latin-1")])
def test_bytes_that_are_not_utf8_are_marked_and_kept(
    data: bytes, shown: str, encode: Callable[[bytes], str]
) -> None:
    form = text_form(Body="WORDS")
    joined = message_address(PUBLIC_URL) + "".join(name + form[name] for name in sorted(form))
    digest = hmac.digest(AUTH_TOKEN.encode(), joined.encode().replace(b"WORDS", data), "sha1")
    body = urlencode(form).encode().replace(b"WORDS", encode(data).encode("latin-1"))

    message = receive(form, signature=base64.b64encode(digest).decode(), body=body)

    assert (message.text, message.exact, message.raw) == (shown, False, body)


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        ({}, ()),
        (ONE_PICTURE, ("picture",)),
        (ONE_PICTURE | {"MediaContentType0": "audio/ogg; codecs=opus"}, ("voice",)),
        (ONE_PICTURE | {"MediaContentType0": "video/mp4"}, ("other",)),
        (ONE_PICTURE | {"MediaContentType0": "application/pdf"}, ("other",)),
        (ONE_PICTURE | {"MediaContentType0": ""}, ("other",)),
        (ONE_PICTURE | {"MediaContentType0": "IMAGE/PNG"}, ("picture",)),
        (ONE_PICTURE | {"NumMedia": "0"}, ("picture",)),
        (ONE_PICTURE | {"NumMedia": "2", "MediaContentType1": "audio/amr"}, ("picture", "voice")),
        ({"NumMedia": "2"}, ("other", "other")),
    ],
)
def test_what_came_with_the_words_is_known_by_kind_only(
    fields: Mapping[str, str | None], media: tuple[str, ...]
) -> None:
    assert receive(text_form(**fields)).media == media


@pytest.mark.parametrize(
    ("fields", "pin"),
    [
        ({"Latitude": "51.50", "Longitude": "-0.1"}, Pin("51.50", "-0.1")),
        (
            {"Latitude": "1", "Longitude": "2", "Label": "the\npark", "Address": "1 High Street"},
            Pin("1", "2", "the\npark", "1 High Street"),
        ),
        ({"Latitude": "51.5"}, None),
        ({}, None),
    ],
)
def test_a_pin_is_kept_as_it_was_sent(fields: Mapping[str, str | None], pin: Pin | None) -> None:
    assert receive(text_form(**fields)).pin == pin


@pytest.mark.parametrize(
    ("fields", "opt_out"),
    [
        ({"Body": "STOP"}, True),
        ({"Body": " stop \n"}, True),
        ({"Body": "End"}, True),
        ({"Body": "stop it"}, False),
        ({"Body": "no more pls", "OptOutType": "STOP"}, True),
        ({"Body": "start", "OptOutType": "START"}, False),
        ({"Body": "hello"}, False),
    ],
)
def test_a_word_that_cuts_the_line_is_told_and_kept(
    fields: Mapping[str, str | None], opt_out: bool
) -> None:
    message = receive(text_form(**fields))

    assert (message.opt_out, message.text) == (opt_out, fields["Body"])


@pytest.mark.parametrize(
    ("sender", "channel", "address"),
    [
        ("+447700900123", "sms", "+447700900123"),
        ("whatsapp:+447700900123", "whatsapp", "+447700900123"),
        ("60006", "sms", "60006"),
        ("SHOP", "sms", "SHOP"),
        ("+266696687", "sms", "+266696687"),
        ("07700900123", "sms", "07700900123"),
        ("messenger:7700900123", "messenger", "messenger:7700900123"),
        ("rcs:+447700900123", "rcs", "rcs:+447700900123"),
    ],
)
def test_any_sender_has_an_address(sender: str, channel: str, address: str) -> None:
    message = receive(text_form(From=sender))

    assert (message.channel, message.sender) == (channel, address)
