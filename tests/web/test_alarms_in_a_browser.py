"""The alarms above every page and their own page, on a phone and on a desk, against axe."""

import threading
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from bot.alarms import note_worker, raise_alarm
from bot.service import Service
from storage.tables import Staff
from tests.web.cast import PASSWORD, Cast
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOVED = "The provider sends messages to another address than ours"
REFUSED = "Messages are being refused because their signature is wrong"


@pytest.fixture
def site(service: Service) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(service), threaded=True)
    running = threading.Thread(target=server.serve_forever, args=(0.02,))
    running.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    running.join()
    server.server_close()


def sign_in(page: Page, person: Staff) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def problems(page: Page) -> Iterator[str]:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for found in Axe().run(page).response["violations"]:
                nodes = [node["html"][:100] for node in found["nodes"]]
                yield f"{page.url} {width} {scheme}: {found['id']} {nodes}"
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            yield f"{page.url} {width}: wider than the screen"


def test_an_alarm_reaches_an_open_inbox_is_read_and_cleared(
    service: Service, cast: Cast, site: str, new_page: Callable[[str], Page]
) -> None:
    note_worker(service)
    duty, manager = new_page(site), new_page(site)
    sign_in(duty, cast.dee)
    duty.goto("/inbox")
    expect(duty.get_by_role("heading", name="Nothing is waiting")).to_be_visible()
    expect(duty.get_by_role("region", name="Alarm")).to_have_count(0)

    raise_alarm(service, "webhook_moved", "sms")
    raise_alarm(service, "refused", "twilio")

    # Without loading the page again.
    banner = duty.get_by_role("region", name="Alarm")
    expect(banner).to_contain_text(MOVED)
    expect(banner).to_contain_text(REFUSED)
    expect(duty.locator("[data-live-news]")).to_contain_text("Alarm: ")
    assert list(problems(duty)) == []
    banner.get_by_role("link", name="What to do").click()
    expect(duty.get_by_role("heading", name="Alarms")).to_be_visible()
    assert list(problems(duty)) == []
    expect(duty.get_by_role("button", name="This is dealt with")).to_have_count(0)

    sign_in(manager, cast.mo)
    manager.goto("/interviews")
    expect(manager.get_by_role("region", name="Alarm")).to_have_count(1)
    assert list(problems(manager)) == []
    manager.goto("/alarms")
    assert list(problems(manager)) == []
    manager.locator(".app-case").filter(has_text=REFUSED).get_by_role("button").click()
    expect(manager.get_by_text("The alarm is cleared.")).to_be_visible()
    expect(manager.get_by_role("heading", name=REFUSED)).to_have_count(0)
    expect(manager.get_by_role("heading", name=MOVED)).to_be_visible()
    assert list(problems(manager)) == []
