"""What a worker typed is not lost: to a service that fell, a session that ran out, or Back."""

import os
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PATIENCE_MS
from tests.pages.conftest import Demo
from tests.pages.handset import disclose, pick_up, send, take, texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "I am here. Are you alone?"
KEPT = "() => sessionStorage.getItem(`typed ${document.querySelector('[data-keep]').dataset.keep}`)"
# Settles once something else is kept than before.
KEPT_ANEW = f"""(before) => new Promise((done, failed) => {{
    const kept = {KEPT};
    const look = setInterval(() => kept() !== before && done(clearInterval(look)), 20);
    setTimeout(() => failed(new Error("never kept")), {PATIENCE_MS});
}})"""


@pytest.fixture
def phone(demo: Demo, new_page: Callable[[str], Page]) -> Page:
    """A young person's phone; it may complain while the service is away."""
    return new_page(demo.site)


@pytest.fixture
def worker(demo: Demo, new_page: Callable[[str], Page]) -> Page:
    """Dee's telephone, on the inbox."""
    page = new_page(demo.site)
    page.set_viewport_size({"width": 360, "height": 740})
    demo.sign_in(page, "dee")
    return page


def join(phone: Page, worker: Page, name: str) -> None:
    pick_up(phone, name)
    disclose(phone, worker, "hes outside my window with a knife").get_by_role("link").click()
    take(worker)
    heard = texts(phone).count()
    worker.get_by_role("button", name="Join the conversation").click()
    texts(phone).nth(heard).wait_for()


def press_send(worker: Page) -> None:
    worker.get_by_role("button", name="Send", exact=True).click()


def press_send_again(worker: Page) -> None:
    """What a second press does, without its second: the button is left alone so long after one."""
    worker.locator("#write form").evaluate("form => form.requestSubmit()")


def test_a_text_outlives_the_service_the_session_and_a_reload(
    demo: Demo, phone: Page, worker: Page
) -> None:
    join(phone, worker, "Leo")
    box = worker.get_by_label("Your text to")
    expect(box).to_be_in_viewport()
    thread = worker.locator("#escalation-conversation")

    box.fill(WORDS)
    os.kill(demo.process_of("serve"), signal.SIGKILL)
    worker.context.set_offline(True)  # a fast machine would have it back before the press
    press_send(worker)
    expect(worker.get_by_text("Nothing was sent, and what you wrote stays here.")).to_be_visible()
    expect(box).to_have_value(WORDS)
    expect(worker.locator("[data-live-status]")).to_be_in_viewport()
    worker.context.set_offline(False)
    expect(worker.locator("[data-live-status]")).to_be_hidden()  # it is there again
    worker.reload()
    expect(box).to_have_value(WORDS)
    expect(worker.get_by_text("What you had written is back.")).to_be_visible()
    kept = str(worker.evaluate("Object.values({...sessionStorage}).join()"))
    assert "alone" not in kept
    press_send(worker)
    expect(thread.get_by_text(WORDS)).to_have_count(1)
    expect(box).to_have_value("")

    box.fill("Can you lock the door?")
    worker.context.clear_cookies()
    press_send(worker)
    expect(worker.get_by_text("You are signed out. Nothing was sent")).to_be_visible()
    with worker.context.expect_page() as opened:
        worker.get_by_role("link", name="Sign in again in a new tab").click()
    demo.sign_in(opened.value, "dee")
    opened.value.close()
    press_send_again(worker)
    expect(thread.get_by_text("Can you lock the door?")).to_have_count(1)

    # Two presses are one text.
    box.fill("Stay where you are.")
    worker.locator("#write form").evaluate(
        "form => { form.requestSubmit(); setTimeout(() => form.requestSubmit(), 10); }"
    )
    heard = texts(phone).filter(has_text="Stay where you are.")
    heard.first.wait_for()
    send(phone, "ok")
    expect(thread.get_by_text("ok", exact=True)).to_be_visible()
    expect(thread.get_by_text("Stay where you are.")).to_have_count(1)
    expect(heard).to_have_count(1)


def test_a_refused_form_is_no_dead_end(demo: Demo, phone: Page, worker: Page) -> None:
    pick_up(phone, "Mia")
    disclose(phone, worker, "he hits me when he's drunk").get_by_role("link").click()
    take(worker)
    page = worker.url
    form = worker.locator("#check")
    form.locator("summary").click()
    form.get_by_label("What you found").fill("Asleep, her aunt is with her")
    form.get_by_label("Next check").fill("2020-01-01T10:00")
    form.get_by_role("button", name="Record the check").click()
    expect(worker.get_by_role("alert")).to_contain_text("must be in the future")
    worker.wait_for_url(page)  # no address that a reload cannot open

    worker.get_by_role("link", name="Who read this").click()
    expect(worker.get_by_role("heading", level=1)).to_contain_text("Who read")
    worker.go_back()
    expect(form.get_by_label("What you found")).to_have_value("Asleep, her aunt is with her")

    # Written for one that a colleague closes meanwhile, it is shown where the form was.
    worker.locator("#hand-over summary").click()
    before = worker.evaluate(KEPT)
    worker.get_by_label("A note for them").fill("Ring the aunt at seven")
    worker.evaluate(KEPT_ANEW, before)
    address = worker.url
    other = worker.context.new_page()
    other.goto(address)
    other.locator("#outcome summary").click()
    for each in other.locator("#outcome textarea").all():
        each.fill("Her aunt, log 123")
    other.get_by_role("button", name="Record and close").click()
    expect(other.get_by_text("The escalation is closed.")).to_be_visible()
    other.close()
    worker.reload()
    lost = worker.locator(".govuk-inset-text", has_text="Ring the aunt at seven")
    expect(lost.first).to_contain_text("What you had written and not sent")
