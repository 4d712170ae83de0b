"""Two people press the same button of one escalation at the same moment: never do both win."""

import re
from re import Pattern

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.handset import disclose, open_outcome, pick_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DANGER = "hes outside my window with a knife"
PARTS = (
    "What was decided",
    "Why",
    "Who was told",
    "Reference",
    "What the young person",
    "Who told them",
    "Next review",
)
# Both are told to press before either has pressed.
PRESS_SOON = "button => { setTimeout(() => button.click(), 300); }"


def press_both(buttons: list[Locator]) -> None:
    for each in buttons:
        each.evaluate(PRESS_SOON)


def won(pages: list[Page], done: str, late: Pattern[str]) -> list[bool]:
    """Which of them the service told that it was they, once it has told both something."""
    for page in pages:
        expect(page.get_by_text(done).or_(page.get_by_text(late)).first).to_be_visible()
    return [page.get_by_text(done).count() > 0 for page in pages]


def test_one_acknowledges_and_one_closes(demo: Demo, open_page: OpenPage, duty: Page) -> None:
    phone, sam = open_page(), open_page()
    demo.sign_in(sam, "sam")
    pick_up(phone, "Leo")
    disclose(phone, duty, DANGER).get_by_role("link").click()
    duty.locator("#escalation-head").wait_for()
    sam.goto(duty.url)
    pages, address = [duty, sam], duty.url

    press_both([each.get_by_role("button", name="I can act now") for each in pages])
    first = won(
        pages, "You have acknowledged this", re.compile("Somebody has already acknowledged")
    )
    assert sorted(first) == [False, True]

    for page in pages:
        page.goto(address)
        form = open_outcome(page)
        for part in PARTS:
            form.get_by_role("textbox", name=part).fill("Police called at once, log 123")
    press_both([each.get_by_role("button", name="Record and close") for each in pages])
    second = won(
        pages,
        "The escalation is closed.",
        re.compile("a closed one cannot change|it can be closed, once"),
    )
    assert sorted(second) == [False, True]
    duty.goto(address)
    expect(duty.locator("#escalation-timeline").get_by_text("Closed", exact=True)).to_have_count(1)
