"""What reaches the application of a request and of the process, and what goes out."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, EnvironBuilder, TestResponse

from web.doorway import Doorway
from web.live import keep_looks
from web.standing import StandingAnswers

OF_PROCESS = {
    "SECRET_KEY": "zebra-canary",
    "HTTP_X_TWILIO_SIGNATURE": "zebra-canary",
    "HTTP_PROXY": "http://proxy.example",
    "CONTENT_TYPE": "zebra-canary",
    "REQUEST_METHOD": "GET",
}
"""As granian puts it in, under what the request says."""


def seen(environ: dict[str, Any]) -> dict[str, Any]:
    """What the application is given."""
    found: dict[str, Any] = {}

    def application(given: Any, start: Any) -> tuple[()]:
        found.update(given)
        start("204 NO CONTENT", [])
        return ()

    Doorway(application, OF_PROCESS)(OF_PROCESS | environ, lambda *_told: bytearray().extend)
    return found


def environ(path: str = "/sign-in", **more: Any) -> dict[str, Any]:
    return EnvironBuilder(path).get_environ() | {"wsgi.input_terminated": True} | more


def test_nothing_of_the_process_reaches_the_application() -> None:
    given = environ()

    assert seen(given) == {
        name: value for name, value in given.items() if name != "wsgi.input_terminated"
    }


def test_what_the_request_says_under_the_same_names_does() -> None:
    found = seen(environ(HTTP_X_TWILIO_SIGNATURE="given", CONTENT_TYPE="text/plain"))

    assert (found["HTTP_X_TWILIO_SIGNATURE"], found["CONTENT_TYPE"]) == ("given", "text/plain")


@pytest.mark.parametrize(
    ("path", "length", "is_read_to_the_end"),
    [
        ("/webhooks/twilio/message", None, True),
        ("/webhooks/twilio/message", "9", False),
        ("/sign-in", None, False),
        ("/sign-in", "9", False),
    ],
)
def test_only_what_is_signed_may_come_without_its_length(
    path: str, length: str | None, is_read_to_the_end: bool
) -> None:
    found = seen(environ(path, **({} if length is None else {"CONTENT_LENGTH": length})))

    assert ("wsgi.input_terminated" in found) is is_read_to_the_end


@pytest.mark.parametrize("path", ["/sign-in", "/health/live", "/none", "/inbox/live"])
def test_no_answer_says_what_answers(app: Flask, path: str) -> None:
    doorway = Doorway(StandingAnswers(app.wsgi_app, keep_looks(app, 60)), {})

    answer = Client(doorway, TestResponse).get(path)

    assert answer.headers.getlist("Server") == ["web"]


def test_a_refusal_because_too_many_ask_does_not_either(app: Flask) -> None:
    standing = StandingAnswers(app.wsgi_app, keep_looks(app, 60))
    while standing._waiting.acquire(blocking=False):
        pass

    answer = Client(Doorway(standing, {}), TestResponse).get("/inbox/live")

    assert (answer.status_code, answer.headers.getlist("Server")) == (503, ["web"])
