"""Genuine requests spoilt in every way, and requests that are signed and no use."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tests.fakes.twilio_requests import FORM, PATHS, Fixture, sign_body, sign_bytes

Pairs = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Posted:
    """One request as it reaches us; `how` it came about."""

    how: str
    path: str
    body: bytes
    signature: str
    content_type: str = FORM


def pairs_of(body: bytes) -> Pairs:
    """The names and values of a form, as bytes."""
    parts = (part.partition(b"=") for part in body.replace(b"+", b" ").split(b"&"))
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in parts]


def body_of(pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A form of these names and values."""
    return "&".join(
        f"{quote_from_bytes(name, safe='')}={quote_from_bytes(value, safe='')}"
        for name, value in pairs
    ).encode()


def genuine(site: str, fixture: Fixture) -> Posted:
    """A fixture as it was signed."""
    signature = sign_body(site + fixture.path, fixture.body)
    return Posted("genuine", fixture.path, fixture.body, signature)


def says_the_same(posted: Posted, fixture: Fixture) -> bool:
    """Whether a changed body still says what was signed: %2b for %2B, or another order."""
    return sorted(pairs_of(posted.body)) == sorted(pairs_of(fixture.body))


def spoilt(chance: random.Random, site: str, fixture: Fixture) -> Posted:
    """A request that is not what Twilio signed, or not where, or not by whom, or not how."""
    way = chance.choice(_WAYS)
    while True:
        posted = replace(
            way(chance, site, genuine(site, fixture)), how=f"{fixture.name}, {way.__name__}"
        )
        elsewhere = posted.path != fixture.path
        same_words = posted.content_type == FORM and says_the_same(posted, fixture)
        same_signature = posted.signature == genuine(site, fixture).signature
        if elsewhere or not same_words or not same_signature:
            return posted


def malformed(chance: random.Random, site: str, fixture: Fixture, number: int) -> Posted:
    """A request that Twilio signed, under a new id, and that may hold anything."""
    pairs = _named(pairs_of(fixture.body), number)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(pairs))
        name, value = pairs[at]
        match chance.randrange(7):
            case 0:
                pairs[at] = name, chance.randbytes(chance.randint(0, 60))
            case 1:
                pairs[at] = name, value + chance.choice([b"\x00", b"\xff", b"\n", b"%", b"=&+"])
            case 2:
                pairs[at] = name, value * chance.choice([0, 2, 40])
            case 3 if len(pairs) > 1:
                del pairs[at]
            case 4:
                pairs.append((chance.choice([b"New", b"body", b"\xff\x00", b"Body2"]), value))
            case 5:
                pairs[at] = name + b"X", value
            case _:
                pairs[at] = name, chance.choice([b"-1", b"9" * 40, b"null", b"{", b"\xd9\xa3"])
    body = body_of(list(dict(pairs).items()))
    return Posted(fixture.name, fixture.path, body, sign_bytes(site + fixture.path, body))


def _named(pairs: Pairs, number: int) -> Pairs:
    """The same form of another message or call."""
    ids = {b"MessageSid", b"SmsSid", b"SmsMessageSid", b"CallSid"}
    return [
        (name, value[:2] + b"%032x" % (number + 0xF0000) if name in ids else value)
        for name, value in pairs
    ]


def _change_a_byte(chance: random.Random, _site: str, was: Posted) -> Posted:
    at = chance.randrange(len(was.body))
    byte = bytes([chance.randrange(256)])
    change = chance.choice([byte, b"", byte + was.body[at : at + 1]])
    return replace(was, body=was.body[:at] + change + was.body[at + 1 :])


def _change_the_signature(chance: random.Random, _site: str, was: Posted) -> Posted:
    at = chance.randrange(len(was.signature))
    other = chance.choice("ABCDEFGHabcdefgh0123456789+/=")
    cut = was.signature[:at] + other + was.signature[at + 1 :]
    return replace(was, signature=chance.choice([cut, cut, cut, "", was.signature[:-1]]))


def _cut_otherwise(chance: random.Random, _site: str, was: Posted) -> Posted:
    """Names and values that join to the same text, so that the signature is right."""
    pairs = sorted(pairs_of(was.body))
    first = chance.randrange(len(pairs))
    last = min(first + chance.randint(1, 3), len(pairs))
    joined = b"".join(name + value for name, value in pairs[first:last])
    new: Pairs = []
    for _ in range(chance.randint(1, 2)):
        if not joined:
            break
        end = chance.randint(1, min(len(joined), 30))
        stop = chance.randint(end, len(joined))
        new.append((joined[:end], joined[end:stop]))
        joined = joined[stop:]
    name, value = new[-1]
    new[-1] = name, value + joined
    return replace(was, body=body_of(pairs[:first] + new + pairs[last:]))


def _repeat_a_name(chance: random.Random, _site: str, was: Posted) -> Posted:
    name, value = chance.choice(pairs_of(was.body))
    value = chance.choice([value, b"", b"x"])
    return replace(was, body=was.body + b"&" + body_of([(name, value)]))


def _add_a_name(chance: random.Random, _site: str, was: Posted) -> Posted:
    name = chance.choice([b"Extra", b"Body2", b"body", b"ZZZ", b"ReferralBodyX"])
    return replace(was, body=was.body + b"&" + body_of([(name, chance.choice([b"", b"1"]))]))


def _drop_a_name(chance: random.Random, _site: str, was: Posted) -> Posted:
    pairs = pairs_of(was.body)
    del pairs[chance.randrange(len(pairs))]
    return replace(was, body=body_of(pairs))


def _sign_for_elsewhere(chance: random.Random, site: str, was: Posted) -> Posted:
    other = chance.choice(
        [
            "https://elsewhere.example" + was.path,
            site.replace("http://", "https://") + was.path,
            site + was.path + "/",
            site + was.path + "?a=b",
            site,
        ]
    )
    return replace(was, signature=sign_body(other, was.body))


def _sign_otherwise(chance: random.Random, site: str, was: Posted) -> Posted:
    algorithm = chance.choice(["sha256", "sha512", "md5"])
    return replace(was, signature=sign_bytes(site + was.path, was.body, algorithm=algorithm))


def _sign_with_another_token(chance: random.Random, site: str, was: Posted) -> Posted:
    token = chance.choice(["", "another token", "token-of-the-fake-account "])
    return replace(was, signature=sign_body(site + was.path, was.body, token))


def _send_elsewhere(chance: random.Random, _site: str, was: Posted) -> Posted:
    others = [path for path in PATHS.values() if path != was.path]
    status = "/webhooks/twilio/status"
    return replace(
        was, path=chance.choice([*others, f"{status}/{'0' * 8}-0000-4000-8000-{'0' * 12}"])
    )


def _call_it_something_else(chance: random.Random, _site: str, was: Posted) -> Posted:
    kinds = ["text/plain", "", "multipart/form-data; boundary=x", f"{FORM}; charset=utf-16"]
    return replace(was, content_type=chance.choice(kinds))


_WAYS = (
    _change_a_byte,
    _change_a_byte,
    _change_the_signature,
    _cut_otherwise,
    _cut_otherwise,
    _repeat_a_name,
    _add_a_name,
    _drop_a_name,
    _sign_for_elsewhere,
    _sign_otherwise,
    _sign_with_another_token,
    _send_elsewhere,
    _call_it_something_else,
)
