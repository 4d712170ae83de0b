"""A duty worker joins a conversation from a telephone, writes, and hands it back."""

from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import OpenPage
from tests.pages.handset import disclose, pick_up, say, send, take, texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEN_WITHIN_S = 2.0


def test_a_worker_writes_from_a_phone_and_hands_back(open_page: OpenPage, duty: Page) -> None:
    phone = open_page()
    pick_up(phone, "Mia")
    for words in ("yes", "yes", "text"):
        say(phone, words)
    duty.set_viewport_size({"width": 360, "height": 740})
    disclose(phone, duty, "he hits me when he's drunk").get_by_role("link").click()
    take(duty)
    expect(texts(phone).last).to_contain_text("A real person has now read your message.")

    heard = texts(phone).count()
    duty.get_by_role("button", name="Join the conversation").click()
    expect(duty.get_by_text("You are in this conversation.")).to_be_visible()
    expect(texts(phone).nth(heard)).to_contain_text("A real person is here now: Dee Okafor")

    duty.locator("#quick-texts summary").click()
    duty.get_by_role("button", name="Is someone with you right now?").click()
    box = duty.get_by_label("Your text to")
    expect(box).to_have_value("Is someone with you right now? Reply YES or NO.")
    expect(texts(phone)).to_have_count(heard + 1)
    duty.get_by_role("button", name="Send", exact=True).click()
    expect(texts(phone).nth(heard + 1)).to_contain_text("Is someone with you right now?")

    # The box is full of words when theirs come: they stay, and nothing is reloaded.
    duty.get_by_label("Your text to").fill("I promise it will be ok")
    duty.evaluate("window.notReloaded = true")
    sent_at = monotonic()
    send(phone, "no hes gone to the pub")
    expect(duty.locator("#escalation-conversation")).to_contain_text("gone to the pub")
    assert monotonic() - sent_at < SEEN_WITHIN_S
    expect(duty.locator("#conversation-place")).to_contain_text("waiting for you since")
    assert duty.evaluate("window.notReloaded") is True
    expect(duty.get_by_label("Your text to")).to_have_value("I promise it will be ok")

    duty.get_by_role("button", name="Send", exact=True).click()
    expect(duty.locator(".app-writing__warned mark").first).to_have_text("promise")
    expect(duty.get_by_label("Your text to")).to_be_focused()
    expect(duty.get_by_role("button", name="Go to the conversation")).to_be_hidden()
    expect(texts(phone)).to_have_count(heard + 2)
    duty.get_by_label("Your text to").fill("I will stay here until you are safe.")
    duty.get_by_role("button", name="Send anyway").click()
    expect(texts(phone).nth(heard + 2)).to_contain_text("I will stay here")
    assert duty.evaluate("document.documentElement.scrollWidth") == 360

    duty.get_by_role("button", name="Hand back to the computer").click()
    expect(duty.get_by_text("You have left the conversation.")).to_be_visible()
    expect(texts(phone).nth(heard + 3)).to_contain_text("I'm the computer again")
    say(phone, "1")
