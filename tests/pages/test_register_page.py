"""The register in a browser: an episode is added, refused with reasons, and offered."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.test_accessibility import problems

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_register_and_its_forms(demo: Demo, open_page: OpenPage) -> None:
    page = open_page()
    demo.sign_in(page, "jo")
    page.get_by_role("link", name="Register").click()
    expect(page.get_by_role("heading", name="Register")).to_be_visible()
    assert list(problems(page)) == []

    page.get_by_role("button", name="Add an episode").click()
    assert list(problems(page)) == []
    page.get_by_role("button", name="Add the episode").click()
    page.get_by_role("alert").wait_for()
    assert list(problems(page)) == []
    page.get_by_role("link", name="Give a name").click()
    expect(page.get_by_label("Name, for somebody new")).to_be_focused()

    page.get_by_label("Name, for somebody new").fill("Sam Lowry")
    page.get_by_label("Phone number, for somebody new").fill("07700 900177")
    day = page.get_by_role("group", name="Day of the return")
    for part, value in (("Day", "1"), ("Month", "6"), ("Year", "2026")):
        day.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Time of the return").fill("21:30")
    page.get_by_label("Do not text yet").check()
    page.get_by_role("button", name="Add the episode").click()
    expect(page.get_by_text("The episode was entered.")).to_be_visible()

    page.get_by_role("button", name="Sam Lowry").click()
    assert list(problems(page)) == []
    page.get_by_label("I have asked them").check()
    page.get_by_role("button", name="Send the first text").click()
    expect(page.get_by_text("The first text is on its way")).to_be_visible()
    assert list(problems(page)) == []
