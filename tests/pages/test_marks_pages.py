"""Marks on the screening in browsers: made by those who read, cleaned by a manager."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.handset import disclose, pick_up
from tests.pages.test_accessibility import problems

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_false_alarm_and_a_miss_are_marked_and_cleaned(demo: Demo, open_page: OpenPage) -> None:
    phone, duty, advocate, manager = (open_page() for _ in range(4))
    demo.sign_in(duty, "dee")
    pick_up(phone, "Tom")
    disclose(phone, duty, "my stepdad hits me").get_by_role("link").click()
    duty.get_by_role("link", name="Not a disclosure?").click()
    assert list(problems(duty)) == []
    duty.get_by_role("button", name="Mark as not a disclosure").click()
    duty.get_by_role("alert").wait_for()
    assert list(problems(duty)) == []
    duty.get_by_label("Why is it not a disclosure?").fill("A line of the play he is in")
    duty.get_by_role("button", name="Mark as not a disclosure").click()
    expect(duty.get_by_text("Your mark is kept.")).to_be_visible()
    expect(duty.locator("#escalation-timeline")).to_contain_text("A line of the play he is in")
    expect(duty.get_by_role("button", name="I can act now")).to_be_visible()
    assert list(problems(duty)) == []

    demo.sign_in(advocate, "jo")
    advocate.get_by_role("link", name="Kai Brennan").click()
    assert list(problems(advocate)) == []
    advocate.get_by_role("link", name="Missed by the computer?").last.click()
    assert list(problems(advocate)) == []
    advocate.get_by_role("button", name="Mark it and tell the duty workers").click()
    advocate.get_by_role("alert").wait_for()
    assert list(problems(advocate)) == []
    advocate.get_by_label("Same day").check()
    advocate.get_by_label("The young person who wrote it").check()
    advocate.get_by_label("Abuse or neglect by family").check()
    advocate.get_by_role("button", name="Mark it and tell the duty workers").click()
    expect(advocate.get_by_text("The duty workers are being alerted now")).to_be_visible()
    assert list(problems(advocate)) == []

    demo.sign_in(manager, "mo")
    manager.get_by_role("link", name="Screening marks").click()
    assert list(problems(manager)) == []
    manager.get_by_role("link", name="A disclosure that the computer missed").click()
    assert list(problems(manager)) == []
    manager.get_by_label("The copy").fill(
        "kai says ring 07700 900555 " + "x" * 200 + "@example.org"
    )
    manager.get_by_role("button", name="Keep this copy").click()
    expect(manager.get_by_label("07700 900555 (phone number)")).to_be_visible()
    manager.locator("#leave-out summary").click()
    assert list(problems(manager)) == []
    manager.get_by_label("The copy").fill("he said i had to go")
    manager.get_by_label("I have removed what could tell who this is").check()
    manager.get_by_role("button", name="Keep this copy").click()
    expect(manager.get_by_text("The copy is kept.")).to_be_visible()
    expect(manager.get_by_text("Ready to export")).to_be_visible()
    assert list(problems(manager)) == []
