"""The simulated phone: texting by the same way as everybody, and seeing only what arrived."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.inbox import summaries
from bot.service import Service, open_service
from bot.worker import step
from storage import messages
from tests.web.cast import Cast, csrf_token, gather
from tests.web.conftest import MakeService
from tests.web.duty import DANGER, words_of
from web.app import create_app


@pytest.fixture
def service(make_service: MakeService) -> Iterator[Service]:
    """A rehearsal with pretended phones and a clock that can be moved."""
    service = open_service(make_service(demo=True).settings)
    yield service
    service.close()


@pytest.fixture
def cast(service: Service) -> Cast:
    return gather(service)


@pytest.fixture
def app(service: Service) -> Flask:
    return create_app(service)


@pytest.fixture
def phone(cast: Cast) -> str:
    return f"/phone/{cast.amina.young_person_id}"


def work(service: Service) -> None:
    while step(service, "worker"):
        continue


def form_of(client: FlaskClient, phone: str) -> dict[str, str]:
    page = client.get(phone)
    found = re.search(r'name="sending_id" value="([^"]+)"', page.text)
    assert found
    return {"csrf_token": csrf_token(page), "sending_id": found[1]}


def send(client: FlaskClient, phone: str, text: str) -> int:
    return client.post(f"{phone}/text", data={**form_of(client, phone), "text": text}).status_code


def test_anybody_may_pick_up_a_phone(client: FlaskClient, phone: str) -> None:
    page = client.get("/phone").text

    assert "Amina Yusuf" in page
    assert phone in page
    assert "password" not in page.lower()


def test_a_text_comes_in_like_every_other_and_is_answered(
    client: FlaskClient, phone: str, service: Service
) -> None:
    assert send(client, phone, DANGER) == 303
    work(service)

    shown = words_of(client.get(phone).text)

    assert DANGER in shown
    assert "call 999" in shown
    assert [each.priority for each in summaries(service)] == [1]


def test_what_was_posted_is_kept_byte_for_byte(
    client: FlaskClient, phone: str, service: Service, cast: Cast
) -> None:
    posted = urlencode({**form_of(client, phone), "text": "two\r\nlines 🙂"}).encode()

    client.post(f"{phone}/text", data=posted, content_type="application/x-www-form-urlencoded")

    with service.database.read() as session:
        (kept,) = messages.conversation_messages(session, cast.amina.young_person_id)
    assert messages.raw_of(service.vault, kept) == posted
    assert messages.body_of(service.vault, kept) == "two\nlines 🙂"
    assert kept.exact


def test_bytes_that_are_no_text_are_kept_and_marked(
    client: FlaskClient, phone: str, service: Service, cast: Cast
) -> None:
    posted = urlencode(form_of(client, phone)).encode() + b"&text=a%FFb"

    client.post(f"{phone}/text", data=posted, content_type="application/x-www-form-urlencoded")

    with service.database.read() as session:
        (kept,) = messages.conversation_messages(session, cast.amina.young_person_id)
    assert messages.body_of(service.vault, kept) == "a\ufffdb"
    assert not kept.exact


def test_pressing_send_twice_is_one_message(
    client: FlaskClient, phone: str, service: Service
) -> None:
    form = {**form_of(client, phone), "text": "hello there"}

    client.post(f"{phone}/text", data=form)
    client.post(f"{phone}/text", data=form)

    assert client.get(phone).text.count("hello there") == 1


def test_an_empty_text_is_not_sent(client: FlaskClient, phone: str) -> None:
    send(client, phone, "")

    assert "No messages yet" in client.get(phone).text


def test_only_what_reached_the_handset_is_shown(
    client: FlaskClient, phone: str, service: Service
) -> None:
    token = form_of(client, phone)["csrf_token"]
    client.post(f"{phone}/signal", data={"csrf_token": token, "signal": "off"})
    send(client, phone, DANGER)
    work(service)

    without = words_of(client.get(phone).text)
    assert "call 999" not in without
    assert "waiting for signal" in without

    client.post(f"{phone}/signal", data={"csrf_token": token, "signal": "on"})
    assert "waiting for signal" not in words_of(client.get(phone).text)


@pytest.mark.parametrize(("button", "shown"), [("picture", "A picture"), ("pin", "54.9783")])
def test_a_picture_and_a_pin_reach_a_person(
    client: FlaskClient, phone: str, service: Service, button: str, shown: str
) -> None:
    client.post(f"{phone}/{button}", data=form_of(client, phone))
    work(service)

    assert shown in client.get(phone).text
    assert [each.categories for each in summaries(service)] == [("TEC",)]


def test_alerts_arrive_on_the_duty_workers_phone(
    client: FlaskClient, phone: str, service: Service
) -> None:
    before = client.get("/phone/workers/live")
    send(client, phone, DANGER)
    work(service)

    page = client.get("/phone/workers/live", headers={"If-None-Match": before.headers["ETag"]})

    assert summaries(service)[0].reference in page.text
    assert "Dee Okafor" in page.text
    assert "knife" not in page.text


def test_the_clock_moves_forward_only_by_its_buttons(
    client: FlaskClient, phone: str, service: Service
) -> None:
    token = form_of(client, phone)["csrf_token"]
    before = service.clock.service_now()

    client.post("/phone/clock", data={"csrf_token": token, "minutes": "1440"})
    assert (service.clock.service_now() - before).days == 1

    refused = client.post("/phone/clock", data={"csrf_token": token, "minutes": "-60"})
    assert refused.status_code == 400


def test_the_live_screen_follows(client: FlaskClient, phone: str, service: Service) -> None:
    first = client.get(f"{phone}/live")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{phone}/live", headers=tag).status_code == 304

    send(client, phone, "hello there")

    assert "hello there" in client.get(f"{phone}/live", headers=tag).text


@pytest.mark.parametrize("button", ["text", "picture", "pin", "signal"])
def test_nothing_is_sent_without_the_token_of_a_form(
    client: FlaskClient, phone: str, button: str
) -> None:
    assert client.post(f"{phone}/{button}", data={"text": "hello there"}).status_code == 400
    assert "No messages yet" in client.get(phone).text


def test_a_phone_that_nobody_has_is_not_found(client: FlaskClient, cast: Cast) -> None:
    unknown = "/phone/00000000-0000-4000-8000-000000000000"

    assert client.get(unknown).status_code == 404
    assert client.get(f"{unknown}/live").status_code == 404
