"""Telegram's webhook: what is kept, what is refused, and that it never asks for what it has."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlmodel import select
from telegram import Update
from werkzeug.test import TestResponse

from bot.channels import Inbound
from bot.channels.telegram_webhook import SECRET_HEADER, WEBHOOK_PATH
from bot.clock import SetClock
from bot.escalations import acknowledge
from bot.service import Service
from storage.alarms import open_alarms, raw_of, unreadable
from storage.messages import body_of
from storage.messages import raw_of as raw_of_message
from storage.tables import (
    ContactAddress,
    Disposition,
    Escalation,
    HumanTask,
    Message,
    RefusalCount,
    RelatedMessage,
    ScreeningResult,
)
from tests.engines import break_database
from tests.fakes.telegram_texts import (
    CHAT,
    CONTENTS,
    GROUP,
    SECRET,
    TOKEN,
    callback_update,
    edit_update,
    every_type,
    member_update,
    message_update,
)
from tests.web.cast import gather
from tests.web.conftest import MakeService, both_kinds
from web.app import create_app
from web.logs import configure_logs


@pytest.fixture
def service(make_service: MakeService) -> Service:
    return make_service(telegram_bot_token=TOKEN, telegram_webhook_secret=SECRET)


def post(client: FlaskClient, update: object, secret: str | None = SECRET) -> TestResponse:
    return post_bytes(client, json.dumps(update).encode(), secret)


def post_bytes(client: FlaskClient, raw: bytes, secret: str | None = SECRET) -> TestResponse:
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers[SECRET_HEADER] = secret
    return client.post(WEBHOOK_PATH, data=raw, headers=headers)


def rows(service: Service, table: type[Any], *where: Any) -> list[Any]:
    with service.database.read() as session:
        return list(session.exec(select(table).where(*where)))


def kept(service: Service) -> list[str]:
    return [
        body_of(service.vault, each) for each in rows(service, Message, Message.direction == "in")
    ]


def not_read(service: Service) -> list[bytes]:
    with service.database.read() as session:
        return [raw_of(service.vault, each) for each in unreadable(session)]


def alarms(service: Service) -> list[tuple[str, str]]:
    with service.database.read() as session:
        return [(each.kind, each.detail) for each in open_alarms(session)]


@both_kinds
def test_a_message_is_kept_and_screened(client: FlaskClient, service: Service) -> None:
    raw = json.dumps(message_update(1, 20, "my dad hits me with a belt")).encode()

    assert post_bytes(client, raw).status_code == 200
    (message,) = rows(service, Message)
    assert kept(service) == ["my dad hits me with a belt"]
    assert raw_of_message(service.vault, message) == raw
    assert str(CHAT) not in message.provider_id
    assert [each.state for each in rows(service, ScreeningResult)] == ["screened"]
    assert [each.priority for each in rows(service, Escalation)] == [2]


@pytest.mark.parametrize("secret", [None, "", "x", SECRET[:-1], SECRET + "x", SECRET.upper()])
def test_without_the_secret_nothing_is_taken(
    client: FlaskClient, service: Service, secret: str | None
) -> None:
    assert post(client, message_update(1, 20, "hello"), secret).status_code == 403

    assert kept(service) == []
    (refused,) = rows(service, RefusalCount)
    assert (refused.source, refused.reason, refused.times) == ("telegram", "secret", 1)


def test_many_refusals_raise_an_alarm(client: FlaskClient, service: Service) -> None:
    for number in range(3):
        post(client, message_update(number, number, "hello"), "wrong")

    assert alarms(service) == [("refused", "telegram")]


def test_without_telegram_the_webhook_does_not_exist(make_service: MakeService) -> None:
    without = create_app(make_service()).test_client()
    fetched = create_app(
        make_service(telegram_bot_token=TOKEN, telegram_receive="polling")
    ).test_client()

    assert post(without, message_update(1, 20, "hello")).status_code == 404
    assert post(fetched, message_update(1, 20, "hello"), "").status_code == 404
    assert without.get(WEBHOOK_PATH).status_code == 405


@both_kinds
def test_one_message_posted_twenty_times_at_once_and_8_and_400_days_later_is_kept_once(
    app: Flask, service: Service, clock: SetClock
) -> None:
    def send(number: int) -> int:
        return post(app.test_client(), message_update(number, 20, "i ran away")).status_code

    for days in (0, 8, 392):
        clock.move(timedelta(days=days))
        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(send, range(days, days + 20)))

        assert answers == [200] * 20
        assert kept(service) == ["i ran away"]


def test_updates_that_come_in_the_wrong_order_are_all_kept(
    client: FlaskClient, service: Service
) -> None:
    post(client, edit_update(9, 20, "he hits me"))
    for number in (22, 21, 20):
        assert post(client, message_update(number, number, f"text {number}")).status_code == 200

    assert kept(service) == ["he hits me", "text 22", "text 21", "text 20"]
    assert [each.priority for each in rows(service, Escalation)] == [2]


def test_every_kind_of_update_is_taken_and_overwrites_nothing(
    client: FlaskClient, service: Service
) -> None:
    post(client, message_update(1, 20, "hello"))
    (before,) = rows(service, Message)

    kinds = every_type()
    assert set(kinds) == set(Update.ALL_TYPES)
    for _ in range(2):
        for update in kinds.values():
            assert post(client, update).status_code == 200

    after = rows(service, Message, Message.id == before.id)[0]
    assert after.model_dump() == before.model_dump()
    assert kept(service) == ["hello", "hello!", "YES"]
    assert not_read(service) == []


def test_a_button_is_answered_in_the_same_breath(client: FlaskClient, service: Service) -> None:
    answer = post(client, callback_update(1, "YES", "4382"))
    again = post(client, callback_update(2, "YES", "4382"))

    assert answer.get_json() == {"method": "answerCallbackQuery", "callback_query_id": "4382"}
    assert again.get_json() == answer.get_json()
    assert kept(service) == ["YES"]
    assert post(client, message_update(1, 20, "hello")).get_json() == {}


def test_a_group_is_left(client: FlaskClient, service: Service) -> None:
    chat = {"id": GROUP, "type": "group", "title": "Friends"}

    answer = post(client, member_update(1, "member", chat))

    assert answer.get_json() == {"method": "leaveChat", "chat_id": GROUP}
    assert rows(service, Message) == []


def test_an_edit_is_a_version_beside_the_first_and_is_screened(
    client: FlaskClient, service: Service
) -> None:
    post(client, message_update(1, 20, "it was fine"))
    post(client, edit_update(2, 20, "he says he will kill me tonight"))

    first, edit = rows(service, Message)
    assert kept(service) == ["it was fine", "he says he will kill me tonight"]
    (related,) = rows(service, RelatedMessage)
    assert (related.kind, related.message_id, related.of_message_id) == ("edit", edit.id, first.id)
    assert [each.priority for each in rows(service, Escalation)] == [1]
    assert rows(service, Disposition) == [], "what is found in it is answered by a turn"


def test_an_edit_that_says_nothing_new_is_kept_and_not_answered(
    client: FlaskClient, service: Service
) -> None:
    post(client, message_update(1, 20, "it was fnie"))
    post(client, edit_update(2, 20, "it was fine"))

    assert [each.kind for each in rows(service, Disposition)] == ["edit"]


def test_a_place_that_moves_pages_once(client: FlaskClient, service: Service) -> None:
    post(client, message_update(1, 20, None, **CONTENTS["location"]))
    dee = gather(service).dee
    (found,) = rows(service, Escalation)
    acknowledge(service, found.id, dee)
    for number in range(2, 6):
        place = {"latitude": 53.0 + number / 100, "longitude": -2.25, "live_period": 3600}
        update = edit_update(number, 20, "")
        update["edited_message"] = {**update["edited_message"], "text": None, "location": place}
        assert post(client, update).status_code == 200

    assert len(rows(service, Escalation)) == 1
    assert kept(service)[1:] == ["53.02, -2.25", "53.03, -2.25", "53.04, -2.25", "53.05, -2.25"]


def test_a_sticker_pages_nobody_and_a_picture_does(client: FlaskClient, service: Service) -> None:
    for number, content in enumerate(("sticker", "animation", "dice")):
        post(client, message_update(number, number + 1, None, **CONTENTS[content]))
    assert rows(service, Escalation) == []

    post(client, message_update(9, 10, None, **CONTENTS["photo"]))
    assert len(rows(service, Escalation)) == 1


def test_a_block_is_work_for_a_person_and_writing_again_takes_it_back(
    client: FlaskClient, service: Service
) -> None:
    post(client, message_update(1, 20, "hello"))
    for _ in range(3):
        assert post(client, member_update(2, "kicked")).status_code == 200
    (contact,) = rows(service, ContactAddress)
    assert contact.unreachable_at is not None
    assert [each.kind for each in rows(service, HumanTask)].count("opted_out") == 1

    post(client, member_update(3, "member"))
    (contact,) = rows(service, ContactAddress)
    assert contact.unreachable_at is None


def test_a_block_by_nobody_we_know_is_nothing(client: FlaskClient, service: Service) -> None:
    assert post(client, member_update(2, "kicked")).status_code == 200
    assert rows(service, HumanTask) == []


def test_what_nobody_can_read_is_kept_byte_for_byte(client: FlaskClient, service: Service) -> None:
    for raw in (b"\x00\xff{", b"[]", b"", b"\x00\xff{"):
        assert post_bytes(client, raw).status_code == 200

    assert not_read(service) == [b"\x00\xff{", b"[]", b""]
    assert alarms(service) == [("unreadable", "telegram")]


def test_a_message_that_cannot_be_stored_as_one_is_stored_as_it_came(
    client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_service: Service, _inbound: Inbound) -> None:
        raise KeyError("canary")

    monkeypatch.setattr("bot.telegram_receive.receive", refuse)
    raw = json.dumps(message_update(1, 20, "help me")).encode()

    assert post_bytes(client, raw).status_code == 200
    assert not_read(service) == [raw]


def test_when_nothing_can_be_stored_telegram_is_asked_to_try_again(
    client: FlaskClient, service: Service
) -> None:
    break_database(service.database, OperationalError("canary", {}, Exception()))

    assert post(client, message_update(1, 20, "hello")).status_code == 503
    assert post_bytes(client, b"{").status_code == 503
    assert post(client, member_update(2, "kicked")).status_code == 503


def test_the_longest_message_and_the_one_it_answers_are_taken(
    client: FlaskClient, service: Service
) -> None:
    longest = "\U0001f62d" * 4096
    first = message_update(1, 19, longest)["message"]

    assert post(client, message_update(1, 20, longest, reply_to_message=first)).status_code == 200
    assert kept(service) == [longest]


@pytest.mark.slow
def test_a_thousand_malformed_updates_are_all_kept(client: FlaskClient, service: Service) -> None:
    """None is answered 5xx and none is lost (G-05): as a message, or byte for byte."""
    chance = random.Random(20261120)
    raws = list(dict.fromkeys(malformed(chance) for _ in range(1_050)))[:1_000]

    statuses = {post_bytes(client, raw).status_code for raw in raws}

    assert statuses == {200}
    messages = {raw_of_message(service.vault, each) for each in rows(service, Message)}
    assert len(raws) == 1_000
    assert set(raws) <= messages | set(not_read(service))


def malformed(chance: random.Random) -> bytes:
    """A message of somebody with bytes changed, cut, doubled and put elsewhere."""
    number = chance.randrange(10**9)
    body = bytearray(json.dumps(message_update(number, number, "help \U0001f62d")).encode())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body))
        match chance.randrange(5):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                del body[place:]
            case 2:
                body[place:place] = chance.randbytes(chance.randint(1, 40))
            case 3:
                body[place:place] = chance.choice(
                    [b'"', b"{", b"}", b"\\ud83d", b"null", b"\\u0000", b"NaN", b"1e999"]
                )
            case _:
                body += body[place:]
        body = body or bytearray(b"{")
    return bytes(body)


@pytest.mark.parametrize("accident", ["none", "secret", "unreadable"])
def test_no_words_names_chats_or_secrets_are_logged(
    client: FlaskClient,
    accident: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure_logs()
    caplog.set_level("DEBUG")
    update = message_update(1, 20, "zebra-canary-sentence")
    raw = json.dumps(update).encode()
    if accident == "unreadable":
        raw = raw[:-3]

    post_bytes(client, raw, "zebra-canary-secret" if accident == "secret" else SECRET)

    said = capsys.readouterr()
    logged = said.out + said.err + caplog.text
    assert logged
    for secret in ("zebra-canary", SECRET, TOKEN, str(CHAT)):
        assert secret not in logged
