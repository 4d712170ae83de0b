"""The pages of unknown senders against axe, on a phone and on a desk, by day and by night."""

from collections.abc import Callable, Iterator
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.serving import make_server

from bot.service import Service
from tests.pages.test_accessibility import problems
from tests.web.cast import PASSWORD, Cast
from tests.web.test_senders import REASON, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture
def sender(client: FlaskClient, service: Service, cast: Cast) -> UUID:
    return write(client, service, "its me \u202eon my mates phone " + "x" * 120)


def test_the_pages_of_unknown_senders(
    new_page: Callable[[str], Page], site: str, cast: Cast, sender: UUID
) -> None:
    page = new_page(site)
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(cast.mo.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Unknown senders").click()
    assert list(problems(page)) == []

    page.get_by_role("link", name="Text message, ends in 102").click()
    page.locator("#aside summary").click()
    assert list(problems(page)) == []

    page.get_by_label("Amina Yusuf").check()
    page.get_by_label("How do you know who it is?").fill(REASON)
    page.get_by_role("button", name="Link them").click()
    page.get_by_text("Linked. What they write").wait_for()
    page.locator("#unlink summary").click()
    assert list(problems(page)) == []
