"""The newcomer's walk: a disclosure goes from a young person's phone to a closed escalation."""

from collections.abc import Callable
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.handset import deal_with, disclose, pick_up, say, texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEN_WITHIN_S = 2.0
DANGER = "hes outside my window with a knife"


def test_a_disclosure_reaches_a_person_who_deals_with_it(
    demo: Demo, open_page: OpenPage, duty: Page, take_picture: Callable[[Page, str], None]
) -> None:
    phone = open_page()
    pick_up(phone, "Amina")
    for words in ("yes", "yes", "text"):
        say(phone, words)

    # The inbox is open and stays as it is: this mark would not survive a reload.
    duty.evaluate("window.notReloaded = true")
    waiting = duty.title()
    sent_at = monotonic()
    case = disclose(phone, duty, DANGER)
    expect(case).to_contain_text("P1 now")
    assert monotonic() - sent_at < SEEN_WITHIN_S
    assert duty.evaluate("window.notReloaded") is True
    assert duty.title() != waiting
    expect(duty.locator("[data-live-news]")).to_contain_text("New: P1 now")
    expect(phone.get_by_text("If you're in danger call 999")).to_be_visible()

    case.get_by_role("link").click()
    expect(duty.locator(".app-flag mark")).to_have_text(DANGER)
    expect(duty.locator(".app-flag")).to_contain_text("Flagged because: In danger now.")
    expect(duty.locator("#escalation-conversation")).to_contain_text("Are you safe where you are")

    phone.set_viewport_size({"width": 1000, "height": 900})
    take_picture(phone, "phone")
    duty.set_viewport_size({"width": 400, "height": 1160})
    take_picture(duty, "escalation")

    heard = texts(phone).count()
    duty.get_by_role("button", name="I can act now").click()
    expect(duty.get_by_text("You have acknowledged this")).to_be_visible()
    expect(texts(phone).nth(heard)).to_contain_text("Dee Okafor")

    deal_with(duty)

    duty.goto("/inbox")
    duty.locator("#closed-details summary").click()
    expect(duty.locator("#closed .app-case").first).to_contain_text("Acknowledged by Dee Okafor")


def test_at_night_on_a_phone_it_takes_few_taps_from_the_alert_to_the_end(
    open_page: OpenPage, duty: Page
) -> None:
    """Alert, open, read, acknowledge, refer, outcome, close; typing goes on with the keyboard."""
    phone = open_page()
    taps: list[str] = []
    pick_up(phone, "Leo")
    duty.set_viewport_size({"width": 360, "height": 740})
    case = disclose(phone, duty, DANGER)
    case.wait_for()

    def tap(what: Locator) -> None:
        taps.append(str(what))
        what.click()

    def write(form: str, label: str, words: str) -> None:
        duty.locator(form).get_by_role("textbox", name=label).focus()
        duty.keyboard.type(words)

    taps.append("the link of the alert")
    duty.goto("/inbox")
    tap(case.get_by_role("link"))
    tap(duty.get_by_role("button", name="Show what 999 will ask"))
    expect(duty.locator(".app-card")).to_contain_text("Leo Marsh")
    expect(duty.locator(".app-card")).to_contain_text("Nuts: has an adrenaline pen")
    tap(duty.get_by_role("button", name="I can act now"))
    tap(duty.locator("#record").get_by_label("999", exact=True))
    write("#record", "What was said", "They are on their way")
    write("#record", "Their reference", "CAD 17")
    tap(duty.get_by_role("button", name="Record it"))
    write("#outcome", "What was decided", "Police are with him")
    write("#outcome", "Why", "He was alone")
    write("#outcome", "Next review", "The day team, tomorrow")
    expect(duty.get_by_role("textbox", name="Reference", exact=True)).to_have_value("CAD 17")
    tap(duty.get_by_role("button", name="Record and close"))

    expect(duty.get_by_text("The escalation is closed.")).to_be_visible()
    width = duty.evaluate("document.documentElement.scrollWidth")
    assert width == 360
    # Joining takes two more: the button, and sending what was written.
    assert len(taps) + 2 < 12, taps


def test_violence_that_is_told_is_shown_with_its_words(open_page: OpenPage, duty: Page) -> None:
    phone = open_page()
    pick_up(phone, "Mia")

    disclose(phone, duty, "he hits me when he's drunk").get_by_role("link").click()

    expect(duty.locator(".app-flag mark").first).to_contain_text("he hits me")


def test_the_advocate_reads_every_word(demo: Demo, open_page: OpenPage) -> None:
    phone, advocate = open_page(), open_page()
    pick_up(phone, "Kai")
    say(phone, "yes im safe here")

    demo.sign_in(advocate, "jo")
    advocate.get_by_role("link", name="Kai Brennan").click()

    expect(advocate.locator(".app-words", has_text="yes im safe here").first).to_be_visible()
