"""The pages of the ladders and of one's own alerts, against axe and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.test_accessibility import problems

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_pages_of_ladders_and_alerts(demo: Demo, open_page: OpenPage) -> None:
    page = open_page()
    demo.sign_in(page, "mo")
    page.goto("/ladders")
    expect(page.get_by_role("heading", name="Ladders")).to_be_visible()
    assert list(problems(page)) == []
    page.get_by_label("Staffed 24-hour line").check()
    page.get_by_label("Name").fill("Night line")
    page.get_by_label("Telephone number").fill("01632 960001")
    page.get_by_role("button", name="Add the line").click()
    expect(page.get_by_role("alert")).to_contain_text("written agreement")
    assert list(problems(page)) == []
    page.goto("/ladders/main/1")
    assert list(problems(page)) == []
    page.goto("/my-alerts")
    assert list(problems(page)) == []
    page.get_by_label("Text message").check()
    page.get_by_label("Number or e-mail address").fill("07700 900888")
    page.get_by_role("button", name="Send a code to it").click()
    expect(page.get_by_text("A code is on its way")).to_be_visible()
    assert list(problems(page)) == []
