"""Signing in through a council's directory, against a provider that we did not write."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from bot.leavers import remove_staff
from bot.service import Service
from bot.settings import SettingsUnsafe, load_settings, require_safe
from storage.tables import Staff, StaffIdentity
from tests.fakes.directory import CLIENT_ID, CLIENT_SECRET, Directory, running_directory
from tests.storage.everything import contents
from tests.web.cast import Cast
from tests.web.conftest import MakeService, both_kinds
from web.app import create_app
from web.oidc import has_second_factor, verified_email

MFA = {"amr": ["pwd", "mfa"]}
ENTRA = "https://login.microsoftonline.com/7f1c-tenant/v2.0"


@pytest.fixture(scope="module")
def running() -> Iterator[Directory]:
    with running_directory() as found:
        yield found


@pytest.fixture
def directory(running: Directory) -> Directory:
    running.asked.clear()
    running.handed_out.clear()
    running.metadata.clear()
    return running


@pytest.fixture
def service(make_service: MakeService, directory: Directory) -> Service:
    return make_service(
        second_factor="required",
        oidc_issuer=directory.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
    )


def go_there(client: FlaskClient, target: str = "") -> str:
    answer = client.get("/sign-in/council", query_string={"next": target} if target else {})
    assert answer.status_code == 303, answer.text
    return answer.location


def come_back(client: FlaskClient, location: str) -> TestResponse:
    parts = urlsplit(location)
    assert parts.netloc == "127.0.0.1:8080"
    return client.get(f"{parts.path}?{parts.query}")


def walk(client: FlaskClient, directory: Directory, subject: str, target: str = "") -> TestResponse:
    return come_back(client, directory.sign_in(go_there(client, target), subject))


def knows(directory: Directory, subject: str, email: str, **claims: Any) -> None:
    directory.knows(subject, **{"email": email, "email_verified": True, **claims})


@both_kinds
def test_who_works_here_comes_in_with_the_council_account(
    client: FlaskClient, directory: Directory, service: Service, cast: Cast
) -> None:
    knows(directory, "d-1", "Dee@Example.org", **MFA)
    assert "Sign in with your council account" in client.get("/sign-in").text

    answer = walk(client, directory, "d-1", "/tasks")

    assert answer.location == "/tasks"
    assert client.get("/inbox").status_code == 200
    with service.database.read() as session:
        bound = session.exec(select(StaffIdentity)).one()
    assert (bound.issuer, bound.subject, bound.staff_id) == (
        directory.issuer,
        "d-1",
        cast.dee.id,
    )


def test_the_code_is_asked_for_with_pkce_nonce_and_state(
    client: FlaskClient, directory: Directory, cast: Cast
) -> None:
    knows(directory, "d-1", cast.dee.email, **MFA)

    walk(client, directory, "d-1")

    there, for_token = directory.asked
    assert there["response_type"] == "code"
    assert there["code_challenge_method"] == "S256"
    assert min(len(there[each]) for each in ("code_challenge", "nonce", "state")) >= 20
    assert there["redirect_uri"] == "http://127.0.0.1:8080/sign-in/council/back"
    assert len(for_token["code_verifier"]) >= 43


def test_without_a_second_factor_there_ours_is_asked_for(
    client: FlaskClient, directory: Directory, cast: Cast
) -> None:
    knows(directory, "d-1", cast.dee.email, amr=["pwd"])

    assert walk(client, directory, "d-1", "/tasks").location == "/set-up"
    assert client.get("/inbox").location == "/set-up"


def test_the_directorys_number_counts_from_then_on_and_not_the_address(
    app: Flask, directory: Directory, cast: Cast
) -> None:
    knows(directory, "d-1", cast.dee.email, **MFA)
    assert walk(app.test_client(), directory, "d-1").location == "/inbox"
    # Dee's address changes; somebody new gets the one that she had, and Ade's comes to Dee.
    knows(directory, "d-1", cast.ade.email, **MFA)
    knows(directory, "d-2", cast.dee.email, **MFA)

    assert walk(app.test_client(), directory, "d-1").location == "/inbox"
    assert walk(app.test_client(), directory, "d-2").status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@example.org"},
        {"email": "dee@example.org", "email_verified": False},
        {"email": "dee@example.org", "email_verified": "true"},
        {"email_verified": True},
        {"email": ["dee@example.org"]},
        {"preferred_username": "dee@example.org"},
        {"aud": "another-service"},
        {"aud": ["another-service"], "azp": CLIENT_ID},
        {"iss": "https://elsewhere.example.org"},
        {"nonce": "of-another-attempt"},
        {"exp": 1_000_000_000},
    ],
    ids=lambda claims: "-".join(claims),
)
def test_anybody_else_is_refused_alike_and_nobody_is_entered(
    client: FlaskClient,
    directory: Directory,
    service: Service,
    cast: Cast,
    claims: dict[str, Any],
) -> None:
    usual = {"email": cast.dee.email, "email_verified": True, **MFA}
    if not {"email", "email_verified", "preferred_username"} & set(claims):
        claims = usual | claims
    directory.knows("x-1", **MFA | {"email_verified": True} | claims)

    answer = walk(client, directory, "x-1")

    assert answer.status_code == 403
    assert "Signing in with your council account did not work" in answer.text
    assert client.get("/inbox").location.startswith("/sign-in?")
    with service.database.read() as session:
        assert session.exec(select(StaffIdentity)).all() == []
        assert len(session.exec(select(Staff)).all()) == 4


@pytest.mark.parametrize("listed", ["HS256", "none"])
def test_only_a_key_of_the_directorys_own_signs(
    client: FlaskClient, directory: Directory, listed: str
) -> None:
    directory.metadata = {'"RS256"': f'"{listed}"'}

    assert client.get("/sign-in/council").status_code == 503


def test_an_answer_is_for_one_browser_and_once(
    app: Flask, directory: Directory, cast: Cast
) -> None:
    knows(directory, "d-1", cast.dee.email, **MFA)
    dee, thief = app.test_client(), app.test_client()
    location = directory.sign_in(go_there(dee), "d-1")
    code = parse_qs(urlsplit(location).query)["code"][0]

    assert come_back(thief, location).status_code == 403
    # With an attempt of the thief's own, the nonce is another one.
    state = parse_qs(urlsplit(go_there(thief)).query)["state"][0]
    answer = thief.get("/sign-in/council/back", query_string={"code": code, "state": state})
    assert answer.status_code == 403
    location = directory.sign_in(go_there(dee), "d-1")
    assert come_back(dee, location).status_code == 303
    assert come_back(dee, location).status_code == 403
    for query in ({}, {"error": "access_denied"}, {"code": "x"}, {"state": "x"}):
        assert thief.get("/sign-in/council/back", query_string=query).status_code == 403


def test_tokens_are_neither_kept_nor_logged(
    client: FlaskClient,
    directory: Directory,
    service: Service,
    cast: Cast,
    capfd: pytest.CaptureFixture[str],
) -> None:
    knows(directory, "d-1", cast.dee.email, **MFA)
    answer = walk(client, directory, "d-1")
    (handed_out,) = directory.handed_out
    tokens = re.findall(r'"(?:access_token|id_token|refresh_token)": ?"([^"]+)"', handed_out)

    with client.session_transaction() as cookie:
        left = str(dict(cookie))
    said = "".join(capfd.readouterr())
    everywhere = str(contents(service.database)) + left + said + answer.text + str(answer.headers)

    assert len(tokens) >= 2
    assert not [each for each in tokens if each in everywhere or each.split(".")[-1] in everywhere]
    assert CLIENT_SECRET not in everywhere
    assert "_state_" not in left


def test_who_left_is_refused_there_too(
    app: Flask, directory: Directory, service: Service, cast: Cast
) -> None:
    knows(directory, "d-1", cast.dee.email, **MFA)
    client = app.test_client()
    walk(client, directory, "d-1")

    remove_staff(service, cast.dee.id, "command")

    assert client.get("/inbox").status_code == 303
    assert walk(app.test_client(), directory, "d-1").status_code == 403


def test_a_directory_that_is_away_or_calls_itself_otherwise_lets_nobody_in(
    make_service: MakeService, directory: Directory
) -> None:
    for issuer, changes in (
        ("http://localhost:9", {}),
        (directory.issuer, {f'"issuer": "{directory.issuer}"': '"issuer": "http://localhost:1"'}),
    ):
        directory.metadata = changes
        service = make_service(
            oidc_issuer=issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET
        )
        client = create_app(service).test_client()

        answer = client.get("/sign-in/council")

        assert answer.status_code == 503
        assert "sign in with your password" in answer.text
        assert client.get("/sign-in/council/back?code=x&state=y").status_code == 403


def test_without_a_directory_there_is_no_such_page(make_service: MakeService) -> None:
    client = create_app(make_service()).test_client()

    assert "council account" not in client.get("/sign-in").text
    assert client.get("/sign-in/council").status_code == 404
    assert client.get("/sign-in/council/back").status_code == 404


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"tid": "7f1c-tenant", "preferred_username": "dee@example.org"}, "dee@example.org"),
        ({"tid": "another", "preferred_username": "dee@example.org"}, None),
        ({"preferred_username": "dee@example.org"}, None),
        # What anybody may write into their own profile (known as nOAuth).
        ({"tid": "7f1c-tenant", "email": "dee@example.org", "email_verified": True}, None),
        (
            {
                "tid": "7f1c-tenant",
                "preferred_username": "dee@example.org",
                "idp": "https://sts.windows.net/another/",
            },
            None,
        ),
    ],
)
def test_entra_vouches_for_the_name_that_people_sign_in_with_in_their_tenant(
    claims: dict[str, Any], email: str | None
) -> None:
    assert verified_email({"iss": ENTRA, **claims}) == email


@pytest.mark.parametrize(
    ("claims", "given"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": "mfa"}, False),
        ({}, False),
        ({"acr": "urn:example:mfa"}, True),
        ({"acr": "1"}, False),
        ({"acr": ["mfa"]}, False),
    ],
)
def test_a_second_factor_counts_only_where_it_is_said(claims: dict[str, Any], given: bool) -> None:
    assert has_second_factor(claims) == given


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"oidc_client_id": None}, "OIDC_CLIENT_ID must be set too"),
        ({"oidc_client_secret": None}, "OIDC_CLIENT_SECRET must be set too"),
        ({"oidc_issuer": None}, "OIDC_ISSUER must be set too"),
        ({"oidc_issuer": "https://login.microsoftonline.com/common/v2.0"}, "your own tenant"),
        ({"oidc_issuer": "http://directory.example.org"}, "must be an https address"),
    ],
)
def test_a_directory_is_set_whole_and_safe(changes: dict[str, object], says: str) -> None:
    given: dict[str, object] = {
        "secret_key": "a-secret-of-the-tests-that-is-long-enough",
        "public_url": "https://line.example.org",
        "twilio_account_sid": "AC1",
        "twilio_auth_token": "token",
        "twilio_sms_from": "+447700900000",
        "oidc_issuer": ENTRA,
        "oidc_client_id": "id",
        "oidc_client_secret": "secret",
    }
    with pytest.raises(SettingsUnsafe, match=says):
        require_safe(load_settings(**given | changes))
