"""Every page there is against axe: in light and dark, on a phone and on a desk (WCAG 2.2 AA).

The list of pages is the application's own map of addresses: a page that nobody has thought of here
fails until somebody visits it.
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlmodel import col, select
from werkzeug.serving import make_server

from bot.alarms import raise_alarm
from bot.channels import Inbound
from bot.escalations import Outcome, acknowledge, close, record_outcome
from bot.handover import write
from bot.inbox import summaries
from bot.receive import receive
from bot.screening_marks import mark_not_a_disclosure
from bot.service import Service, open_service, prepare
from bot.settings import load_settings
from storage.keys import KeyFile
from storage.staff import list_staff
from storage.staff_sessions import start_session
from storage.tables import (
    Drill,
    EscalationEvent,
    HandoverNote,
    Message,
    ReturnInterview,
    ScreeningMark,
    Shift,
    Staff,
    YoungPerson,
)
from web.access import ACCESS
from web.app import create_app
from web.demo_people import seed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROLES = ("duty_worker", "manager", "advocate", "administrator")
MODES = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
HIDDEN = "my stepdad hits me \u202eand <b>more</b> https://example.org/" + "x" * 200

OTHERS = {
    "look_backs.show": {"escalation_id": "closed_id"},
    "marking.missed_in_interview": {"message_id": "heard_id"},
    "register.offer": {"interview_id": "not_invited_id"},
}
"""Parts of an address that stand for another example than on the other pages."""

NO_PAGE = {
    "static", "health.live", "health.ready", "metrics.show", "my_alerts.worker", "sign_in.home",
    "inbox.live", "escalations.live", "phone.live", "phone.workers_live",
    "oidc.start", "oidc.back",
}  # fmt: skip
"""Addresses that answer with something else than a page of their own."""

ELSEWHERE = {
    "second_step.show": "tests/web/test_sign_in_in_a_browser.py",
    "set_up.show": "tests/web/test_sign_in_in_a_browser.py",
    "set_up.show_app": "tests/web/test_sign_in_in_a_browser.py",
}
"""Pages between two steps of signing in: the tests that walk through them ask axe on the way."""


class Site:
    """A demo in this process, in which everything there are pages for has happened."""

    def __init__(self, folder: Path) -> None:
        settings = load_settings(
            demo_folder=folder,
            database_url=f"sqlite:///{folder / 'words.sqlite'}",
            keys_database_url=f"sqlite:///{folder / 'keys.sqlite'}",
            keys_file=folder / "keys.json",
            public_url="http://127.0.0.1:9",
            secret_key=secrets.token_hex(),
        )
        KeyFile.create(settings.keys_file)
        prepare(settings)
        self.service = open_service(settings)
        seed(self.service)
        with self.service.database.read() as session:
            self.staff = {each.name.split()[0]: each for each in list_staff(session)}
        self.app = create_app(self.service)
        self.values = happened(self.service, self.staff)

    def pages(self) -> dict[str, str]:
        """Every address that may be got, by what answers it."""
        rules = self.app.url_map.iter_rules()
        return {each.endpoint: each.rule for each in rules if "GET" in (each.methods or ())}

    def address(self, endpoint: str) -> str:
        with self.app.test_request_context():
            rule = next(each for each in self.app.url_map.iter_rules(endpoint))
            named = OTHERS.get(endpoint, {})
            parts = {each: self.values[named.get(each, each)] for each in rule.arguments}
            return self.app.url_for(endpoint, **parts)

    def cookie(self, name: str) -> str:
        """What the browser of somebody holds who has just signed in."""
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        token = secrets.token_urlsafe()
        with self.service.database.write() as session:
            now = self.service.clock.machine_now()
            start_session(session, self.staff[name].id, token, now, "Chromium", "app")
        return str(signer.dumps({"token": token}))


def happened(service: Service, staff: dict[str, Staff]) -> dict[str, Any]:
    """Let it all happen; gives what stands in the addresses."""
    for sender, words in (
        ("+447700900105", HIDDEN),
        ("+447700900101", "hes outside my window with a knife"),
        ("+447700900199", "who is this"),
    ):
        receive(service, text(sender, words))
    cases = summaries(service)
    acknowledge(service, next(each.id for each in cases if each.priority == 2), staff["Dee"])
    urgent = next(each.id for each in cases if each.priority == 1)
    acknowledge(service, urgent, staff["Sam"])
    record_outcome(service, urgent, staff["Sam"], Outcome(*["Police, log 123"] * 7))
    close(service, urgent, staff["Sam"])
    write(service, staff["Sam"], "Tom is with his aunt. Ring her first.")
    raise_alarm(service, "webhook_moved", "sms")
    drills_ended(service)
    with service.database.read() as session:
        event = session.exec(
            select(EscalationEvent).where(
                EscalationEvent.kind == "hit", EscalationEvent.escalation_id != urgent
            )
        ).first()
        assert event is not None
        flagged = event.escalation_id, event.message_id
    assert flagged[1] is not None
    mark_not_a_disclosure(service, flagged[0], flagged[1], staff["Dee"], "A line of a play")
    with service.database.read() as session:
        heard = session.exec(
            select(Message).where(Message.direction == "in", col(Message.interview_id).is_not(None))
        ).first()
        assert heard is not None
        unknown = session.exec(select(YoungPerson).where(col(YoungPerson.provisional))).one()
        return {
            "escalation_id": flagged[0],
            "message_id": flagged[1],
            "interview_id": heard.interview_id,
            "owner_id": heard.young_person_id,
            "sender_id": unknown.id,
            "mark_id": session.exec(select(ScreeningMark)).one().id,
            "note_id": session.exec(select(HandoverNote)).one().id,
            "shift_id": session.exec(select(Shift.id)).first(),
            "staff_id": staff["Sam"].id,
            "closed_id": urgent,
            "heard_id": heard.id,
            "not_invited_id": session.exec(
                select(ReturnInterview.id).where(
                    ReturnInterview.young_person_id
                    == session.exec(
                        select(Message.young_person_id).where(Message.id == flagged[1])
                    ).one()
                )
            ).first(),
            "ladder": "main",
            "priority": 1,
        }


def drills_ended(service: Service) -> None:
    """One drill that passed and one that was missed."""
    now = service.clock.machine_now()
    times: dict[str, Any] = dict.fromkeys(("due_at", "started_at", "received_at", "ended_at"), now)
    with service.database.write() as session:
        passed = Drill(id=uuid4(), target="sink", state="passed", **times)
        passed.detected_at = passed.alerted_at = now
        missed = Drill(id=uuid4(), target="person", state="missed", reason="unanswered", **times)
        missed.postponed = 2
        session.add_all([passed, missed])


def text(sender: str, words: str) -> Inbound:
    return Inbound(
        channel="simulated",
        account="demo",
        provider_id=secrets.token_hex(),
        sender=sender,
        recipient="",
        text=words,
        exact=True,
        raw=words.encode(),
        content_type="text/plain",
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("every-page"))
    yield made
    made.service.close()


@pytest.fixture(scope="module")
def served(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    running = threading.Thread(target=server.serve_forever, args=(0.02,))
    running.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    running.join()
    server.server_close()


def test_every_page_is_visited_here_or_elsewhere(site: Site) -> None:
    known = set(VISITED) | NO_PAGE | set(ELSEWHERE)

    assert set(site.pages()) == known
    for file in ELSEWHERE.values():
        assert "problems(" in (Path(__file__).parents[2] / file).read_text()


VISITED = (
    "account.codes", "account.show", "alarms.index", "concerns.names", "concerns.of_escalation",
    "concerns.of_interview", "concerns.show", "drills.index", "emergency_entry.show",
    "escalations.show", "first_night.show", "handover.index", "handover.show", "inbox.index",
    "interviews.index", "interviews.transcript", "joining.show", "ladders.edit", "ladders.index",
    "look_backs.index", "look_backs.show", "marking.missed_in_escalation",
    "marking.missed_in_interview", "marking.not_a_disclosure", "my_alerts.show", "phone.index",
    "phone.show", "phone.workers", "reauthentication.show", "register.add", "register.index",
    "register.offer", "rota.add", "rota.gaps", "rota.index", "rota.show",
    "screening_marks.index", "screening_marks.show", "senders.index", "senders.show",
    "sign_in.show", "staff_invitation.show", "staff_pages.add", "staff_pages.index",
    "staff_pages.show", "tasks.index",
)  # fmt: skip

NAMES = {"duty_worker": "Dee", "manager": "Mo", "advocate": "Jo", "administrator": "Ada"}


@pytest.mark.parametrize("endpoint", VISITED)
def test_axe_finds_nothing(
    site: Site,
    served: str,
    new_page: Callable[[str], Page],
    endpoint: str,
    request: pytest.FixtureRequest,
) -> None:
    page = new_page(served)
    access = ACCESS[endpoint]
    if access not in ("public", "demo"):
        role = (
            "duty_worker" if access == "set-up" else next(each for each in ROLES if each in access)
        )
        page.context.add_cookies(
            [{"name": "session", "value": site.cookie(NAMES[role]), "url": served}]
        )
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on(
        "request",
        lambda asked: complaints.append(asked.url) if not asked.url.startswith(served) else None,
    )
    address = site.address(endpoint)
    answer = page.goto(address)

    assert answer is not None
    assert (answer.status, urlsplit(page.url).path) == (200, urlsplit(address).path)
    for fold in page.locator("details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    found = [each for mode in MODES for each in problems(page, *mode, request)]
    assert found == []
    assert complaints == []


def test_on_a_phone_a_long_navigation_is_one_menu(
    site: Site, served: str, new_page: Callable[[str], Page], request: pytest.FixtureRequest
) -> None:
    page = new_page(served)
    page.context.add_cookies([{"name": "session", "value": site.cookie("Mo"), "url": served}])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/rota")
    menu, ladders = page.locator(".app-menu summary"), page.get_by_role("link", name="Ladders")
    expect(ladders).to_be_hidden()

    menu.focus()
    page.keyboard.press("Enter")
    expect(ladders).to_be_visible()
    found = [each for scheme in ("light", "dark") for each in problems(page, 360, scheme, request)]
    assert found == []
    menu.click()
    expect(ladders).to_be_hidden()

    page.set_viewport_size({"width": 1280, "height": 800})
    expect(menu).to_be_hidden()
    ladders.click()
    expect(page).to_have_url(f"{served}/ladders")


def test_on_a_phone_a_duty_worker_sees_every_way_in_one_line(
    site: Site, served: str, new_page: Callable[[str], Page]
) -> None:
    page = new_page(served)
    page.context.add_cookies([{"name": "session", "value": site.cookie("Dee"), "url": served}])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/tasks")

    links = page.locator(".moj-sub-navigation__link").all()
    assert len(links) == 5
    boxes = [each.bounding_box() for each in links]
    assert len({box["y"] for box in boxes if box}) == 1


def problems(page: Page, width: int, scheme: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """What axe finds, and whether anything is wider than the screen."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for found in Axe().run(page).response["violations"]:
        nodes = [node["html"][:160] for node in found["nodes"]]
        yield f"{width} {scheme}: {found['id']} {nodes}"
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield f"{width}: wider than the screen"
    if folder := request.config.getoption("--pictures"):
        name = request.node.name.partition("[")[2].rstrip("]")
        page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
