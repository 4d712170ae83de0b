"""The advocate's pages: a list without words, and a transcript with every one of them."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.clock import SetClock
from bot.service import Service
from bot.worker import step
from tests.web.cast import Cast, sign_in, text
from tests.web.duty import make_contact, readings, with_broken_log, words_of
from web.app import create_app


@pytest.fixture
def advocate(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.ade)
    return client


@pytest.fixture
def transcript(cast: Cast) -> str:
    return f"/interviews/{cast.amina.interview_id}"


def say(client: FlaskClient, service: Service, *bodies: str) -> None:
    for body in bodies:
        text(client, service, body)
        while step(service, "worker"):
            continue


def test_the_list_says_who_when_and_how_long_is_left_without_words(
    advocate: FlaskClient, client: FlaskClient, service: Service
) -> None:
    say(client, service, "my secret word")

    page = words_of(advocate.get("/interviews").text)

    for wanted in ("Amina Yusuf", "Fri 20 Nov, 13:00", "3 hours ago", "69 hours left"):
        assert wanted in page
    assert "my secret word" not in page


def test_overdue_is_said_plainly(app: Flask, clock: SetClock, cast: Cast) -> None:
    clock.move(timedelta(hours=74))
    advocate = app.test_client()
    sign_in(advocate, cast.ade)

    assert "5 hours over 72 hours" in words_of(advocate.get("/interviews").text)


def test_an_empty_list_says_how_to_begin(app: Flask, service: Service, cast: Cast) -> None:
    template = app.jinja_env.get_template("interviews.html")
    with app.test_request_context("/interviews"):
        page = template.render(lines=[], now=service.clock.service_now(), may_read=True)

    assert "No young person has been entered yet" in page


def test_the_transcript_has_every_message_and_the_answers_beside_their_questions(
    advocate: FlaskClient, client: FlaskClient, service: Service, cast: Cast, transcript: str
) -> None:
    make_contact(service, cast, "open")
    said = ("hiya", "yes", "yes", "text", "yes im  ok 🙂")
    say(client, service, *said)

    page = advocate.get(transcript).text

    for body in said:
        assert f'dir="auto">{body}</div>' in page
    seen = words_of(page)
    assert "Would you like to text, talk on the phone, or meet a person? text" in seen
    assert "Answers: Are you safe where you are now?" in seen
    assert "· Sent" in seen


def test_unsafe_contact_stands_above_the_transcript(
    advocate: FlaskClient, service: Service, cast: Cast, transcript: str
) -> None:
    make_contact(service, cast, "guarded")

    page = advocate.get(transcript).text

    assert page.index("Contact not safe") < page.index("<h1")


def test_a_manager_sees_the_list_and_no_way_in(
    app: Flask, client: FlaskClient, service: Service, cast: Cast, transcript: str
) -> None:
    manager = app.test_client()
    sign_in(manager, cast.mo)

    assert "Amina Yusuf" in manager.get("/interviews").text
    assert transcript not in manager.get("/interviews").text
    assert manager.get(transcript).status_code == 403


def test_a_reading_is_logged_before_and_names_the_reader(
    advocate: FlaskClient, service: Service, cast: Cast, transcript: str
) -> None:
    advocate.get("/interviews")
    assert readings(service) == []

    advocate.get(transcript)

    subject = f"return_interview:{cast.amina.interview_id}"
    assert readings(service) == [(f"staff:{cast.ade.id}", "read transcript", subject)]


def test_when_the_reading_cannot_be_logged_no_word_is_served(
    client: FlaskClient, service: Service, cast: Cast, transcript: str
) -> None:
    say(client, service, "my secret word")
    reader = create_app(with_broken_log(service)).test_client()
    sign_in(reader, cast.ade)

    answer = reader.get(transcript)

    assert answer.status_code == 500
    assert "my secret word" not in answer.text


def test_an_unknown_interview_is_not_found(advocate: FlaskClient) -> None:
    assert advocate.get("/interviews/00000000-0000-4000-8000-000000000000").status_code == 404
