"""The rota in a browser: entered by a manager, handed over by duty workers, at any width."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.test_accessibility import problems

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_manager_sees_two_weeks_adds_a_shift_and_gives_one_away(
    demo: Demo, open_page: OpenPage
) -> None:
    page = open_page()
    demo.sign_in(page, "mo")
    page.get_by_role("link", name="Rota").click()
    expect(page.locator(".app-rota__day")).to_have_count(14)
    expect(page.get_by_text("Now").first).to_be_visible()
    assert list(problems(page)) == []

    page.get_by_role("link", name="Gaps").click()
    expect(page.get_by_text("One person alone")).to_be_visible()
    assert list(problems(page)) == []

    page.goto("/rota/add")
    page.get_by_label("Who", exact=True).select_option(label="Dee Okafor")
    page.get_by_label("Second", exact=True).check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("Dee Okafor is on duty then already")
    assert list(problems(page)) == []

    page.goto("/rota")
    page.get_by_role("link", name="Priya Nair").last.click()
    assert list(problems(page)) == []
    page.get_by_role("button", name="Remove this shift").click()
    expect(page.get_by_text("The shift is removed")).to_be_visible()


def test_a_note_is_handed_over_below_what_is_open(demo: Demo, open_page: OpenPage) -> None:
    one, other = open_page(), open_page()
    demo.sign_in(one, "dee")
    one.goto("/handover")
    one.get_by_label("What must whoever comes next know?").fill("A quiet day.\n" + "Ring. " * 400)
    one.get_by_role("button", name="Hand over").click()
    expect(one.get_by_text("The note is kept")).to_be_visible()
    assert list(problems(one)) == []

    demo.sign_in(other, "sam")
    other.goto("/inbox")
    expect(other.get_by_text("A quiet day.")).to_be_visible()
    assert list(problems(other)) == []
    other.get_by_role("button", name="I have read this").click()
    expect(other.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(other.get_by_text("A quiet day.")).to_have_count(0)
