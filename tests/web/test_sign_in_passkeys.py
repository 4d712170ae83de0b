"""Passkeys on our side: what is asked, and what no browser can have signed."""

from datetime import timedelta

import pytest

from storage.passkeys import add_challenge, use_challenge
from storage.tables import Staff
from tests.web.cast import NOW, gather, sign_in
from tests.web.conftest import MakeService
from web.app import create_app


def test_a_challenge_is_for_one_purpose_one_person_and_five_minutes(
    make_service: MakeService,
) -> None:
    service = make_service()
    cast = gather(service)

    def add(number: int) -> bytes:
        challenge = bytes([number])
        with service.database.write() as session:
            add_challenge(session, challenge, "second", cast.dee.id, NOW)
        return challenge

    def take(challenge: bytes, purpose: str, person: Staff | None, later_s: int = 0) -> bool:
        at = NOW + timedelta(seconds=later_s)
        with service.database.write() as session:
            return use_challenge(session, challenge, purpose, person.id if person else None, at)

    assert not take(add(1), "sign_in", None)
    assert not take(add(2), "add", cast.dee)
    assert not take(add(3), "second", cast.ade)
    assert not take(add(4), "second", cast.dee, 301)
    assert take(add(5), "second", cast.dee, 300)
    assert not take(b"\x05", "second", cast.dee)


def test_without_a_name_and_https_no_passkey_is_offered(make_service: MakeService) -> None:
    app = create_app(make_service())
    cast = gather(app.extensions["return-interview"])
    client = app.test_client()

    assert "passkey" not in client.get("/sign-in").text
    sign_in(client, cast.dee)
    assert "Passkeys need an address" in client.get("/account").text


BROKEN = [
    "",
    "[]",
    "{}",
    "[" * 20_000,
    '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"W10",'
    '"authenticatorData":"eA","signature":"eA"}}',
    '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":'
    '"eyJ0eXBlIjoxLCJjaGFsbGVuZ2UiOjEsIm9yaWdpbiI6MX0","authenticatorData":"eA","signature":"eA"}}',
]


@pytest.mark.parametrize("answer", BROKEN)
def test_what_no_browser_signed_is_refused(make_service: MakeService, answer: str) -> None:
    app = create_app(make_service(public_url="https://line.example.org"))
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False

    got = app.test_client().post("/sign-in/passkey", data={"credential": answer})

    assert got.status_code in (400, 403)
