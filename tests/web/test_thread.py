"""A conversation as staff read it: by which channel, what was changed, what did not arrive."""

from dataclasses import replace
from typing import get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from bot.channels import Media, Report
from bot.receive import receive
from bot.reports import take_report
from bot.service import Service
from bot.worker import step
from storage.tables import OutboxEntry
from tests.bot.world import inbound
from tests.web.cast import AMINA_NUMBER, Cast, RecordingChannel, sign_in
from tests.web.duty import make_contact, words_of
from web import presenting

NO_SIGNAL = "The phone was off or had no signal."


@pytest.fixture
def service(service: Service, channel: RecordingChannel) -> Service:
    """Both text messages and WhatsApp."""
    return replace(service, channels={"sms": channel, "whatsapp": RecordingChannel("whatsapp")})


@pytest.fixture
def advocate(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.ade)
    return client


def page(advocate: FlaskClient, cast: Cast) -> str:
    return words_of(advocate.get(f"/interviews/{cast.amina.interview_id}").text)


def write(
    service: Service,
    words: str,
    channel: str = "sms",
    *,
    provider_id: str | None = None,
    edit_of: str | None = None,
    media: tuple[Media, ...] = (),
) -> None:
    found = inbound(AMINA_NUMBER, words, provider_id=provider_id, media=media, channel=channel)
    receive(service, replace(found, edit_of=edit_of))
    run(service)


def run(service: Service) -> None:
    while step(service, "worker"):
        continue


def test_each_message_says_how_it_came_or_went(
    advocate: FlaskClient, service: Service, cast: Cast
) -> None:
    write(service, "hiya")
    write(service, "its me", "whatsapp")

    found = page(advocate, cast)
    assert "hiya Amina Yusuf 16:00 · Text message" in found
    assert "its me Amina Yusuf 16:00 · WhatsApp" in found


def test_what_was_changed_stands_beside_what_they_wrote_first(
    advocate: FlaskClient, service: Service, cast: Cast
) -> None:
    write(service, "i was at kyles", "whatsapp", provider_id="one")
    write(service, "i was at a mates", "whatsapp", provider_id="two", edit_of="one")

    found = page(advocate, cast)
    assert "They changed this at 16:00. See what they changed it to" in found
    new = "They changed a text that they had sent. This is the new version."
    assert f"{new} i was at a mates Before, at 16:00: i was at kyles" in found


def test_a_text_that_did_not_arrive_says_why_and_no_code(
    advocate: FlaskClient, service: Service, cast: Cast
) -> None:
    make_contact(service, cast, "open")
    write(service, "hiya")
    with service.database.read() as session:
        entry = session.exec(select(OutboxEntry).where(OutboxEntry.state == "sent")).first()
    assert entry is not None
    assert entry.provider_id is not None
    take_report(service, Report("sms", entry.provider_id, "failed", "21610", entry.id))
    run(service)

    found = page(advocate, cast)
    assert "Not delivered: They texted a word such as STOP" in found
    assert "21610" not in found


def test_a_call_is_no_file(advocate: FlaskClient, service: Service, cast: Cast) -> None:
    write(service, "", media=("call",))

    found = page(advocate, cast)
    assert "They rang our number; nobody could take the call" in found
    assert "16:00 · Phone call" in found
    assert "A file was sent" not in found


def test_several_pictures_are_counted() -> None:
    both = presenting.media("picture,picture,call")
    assert both.startswith("2 pictures were sent; they were not opened. They rang")
    assert presenting.media("sticker") == presenting.MEDIA["sticker"]
    assert presenting.media("new_kind") == presenting.MEDIA["other"]


def test_every_kind_of_media_has_words() -> None:
    assert set(get_args(Media)) <= set(presenting.MEDIA) == set(presenting.SEVERAL_MEDIA)
