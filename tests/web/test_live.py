"""Live parts: a 304 while nothing changed, the whole part when something did, and no way around."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.clock import SetClock
from bot.escalations import acknowledge
from bot.service import Service
from bot.worker import step
from tests.web.cast import Cast, sign_in, text
from tests.web.duty import (
    DANGER,
    VIOLENCE,
    address_of,
    make_contact,
    only_escalation,
    readings,
)


@pytest.fixture
def duty(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.dee)
    return client


def again(client: FlaskClient, page: str, answer: TestResponse) -> TestResponse:
    """Ask as the page's script does: only if it changed since this answer."""
    return client.get(page, headers={"If-None-Match": answer.headers["ETag"]})


def test_nothing_is_sent_again_while_nothing_changed(
    duty: FlaskClient, client: FlaskClient, service: Service, clock: SetClock
) -> None:
    text(client, service, DANGER)
    first = duty.get("/inbox/live")
    clock.now = clock.now.replace(minute=1)

    answer = again(duty, "/inbox/live", first)

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == first.headers["ETag"]
    assert answer.headers["Service-Time"] == "2026-11-20T16:01:00Z"


def test_the_tag_is_strong_and_stands_for_the_same_bytes(
    duty: FlaskClient, client: FlaskClient, service: Service, clock: SetClock
) -> None:
    text(client, service, DANGER)
    first = duty.get("/inbox/live")
    clock.now = clock.now.replace(minute=10)

    second = duty.get("/inbox/live")

    assert not first.headers["ETag"].startswith("W/")
    assert (first.headers["ETag"], first.data) == (second.headers["ETag"], second.data)


def test_the_page_begins_with_the_tag_of_its_live_part(
    duty: FlaskClient, client: FlaskClient, service: Service
) -> None:
    text(client, service, DANGER)

    for page in ("/inbox", address_of(service)):
        tag = duty.get(f"{page}/live").headers["ETag"].strip('"')
        assert f'data-live-tag="{tag}"' in duty.get(page).text


def test_two_people_never_share_a_tag(
    app: Flask, duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)
    manager = app.test_client()
    sign_in(manager, cast.mo)

    assert again(manager, "/inbox/live", duty.get("/inbox/live")).status_code == 200


def test_whatever_the_list_shows_changes_its_tag(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    tags = [duty.get("/inbox/live").headers["ETag"]]
    changes = (
        lambda: text(client, service, VIOLENCE),
        lambda: text(client, service, DANGER),
        lambda: make_contact(service, cast, "guarded"),
        lambda: acknowledge(service, only_escalation(service), cast.dee),
    )
    for change in changes:
        change()
        tags.append(duty.get("/inbox/live").headers["ETag"])

    assert len(set(tags)) == len(changes) + 1


def test_whatever_an_escalation_shows_changes_its_tag(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)
    live = f"{address_of(service)}/live"
    tags = [duty.get(live).headers["ETag"]]
    changes = (
        lambda: step(service, "worker"),
        lambda: text(client, service, "are you there"),
        lambda: make_contact(service, cast, "guarded"),
        lambda: acknowledge(service, only_escalation(service), cast.dee),
    )
    for change in changes:
        change()
        tags.append(duty.get(live).headers["ETag"])

    assert len(set(tags)) == len(changes) + 1


def test_a_304_is_no_reading_and_new_words_are_one(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)
    live = f"{address_of(service)}/live"
    first = duty.get(live)
    assert len(readings(service)) == 1

    assert again(duty, live, first).status_code == 304
    assert len(readings(service)) == 1

    text(client, service, "he has gone now")
    changed = again(duty, live, first)

    assert "he has gone now" in changed.text
    subject = f"escalation:{only_escalation(service)}"
    assert readings(service) == [(f"staff:{cast.dee.id}", "read escalation", subject)] * 2


def test_a_live_part_holds_no_form_whose_typing_it_could_destroy(
    duty: FlaskClient, client: FlaskClient, service: Service
) -> None:
    text(client, service, DANGER)

    for page in ("/inbox/live", f"{address_of(service)}/live"):
        assert "<form" not in duty.get(page).text


def test_signed_out_a_live_part_says_so_without_a_page(client: FlaskClient, cast: Cast) -> None:
    answer = client.get("/inbox/live")

    assert (answer.status_code, answer.data) == (401, b"")
