"""Is a request Twilio's? Only then is it read.

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
from uuid import UUID

from bot.channels.twilio_parameters import MESSAGE, Table, fault

MESSAGE_PATH: Final = "/webhooks/twilio/message"
STATUS_PATH: Final = "/webhooks/twilio/status"
VOICE_PATH: Final = "/webhooks/twilio/voice"
KEY_PATH: Final = "/webhooks/twilio/voice/key"
CONTENT_TYPE: Final = "application/x-www-form-urlencoded"
# The longest message, 4,096 characters outside the first plane, takes 48 kB when percent-encoded.
LARGEST_BODY: Final = 64 * 1024

_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_PORTS: Final = {"https": 443, "http": 80}


class Refused(Exception):
    """This request is not taken as Twilio's: answer 403 and count it.

    `reason` is one of a few fixed phrases, and holds nothing of the request. `signed` says that
    the signature was right: it is Twilio's after all, or a cut-up copy of what was, and nobody can
    be sure what it says.
    """

    def __init__(self, reason: str, *, signed: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.signed = signed


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


def status_path(reference: UUID | None = None) -> str:
    """The path on which Twilio reports on the message that we know as `reference`."""
    return STATUS_PATH if reference is None else f"{STATUS_PATH}/{reference}"


def verify(
    auth_token: str | Sequence[str],
    public_url: str,
    raw_body: bytes,
    signature: str | None,
    content_type: str | None,
    path: str = MESSAGE_PATH,
    table: Table = MESSAGE,
) -> Form:
    """Check that Twilio sent this body to this path, and decode it.

    Args:
        auth_token: The account's token, or two of them while one replaces the other.
        public_url: The public address of this service, from the settings, never from the request.
        raw_body: The request body, before anything else has read it.
        signature: The header X-Twilio-Signature.
        content_type: The header Content-Type.
        path: The path that Twilio was told to call, as we spell it.
        table: The parameters that Twilio sends there.

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
    if not _is_signed(tokens, webhook_url(public_url, path), pairs, signature or ""):
        raise Refused("signature")
    values = {_shown(name): _shown(value) for name, value in pairs.items()}
    reason = fault(values, table)
    if reason:
        raise Refused(reason, signed=True)
    inexact = frozenset(_shown(name) for name, value in pairs.items() if not _is_utf8(value))
    return Form(values, inexact, raw_body, content_type or "")


def check_account(form: Form, account_sid: str) -> None:
    """Hold the account in a form against ours, in the same time whatever it is.

    Raises:
        Refused: It is another account's.
    """
    if not hmac.compare_digest(form.values["AccountSid"].encode(), account_sid.encode()):
        raise Refused("account", signed=True)


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
