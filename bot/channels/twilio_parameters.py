"""The parameters of Twilio's requests, as Twilio documents them, and what each may hold.

There is one table for messages that come in, one for reports on ours, and one for calls.

Twilio signs each name and value joined without a mark between them, so one signature fits every
other way of cutting the joined text: `Body=hello` as `Bodyh=ello`, or `From` swallowed into `Body`
(docs/reliability.md T-07). A form is taken only when it can be cut in no other way:

- each name is known, and each value has the shape of its name;
- what every message has is there;
- what could be cut out of the words of a text message is never taken with one: Twilio joins names
  in their order, so only a name between `Body` and `From` could be;
- no value ends in the name of an absent parameter and a value that would fit it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_Shapes = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """What a kind of request holds: what is always there, and the shape of each value.

    `of_apps` are the parameters that come only with an app's messages (from whatsapp:+44..., say).
    """

    required: frozenset[str]
    shapes: _Shapes
    of_apps: frozenset[str] = frozenset()


_WORDS: Final = re.compile(r".*", re.DOTALL)
_PLACE: Final = re.compile(r"[^\x00-\x1f]{0,100}")
_COUNTRY: Final = re.compile(r"[A-Za-z]{0,3}")
_DIGITS: Final = re.compile(r"[0-9]{4,20}")
_ADDRESS: Final = re.compile(r"(?:[a-z]+:)?[+0-9A-Za-z ._@&-]{1,160}")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{4,64}")
_NAME: Final = re.compile(r"[A-Z]{2}[A-Za-z0-9]{16,62}")  # what comes twice is known by it
_NUMBER: Final = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,20})?")
_COUNT: Final = re.compile(r"[0-9]{1,2}")
_LOWER: Final = re.compile(r"[a-z_]{0,30}")
_TRUTH: Final = re.compile(r"true|false")
_OBJECT: Final = re.compile(r"\{.*\}", re.DOTALL)
_TYPE: Final = re.compile(r"[a-z]+/[\w.+-]+(?:;[ \w.=\"+-]*)?|", re.IGNORECASE)
_LINK: Final = re.compile(r"(?:https?://[\x21-\x7e]{1,2000})?")
_ADDRESS_OR_NONE: Final = re.compile(rf"(?:{_ADDRESS.pattern})?")
_ID_OR_NONE: Final = re.compile(rf"(?:{_ID.pattern})?")
_COUNT_LONG: Final = re.compile(r"[0-9]{0,14}")
_UPPER: Final = re.compile(r"[A-Z_]{0,40}")
_STATE: Final = re.compile(r"[a-z-]{0,30}")
_KEYS: Final = re.compile(r"[0-9#*]{0,20}")
_TOKEN: Final = re.compile(r"[\x20-\x7e]{0,8000}")
_VERSION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_MESSAGE_SHAPES: Final[_Shapes] = {
    "AccountSid": _ID,
    "AddOns": _OBJECT,
    "Address": _WORDS,
    "ApiVersion": _VERSION,
    "Body": _WORDS,
    "ButtonPayload": _WORDS,
    "ButtonText": _WORDS,
    "ButtonType": _LOWER,
    "ChannelInstallSid": _ID,
    "ChannelMetadata": _OBJECT,
    "ExternalUserId": _PLACE,
    "Forwarded": _TRUTH,
    "FrequentlyForwarded": _TRUTH,
    "From": _ADDRESS,
    "FromCity": _PLACE,
    "FromCountry": _COUNTRY,
    "FromState": _PLACE,
    "FromZip": _PLACE,
    "InteractiveData": _OBJECT,
    "Label": _WORDS,
    "Latitude": _NUMBER,
    "ListDescription": _WORDS,
    "ListId": _WORDS,
    "ListTitle": _WORDS,
    "Longitude": _NUMBER,
    **{f"MediaContentType{index}": _TYPE for index in range(10)},
    **{f"MediaUrl{index}": _LINK for index in range(10)},
    "MessageSid": _NAME,
    "MessageType": _LOWER,
    "MessagingServiceSid": _ID,
    "NumMedia": _COUNT,
    "NumSegments": _COUNT,
    "OptOutType": re.compile(r"STOP|START|HELP"),
    "OriginalRepliedMessageSender": _ADDRESS,
    "OriginalRepliedMessageSid": _ID,
    "ParentExternalUserId": _PLACE,
    "ProfileName": _WORDS,
    "ProfileUsername": _PLACE,
    "ReferralBody": _WORDS,
    "ReferralCtwaClid": _PLACE,
    "ReferralHeadline": _WORDS,
    "ReferralMediaContentType": _TYPE,
    "ReferralMediaId": _PLACE,
    "ReferralMediaUrl": _LINK,
    "ReferralNumMedia": _COUNT,
    "ReferralSourceId": _PLACE,
    "ReferralSourceType": _LOWER,
    "ReferralSourceUrl": _LINK,
    "SmsMessageSid": _ID,
    "SmsSid": _ID,
    "SmsStatus": _LOWER,
    "To": _ADDRESS,
    "ToCity": _PLACE,
    "ToCountry": _COUNTRY,
    "ToState": _PLACE,
    "ToZip": _PLACE,
    "Username": _PLACE,
    "WaId": _DIGITS,
}
# Those between Body and From. ChannelMetadata sorts there too, but nobody's words end in its name
# and a JSON object.
_OF_APPS: Final = frozenset(
    {
        "ButtonPayload",
        "ButtonText",
        "ButtonType",
        "ChannelInstallSid",
        "ExternalUserId",
        "Forwarded",
        "FrequentlyForwarded",
    }
)
MESSAGE: Final = Table(
    frozenset({"AccountSid", "Body", "From", "MessageSid", "To"}), _MESSAGE_SHAPES, _OF_APPS
)

STATUS: Final = Table(
    # A Messaging Service that has not yet chosen a number reports without From.
    frozenset({"AccountSid", "MessageSid", "MessageStatus", "To"}),
    {
        "AccountSid": _ID,
        "ApiVersion": _VERSION,
        "ChannelInstallSid": _ID,
        "ChannelMetadata": _OBJECT,
        "ChannelPrefix": _LOWER,
        "ChannelStatusCode": _COUNT_LONG,
        "ChannelStatusMessage": _WORDS,
        "ChannelToAddress": _ADDRESS,
        "ErrorCode": _COUNT_LONG,
        "ErrorMessage": _WORDS,
        "EventType": _UPPER,
        "ExternalUserId": _PLACE,
        "From": _ADDRESS_OR_NONE,
        "MessageSid": _ID,
        "MessageStatus": _LOWER,
        "MessagingServiceSid": _ID_OR_NONE,
        "NumMedia": _COUNT,
        "NumSegments": _COUNT,
        "ParentExternalUserId": _PLACE,
        "RawDlrDoneDate": _COUNT_LONG,
        "SmsMessageSid": _ID,
        "SmsSid": _ID,
        "SmsStatus": _LOWER,
        "StructuredMessage": _TRUTH,
        "To": _ADDRESS,
        "WaId": _DIGITS,
    },
)

CALL: Final = Table(
    frozenset({"AccountSid", "CallSid", "From", "To"}),
    {
        "AccountSid": _ID,
        "AddOns": _OBJECT,
        "ApiVersion": _VERSION,
        "ApplicationSid": _ID,
        "CallSid": _NAME,
        "CallStatus": _STATE,
        "CallToken": _TOKEN,
        "Called": _ADDRESS,
        **{f"Called{part}": _PLACE for part in ("City", "Country", "State", "Zip")},
        "Caller": _ADDRESS_OR_NONE,
        **{f"Caller{part}": _PLACE for part in ("City", "Country", "Name", "State", "Zip")},
        "Digits": _KEYS,
        "Direction": _STATE,
        "FinishedOnKey": _KEYS,
        "ForwardedFrom": _ADDRESS_OR_NONE,
        "From": _ADDRESS_OR_NONE,
        **{f"From{part}": _PLACE for part in ("City", "Country", "State", "Zip")},
        "ParentCallSid": _ID,
        "StirPassportToken": _TOKEN,
        "StirStatus": _PLACE,
        "StirVerstat": _PLACE,
        "To": _ADDRESS,
        **{f"To{part}": _PLACE for part in ("City", "Country", "State", "Zip")},
        "TrunkSid": _ID,
        "msg": _PLACE,
    },
)


def fault(form: Mapping[str, str], table: Table = MESSAGE) -> str | None:
    """Say why a form cannot be Twilio's, or None when it can; the reason quotes nothing from it."""
    if not form.keys() >= table.required:
        return "parameter missing"
    is_apps = ":" in form.get("From", "")
    known = set(table.shapes) - (frozenset() if is_apps else table.of_apps)
    if not form.keys() <= known:
        return "parameter unknown"
    if not all(table.shapes[name].fullmatch(value) for name, value in form.items()):
        return "value of another shape"
    if _hides_a_parameter(form, table.shapes, known):
        return "could be cut in two ways"
    return None


def _hides_a_parameter(form: Mapping[str, str], shapes: _Shapes, known: Iterable[str]) -> bool:
    """Say whether a value may have swallowed the parameter that would come after it."""
    holder = ""
    for name in sorted(known):
        if name in form:
            holder = form[name]
        elif any(shapes[name].fullmatch(rest) for rest in _after_each(name, holder)):
            return True
    return False


def _after_each(name: str, value: str) -> Iterator[str]:
    """Yield what follows each place where `name` stands in `value`."""
    start = value.find(name)
    while start >= 0:
        yield value[start + len(name) :]
        start = value.find(name, start + 1)
