"""The newcomer's walk: a disclosure goes from a young person's phone to a closed escalation."""

from collections.abc import Callable
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

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

    phone.set_viewport_size({"width": 1000, "height": 860})
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
