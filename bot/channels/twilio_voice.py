"""A telephone call to a number of ours at Twilio: who rings, and what Twilio says to them.

Nothing is recorded and nobody is put through: the instructions hold words, one question that a
single key answers, and the end of the call.
"""

import re
from collections.abc import Iterable
from typing import Final

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Gather, Say, VoiceResponse

from bot.channels import Inbound
from bot.channels.phone_numbers import sender_address
from bot.channels.twilio_signature import Form, check_account

CALL_KEY: Final = "1"
PATIENCE_S: Final = 8
VOICES: Final = {"en": ("Polly.Amy", "en-GB"), "cy": ("Polly.Gwyneth", "cy-GB")}
"""By language: the voice that Twilio reads with, and its name for the language."""

WITHHELD: Final = frozenset(
    {
        "anonymous",
        "+266696687",  # ANONYMOUS on a keypad, and so on: Twilio's numbers for no number
        "+7378742833",  # RESTRICTED
        "+2562533",  # BLOCKED
        "+8656696",  # UNKNOWN
        "+86282452253",  # UNAVAILABLE
    }
)
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{7,14}")
_FIGURES: Final = re.compile(r"[0-9]{2,}")

Words = Iterable[tuple[str, str]]
"""What is said: each language with the words in it."""


def read_call(form: Form, account_sid: str) -> Inbound:
    """Read who rings from a verified form; a caller without a number is "anonymous".

    Raises:
        Refused: It is another account's.
    """
    values = form.values
    check_account(form, account_sid)
    return Inbound(
        channel="sms",
        account=account_sid,
        provider_id=values["CallSid"],
        sender=sender_address(values["From"].strip()) or "anonymous",
        recipient=sender_address(values["To"]),
        text="",
        exact=True,
        raw=form.raw,
        content_type=form.content_type,
        media=("call",),
    )


def wants_call(form: Form) -> bool:
    """Whether the key was pressed that asks for a call back."""
    return form.values.get("Digits") == CALL_KEY


def can_be_called(sender: str) -> bool:
    """Whether an address is a telephone number, and not one of those that stand for none."""
    return sender not in WITHHELD and _NUMBER.fullmatch(sender) is not None


def speak(words: Words, offer: Words = (), key_url: str | None = None) -> str:
    """Write the instructions: say the words, perhaps wait for a key, and hang up.

    Args:
        words: what is said.
        offer: what a key may be pressed for, said while Twilio listens for it.
        key_url: where Twilio posts the key. None: it listens for none.
    """
    response = VoiceResponse()
    if key_url is None:
        _say(response, words)
    else:
        # Listened for from the first word on: somebody who knows the line need not wait.
        gather = Gather(
            num_digits=1, timeout=PATIENCE_S, action=key_url, method="POST", input="dtmf"
        )
        _say(gather, words)
        _say(gather, offer)
        response.append(gather)
    response.hangup()
    return str(response)


def _say(where: TwiML, words: Words) -> None:
    for language, said in words:
        voice, locale = VOICES[language]
        where.append(Say(_by_figures(said), voice=voice, language=locale))


def _by_figures(said: str) -> str:
    """999 is said nine nine nine."""
    return _FIGURES.sub(lambda found: " ".join(found[0]), said)
