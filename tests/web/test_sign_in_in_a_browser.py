"""Passkeys in a real browser, with Chromium's own virtual authenticators."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect
from sqlmodel import select
from werkzeug.serving import make_server

from bot.service import Service
from storage.tables import Passkey, PasskeyChallenge, Staff
from tests.web.cast import PASSWORD, Cast, gather
from tests.web.conftest import MakeService
from tests.web.test_alarms_in_a_browser import problems
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
PLUGGED_IN = {"protocol": "ctap2", "transport": "usb"}


@pytest.fixture
def site(make_service: MakeService) -> Iterator[tuple[Service, str]]:
    """Served under a name: browsers make no passkey for an address that is a number."""
    server = make_server("localhost", 0, lambda *_: [], threaded=True)
    address = f"http://localhost:{server.server_port}"
    service = make_service(public_url=address, second_factor="required")
    server.app = create_app(service)
    running = threading.Thread(target=server.serve_forever, args=(0.02,))
    running.start()
    yield service, address
    server.shutdown()
    running.join()
    server.server_close()


@pytest.fixture
def cast(site: tuple[Service, str]) -> Cast:
    return gather(site[0])


class Keys:
    """The authenticators of one browser."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")

    def plug_in(self, kind: dict[str, Any]) -> str:
        options = {**kind, "automaticPresenceSimulation": True}
        made = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return str(made["authenticatorId"])

    def take_out(self, key: str) -> None:
        self._cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})

    def nobody_is_known(self, key: str) -> None:
        self._cdp.send(
            "WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False}
        )


def type_password(page: Page, person: Staff) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def make_passkey(page: Page, name: str) -> None:
    page.get_by_label("A name for it").fill(name)
    page.get_by_role("button", name="passkey").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.fixture
def dee(site: tuple[Service, str], cast: Cast, new_page: Callable[[str], Page]) -> tuple[Page, str]:
    """Dee's browser after she set up the passkey of her telephone, and what it signs with."""
    page = new_page(site[1])
    page.set_viewport_size({"width": 360, "height": 740})
    telephone = Keys(page).plug_in(TELEPHONE)
    type_password(page, cast.dee)
    expect(page.get_by_role("heading", name="Protect your account")).to_be_visible()
    assert list(problems(page)) == []
    make_passkey(page, "Work phone")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return page, telephone


def test_a_passkey_is_set_up_and_then_lets_in_by_itself_and_beside_the_password(
    dee: tuple[Page, str], cast: Cast
) -> None:
    page, _ = dee
    assert list(problems(page)) == []
    page.get_by_role("button", name="Show my recovery codes").click()
    expect(page.get_by_text("They are shown only now")).to_be_visible()
    assert list(problems(page)) == []
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    sign_out(page)
    assert list(problems(page)) == []

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    sign_out(page)

    type_password(page, cast.dee)
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    assert list(problems(page)) == []
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


def test_several_passkeys_have_names_and_are_removed_save_for_the_last(
    dee: tuple[Page, str],
) -> None:
    page, telephone = dee
    keys = Keys(page)
    page.get_by_role("button", name="Show my recovery codes").click()
    page.goto("/account")
    make_passkey(page, "The same again")
    expect(page.get_by_text("The passkey was not used")).to_be_visible()
    keys.take_out(telephone)
    keys.plug_in(PLUGGED_IN)
    make_passkey(page, "Blue key")
    expect(page.get_by_text("The passkey was added.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove Blue key")).to_be_visible()
    assert list(problems(page)) == []

    page.get_by_role("button", name="Remove Work phone").click()
    expect(page.get_by_text("The passkey was removed.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove Work phone")).to_have_count(0)

    page.get_by_role("button", name="Remove Blue key").click()
    expect(page.get_by_text("This is your only second factor")).to_be_visible()
    expect(page.get_by_role("button", name="Remove Blue key")).to_be_visible()


def test_what_a_passkey_signed_is_taken_once_and_only_for_its_owner(
    dee: tuple[Page, str], site: tuple[Service, str], cast: Cast, new_page: Callable[[str], Page]
) -> None:
    page, _ = dee
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.post_data or ""))
    page.goto("/account")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    (signed,) = [each for each in sent if "authenticatorData" in each]

    def send_again(thief: Page, address: str) -> int:
        thief.goto("/sign-in")
        token = thief.locator("input[name=csrf_token]").first.input_value()
        credential = parse_qs(signed)["credential"][0]
        answer = thief.request.post(
            address, form={"csrf_token": token, "credential": credential}, max_redirects=0
        )
        return answer.status

    thief = new_page(site[1])
    assert send_again(thief, "/sign-in/passkey") == 403
    type_password(thief, cast.dee)
    assert send_again(thief, "/sign-in/second/passkey") == 403
    with site[0].database.read() as session:
        assert session.exec(select(PasskeyChallenge)).all() == []
        assert session.exec(select(Passkey)).one().sign_count == 2


def test_alone_it_must_know_its_owner(dee: tuple[Page, str], cast: Cast) -> None:
    page, telephone = dee
    keys = Keys(page)
    page.goto("/account")
    sign_out(page)

    # A page that was tampered with asks for less; the server does not take it.
    def ask_for_less(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(json={**answer.json(), "userVerification": "discouraged"})

    page.route("**/sign-in/passkey/options", ask_for_less)
    keys.nobody_is_known(telephone)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That passkey could not be used here").first).to_be_visible()
    assert list(problems(page)) == []
    page.unroute("**/sign-in/passkey/options")

    type_password(page, cast.dee)
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
