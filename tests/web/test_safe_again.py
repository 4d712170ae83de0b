"""The form by which a person says that a phone is safe again."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.service import Service
from storage import people
from tests.web.cast import Cast, csrf_token, sign_in
from tests.web.duty import make_contact, words_of

BUTTON = "Mark the phone as safe"
REASON = "Rang her at school, she was alone"


@pytest.fixture
def advocate(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.ade)
    return client


@pytest.fixture
def address(cast: Cast) -> str:
    return f"/interviews/{cast.amina.interview_id}"


def contact(service: Service, cast: Cast) -> str:
    with service.database.read() as session:
        return people.conversation_of(session, cast.amina.young_person_id).contact


def test_the_form_is_there_only_while_contact_is_not_safe(
    advocate: FlaskClient, service: Service, cast: Cast, address: str
) -> None:
    for state in ("open", "unverified"):
        make_contact(service, cast, state)
        assert BUTTON not in advocate.get(address).text
        assert "Contact not safe" not in words_of(advocate.get("/interviews").text)

    make_contact(service, cast, "guarded")

    page = advocate.get(address).text
    _, form = page.split(f'action="{address}/safe-again"')
    assert 'name="csrf_token"' in form[: form.index("</form>")]
    assert BUTTON in form[: form.index("</form>")]
    assert "Contact not safe" in words_of(advocate.get("/interviews").text)


def test_an_advocate_marks_it_and_is_told_so(
    advocate: FlaskClient, service: Service, cast: Cast, address: str
) -> None:
    make_contact(service, cast, "guarded")
    form = {"csrf_token": csrf_token(advocate.get(address)), "reason": REASON, "confirmed": "yes"}

    page = advocate.post(f"{address}/safe-again", data=form, follow_redirects=True).text

    assert "The phone is marked as safe." in page
    assert BUTTON not in page
    assert contact(service, cast) == "unverified"  # nobody has confirmed the number with her


@pytest.mark.parametrize("missing", ["reason", "confirmed"])
def test_without_a_reason_or_a_word_with_them_nothing_changes(
    advocate: FlaskClient, service: Service, cast: Cast, address: str, missing: str
) -> None:
    make_contact(service, cast, "guarded")
    form = {"csrf_token": csrf_token(advocate.get(address)), "reason": REASON, "confirmed": "yes"}
    del form[missing]

    page = advocate.post(f"{address}/safe-again", data=form, follow_redirects=True).text

    assert "Not done" in page
    assert contact(service, cast) == "guarded"


def test_without_the_token_of_a_form_nothing_changes(
    advocate: FlaskClient, service: Service, cast: Cast, address: str
) -> None:
    make_contact(service, cast, "guarded")

    answer = advocate.post(f"{address}/safe-again", data={"reason": REASON, "confirmed": "yes"})

    assert answer.status_code == 400
    assert contact(service, cast) == "guarded"


def test_a_manager_who_reads_no_words_does_it_from_the_list(
    app: Flask, service: Service, cast: Cast, address: str
) -> None:
    manager = app.test_client()
    sign_in(manager, cast.mo)
    assert BUTTON not in manager.get("/interviews").text
    make_contact(service, cast, "guarded")
    page = manager.get("/interviews")
    assert BUTTON in page.text
    form = {"csrf_token": csrf_token(page), "reason": REASON, "confirmed": "yes"}

    done = manager.post(f"{address}/safe-again", data=form, follow_redirects=True)

    assert done.status_code == 200
    assert "The phone is marked as safe." in done.text
    assert contact(service, cast) == "unverified"
