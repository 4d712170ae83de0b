"""Requests that carry a genuine signature and are not what was signed (T-07, G-25)."""

import base64
import random
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from bot.channels.twilio_signature import CONTENT_TYPE, Refused, verify
from tests.fakes.twilio_texts import AUTH_TOKEN, PHONE, message_address, sign, text_form

PUBLIC_URL = "https://texts.example.org"
SID = "SM" + "0123456789abcdef" * 2
GENUINE = {
    "plain": text_form(MessageSid=SID),
    "no words": text_form(MessageSid=SID, Body=""),
    "words like names": text_form(
        MessageSid=SID, Body=f"ButtonTextyes FromSHOPFromCityL Forwardedtrue From{PHONE}"
    ),
    "places": text_form(MessageSid=SID, FromCity="LONDON", FromZip="SW1A 1AA", ToCity="TOTNES"),
    "service": text_form(MessageSid=SID, MessagingServiceSid="MG" + "0" * 32, OptOutType="HELP"),
    "picture": text_form(
        MessageSid=SID,
        NumMedia="2",
        MediaContentType0="image/jpeg",
        MediaContentType1="audio/ogg",
        MediaUrl0="https://api.twilio.com/Media/ME0",
        MediaUrl1="https://api.twilio.com/Media/ME1",
    ),
    "pin": text_form(
        MessageSid=SID, Latitude="51.5", Longitude="-0.12", Label="the park", Address="1 High St"
    ),
    "short code": text_form(MessageSid=SID, From="60006", FromCountry="", FromZip=None),
    "app": text_form(
        MessageSid=SID,
        From=f"whatsapp:{PHONE}",
        ProfileName="Amina",
        WaId=PHONE[1:],
        ButtonText="Yes",
        ButtonPayload="yes",
        Forwarded="false",
        ChannelMetadata='{"type":"whatsapp","data":{"context":{"ButtonText":"Yes"}}}',
    ),
}


def signed(form: dict[str, str]) -> str:
    return sign(message_address(PUBLIC_URL), form)


def is_taken(body: bytes, signature: str) -> bool:
    try:
        verify(AUTH_TOKEN, PUBLIC_URL, body, signature, CONTENT_TYPE)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("form", GENUINE.values(), ids=GENUINE)
def test_the_originals_are_taken(form: dict[str, str]) -> None:
    assert is_taken(urlencode(form).encode(), signed(form))


@pytest.mark.parametrize(
    ("names", "recut"),
    [
        ({"Body"}, {"Bodyh": "ello"}),
        ({"Body"}, {"Bo": "dyhello"}),
        (
            {"Body", "From", "FromCity", "FromCountry", "FromState", "FromZip"},
            {"Body": f"helloFrom{PHONE}FromCityFromCountryGBFromStateFromZip"},
        ),
        ({"FromCity", "FromCountry"}, {"FromCity": "FromCountryGB"}),
    ],
)
def test_moving_a_boundary_keeps_the_signature_and_is_refused(
    names: set[str], recut: dict[str, str]
) -> None:
    form = text_form(MessageSid=SID)
    forged = {name: value for name, value in form.items() if name not in names} | recut

    assert signed(forged) == signed(form)
    assert not is_taken(urlencode(forged).encode(), signed(form))


def recuts(form: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield each form made by joining up to four neighbours and by cutting a joined text anywhere.

    Neighbours are those of the order in which Twilio joins them.
    """
    names = sorted(form)
    for first in range(len(names)):
        for last in range(first, min(first + 4, len(names))):
            group = names[first : last + 1]
            others = {name: value for name, value in form.items() if name not in group}
            joined = "".join(name + form[name] for name in group)
            for end in range(1, min(len(joined), 40) + 1):
                yield others | {joined[:end]: joined[end:]}
            if len(group) > 1:
                continue
            for start in range(len(names[first]), len(joined)):
                for end in range(start + 1, min(len(joined), start + 25) + 1):
                    kept = {names[first]: joined[len(names[first]) : start]}
                    yield others | kept | {joined[start:end]: joined[end:]}


@pytest.mark.parametrize("form", GENUINE.values(), ids=GENUINE)
def test_a_signed_form_is_taken_when_cut_as_signed_and_in_no_other_way(
    form: dict[str, str],
) -> None:
    signature = signed(form)
    tried = 0
    for forged in recuts(form):
        if forged == form or signed(forged) != signature:
            continue
        tried += 1
        assert not is_taken(urlencode(forged).encode(), signature), forged.keys() ^ form.keys()
    assert tried > 500


def spoilt_body(rng: random.Random, form: dict[str, str]) -> bytes:
    """Return the body with one byte or one parameter changed."""
    body = urlencode(form).encode()
    at, byte = rng.randrange(len(body)), bytes([rng.randrange(256)])
    key = rng.choice(sorted(form))
    extra = rng.choice(["Extra", "Body2", "ToZip0", "ReferralBody"])
    return rng.choice(
        [
            body[:at] + byte + body[at + 1 :],
            body[:at] + body[at + 1 :],
            body[:at] + byte + body[at:],
            body + f"&{key}={quote(form[key])}".encode(),
            body + f"&{extra}=1".encode(),
            urlencode({name: value for name, value in form.items() if name != key}).encode(),
        ]
    )


def wrong_signature(rng: random.Random, form: dict[str, str]) -> str:
    digest = bytearray(base64.b64decode(signed(form)))
    digest[rng.randrange(20)] ^= 1 << rng.randrange(8)
    return rng.choice(
        [
            base64.b64encode(digest).decode(),
            signed(form | {"Body": "another text"}),
            sign(message_address(PUBLIC_URL), form, "another token"),
            sign(message_address("https://other.example.org"), form),
            sign(message_address("http://texts.example.org"), form),
            sign(PUBLIC_URL, form),
        ]
    )


def is_the_same(body: bytes, form: dict[str, str]) -> bool:
    """Say whether a body still says what was signed: %2b for %2B, or %20 for +."""
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return body.count(b"=") == len(form) == len(pairs) and dict(pairs) == form


def test_of_two_thousand_spoilt_requests_none_is_taken() -> None:
    rng = random.Random(20261120)
    tried = 0
    while tried < 2000:
        form = rng.choice(list(GENUINE.values()))
        body = spoilt_body(rng, form)
        if is_the_same(body, form):
            continue
        tried += 1
        assert not is_taken(body, signed(form)), body


def test_of_five_hundred_wrong_signatures_none_is_taken() -> None:
    rng = random.Random(20261121)
    for _ in range(500):
        form = rng.choice(list(GENUINE.values()))
        assert not is_taken(urlencode(form).encode(), wrong_signature(rng, form))
