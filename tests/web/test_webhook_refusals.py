"""What is refused is counted, told to an operator and, when it was signed, kept (T-07, T-08)."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from bot.alarms import open_alarms
from bot.service import Service
from storage import alarms
from storage.tables import RefusalCount
from tests.engines import break_database
from tests.fakes.twilio_requests import FORM, PATHS, post, sign_body
from tests.fakes.twilio_texts import text_form
from tests.web.conftest import MakeService
from tests.web.test_webhooks import CANARY, kept
from web.app import create_app

MESSAGE = PATHS["message"]


def counted(service: Service) -> dict[str, int]:
    with service.database.read() as session:
        rows = session.exec(select(RefusalCount)).all()
    assert {row.source for row in rows} <= {"twilio"}
    return {row.reason: row.times for row in rows}


def alarmed(service: Service) -> set[tuple[str, str]]:
    return {(each.kind, each.detail) for each, _ in open_alarms(service)}


def unreadable(service: Service) -> list[tuple[str, bytes]]:
    with service.database.read() as session:
        found = alarms.unreadable(session)
        return [(each.reason, alarms.raw_of(service.vault, each)) for each in found]


@pytest.mark.parametrize("path", [*PATHS.values(), "/webhooks/twilio/status"])
@pytest.mark.parametrize(
    ("body", "content_type", "status", "reason"),
    [
        (b"Body=hello", FORM, 403, "signature"),
        (b"Body=%", FORM, 403, "encoding"),
        (b"a=1&a=2", FORM, 403, "repeated parameter"),
        (b"{}", "application/json", 415, "content type"),
        (b"a=" + b"b" * 70_000, FORM, 413, "too large"),
    ],
)
def test_every_refusal_is_counted_and_three_raise_an_alarm(
    client: FlaskClient,
    service: Service,
    path: str,
    body: bytes,
    content_type: str,
    status: int,
    reason: str,
) -> None:
    for already in range(3):
        assert (("refused", "twilio") in alarmed(service)) is False
        assert counted(service).get(reason, 0) == already
        assert post(client, path, body, "x", content_type).status_code == status

    assert alarmed(service) == {("refused", "twilio")}
    assert counted(service) == {reason: 3}
    assert unreadable(service) == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"NewParameter": "1"}, "parameter unknown"),
        ({"Body": None}, "parameter missing"),
        ({"NumMedia": "many"}, "value of another shape"),
        ({"ToCity": "ToCountryGB", "ToCountry": None}, "could be cut in two ways"),
        ({"AccountSid": "AC" + "f" * 32}, "account"),
        ({"SmsSid": "SM" + "2" * 32}, "message id"),
    ],
)
def test_what_was_signed_and_is_refused_is_kept_and_told_of(
    client: FlaskClient, service: Service, fields: Mapping[str, str | None], reason: str
) -> None:
    body = urlencode(text_form(**fields)).encode()
    signature = sign_body(service.settings.site + MESSAGE, body)

    assert post(client, MESSAGE, body, signature).status_code == 403

    assert unreadable(service) == [(reason, body)]
    assert alarmed(service) == {("unreadable", "twilio")}
    assert counted(service) == {reason: 1}
    assert kept(service) == []


def test_a_report_that_cannot_be_read_is_kept(client: FlaskClient, service: Service) -> None:
    form = {"AccountSid": "AC1", "MessageSid": "SM1", "MessageStatus": "exploded", "To": "60006"}
    body = urlencode(form).encode()
    signature = sign_body(service.settings.site + PATHS["status"], body)

    assert post(client, PATHS["status"], body, signature).status_code == 403
    assert [raw for _, raw in unreadable(service)] == [body]


def test_a_refusal_that_cannot_be_counted_is_a_refusal(
    client: FlaskClient, service: Service
) -> None:
    body = urlencode(text_form(New="1")).encode()
    signature = sign_body(service.settings.site + MESSAGE, body)
    break_database(service.database, CANARY)

    assert post(client, MESSAGE, b"Body=hello", "x").status_code == 403
    assert post(client, MESSAGE, body, signature).status_code == 403


def test_a_report_that_cannot_be_stored_is_asked_for_again(
    client: FlaskClient, service: Service
) -> None:
    form = {
        "AccountSid": text_form()["AccountSid"], "MessageSid": "SM12", "MessageStatus": "sent",
        "To": "+447700900123",
    }  # fmt: skip
    body = urlencode(form).encode()
    break_database(service.database, CANARY)

    signature = sign_body(service.settings.site + PATHS["status"], body)
    assert post(client, PATHS["status"], body, signature).status_code == 503


def test_both_tokens_are_taken_while_one_replaces_the_other(make_service: MakeService) -> None:
    service = make_service(twilio_auth_token_old="the-old-token")
    client = create_app(service).test_client()

    def answer(token: str) -> int:
        body = urlencode(text_form(Body=token)).encode()
        signature = sign_body(service.settings.site + MESSAGE, body, token)
        return post(client, MESSAGE, body, signature).status_code

    now = str(service.settings.twilio_auth_token)
    assert [answer(each) for each in (now, "the-old-token", "another")] == [200, 200, 403]
    assert kept(service) == [now, "the-old-token"]


@pytest.mark.parametrize("path", [*PATHS.values(), "/webhooks/twilio/status"])
def test_without_twilio_there_is_no_webhook(make_service: MakeService, path: str) -> None:
    client = create_app(make_service(demo=True)).test_client()

    assert post(client, path, b"Body=hello", "x").status_code == 404
    assert client.get(path).status_code == 405
