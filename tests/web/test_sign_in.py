"""Signing in and out: no oracle, no guessing, nothing left behind."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import perf_counter

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from bot.channels.twilio_webhook import CONTENT_TYPE
from bot.clock import SetClock
from bot.service import Service
from storage.tables import AuditEntry, SignInAttempt, StaffSession
from tests.web.cast import PASSWORD, Cast, csrf_token, sign_in, try_to_sign_in
from tests.web.conftest import MakeService, both_kinds
from web.app import create_app
from web.passwords import BITS, LONGEST, hash_password, is_password, new_password
from web.sign_in import safe_next


def audited(service: Service) -> list[tuple[str, str]]:
    with service.database.read() as session:
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))).all()
        return [(entry.actor, entry.action) for entry in entries]


@both_kinds
def test_signing_in_and_out(client: FlaskClient, service: Service, cast: Cast) -> None:
    answer = sign_in(client, cast.dee)

    assert answer.location == "/inbox"
    assert client.get("/").location == "/inbox"
    client.post("/sign-out", data={"csrf_token": csrf_token(client.get("/sign-in"))})
    assert client.get("/inbox").location == "/sign-in?next=/inbox"
    dee = f"staff:{cast.dee.id}"
    assert [each for each in audited(service) if each[0] == dee] == [
        (dee, "signed in"),
        (dee, "signed out"),
    ]


def test_everybody_arrives_where_their_work_is(app: Flask, cast: Cast) -> None:
    arrived = {
        person.role: sign_in(app.test_client(), person).location
        for person in (cast.dee, cast.ade, cast.mo, cast.ada)
    }

    assert arrived == {
        "duty_worker": "/inbox",
        "advocate": "/interviews",
        "manager": "/inbox",
        "administrator": "/staff",
    }


def test_the_page_that_was_asked_for_comes_after(client: FlaskClient, cast: Cast) -> None:
    answer = try_to_sign_in(client, cast.dee.email, PASSWORD, next="/tasks")

    assert answer.location == "/tasks"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "inbox",
        "/inbox?next=//evil.example",
        "/inbox#x",
        "",
    ],
)
def test_no_other_site_is_a_page_to_come_after(target: str) -> None:
    assert safe_next(target) == ""


def test_nobody_is_sent_to_another_site(client: FlaskClient, cast: Cast) -> None:
    answer = try_to_sign_in(client, cast.dee.email, PASSWORD, next="//evil.example")

    assert answer.location == "/inbox"
    assert 'value="//evil' not in client.get("/sign-in?next=//evil.example").text


def test_a_session_gets_a_new_token_and_the_old_cookie_dies(
    app: Flask, client: FlaskClient, service: Service, cast: Cast
) -> None:
    before = client.get("/sign-in").headers["Set-Cookie"]
    after = sign_in(client, cast.dee).headers["Set-Cookie"]
    thief = app.test_client()
    thief.set_cookie("session", after.partition("=")[2].partition(";")[0])

    assert before != after
    assert thief.get("/").location == "/inbox"
    client.post("/sign-out", data={"csrf_token": csrf_token(client.get("/sign-in"))})
    assert thief.get("/").location.startswith("/sign-in")
    with service.database.read() as session:
        assert len(session.exec(select(StaffSession)).one().token_hash) == 64


def test_signing_out_empties_the_browser(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.dee)

    answer = client.post("/sign-out", data={"csrf_token": csrf_token(client.get("/sign-in"))})

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.location == "/sign-in"


def test_signing_out_needs_the_form(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.dee)

    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert client.get("/").location == "/inbox"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    client: FlaskClient, cast: Cast
) -> None:
    token = csrf_token(client.get("/sign-in"))

    def answer(email: str, password: str) -> tuple[int, bytes, list[tuple[str, str]]]:
        got = client.post(
            "/sign-in", data={"csrf_token": token, "email": email, "password": password}
        )
        return (
            got.status_code,
            re.sub(rb'name="csrf_token" value="[^"]+"', b"", got.data),
            list(got.headers),
        )

    wrong = answer(cast.dee.email, "not the password")

    assert wrong[0] == 403
    assert answer("nobody@example.org", "not the password") == wrong
    assert answer("nobody@example.org", PASSWORD) == wrong
    assert answer("not an address", "") == wrong


@pytest.mark.slow
def test_an_unknown_address_takes_as_long_to_refuse() -> None:
    known = hash_password(PASSWORD)
    is_password(None, "warm up")
    times: dict[str | None, list[float]] = {known: [], None: []}

    for _ in range(40):
        for kept, taken in times.items():
            started = perf_counter()
            is_password(kept, "not the password")
            taken.append(perf_counter() - started)

    # The quickest of each: on a busy machine the others tell how busy it was.
    fast, slow = sorted(min(taken) for taken in times.values())
    assert slow < fast * 1.5


def test_somebody_who_left_cannot_sign_in(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    with service.database.write() as session:
        cast.dee.active = False
        session.add(session.merge(cast.dee))

    assert try_to_sign_in(client, cast.dee.email, PASSWORD).status_code == 403


def test_the_sixth_guess_in_a_minute_is_refused_even_when_it_is_right(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    guesses = [try_to_sign_in(client, cast.dee.email, "guess").status_code for _ in range(5)]

    assert guesses == [403] * 5
    assert try_to_sign_in(client, cast.dee.email, PASSWORD).status_code == 429
    assert try_to_sign_in(client, cast.ade.email, PASSWORD).status_code == 303
    clock.move(timedelta(seconds=61))
    assert try_to_sign_in(client, cast.dee.email, PASSWORD).status_code == 303


def test_nobody_can_be_locked_out_from_elsewhere(app: Flask, cast: Cast) -> None:
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for _ in range(30):
        try_to_sign_in(elsewhere, cast.dee.email, "guess")

    sign_in(app.test_client(), cast.dee)


def test_an_address_that_tries_many_accounts_is_refused(client: FlaskClient, cast: Cast) -> None:
    statuses = [
        try_to_sign_in(client, f"{number}@example.org", "guess").status_code for number in range(21)
    ]

    assert statuses == [403] * 20 + [429]


def test_a_forwarded_address_does_not_escape_the_throttle(client: FlaskClient) -> None:
    token = csrf_token(client.get("/sign-in"))
    guess = {"csrf_token": token, "email": "dee@example.org", "password": "guess"}

    statuses = [
        client.post(
            "/sign-in", data=guess, headers={"X-Forwarded-For": f"203.0.113.{number}"}
        ).status_code
        for number in range(6)
    ]

    assert statuses[-1] == 429


@both_kinds
def test_guesses_that_come_at_once_are_counted_all_the_same(app: Flask, cast: Cast) -> None:
    def guess(_: int) -> int:
        return try_to_sign_in(app.test_client(), cast.dee.email, "guess").status_code

    with ThreadPoolExecutor(16) as threads:
        statuses = sorted(threads.map(guess, range(16)))

    assert statuses == [403] * 5 + [429] * 11


def test_signing_in_often_is_no_guessing(client: FlaskClient, service: Service, cast: Cast) -> None:
    for _ in range(8):
        sign_in(client, cast.dee)

    with service.database.read() as session:
        assert session.exec(select(SignInAttempt)).all() == []


MALFORMED: list[dict[str, object]] = [
    {},
    {"email": "dee@example.org"},
    {"password": "x"},
    {"email": ["dee@example.org", "ade@example.org"], "password": "x"},
    {"email": "dee@example.org", "password": ["x", "y"]},
    {"email": "dee\x00@example.org", "password": "x"},
    {"email": "dee@example.org\r\nBcc: all@example.org", "password": "x"},
    {"email": "e" * 255, "password": "x"},
    {"email": "dee@example.org", "password": "x" * (LONGEST + 1)},
]


@both_kinds
def test_malformed_forms_are_refused(client: FlaskClient) -> None:
    token = csrf_token(client.get("/sign-in"))

    for form in MALFORMED:
        answer = client.post("/sign-in", data={"csrf_token": token} | form)

        assert answer.status_code == 400, form


@both_kinds
@pytest.mark.usefixtures("cast")
def test_odd_passwords_are_only_wrong(client: FlaskClient) -> None:
    token = csrf_token(client.get("/sign-in")).encode()

    for number, odd in enumerate(["\x00", "😭" * 200, "' OR 1=1 --", "%00", "\u202e"]):
        email = b"dee" + b"+" * number
        body = b"csrf_token=%s&email=%s&password=%s" % (token, email, odd.encode())

        answer = client.post("/sign-in", data=body, content_type=CONTENT_TYPE)

        assert answer.status_code == 403, odd


def test_bytes_that_are_no_text_are_a_malformed_form(client: FlaskClient) -> None:
    body = b"csrf_token=" + csrf_token(client.get("/sign-in")).encode()
    body += b"&email=dee%40example.org&password=\xed\xa0\x80\xff"

    assert client.post("/sign-in", data=body, content_type=CONTENT_TYPE).status_code == 400


def test_a_form_without_its_token_is_refused(client: FlaskClient, cast: Cast) -> None:
    typed = {"email": cast.dee.email, "password": PASSWORD}

    assert client.post("/sign-in", data=typed).status_code == 400
    assert client.post("/sign-in", data=typed | {"csrf_token": "forged"}).status_code == 400


def test_cookies_over_https_are_for_this_host_alone(make_service: MakeService) -> None:
    client = create_app(make_service(public_url="https://texts.example.org")).test_client()

    cookie = client.get("/sign-in").headers["Set-Cookie"]

    name, *flags = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_cookies_on_this_machine_are_plain(client: FlaskClient) -> None:
    name, *flags = client.get("/sign-in").headers["Set-Cookie"].split("; ")

    assert name.startswith("session=")
    assert set(flags) == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_passwords_are_hashed_with_argon2id() -> None:
    parameters = extract_parameters(hash_password(PASSWORD))

    assert parameters.type is Type.ID
    assert (parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (2, 19456, 1)
    assert hash_password(PASSWORD) != hash_password(PASSWORD)
    assert is_password(hash_password(PASSWORD), PASSWORD)
    assert not is_password(hash_password(PASSWORD), PASSWORD + " ")


@pytest.mark.parametrize("broken", ["", "-", "no-hash", "$argon2id$v=19$m=8,t=1,p=1$"])
def test_a_hash_that_is_none_lets_nobody_in(broken: str) -> None:
    assert not is_password(broken, "")
    assert not is_password(broken, broken)


def test_made_passwords_cannot_be_guessed() -> None:
    made = {new_password() for _ in range(200)}
    signs = set("".join(made)) - {"-"}

    assert len(made) == 200
    assert BITS >= 100
    assert len(signs) == 32
    assert {len(each.replace("-", "")) * 5 for each in made} == {BITS}
