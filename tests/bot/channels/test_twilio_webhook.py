"""What a genuine message is read as (docs/reliability.md F-20)."""

import base64
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Pin
from tests.bot.channels.received import ONE_PICTURE, PUBLIC_URL, WHATSAPP, receive
from tests.fakes.twilio_requests import Fixture, fixtures, sign_body
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, PHONE, message_address, text_form


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
        (ONE_PICTURE | {"MediaContentType0": "image/webp"}, ("picture",)),
        (WHATSAPP | ONE_PICTURE | {"MediaContentType0": "image/webp"}, ("sticker",)),
        (WHATSAPP | ONE_PICTURE | {"MediaContentType0": "Image/WebP; q=1"}, ("sticker",)),
        (WHATSAPP | ONE_PICTURE | {"MediaContentType0": "image/webpx"}, ("picture",)),
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
        (WHATSAPP | {"Body": "STOP"}, False),
        (WHATSAPP | {"Body": "STOP", "OptOutType": "STOP"}, True),
        (WHATSAPP | {"Body": "STOP", "OptOutType": "HELP"}, False),
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
        ("whatsapp:+44 7700 900 123", "whatsapp", "+447700900123"),
        ("whatsapp:GB.13491208655302741918", "whatsapp", "GB.13491208655302741918"),
        ("whatsapp:447700900123", "whatsapp", "447700900123"),
    ],
)
def test_any_sender_has_an_address(sender: str, channel: str, address: str) -> None:
    message = receive(text_form(From=sender))

    assert (message.channel, message.sender) == (channel, address)


def test_the_number_that_was_written_to_has_no_name_of_an_app() -> None:
    assert receive(text_form(**WHATSAPP)).recipient == "+447700900999"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Body": "Yes", "ButtonText": "Yes", "ButtonPayload": "payload"}, "Yes"),
        ({"Body": "", "ButtonText": "Yes", "ButtonPayload": "payload"}, "Yes"),
        ({"Body": "", "ListId": "3", "ListTitle": "Home", "ListDescription": "x"}, "Home"),
        ({"Body": "", "ListId": "3", "ListTitle": ""}, ""),
    ],
)
def test_a_button_says_its_words(fields: dict[str, str | None], words: str) -> None:
    assert receive(text_form(**(WHATSAPP | fields))).text == words


def test_no_name_that_a_sender_gave_is_read() -> None:
    named = receive(text_form(**(WHATSAPP | {"ProfileName": "zebra", "ProfileUsername": "zebra"})))

    assert "zebra" not in (named.sender + named.recipient + named.text)
    assert named.sent_at is None


@pytest.mark.parametrize("fixture", fixtures("message"), ids=lambda each: each.name)
def test_every_shape_says_whether_the_line_is_cut(fixture: Fixture) -> None:
    signature = sign_body(message_address(PUBLIC_URL), fixture.body)

    message = receive({}, signature=signature, body=fixture.body)

    assert message.opt_out == fixture.expected.get("opt_out", False)
    assert message.sender == fixture.expected.get("sender", PHONE)
