"""The provider's webhook: what is kept, what is refused, and that nothing of it is logged."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.channels.twilio_webhook import CONTENT_TYPE, MESSAGE_PATH
from bot.service import Service
from dialogs.screening import ScreeningFailed
from storage.messages import body_of
from storage.tables import Escalation, Message
from tests.engines import break_database
from tests.fakes.twilio_texts import message_address, sign, text_form
from tests.web.cast import AMINA_NUMBER, post_body, text
from tests.web.conftest import MakeService, both_kinds
from web.app import create_app
from web.logs import configure_logs


def kept(service: Service) -> list[str]:
    with service.database.read() as session:
        found = session.exec(select(Message).where(Message.direction == "in")).all()
        return [body_of(service.vault, message) for message in found]


def escalations(service: Service) -> list[int]:
    with service.database.read() as session:
        return [each.priority for each in session.exec(select(Escalation)).all()]


@both_kinds
@pytest.mark.usefixtures("cast")
def test_a_text_is_kept_and_answered_with_an_empty_reply(
    client: FlaskClient, service: Service
) -> None:
    answer = text(client, service, "hello there")

    assert answer.status_code == 200
    assert answer.text.endswith("<Response></Response>")
    assert answer.content_type.startswith("text/xml")
    assert kept(service) == ["hello there"]


@both_kinds
@pytest.mark.usefixtures("cast")
def test_one_text_posted_twenty_times_at_once_is_kept_once(app: Flask, service: Service) -> None:
    form = text_form(Body="i ran away", From=AMINA_NUMBER)
    body = urlencode(form).encode()
    signature = sign(message_address(service.settings.site), form)

    def post(_: int) -> int:
        return post_body(app.test_client(), body, signature).status_code

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(post, range(20)))

    assert answers == [200] * 20
    assert kept(service) == ["i ran away"]


@both_kinds
def test_first_texts_of_an_unknown_number_at_once_are_all_kept(
    app: Flask, service: Service
) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(
            threads.map(
                lambda number: text(app.test_client(), service, f"text {number}").status_code,
                range(16),
            )
        )

    assert answers == [200] * 16
    assert sorted(kept(service)) == sorted(f"text {number}" for number in range(16))
    with service.database.read() as session:
        assert session.exec(select(func.count(func.distinct(Message.young_person_id)))).one() == 1


@pytest.mark.usefixtures("cast")
def test_a_picture_without_words_is_kept(client: FlaskClient, service: Service) -> None:
    picture = {"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://x.example"}

    assert text(client, service, "", **picture).status_code == 200
    assert kept(service) == [""]


def test_a_bad_signature_is_refused_and_nothing_is_kept(
    client: FlaskClient, service: Service
) -> None:
    body = urlencode(text_form(Body="hello")).encode()

    assert post_body(client, body, "bm90IHRoZSBzaWduYXR1cmU=").status_code == 403
    assert post_body(client, body, "").status_code == 403
    assert kept(service) == []


def test_forwarded_headers_do_not_choose_the_signed_address(
    client: FlaskClient, service: Service
) -> None:
    form = text_form(Body="hello")
    signature = sign("https://elsewhere.example" + MESSAGE_PATH, form)

    answer = client.post(
        MESSAGE_PATH,
        data=urlencode(form),
        headers={
            "Content-Type": CONTENT_TYPE,
            "X-Twilio-Signature": signature,
            "Host": "elsewhere.example",
            "X-Forwarded-Host": "elsewhere.example",
            "X-Forwarded-Proto": "https",
            "X-Original-Webhook-Url": "https://elsewhere.example" + MESSAGE_PATH,
        },
    )

    assert answer.status_code == 403
    assert kept(service) == []


def test_another_account_is_refused(client: FlaskClient, service: Service) -> None:
    assert text(client, service, "hello", AccountSid="AC" + "f" * 32).status_code == 403
    assert kept(service) == []


def test_methods_and_types_are_exact(client: FlaskClient) -> None:
    assert client.get(MESSAGE_PATH).status_code == 405
    assert client.put(MESSAGE_PATH).status_code == 405
    assert post_body(client, b"{}", "x", "application/json").status_code == 415
    assert post_body(client, b"a=b", "x", "multipart/form-data; boundary=x").status_code == 415


def test_a_body_that_is_too_long_is_refused(client: FlaskClient) -> None:
    assert post_body(client, b"Body=" + b"a" * 64 * 1024, "x").status_code == 413


def test_without_twilio_the_webhook_does_not_exist(make_service: MakeService) -> None:
    demo = create_app(make_service(demo=True)).test_client()

    assert post_body(demo, b"Body=hello", "x").status_code == 404


def test_when_nothing_can_be_stored_twilio_is_asked_to_try_again(
    client: FlaskClient, service: Service
) -> None:
    break_database(service.database, CANARY)

    assert text(client, service, "hello").status_code == 503


def test_when_the_detector_fails_the_text_is_kept_and_somebody_must_look(
    make_service: MakeService,
) -> None:
    service = replace(make_service(), screen=no_detector)

    answer = text(create_app(service).test_client(), service, "hello")

    assert answer.status_code == 200
    assert kept(service) == ["hello"]
    assert escalations(service) == [1]


def test_malformed_requests_are_refused_and_never_break_anything(
    client: FlaskClient, service: Service
) -> None:
    """Bytes of a genuine request changed, cut, doubled and put elsewhere (G-05)."""
    chance = random.Random(20261120)
    form = text_form(Body="hello \U0001f62d")
    genuine = urlencode(form).encode()
    signature = sign(message_address(service.settings.site), form)

    statuses = [
        post_body(client, body, signature, content_type).status_code
        for body, content_type in (mutated(chance, genuine) for _ in range(400))
    ]

    assert set(statuses) <= {200, 400, 403, 413, 415}
    assert set(kept(service)) <= {"hello \U0001f62d"}
    assert statuses.count(403) > 200


@pytest.mark.parametrize("accident", ["none", "detector", "database", "signature", "keys"])
def test_no_words_numbers_or_names_are_logged(
    make_service: MakeService,
    accident: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A canary through the paths that go well and those that do not (docs/reliability.md I-09)."""
    canary, name, number = "zebra-canary-sentence", "Quillan Canary", "+447700900177"
    configure_logs()
    caplog.set_level("DEBUG")
    service = make_service()
    if accident == "detector":
        service = replace(service, screen=no_detector)
    client = create_app(service).test_client()
    if accident == "database":
        break_database(service.database, CANARY)
    if accident == "keys":
        break_database(service.vault.store.database, CANARY)
    if accident == "signature":
        body = urlencode(text_form(Body=canary, From=number, ProfileName=name)).encode()
        answer = post_body(client, body, canary)
    else:
        answer = text(client, service, f"{canary} {name}", sender=number)

    expected = {"none": 200, "detector": 200, "database": 503, "signature": 403, "keys": 503}
    assert answer.status_code == expected[accident]
    said = capsys.readouterr()
    logged = said.out + said.err + caplog.text
    assert '"webhook ' in logged or accident == "detector"
    for secret in (canary, "Quillan", number, number[1:], number[3:]):
        assert secret not in logged


def no_detector(*_arguments: Any, **_options: Any) -> Any:
    raise ScreeningFailed("zebra-canary-sentence Quillan Canary +447700900177")


CANARY = OperationalError("zebra-canary-sentence", {"number": "+447700900177"}, Exception())
"""A message that quotes what it was about."""


def mutated(chance: random.Random, genuine: bytes) -> tuple[bytes, str]:
    body = bytearray(genuine)
    content_type = CONTENT_TYPE
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body))
        match chance.randrange(6):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                del body[place:]
            case 2:
                body[place:place] = chance.randbytes(chance.randint(1, 40))
            case 3:
                body[place:place] = chance.choice([b"%", b"%zz", b"&", b"=", b"&&", b"%00", b"%ff"])
            case 4:
                body += b"&" + bytes(body[place:])
            case _:
                content_type = chance.choice(
                    [CONTENT_TYPE, "text/plain", f"{CONTENT_TYPE}; charset=utf-16", "", "\u20ac"]
                )
        if not body:
            body += b"="
    return bytes(body), content_type
