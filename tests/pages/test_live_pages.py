"""Live pages: nothing that is being read or typed is torn away, and a broken line is said."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.handset import deal_with, disclose, open_outcome, pick_up, send

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DANGER = "hes outside my window with a knife"

CUTTABLE = """() => {
    const real = window.fetch;
    window.fetch = (...asked) => window.cut ? Promise.reject(new TypeError()) : real(...asked);
}"""


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    return open_page()


def test_typing_and_focus_survive_a_message_that_comes_in(duty: Page, phone: Page) -> None:
    pick_up(phone, "Leo")
    disclose(phone, duty, DANGER).get_by_role("link").click()
    duty.get_by_role("button", name="I can act now").click()
    decided = open_outcome(duty).get_by_label("What was decided")
    decided.fill("Police are on")

    send(phone, "are you still there")
    expect(duty.locator("#escalation-conversation")).to_contain_text("are you still there")
    duty.keyboard.type(" their way")

    expect(decided).to_be_focused()
    expect(decided).to_have_value("Police are on their way")


def test_an_open_fold_stays_open_while_the_list_changes(duty: Page, phone: Page) -> None:
    pick_up(phone, "Amina")
    disclose(phone, duty, DANGER).get_by_role("link").click()
    duty.get_by_role("button", name="I can act now").click()
    deal_with(duty)
    duty.goto("/inbox")
    fold = duty.locator("#closed-details")
    fold.locator("summary").click()

    expect(disclose(phone, duty, DANGER)).to_be_visible()

    expect(fold).to_have_attribute("open", "")
    expect(fold.locator("summary")).to_be_focused()


def test_when_somebody_else_was_first_the_page_says_so(
    demo: Demo, open_page: OpenPage, duty: Page, phone: Page
) -> None:
    pick_up(phone, "Kai")
    disclose(phone, duty, DANGER).get_by_role("link").click()
    duty.locator("#escalation-head").wait_for()
    sam = open_page()
    demo.sign_in(sam, "sam")
    sam.goto(duty.url)
    sam.get_by_role("button", name="I can act now").click()

    expect(duty.locator("#escalation-head")).to_contain_text("Sam Whitlock")
    expect(duty.get_by_text("This escalation has changed.")).to_be_visible()

    duty.get_by_role("button", name="I can act now").click()
    expect(duty.get_by_text("Somebody has already acknowledged")).to_be_visible()


def test_a_broken_line_is_said_and_mends_itself(duty: Page) -> None:
    status = duty.locator("[data-live-status]")
    expect(status).to_be_hidden()

    # As when the network is gone: fetch fails, and later does not.
    duty.evaluate(CUTTABLE)
    duty.evaluate("window.cut = true")
    expect(status).to_contain_text("Not live")

    duty.evaluate("window.cut = false")
    expect(status).to_be_hidden()


def test_how_long_somebody_waits_is_told_by_the_demos_clock(duty: Page, phone: Page) -> None:
    pick_up(phone, "Mia")
    raised = disclose(phone, duty, DANGER).locator(".app-since")
    expect(raised).to_contain_text("just now")

    phone.get_by_role("button", name="Forward 10 minutes").click()

    expect(raised).to_contain_text("10 min")
