"""What the tests of screening marks do again and again."""

import re
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from bot.service import Service
from storage.messages import body_of
from storage.tables import Message, Staff
from tests.web.cast import Cast, csrf_token, sign_in, text

HINTED = "it was pasta for tea"
"""What the computer will see nothing in, however it learns to read: only a person can say that."""

SAID = "its amina, mr okafor n my stepdad at NE1 4ST on 07700 900555 zebra-canary"
CLEANED = "its lucy, a man n my stepdad at my town on my phone"
LOOKED = {"looked": "yes"}
FOUND = {"priority": "2", "categories": "ABU", "about": "self"}


def message_with(service: Service, words: str) -> UUID:
    """The id of the young person's message with these words."""
    with service.database.read() as session:
        for each in session.exec(select(Message).where(Message.direction == "in")).all():
            if body_of(service.vault, each) == words:
                return each.id
    raise AssertionError("nobody wrote that")


def fill_in(client: FlaskClient, page: str, **fields: object) -> TestResponse:
    """Send the form of a page, as a browser would."""
    token = csrf_token(client.get(page))
    return client.post(page, data={"csrf_token": token, **fields})


def signed_in(app: Flask, staff: Staff) -> FlaskClient:
    """A browser in which this member of staff is signed in."""
    client = app.test_client()
    sign_in(client, staff)
    return client


def marked_as_missed(app: Flask, service: Service, cast: Cast) -> str:
    """Amina writes `SAID`, Ade marks it as missed; the address at which Mo cleans it."""
    text(app.test_client(), service, SAID)
    page = f"/interviews/{cast.amina.interview_id}/messages/{message_with(service, SAID)}/missed"
    fill_in(signed_in(app, cast.ade), page, **FOUND)
    return first_mark(signed_in(app, cast.mo))


def first_mark(manager: FlaskClient) -> str:
    """The address of the first mark of the list."""
    found = re.search(r'href="(/screening/marks/[0-9a-f-]+)"', manager.get("/screening/marks").text)
    assert found, "there is no mark"
    return found[1]
