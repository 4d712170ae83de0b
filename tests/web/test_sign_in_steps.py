"""A password alone opens nothing: apps that show codes, recovery codes, and the way to them."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from bot.clock import SetClock
from bot.service import Service
from bot.settings import SettingsUnsafe, require_safe
from storage.staff import CODE_WINDOW, CODES_FOR_ACCOUNT
from storage.tables import AuditEntry, OneTimeKey, RecoveryCode
from tests.storage.everything import contents
from tests.web.cast import PASSWORD, Cast, csrf_token, gather, sign_in, try_to_sign_in
from tests.web.conftest import MakeService, both_kinds
from tests.web.factors import begin_app, code_at, post, recovery_codes, set_up_app
from tests.web.test_access import FOR_ROLES, ask
from web.app import create_app

HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def service(make_service: MakeService) -> Service:
    return make_service(second_factor="required")


def second_step(client: FlaskClient, cast: Cast, code: str) -> int:
    """The password, then this code: the answer's status."""
    assert try_to_sign_in(client, cast.dee.email, PASSWORD).location == "/sign-in/second"
    return post(client, "/sign-in/second/code", code=code).status_code


@both_kinds
def test_the_first_sign_in_leads_through_an_app_to_the_page_asked_for(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    assert try_to_sign_in(client, cast.dee.email, PASSWORD, next="/tasks").location == "/set-up"
    secret = begin_app(client)
    wrong = post(client, "/set-up/app/code", code="000000")

    assert wrong.status_code == 403
    assert secret in wrong.text.replace(" ", "")
    done = post(client, "/set-up/app/code", code=code_at(secret, clock.machine_now()))
    assert done.location == "/account/codes"
    assert 'href="/tasks"' in client.get("/account/codes").text
    assert client.get("/inbox").status_code == 200


def test_a_password_alone_opens_no_page(app: Flask, clock: SetClock, cast: Cast) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    new, known = app.test_client(), app.test_client()
    for person in (cast.dee, cast.ade, cast.mo, cast.ada):
        try_to_sign_in(new, person.email, PASSWORD)
        for method, path, _ in FOR_ROLES:
            answer = ask(new, method, path)
            if path.endswith("/live"):
                assert answer.status_code == 401, path
            else:
                assert answer.location == "/set-up", path
        assert new.get("/sign-in/second").location == "/set-up"
    app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    set_up_app(known, cast.dee, clock.machine_now())
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    try_to_sign_in(new, cast.dee.email, PASSWORD)

    for method, path, _ in FOR_ROLES:
        if not path.endswith("/live"):
            assert ask(new, method, path).location == "/sign-in/second", path
    # Whoever only knows the password must not be able to bring a second factor of their own.
    for path in ("", "/app", "/app/code", "/passkey", "/passkey/options"):
        for method in ("GET", "POST"):
            answer = new.open(f"/set-up{path}", method=method)
            assert answer.status_code == 405 or answer.location == "/sign-in/second", path


def test_nobody_on_the_way_sees_a_name_or_a_menu(client: FlaskClient, cast: Cast) -> None:
    try_to_sign_in(client, cast.dee.email, PASSWORD)

    page = client.get("/set-up").text

    assert cast.dee.name not in page
    assert "moj-sub-navigation" not in page


def test_the_second_step_waits_ten_minutes(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    try_to_sign_in(client, cast.dee.email, PASSWORD)
    clock.move(timedelta(minutes=10))
    assert client.get("/set-up").status_code == 200

    clock.move(timedelta(seconds=1))

    assert client.get("/set-up").location.startswith("/sign-in")


@both_kinds
def test_a_code_lets_in_once(app: Flask, client: FlaskClient, clock: SetClock, cast: Cast) -> None:
    secret = set_up_app(client, cast.dee, clock.machine_now())
    first = code_at(secret, clock.machine_now())
    # The code that set the app up is used up.
    assert second_step(app.test_client(), cast, first) == 403
    clock.move(HALF_MINUTE)
    code = code_at(secret, clock.machine_now())

    assert second_step(app.test_client(), cast, f" {code[:3]} {code[3:]} ") == 303
    assert second_step(app.test_client(), cast, code) == 403
    # Nor one from before it, though the clock would still allow that.
    assert second_step(app.test_client(), cast, first) == 403


def test_a_clock_may_be_half_a_minute_wrong_and_no_more(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    secret = set_up_app(client, cast.dee, clock.machine_now())
    clock.move(timedelta(minutes=10))
    now = clock.machine_now()

    assert second_step(app.test_client(), cast, code_at(secret, now - 2 * HALF_MINUTE)) == 403
    assert second_step(app.test_client(), cast, code_at(secret, now + 2 * HALF_MINUTE)) == 403
    assert second_step(app.test_client(), cast, code_at(secret, now - HALF_MINUTE)) == 303
    assert second_step(app.test_client(), cast, code_at(secret, now + HALF_MINUTE)) == 303


@both_kinds
def test_one_code_that_comes_sixteen_times_at_once_lets_in_once(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    secret = set_up_app(client, cast.dee, clock.machine_now())
    clock.move(HALF_MINUTE)
    code = code_at(secret, clock.machine_now())
    browsers = [app.test_client() for _ in range(8)]
    for number, browser in enumerate(browsers):
        # From addresses of their own, or the throttle would let only some be looked at.
        browser.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        try_to_sign_in(browser, cast.dee.email, PASSWORD)

    def enter(browser: FlaskClient) -> int:
        return browser.post("/sign-in/second/code", data={"code": code}).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(enter, browsers))

    assert statuses == [303] + [403] * 7


def test_codes_are_guessed_five_times_a_minute(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    secret = set_up_app(client, cast.dee, clock.machine_now())
    clock.move(HALF_MINUTE)
    code = code_at(secret, clock.machine_now())
    guesser, elsewhere = app.test_client(), app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    try_to_sign_in(guesser, cast.dee.email, PASSWORD)

    guesses = [post(guesser, "/sign-in/second/code", code="000000") for _ in range(5)]

    assert [each.status_code for each in guesses] == [403] * 5
    assert post(guesser, "/sign-in/second/code", code=code).status_code == 429
    assert second_step(elsewhere, cast, code) == 303


def test_codes_cannot_be_guessed_from_a_thousand_addresses(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    secret = set_up_app(client, cast.dee, clock.machine_now())
    codes = recovery_codes(client)
    clock.move(HALF_MINUTE)
    guesser = app.test_client()
    try_to_sign_in(guesser, cast.dee.email, PASSWORD)
    for number in range(CODES_FOR_ACCOUNT):
        guesser.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        answer = guesser.post("/sign-in/second/code", data={"code": "000000"})
        assert answer.status_code == 403

    assert second_step(app.test_client(), cast, code_at(secret, clock.machine_now())) == 403
    assert second_step(app.test_client(), cast, codes[0]) == 303
    clock.move(CODE_WINDOW)
    assert second_step(app.test_client(), cast, code_at(secret, clock.machine_now())) == 303


def test_wrong_used_and_malformed_codes_are_answered_alike(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    secret = set_up_app(client, cast.dee, clock.machine_now())
    used = code_at(secret, clock.machine_now())
    browser = app.test_client()
    try_to_sign_in(browser, cast.dee.email, PASSWORD)

    answers = {
        re.sub(r'value="[^"]+"', "", post(browser, "/sign-in/second/code", code=code).text)
        for code in (used, "000000", "", "ａｂｃ", "abcd-abcd-abcd-abcd")
    }

    assert len(answers) == 1
    assert post(browser, "/sign-in/second/code").status_code == 400
    assert post(browser, "/sign-in/second/code", code="1" * 65).status_code == 400


@both_kinds
def test_recovery_codes_are_shown_once_and_used_once(
    app: Flask, client: FlaskClient, service: Service, clock: SetClock, cast: Cast
) -> None:
    set_up_app(client, cast.dee, clock.machine_now())
    codes = recovery_codes(client)

    assert len(set(codes)) == 10
    assert not set(codes) & set(client.get("/account/codes").text.split())
    assert second_step(app.test_client(), cast, codes[0].upper().replace("-", " ")) == 303
    assert second_step(app.test_client(), cast, codes[0]) == 403
    assert "You have 9 left" in client.get("/account").text
    clock.move(timedelta(minutes=1))
    again = recovery_codes(client)
    assert second_step(app.test_client(), cast, codes[1]) == 403
    assert second_step(app.test_client(), cast, again[1]) == 303
    with service.database.read() as session:
        actions = [each.action for each in session.exec(select(AuditEntry))]
    assert actions.count("used a recovery code") == 2


def test_codes_of_one_person_are_wrong_for_another(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    ade = app.test_client()
    set_up_app(client, cast.dee, clock.machine_now())
    secret = set_up_app(ade, cast.ade, clock.machine_now())
    codes = recovery_codes(ade)
    clock.move(HALF_MINUTE)

    assert second_step(app.test_client(), cast, code_at(secret, clock.machine_now())) == 403
    assert second_step(app.test_client(), cast, codes[0]) == 403


def test_nothing_in_the_database_makes_codes(
    client: FlaskClient, service: Service, clock: SetClock, cast: Cast
) -> None:
    secret = set_up_app(client, cast.dee, clock.machine_now())
    codes = recovery_codes(client)

    kept = str(contents(service.database))

    assert secret not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    with service.database.read() as session:
        assert session.exec(select(OneTimeKey)).one().confirmed_at is not None
        assert len(session.exec(select(RecoveryCode)).all()) == 10


def test_another_app_takes_over_only_with_its_first_code(
    app: Flask, client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    old = set_up_app(client, cast.dee, clock.machine_now())
    recovery_codes(client)
    new = begin_app(client)
    clock.move(HALF_MINUTE)
    now = clock.machine_now()

    assert second_step(app.test_client(), cast, code_at(new, now)) == 403
    assert second_step(app.test_client(), cast, code_at(old, now)) == 303
    assert post(client, "/set-up/app/code", code=code_at(new, now)).location == "/account"
    clock.move(HALF_MINUTE)
    now = clock.machine_now()
    assert second_step(app.test_client(), cast, code_at(old, now)) == 403
    assert second_step(app.test_client(), cast, code_at(new, now)) == 303


def test_the_only_second_factor_stays(client: FlaskClient, clock: SetClock, cast: Cast) -> None:
    set_up_app(client, cast.dee, clock.machine_now())

    post(client, "/account/app/remove")

    page = client.get("/account").text
    assert "This is your only second factor" in page
    assert "Your app is set up." in page


def test_the_demo_lets_in_with_a_password_and_asks_whoever_set_up_more(
    make_service: MakeService, clock: SetClock
) -> None:
    service = make_service(demo=True, second_factor=None)
    app, cast = create_app(service), gather(service)
    client = app.test_client()

    assert sign_in(client, cast.dee).location == "/inbox"
    secret = begin_app(client)
    other = app.test_client()
    sign_in(other, cast.dee)
    post(client, "/set-up/app/code", code=code_at(secret, clock.machine_now()))
    assert client.get("/inbox").status_code == 200
    # Whoever was in with the password alone is asked at the next page.
    assert other.get("/inbox").location == "/sign-in/second"
    assert try_to_sign_in(other, cast.dee.email, PASSWORD).location == "/sign-in/second"


def test_only_the_demo_does_without(make_service: MakeService) -> None:
    assert make_service(second_factor=None).settings.needs_second_factor
    require_safe(make_service(second_factor="required").settings)
    with pytest.raises(SettingsUnsafe, match="SECOND_FACTOR"):
        require_safe(make_service(second_factor="optional").settings)


def test_forms_of_the_second_step_need_their_token(client: FlaskClient, cast: Cast) -> None:
    try_to_sign_in(client, cast.dee.email, PASSWORD)

    assert client.post("/set-up/app").status_code == 400
    assert client.get("/set-up/app").status_code == 200
    assert csrf_token(client.get("/set-up"))
