"""A real headless Chromium for the browser tests: the machine's own, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--disable-gpu",
    # The browser asks nobody anything: only the pages under test.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 10_000  # a page that takes longer than this on a busy machine is broken


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", action="store_true", help="write the pictures of docs/images anew"
    )
    parser.addoption("--pictures", help="a folder for a picture of every page, to look at")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is missing: make test installs it or says how")
    # Chromium's sandbox does not work for root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield running
        running.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens a page at an address, each in a browser profile of its own: nobody shares a session."""
    profiles: list[BrowserContext] = []

    def open_page(base_url: str) -> Page:
        profile = browser.new_context(
            base_url=base_url, locale="en-GB", timezone_id="Europe/London"
        )
        profile.set_default_timeout(PATIENCE_MS)
        profiles.append(profile)
        return profile.new_page()

    yield open_page
    for profile in profiles:
        profile.close()
