"""Who rings, and what Twilio is told to say."""

from xml.etree import ElementTree

import pytest

from bot.channels.twilio_parameters import CALL
from bot.channels.twilio_signature import CONTENT_TYPE, VOICE_PATH, Refused, verify
from bot.channels.twilio_voice import VOICES, can_be_called, read_call, speak
from tests.bot.channels.received import PUBLIC_URL
from tests.fakes.twilio_requests import Fixture, fixtures, sign_body
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER

KEY_URL = "https://texts.example.org/webhooks/twilio/voice/key"


def read(instructions: str) -> ElementTree.Element:
    return ElementTree.fromstring(instructions)  # noqa: S314 - we wrote them ourselves


@pytest.mark.parametrize("fixture", fixtures("call"), ids=lambda each: each.name)
def test_a_call_is_a_message_without_words(fixture: Fixture) -> None:
    signature = sign_body(PUBLIC_URL + VOICE_PATH, fixture.body)
    form = verify(AUTH_TOKEN, PUBLIC_URL, fixture.body, signature, CONTENT_TYPE, VOICE_PATH, CALL)

    call = read_call(form, ACCOUNT_SID)

    assert (call.channel, call.sender) == ("sms", fixture.expected["sender"])
    assert (call.recipient, call.provider_id) == (OUR_NUMBER, fixture.values["CallSid"])
    assert (call.text, call.media, call.raw) == ("", ("call",), fixture.body)
    assert can_be_called(call.sender) == fixture.expected.get("can_be_called", True)
    with pytest.raises(Refused, match="account"):
        read_call(form, "AC" + "f" * 32)


def test_what_is_said_ends_the_call() -> None:
    said = read(speak([("en", "In danger call 999. Or 0800 1111.")]))

    assert [each.tag for each in said] == ["Say", "Hangup"]
    assert said[0].attrib == {"voice": "Polly.Amy", "language": "en-GB"}
    assert said[0].text == "In danger call 9 9 9. Or 0 8 0 0 1 1 1 1."


def test_one_key_is_listened_for_while_it_is_said() -> None:
    said = read(speak([("cy", "Helo")], [("cy", "Gwasga 1.")], KEY_URL))

    assert [each.tag for each in said] == ["Gather", "Hangup"]
    assert said[0].attrib == {
        "action": KEY_URL,
        "input": "dtmf",
        "method": "POST",
        "numDigits": "1",
        "timeout": "8",
    }
    assert [(each.text, each.get("language")) for each in said[0]] == [
        ("Helo", "cy-GB"),
        ("Gwasga 1.", "cy-GB"),
    ]


def test_nothing_is_ever_recorded_and_nobody_put_through() -> None:
    said = speak([("en", "Hi <Record/> & <Dial/>")], [("en", "Press 1.")], KEY_URL)

    tags = {each.tag for each in read(said).iter()}
    assert tags == {"Response", "Gather", "Say", "Hangup"}


def test_every_language_of_the_texts_has_a_voice() -> None:
    assert (
        {locale.partition("-")[0] for _, locale in VOICES.values()} == set(VOICES) == {"en", "cy"}
    )
