"""The demo as a newcomer starts it, and browsers that forgive nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser import PATIENCE_MS

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 180.0  # four cold processes may share a busy machine
LOOK_EVERY_S = 0.1

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its address, and everybody's login by name."""

    site: str
    passwords: dict[str, str]
    pid: int

    def process_of(self, part: str) -> int:
        """The process of a part, "serve" or "worker", as it runs now."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        commands = {int(each): Path(f"/proc/{each}/cmdline").read_bytes() for each in children}
        return next(pid for pid, said in commands.items() if said.endswith(f"{part}\0".encode()))

    def sign_in(self, page: Page, name: str) -> None:
        page.goto("/sign-in")
        page.get_by_label("Email address").fill(f"{name}@northmoor.example")
        page.get_by_label("Password").fill(self.passwords[name])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`return-interview demo` in an empty folder, with web and worker as processes of their own."""
    folder = tmp_path_factory.mktemp("demo")
    port = _free_port()
    site = f"http://127.0.0.1:{port}"
    with (
        (folder / "demo.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "web.cli", "demo", "--port", str(port)],
            cwd=folder,
            env={"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as running,
    ):
        try:
            _wait_until_live(running, site, Path(log.name))
            logins = json.loads((folder / ".demo" / "logins.json").read_text())
            passwords = {each["email"].split("@")[0]: each["password"] for each in logins}
            yield Demo(site, passwords, running.pid)
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_live(running: subprocess.Popen[bytes], site: str, log: Path) -> None:
    pause = Event()
    for _ in range(int(STARTS_WITHIN_S / LOOK_EVERY_S)):
        try:
            with urllib.request.urlopen(f"{site}/health/live", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            assert running.poll() is None, log.read_text()
            pause.wait(LOOK_EVERY_S)
    pytest.fail(f"the demo did not start: {log.read_text()}")


OpenPage = Callable[[], Page]


@pytest.fixture
def open_page(demo: Demo, new_page: Callable[[str], Page]) -> Iterator[OpenPage]:
    """Opens pages of the demo; at the end of the test none may have complained of anything.

    A violation of the content security policy is a complaint too.
    """
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.location.get('url')}: {message.text}")

    def open_one() -> Page:
        page = new_page(demo.site)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    assert complaints == []


@pytest.fixture
def duty(demo: Demo, open_page: OpenPage) -> Page:
    """Dee's browser, on the inbox."""
    page = open_page()
    demo.sign_in(page, "dee")
    return page


@pytest.fixture
def take_picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Writes a picture for the README, when asked to; an ordinary run leaves the tree as it is."""

    def take(page: Page, name: str) -> None:
        if request.config.getoption("--screenshots"):
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=ROOT / "docs" / "images" / f"{name}.png", animations="disabled")

    return take
