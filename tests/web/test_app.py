"""What every answer carries, and what people see when something goes wrong."""

import re
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from uuid import uuid4

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bot.approvals import approve
from bot.service import Service
from tests.web.cast import Cast, csrf_token, sign_in
from tests.web.conftest import MakeService
from web.access import ACCESS
from web.app import create_app
from web.errors import PAGES
from web.headers import CONTENT_SECURITY_POLICY
from web.layout import commands

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def address_of(rule: Rule) -> str:
    """An address that the rule answers to."""
    path = re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule)
    return (
        re.sub(r"<int:\w+>", "1", path).replace("<path:filename>", "x").replace("<ladder>", "main")
    )


def answers(app: Flask, client: FlaskClient) -> Iterator[TestResponse]:
    """Every page that can be got, and one error of each kind; closed when looked at."""
    paths = [
        address_of(rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and "GET" in (rule.methods or set())
    ]
    requests = [
        *(partial(client.get, path) for path in paths),
        partial(client.get, "/no-such-page"),
        partial(client.post, "/sign-in"),
        partial(client.put, "/sign-in"),
        partial(client.post, "/webhooks/twilio/message", data=b"a=b"),
        partial(client.post, "/sign-in", data=b"a" * 70_000),
        partial(client.options, "/sign-in"),
        partial(client.head, "/sign-in"),
    ]
    for ask in requests:
        with closing(ask()) as answer:
            yield answer


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_carries_the_headers(
    app: Flask, client: FlaskClient, cast: Cast, signed_in: bool
) -> None:
    if signed_in:
        sign_in(client, cast.dee)

    for answer in answers(app, client):
        for header, value in HEADERS.items():
            assert answer.headers[header] == value, (answer.request.path, header)
        assert answer.headers["Cache-Control"] == "no-store", answer.request.path
        assert "geolocation=()" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers
        assert "X-Powered-By" not in answer.headers


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


def test_over_https_browsers_are_told_to_stay_there(make_service: MakeService) -> None:
    app = create_app(make_service(public_url="https://texts.example.org"))

    for answer in answers(app, app.test_client()):
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_a_forwarded_header_makes_nothing_https(client: FlaskClient) -> None:
    answer = client.get("/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in answer.headers
    assert "Secure" not in answer.headers["Set-Cookie"]


def test_style_sheets_may_be_kept_but_not_their_errors(client: FlaskClient) -> None:
    with client.get("/static/base.css") as sheet:
        assert sheet.headers["Cache-Control"] == "no-cache"
    assert client.get("/static/none.css").headers["Cache-Control"] == "no-store"


def test_no_page_has_anything_inline(client: FlaskClient, cast: Cast) -> None:
    for person in (cast.dee, cast.ade, cast.mo, cast.ada):
        page = sign_in(client, person)
        for path in ("/sign-in", page.location, "/no-such-page"):
            html = client.get(path).text
            assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html, re.IGNORECASE)
            assert not re.search(r"<script(?![^>]*\ssrc=)", html)
            assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
        token = csrf_token(client.get("/sign-in"))
        client.post("/sign-out", data={"csrf_token": token})


def test_a_page_says_who_is_signed_in_and_where_they_can_go(
    client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast.dee)

    page = client.get("/no-such-page")

    assert "Sign out" not in page.text, "a page that does not exist is nobody's"
    inbox = client.get("/inbox").text
    assert "Dee Okafor, duty worker" in inbox
    found = re.findall(r'moj-sub-navigation__link" href="([^"]+)"', inbox)
    assert found == ["/inbox", "/tasks", "/rota", "/look-back", "/my-alerts"]
    assert '<form method="post" action="/sign-out">' in inbox
    assert 'href="#main-content"' in inbox
    assert "width=device-width" in inbox


def test_staff_are_told_that_the_texts_are_a_draft_until_they_are_approved(
    service: Service, client: FlaskClient, cast: Cast
) -> None:
    draft = "The texts are a draft: still to be approved by "
    assert draft not in client.get("/sign-in").text
    sign_in(client, cast.dee)
    lead_and_group = f"{draft}a safeguarding lead and a young people&#39;s group."
    assert lead_and_group in client.get("/inbox").text

    approve(service, "en", "safeguarding_lead", "Rosa Lind", "command")
    assert f"{draft}a young people&#39;s group." in client.get("/inbox").text

    approve(service, "en", "young_peoples_group", "Listen Up group", "command")
    assert draft not in client.get("/inbox").text


def test_what_is_typed_on_the_server_is_told_from_the_words_around_it() -> None:
    says = "Start it: return-interview line add --kind staffed. <b>Now</b>"

    assert commands(says) == (
        'Start it: <code class="app-command">return-interview line add --kind staffed</code>. '
        "&lt;b&gt;Now&lt;/b&gt;"
    )


def test_the_look_is_nobody_elses(client: FlaskClient) -> None:
    page = client.get("/sign-in").text

    assert "crown" not in page.lower()
    assert "GOV.UK" not in page


def test_every_error_has_a_page_that_gives_nothing_away(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for status, (heading, advice) in PAGES.items():

        def fail(status: int = status) -> str:
            abort(status, description="zebra-canary-sentence")

        monkeypatch.setitem(app.view_functions, "sign_in.show", fail)

        answer = client.get("/sign-in")

        assert answer.status_code == status
        assert f'<h1 class="govuk-heading-l">{heading}</h1>' in answer.text
        assert advice in answer.text
        assert "zebra" not in answer.text
        assert "Werkzeug" not in answer.text


def test_a_status_without_a_page_gets_the_nearest(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "sign_in.show", lambda: abort(418))

    answer = app.test_client().get("/sign-in")

    assert answer.status_code == 418
    assert PAGES[400][0] in answer.text


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (ValueError("zebra-canary-sentence"), 500),
        (OperationalError("zebra-canary-sentence", {}, Exception()), 503),
    ],
)
def test_a_view_that_breaks_answers_with_the_page_and_no_detail(
    make_service: MakeService, failure: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(make_service(demo=True))
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    monkeypatch.setattr("web.access.ACCESS", dict.fromkeys(ACCESS, "public"))

    def fail(**_parameters: object) -> str:
        raise failure

    for rule in app.url_map.iter_rules():
        monkeypatch.setitem(app.view_functions, rule.endpoint, fail)
        path = address_of(rule)
        method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))

        answer = app.test_client().open(path, method=method)

        assert answer.status_code == status, rule
        assert PAGES[status][0] in answer.text
        assert "zebra" not in answer.text


def test_a_redirect_never_names_a_host(client: FlaskClient) -> None:
    for path in ("/inbox//live", "/inbox/", "/inbox"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_changes_nothing(app: Flask, client: FlaskClient, cast: Cast, method: str) -> None:
    """Whatever follows a link, a mail scanner too, changes no state (docs/reliability.md T-19)."""
    sign_in(client, cast.dee)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith(("acknowledge", "outcome", "close", "finish", "leave")):
            path = re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule)
            assert client.open(path, method=method).status_code == 405


def test_a_page_that_cannot_read_the_register_is_still_shown(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    sign_in(client, cast.dee)
    monkeypatch.setattr("web.layout.drafts_here", broken)

    page = client.get("/inbox")
    assert page.status_code == 200
    assert "draft" not in page.text
