"""The inbox in a browser: what may be turned on, keys, and never a silence that seems peace."""

import os
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import PATIENCE_MS
from tests.pages.conftest import Demo, OpenPage
from tests.pages.handset import disclose, pick_up, send

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DANGER = "hes outside my window with a knife"

# Counts what is asked, and can hold the answers back as a line does that swallowed the question.
WATCHED = """() => {
    const real = window.fetch;
    window.asked = 0;
    window.fetch = (...each) => {
        window.asked += 1;
        return window.swallow ? new Promise(() => {}) : real(...each);
    };
}"""
# As when the lid of a laptop was shut: the clock jumps, and nothing ran meanwhile.
LATER = """(span) => {
    const real = Date.now;
    Date.now = () => real() + span;
    window.dispatchEvent(new Event("focus"));
}"""
SIGNED_OUT = """() => {
    window.fetch = async () => new Response(null, { status: 401 });
}"""
# Counts the notes that are played.
LISTENED = """() => {
    window.notes = 0;
    const real = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) {
        window.notes += 1;
        return real.apply(this, at);
    };
}"""


# The pages forbid what Playwright's own waiting needs: strings that are run.
UNTIL = """(patience) => new Promise((done, failed) => {
    const look = setInterval(() => CONDITION && done(clearInterval(look)), 20);
    setTimeout(() => failed(new Error("never: CONDITION")), patience);
})"""


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    return open_page()


def wait_until(page: Page, condition: str) -> None:
    page.evaluate(UNTIL.replace("CONDITION", f"({condition})"), PATIENCE_MS)


def status(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="Not live since")


def test_after_a_sleep_it_is_said_not_live_until_it_has_asked_again(duty: Page) -> None:
    expect(status(duty)).to_be_hidden()
    duty.evaluate(WATCHED)
    duty.evaluate("window.swallow = true")
    wait_until(duty, "window.asked >= 1")

    duty.evaluate(LATER, 3_600_000)
    expect(status(duty)).to_contain_text("Not live since")
    expect(status(duty).get_by_role("link", name="Reload")).to_be_visible()

    duty.evaluate("window.swallow = false")
    duty.evaluate(LATER, 3_600_000)
    expect(status(duty)).to_be_hidden()


def test_a_hidden_tab_asks_every_five_seconds(duty: Page) -> None:
    # Its scripts ask once when they start.
    duty.wait_for_load_state("load")
    duty.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    duty.evaluate(WATCHED)
    duty.evaluate(LATER, 5_000)
    wait_until(duty, "window.asked >= 1")

    assert duty.evaluate(f"({LATER})(3500) ?? window.asked") == 1
    duty.evaluate(LATER, 1_500)
    wait_until(duty, "window.asked >= 2")
    assert duty.evaluate("window.asked") == 2


def test_it_goes_on_when_the_server_was_started_again(
    demo: Demo, new_page: Callable[[str], Page]
) -> None:
    duty, phone = new_page(demo.site), new_page(demo.site)
    demo.sign_in(duty, "sam")
    pick_up(phone, "Leo")
    ended = demo.process_of("serve")
    # Whoever starts it again sleeps meanwhile: a quick machine would be back before it is missed.
    os.kill(demo.pid, signal.SIGSTOP)
    try:
        os.kill(ended, signal.SIGKILL)
        expect(status(duty)).to_be_visible()
    finally:
        os.kill(demo.pid, signal.SIGCONT)

    expect(status(duty)).to_be_hidden(timeout=30_000)
    assert demo.process_of("serve") != ended
    expect(disclose(phone, duty, DANGER)).to_be_visible()


def test_signed_out_it_says_so_and_where_to_go(duty: Page) -> None:
    duty.goto("/inbox?priority=1")
    duty.evaluate(SIGNED_OUT)

    expect(status(duty)).to_contain_text("you are signed out")
    again = status(duty).get_by_role("link", name="Sign in again")
    assert again.get_attribute("href") == "/sign-in?next=%2Finbox%3Fpriority%3D1"


def test_sound_and_title_are_off_until_somebody_turns_them_on_and_stay_on(
    duty: Page, phone: Page
) -> None:
    pick_up(phone, "Mia")
    duty.evaluate(LISTENED)
    expect(disclose(phone, duty, DANGER)).to_be_visible()
    assert duty.evaluate("window.notes") == 0
    assert "New:" not in duty.title()

    duty.get_by_text("Sound, title and keys").click()
    duty.get_by_role("button", name="Test the sound").click()
    expect(duty.get_by_text("Played.")).to_be_visible()
    assert duty.evaluate("window.notes") == 2
    duty.get_by_label("Play a sound").check()
    duty.get_by_label("Say it in the title").check()
    duty.reload()

    expect(duty.get_by_text("Press anywhere.")).to_be_visible()
    duty.locator("h1").click()
    expect(duty.get_by_text("Press anywhere.")).to_be_hidden()
    duty.evaluate(LISTENED)
    send(phone, "he has a gun and he is in the house")
    expect(duty).to_have_title(re.compile("^New: P1 now"))
    assert duty.evaluate("window.notes") == 6
    duty.keyboard.press("Shift")
    expect(duty).not_to_have_title(re.compile("New:"))


def test_a_filter_stays_and_what_it_leaves_out_is_heard(duty: Page, phone: Page) -> None:
    duty.get_by_text("Show only some").click()
    duty.get_by_label("How fast").select_option("P3 next working day")
    duty.get_by_role("button", name="Show these").click()
    duty.wait_for_url("**priority=3**")
    duty.reload()
    expect(duty.get_by_label("How fast")).to_have_value("3")
    pick_up(phone, "Tom")
    send(phone, DANGER)

    expect(duty.locator("#filtered")).to_contain_text("not shown")
    expect(duty.locator("[data-live-news]")).to_contain_text("New: P1 now")


def test_j_and_k_walk_enter_opens_and_typing_is_left_alone(duty: Page, phone: Page) -> None:
    for name in ("Amina", "Kai"):
        pick_up(phone, name)
        expect(disclose(phone, duty, DANGER)).to_be_visible()
    links = duty.locator("#open .app-case__link")
    expect(duty.locator("[data-keys-help]")).to_be_visible()

    duty.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    duty.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    duty.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()

    duty.get_by_text("Show only some").click()
    duty.get_by_label("How fast").focus()
    duty.keyboard.press("j")
    expect(duty.get_by_label("How fast")).to_be_focused()

    links.nth(0).focus()
    duty.keyboard.press("Enter")
    duty.wait_for_url("**/escalations/*")


def test_the_time_that_is_left_counts_down(duty: Page, phone: Page) -> None:
    pick_up(phone, "Kai")
    send(phone, DANGER)
    # One that nobody has acknowledged: others have other times, and may stand above it.
    waits = duty.locator("#open .app-case").filter(has_text="To be acknowledged by")
    case = waits.filter(has=duty.locator(".app-left", has_text="left")).first
    expect(case).to_be_visible()
    left = duty.locator(f"#{case.get_attribute('id')} .app-left")

    # The demo's clock is ahead now; the page hears of it with the next answer.
    phone.get_by_role("button", name="Forward 10 minutes").click()

    expect(left).to_contain_text("over")
    expect(left).to_have_class("app-left app-left--over")


def test_it_prints_without_what_is_only_for_a_screen(duty: Page) -> None:
    duty.emulate_media(media="print")

    for gone in (".moj-sub-navigation", "#filter", "#inbox-settings", ".app-header__button"):
        expect(duty.locator(gone).first).to_be_hidden()
    expect(duty.locator("#open")).to_be_visible()
