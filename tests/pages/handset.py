"""What a test does on a young person's phone, and with the escalation that comes of it."""

from playwright.sync_api import Locator, Page


def pick_up(page: Page, name: str) -> None:
    page.goto("/phone")
    page.get_by_role("link", name=name).click()
    page.get_by_label("Your text").wait_for()


def texts(page: Page) -> Locator:
    """The texts that reached this phone."""
    return page.locator(".app-bubble--theirs .app-bubble__words")


def send(page: Page, words: str) -> None:
    page.get_by_label("Your text").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".app-bubble--mine").filter(has_text=words[:12]).last.wait_for()


def say(page: Page, words: str) -> None:
    """Send, and wait for the next text to arrive."""
    seen = texts(page).count()
    send(page, words)
    texts(page).nth(seen).wait_for()


def disclose(phone: Page, duty: Page, words: str) -> Locator:
    """Tell of harm, and give the case that this adds to the duty worker's open inbox."""
    cases = duty.locator("#open .app-case")
    known = [each.get_attribute("id") for each in cases.all()]
    send(phone, words)
    known_too = "".join(f":not(#{each})" for each in known)
    return duty.locator(f"#open .app-case{known_too}")


def take(page: Page) -> None:
    """Say "I can act now" of the escalation that is open."""
    page.get_by_role("button", name="I can act now").click()
    page.get_by_text("You have acknowledged this").wait_for()


def open_outcome(page: Page) -> Locator:
    """The form of the outcome, unfolded."""
    form = page.locator("#outcome")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    return form


def deal_with(page: Page, words: str = "Police called at once, log 123") -> None:
    """Record an outcome of the escalation that is open, and close it in the same go."""
    form = open_outcome(page)
    for part in (
        "What was decided",
        "Why",
        "Who was told",
        "Reference",
        "What the young person",
        "Who told them",
        "Next review",
    ):
        form.get_by_role("textbox", name=part).fill(words)
    page.get_by_role("button", name="Record and close").click()
    page.get_by_text("The escalation is closed.").wait_for()
