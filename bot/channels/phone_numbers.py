"""Telephone numbers in one spelling, so that one phone is one address.

A number is an address, never an identity (docs/reliability.md T-02).
"""

import re
from typing import Final

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

_PREFIX: Final = re.compile(r"\s*(?:(?:whatsapp|sms|tel):)?", re.IGNORECASE)
# Digits of any script, and what people and programs put between them. Letters are left out: the
# parser would read "0800 FLOWERS" as digits, and an extension as part of the number.
_SPELLING: Final = re.compile(
    r"[\d\s+＋().,/\-\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def normalise(number: str, region: str = "GB") -> str:
    """Return a telephone number in E.164 form, such as +447700900123.

    Takes national and international spellings, digits of any script and a channel's prefix
    ("whatsapp:"); a number without a country is of `region`. A number is taken when it is as long
    as a mobile's in its country. Whether it is in use is not asked: Ofcom's numbers for fiction
    never are.

    Raises:
        ValueError: it cannot be a telephone number. The message does not repeat it.
    """
    spelling = _PREFIX.sub("", number, count=1)
    if not _SPELLING.fullmatch(spelling):
        raise ValueError("not a telephone number")
    try:
        parsed = phonenumbers.parse(_INVISIBLE.sub("", spelling), region)
    except NumberParseException:
        raise ValueError("not a telephone number") from None
    # Of a mobile: among all numbers 07700 900 would do, as short as 0800 1111 is.
    reason = phonenumbers.is_possible_number_for_type_with_reason(parsed, PhoneNumberType.MOBILE)
    if reason != ValidationResult.IS_POSSIBLE:
        raise ValueError("a telephone number with too few or too many digits")
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def sender_address(sender: str) -> str:
    """Return the address to keep for whoever sent a message: E.164, or exactly what came.

    Only what names its country is a number here. A short code, a name in place of a number and
    another app's id stay as they are, so that nobody's id can pass for a young person's number:
    they are nobody we know, but their words are kept too.
    """
    if "+" not in sender:
        return sender
    try:
        return normalise(sender)
    except ValueError:
        return sender
