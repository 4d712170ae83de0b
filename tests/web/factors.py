"""What the tests of signing in do again and again: set up an app, make its codes."""

import re
from datetime import datetime

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from storage.tables import Staff
from tests.web.cast import PASSWORD, csrf_token, try_to_sign_in


def post(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Send a form of ours, with its token."""
    token = csrf_token(client.get("/sign-in"))
    return client.post(address, data={"csrf_token": token, **fields})


def code_at(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


def begin_app(client: FlaskClient) -> str:
    """Choose an app; the key that the page shows."""
    assert post(client, "/set-up/app").location == "/set-up/app"
    page = client.get("/set-up/app").text
    found = re.search(r'class="app-key">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def set_up_app(client: FlaskClient, person: Staff, now: datetime) -> str:
    """Sign in for the first time and set up an app; its key."""
    assert try_to_sign_in(client, person.email, PASSWORD).location == "/set-up"
    secret = begin_app(client)
    answer = post(client, "/set-up/app/code", code=code_at(secret, now))
    assert answer.location == "/account/codes", answer.text
    return secret


def recovery_codes(client: FlaskClient) -> list[str]:
    return re.findall(
        r"<li>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</li>", post(client, "/account/codes").text
    )
