"""The simulated phone in a real browser."""

import pytest
from playwright.sync_api import Page, Route, expect

from dialogs.sms import segments
from tests.pages.conftest import OpenPage
from tests.pages.handset import pick_up, say, send, texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """Tom's phone; nobody has invited him."""
    page = open_page()
    pick_up(page, "Tom")
    return page


@pytest.mark.parametrize(
    "words",
    [
        "hi",
        "a" * 160,
        "a" * 161,
        "it’s me",
        "’" + "a" * 69,
        "’" + "a" * 70,
        "{" * 80,
        "{" * 81,
        "€" + "a" * 305,
        "🙂" * 35,
        "🙂" * 36,
        "🙂" * 67 + "ü",
        "à la carte {x}\n" * 12,
    ],
    ids=lambda words: f"{words[:3]!r}-{len(words)}",
)
def test_the_segments_of_what_is_typed_are_those_that_would_be_sent(
    phone: Page, words: str
) -> None:
    phone.get_by_label("Your text").fill(words)

    expect(phone.locator("#segments")).to_have_text(f"{segments(words)} SMS")


def test_enter_sends_and_a_double_press_sends_once(phone: Page) -> None:
    phone.get_by_label("Your text").fill("twice in a hurry")
    phone.get_by_role("button", name="Send", exact=True).dblclick()
    expect(phone.locator(".app-bubble--mine", has_text="twice in a hurry")).to_have_count(1)

    phone.get_by_label("Your text").fill("by the enter key")
    phone.keyboard.press("Enter")
    expect(phone.locator(".app-bubble--mine", has_text="by the enter key")).to_have_count(1)
    expect(phone.get_by_label("Your text")).to_have_value("")


def test_what_is_typed_while_a_text_is_on_its_way_goes_next(phone: Page) -> None:
    held = hold_the_first_post(phone)
    for words in ("the first of two", "the second of two"):
        phone.get_by_label("Your text").fill(words)
        phone.keyboard.press("Enter")
    expect(phone.get_by_label("Your text")).to_have_value("the second of two")
    held[0].continue_()

    for words in ("the first of two", "the second of two"):
        expect(phone.locator(".app-bubble--mine", has_text=words)).to_have_count(1)
    expect(phone.get_by_label("Your text")).to_have_value("")


def test_a_button_pressed_while_a_text_is_on_its_way_is_not_forgotten(phone: Page) -> None:
    held = hold_the_first_post(phone)
    phone.get_by_label("Your text").fill("sent before the switch")
    phone.keyboard.press("Enter")
    switch = phone.get_by_role("switch", name="Out of signal")
    switch.click()
    held[0].continue_()

    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")


def hold_the_first_post(phone: Page) -> list[Route]:
    """What is sent next from this page waits until the test lets it go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    phone.route("**/*", hold)
    return held


def test_out_of_signal_nothing_arrives_until_it_is_back(phone: Page) -> None:
    switch = phone.get_by_role("switch", name="Out of signal")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    before = texts(phone).count()
    send(phone, "i need help right now")
    expect(phone.get_by_text("waiting for signal")).to_be_visible()
    assert texts(phone).count() == before

    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(texts(phone).nth(before)).to_be_visible()


def test_a_picture_and_a_pin_are_sent(phone: Page) -> None:
    phone.get_by_role("button", name="Send a picture").click()
    expect(phone.locator(".app-bubble--mine").filter(has_text="A picture")).to_have_count(1)
    phone.get_by_role("button", name="Send a map pin").click()
    expect(phone.locator(".app-bubble--mine").filter(has_text="54.9783")).to_have_count(1)


def test_the_alert_arrives_on_the_duty_workers_phone_without_a_word(
    phone: Page, open_page: OpenPage
) -> None:
    workers = open_page()
    workers.goto("/phone/workers")
    dee = workers.get_by_label("Dee Okafor").last
    before = dee.locator(".app-bubble").count()

    pick_up(phone, "Mia")
    say(phone, "theres a man following me right now with a knife")

    expect(workers.locator(".app-bubble").nth(before)).to_be_visible()
    assert "knife" not in workers.content()
