"""Why a message was flagged, as a duty worker reads it on a phone and on a desk."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import OpenPage
from tests.pages.handset import disclose, pick_up
from tests.pages.test_accessibility import problems

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEARD = "its my mates sister, her dad comes in her room at nite"


def test_the_reasons_and_how_it_is_told_are_plain_words(duty: Page, open_page: OpenPage) -> None:
    phone = open_page()
    pick_up(phone, "Tom")
    disclose(phone, duty, HEARD).get_by_role("link").click()

    why = duty.locator("#escalation-why")
    expect(why.locator("mark").first).to_be_visible()
    expect(why).to_contain_text("How sure the computer is:")
    expect(why).to_contain_text("As told: a friend; a brother or sister; a family member")
    expect(why).to_contain_text("Detector lexicon-")
    expect(why).not_to_contain_text("reads like “")
    assert list(problems(duty)) == []
