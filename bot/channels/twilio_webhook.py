"""Text messages in, by Twilio's webhook: is it Twilio's, and what does it say.

A wrong check loses a child's words and a weak one lets a stranger speak for a child
(docs/reliability.md T-07, T-08), so nothing here is taken from the request that the settings can
give: not the address, not the algorithm, not the account.
"""

import base64
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from bot.channels import Inbound, Media, Pin
from bot.channels.phone_numbers import sender_address
from bot.channels.twilio_parameters import fault

MESSAGE_PATH: Final = "/webhooks/twilio/message"
CONTENT_TYPE: Final = "application/x-www-form-urlencoded"
# The longest message, 4,096 characters outside the first plane, takes 48 kB when percent-encoded.
LARGEST_BODY: Final = 64 * 1024

# A message that is one of these words cuts the line at the carrier (docs/reliability.md 0.5).
OPT_OUT_WORDS: Final = frozenset(
    {"cancel", "end", "optout", "quit", "revoke", "stop", "stopall", "unsubscribe"}
)

_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_PORTS: Final = {"https": 443, "http": 80}


class Refused(Exception):
    """This request is not taken as Twilio's: answer 403 and count it.

    `reason` is one of a few fixed phrases, and holds nothing of the request.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Form:
    """What Twilio signed, decoded once. Only `verify` makes one.

    `values` are for reading: U+FFFD stands in where bytes were not UTF-8, and `inexact` names the
    parameters where it does. `raw` is the body byte for byte.
    """

    values: Mapping[str, str]
    inexact: frozenset[str]
    raw: bytes
    content_type: str


def webhook_url(public_url: str, path: str = MESSAGE_PATH) -> str:
    """Return the address that Twilio calls, from the public address of this service.

    A fragment (Twilio's own connection overrides, `#rc=2`) is not part of what Twilio signs.

    Raises:
        ValueError: It is no address on the web.
    """
    parts = urlsplit(public_url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("the public address is not an http or https address")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + path, "", ""))


def verify(
    auth_token: str | Sequence[str],
    public_url: str,
    raw_body: bytes,
    signature: str | None,
    content_type: str | None,
) -> Form:
    """Check that Twilio sent this body, and decode it.

    Args:
        auth_token: The account's token, or two of them while one replaces the other.
        public_url: The public address of this service, from the settings, never from the request.
        raw_body: The request body, before anything else has read it.
        signature: The header X-Twilio-Signature.
        content_type: The header Content-Type.

    Returns:
        The form, which can be cut in no other way (see `twilio_parameters`).

    Raises:
        Refused: The request is not Twilio's, or nobody can be sure that it is.
        ValueError: There is no token, or no public address, to check with.
    """
    tokens = (auth_token,) if isinstance(auth_token, str) else tuple(auth_token)
    if not tokens or not all(tokens):
        raise ValueError("a Twilio auth token is missing")
    if not _is_form(content_type or ""):
        raise Refused("content type")
    pairs = _decode(raw_body)
    if not _is_signed(tokens, webhook_url(public_url), pairs, signature or ""):
        raise Refused("signature")
    values = {_shown(name): _shown(value) for name, value in pairs.items()}
    reason = fault(values)
    if reason:
        raise Refused(reason)
    inexact = frozenset(_shown(name) for name, value in pairs.items() if not _is_utf8(value))
    return Form(values, inexact, raw_body, content_type or "")


def read_message(form: Form, account_sid: str) -> Inbound:
    """Read one incoming message from a verified form. No address in it is ever fetched.

    Raises:
        Refused: It is another account's, or its names for the message differ.
    """
    values = form.values
    if not hmac.compare_digest(values["AccountSid"].encode(), account_sid.encode()):
        raise Refused("account")
    provider_id = values["MessageSid"]
    if {values.get("SmsMessageSid", provider_id), values.get("SmsSid", provider_id)} != {
        provider_id
    }:
        raise Refused("message id")
    prefix, colon, _ = values["From"].partition(":")
    return Inbound(
        channel=prefix if colon else "sms",
        account=account_sid,
        provider_id=provider_id,
        sender=sender_address(values["From"]),
        recipient=sender_address(values["To"]),
        text=values["Body"],
        exact=form.inexact.isdisjoint({"Body", "Label", "Address"}),
        raw=form.raw,
        content_type=form.content_type,
        media=tuple(_media(values)),
        pin=_pin(values),
        opt_out=_opts_out(values),
    )


def _is_form(content_type: str) -> bool:
    kind, _, rest = content_type.partition(";")
    charset = rest.replace(" ", "").lower()
    return kind.strip().lower() == CONTENT_TYPE and charset in {"", "charset=utf-8"}


def _decode(raw_body: bytes) -> dict[bytes, bytes]:
    """Decode a form, once, to bytes. What could be read in two ways is refused."""
    if len(raw_body) > LARGEST_BODY:
        raise Refused("too large")
    if _BROKEN_ESCAPE.search(raw_body):
        raise Refused("encoding")
    pairs: dict[bytes, bytes] = {}
    for part in raw_body.split(b"&"):
        name, equals, value = (
            unquote_to_bytes(piece.replace(b"+", b" ")) for piece in part.partition(b"=")
        )
        if not equals or not name:
            raise Refused("encoding")
        if name in pairs:
            raise Refused("repeated parameter")
        pairs[name] = value
    return pairs


def _is_signed(
    tokens: Sequence[str], url: str, pairs: Mapping[bytes, bytes], signature: str
) -> bool:
    """Compare with every signature that would do, in the same time whichever it is."""
    joined = b"".join(name + value for name, value in sorted(pairs.items()))
    given = signature.encode("utf-8", "replace")
    signed = False
    for token in tokens:
        for address in _spellings(url):
            digest = hmac.digest(token.encode(), address.encode() + joined, "sha1")
            signed |= hmac.compare_digest(base64.b64encode(digest), given)
    return signed


def _spellings(url: str) -> Iterator[str]:
    """Yield the address with its port and without: Twilio's own checker takes both."""
    yield url
    parts = urlsplit(url)
    if parts.port is None:
        netloc = f"{parts.netloc}:{_PORTS[parts.scheme]}"
    else:
        netloc = parts.netloc.rpartition(":")[0]
    yield urlunsplit(parts._replace(netloc=netloc))


def _shown(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _media(values: Mapping[str, str]) -> Iterator[Media]:
    """Yield the kind of each thing that came with the words. Their addresses are left alone."""
    announced = int(values.get("NumMedia", "0"))
    for index in range(max(announced, sum(name.startswith("MediaUrl") for name in values))):
        kind = values.get(f"MediaContentType{index}", "").partition("/")[0].lower()
        if kind == "image":
            yield "picture"
        elif kind == "audio":
            yield "voice"
        else:
            yield "other"


def _pin(values: Mapping[str, str]) -> Pin | None:
    if "Latitude" not in values or "Longitude" not in values:
        return None
    return Pin(
        latitude=values["Latitude"],
        longitude=values["Longitude"],
        label=values.get("Label") or None,
        address=values.get("Address") or None,
    )


def _opts_out(values: Mapping[str, str]) -> bool:
    if "OptOutType" in values:
        return values["OptOutType"] == "STOP"
    return values["Body"].strip().lower() in OPT_OUT_WORDS
