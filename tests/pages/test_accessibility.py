"""Every page against axe, on a phone and on a desk, by day and by night (WCAG 2.2 AA)."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.pages.conftest import Demo, OpenPage
from tests.pages.handset import disclose, open_outcome, pick_up, say, send, texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (360, 1280)


def problems(page: Page) -> Iterator[str]:
    """What axe finds, and whether anything is wider than the screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for found in Axe().run(page).response["violations"]:
                nodes = [node["html"][:100] for node in found["nodes"]]
                yield f"{page.url} {width} {scheme}: {found['id']} {nodes}"
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            yield f"{page.url} {width}: wider than the screen"


def test_the_pages_of_the_phone(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/phone")
    assert list(problems(page)) == []
    pick_up(page, "Amina")
    say(page, "hello")
    assert list(problems(page)) == []
    page.goto("/phone/workers")
    assert list(problems(page)) == []


def test_the_page_before_signing_in(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/inbox")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert list(problems(page)) == []


def test_the_pages_of_a_duty_worker(duty: Page, open_page: OpenPage) -> None:
    phone = open_page()
    pick_up(phone, "Tom")
    hidden = "my stepdad hits me \u202eand <b>more</b> https://example.org/" + "x" * 200
    case = disclose(phone, duty, hidden)
    expect(case).to_be_visible()
    case_link = case.get_by_role("link").get_attribute("href") or ""

    for page in ("/inbox", "/tasks", "/help"):
        duty.goto(page)
        assert list(problems(duty)) == []
    duty.goto(case_link)
    assert list(problems(duty)) == []
    duty.get_by_role("button", name="I can act now").click()
    folded = duty.locator(".app-fold:not([open]) > summary")
    while folded.count():
        folded.first.click()
    assert list(problems(duty)) == []
    duty.get_by_role("button", name="Show what 999 will ask").click()
    duty.locator(".app-card").wait_for()
    assert list(problems(duty)) == []
    open_outcome(duty).get_by_role("button", name="Record the outcome").click()
    duty.get_by_role("alert").wait_for()
    assert list(problems(duty)) == []


def test_the_pages_of_interviews_in_which_much_happened(demo: Demo, open_page: OpenPage) -> None:
    """Amina wants a call; somebody gave the wrong word on Leo's phone, twice."""
    phone, advocate, manager = open_page(), open_page(), open_page()
    for name, words in (("Leo", ("yes", "apple", "pear")), ("Amina", ("yes", "yes", "talk"))):
        pick_up(phone, name)
        for each in words:
            say(phone, each)
    expect(texts(phone).last).to_contain_text("When would be good for you?")
    send(phone, "after school, not when mum is about")
    # An open question is given time for more; nobody waits for that here.
    phone.get_by_role("button", name="Forward 10 minutes").click()
    expect(texts(phone).last).to_contain_text("I can't promise the day or time")

    demo.sign_in(advocate, "jo")
    for page in ("/interviews", "/tasks"):
        advocate.goto(page)
        expect(advocate.get_by_role("link", name="Amina Yusuf")).to_be_visible()
        assert list(problems(advocate)) == []
    advocate.get_by_role("link", name="When they would like it").click()
    expect(advocate.locator("#when")).to_contain_text("not when mum is about")
    assert list(problems(advocate)) == []
    advocate.goto("/interviews")
    advocate.get_by_role("link", name="Leo Marsh").click()
    advocate.locator("#safe-again summary").click()
    assert list(problems(advocate)) == []

    demo.sign_in(manager, "mo")
    manager.goto("/interviews")
    manager.locator(".app-case__act summary").click()
    assert list(problems(manager)) == []
    manager.get_by_label("How do you know").fill("Met him at school, phone in hand")
    manager.get_by_label("I know from the young person").check()
    manager.get_by_role("button", name="Mark the phone as safe").click()
    expect(manager.get_by_text("The phone is marked as safe.")).to_be_visible()
    assert list(problems(manager)) == []


@pytest.mark.parametrize(
    ("name", "walk"),
    [
        ("jo", lambda page: page.get_by_role("link", name="Interviews")),
        ("jo", lambda page: page.get_by_role("link", name="Kai Brennan")),
        ("mo", lambda page: page.get_by_role("link", name="Interviews")),
        ("mo", lambda page: page.get_by_role("link", name="Look back")),
        ("ada", lambda page: page.get_by_role("link", name="Staff")),
    ],
    ids=["interviews", "transcript", "manager", "look back", "staff"],
)
def test_the_pages_of_the_other_roles(
    demo: Demo, open_page: OpenPage, name: str, walk: Callable[[Page], object]
) -> None:
    page = open_page()
    demo.sign_in(page, name)
    walk(page).click()  # type: ignore[attr-defined]
    page.locator("h1").wait_for()

    assert list(problems(page)) == []
