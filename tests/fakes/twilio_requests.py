"""Requests of Twilio's in every shape: the fixtures, and how Twilio signs them."""

import base64
import hmac
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes
from uuid import UUID

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from tests.fakes.twilio_texts import AUTH_TOKEN

FOLDER: Final = Path(__file__).parents[1] / "bot" / "channels" / "twilio_fixtures"
REFERENCE: Final = UUID("1b4e28ba-2fa1-41d2-983f-b6ad6b3f2c17")
PATHS: Final = {
    "message": "/webhooks/twilio/message",
    "status": f"/webhooks/twilio/status/{REFERENCE}",
    "call": "/webhooks/twilio/voice",
    "key": "/webhooks/twilio/voice/key",
}
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Fixture:
    """One request: where it goes, its body byte for byte, and what it is read as."""

    name: str
    kind: str
    body: bytes
    expected: Mapping[str, Any]

    @property
    def path(self) -> str:
        return PATHS[self.kind]

    @property
    def text(self) -> str:
        """The words that are kept of it."""
        return str(self.expected.get("text", "")) * int(self.expected.get("times", 1))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode("ascii"), keep_blank_values=True)

    @property
    def values(self) -> dict[str, str]:
        return dict(self.pairs)


@cache
def fixtures(*kinds: str) -> tuple[Fixture, ...]:
    """All fixtures, or those of some kinds."""
    return tuple(each for each in _read() if not kinds or each.kind in kinds)


def _read() -> Iterator[Fixture]:
    for file in sorted(FOLDER.glob("*.toml")):
        for request in tomllib.loads(file.read_text(encoding="utf-8"))["request"]:
            body = request.pop("body").replace("\n", "").encode("ascii")
            name = f"{file.stem}: {request.pop('name')}"
            yield Fixture(name, request.pop("to"), body, request)


def sign_body(address: str, body: bytes, token: str = AUTH_TOKEN) -> str:
    """The signature of a form, by Twilio's own package.

    That package signs text. Where the form holds bytes that are no UTF-8, the same sum is made of
    the bytes.
    """
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        return sign_bytes(address, body, token)
    return str(RequestValidator(token).compute_signature(address, dict(pairs)))


def sign_bytes(address: str, body: bytes, token: str = AUTH_TOKEN, algorithm: str = "sha1") -> str:
    """Twilio's sum over the bytes of a form."""
    pairs = sorted(
        tuple(unquote_to_bytes(each.replace(b"+", b" ")) for each in part.split(b"=", 1))
        for part in body.split(b"&")
    )
    joined = address.encode() + b"".join(b"".join(pair) for pair in pairs)
    return base64.b64encode(hmac.digest(token.encode(), joined, algorithm)).decode()


def post(
    client: FlaskClient,
    path: str,
    body: bytes,
    signature: str,
    content_type: str = FORM,
) -> TestResponse:
    """Post a body as it is."""
    headers = {"Content-Type": content_type, "X-Twilio-Signature": signature}
    return client.post(path, data=body, headers=headers)


def post_fixture(client: FlaskClient, site: str, fixture: Fixture) -> TestResponse:
    """Post a fixture as Twilio does."""
    return post(client, fixture.path, fixture.body, sign_body(site + fixture.path, fixture.body))
