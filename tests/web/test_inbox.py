"""The list of escalations: most urgent first, and nothing that a passer-by may not see."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.escalations import Outcome, acknowledge, close, record_outcome
from bot.service import Service
from storage.tables import Staff
from tests.web.cast import AMINA_NUMBER, Cast, sign_in, text
from tests.web.duty import DANGER, OUTCOME, VIOLENCE, make_contact, only_escalation, words_of

SignedIn = Callable[[Staff], FlaskClient]


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    def sign_in_as(person: Staff) -> FlaskClient:
        client = app.test_client()
        sign_in(client, person)
        return client

    return sign_in_as


def test_an_empty_inbox_says_so_kindly(signed_in: SignedIn, cast: Cast) -> None:
    page = words_of(signed_in(cast.dee).get("/inbox").text)

    assert "Nothing is waiting" in page
    assert "You can leave this page open" in page


def test_a_disclosure_is_listed_in_plain_words(
    signed_in: SignedIn, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)

    page = words_of(signed_in(cast.dee).get("/inbox").text)

    for wanted in ("P1 now", "In danger now", "Nobody has acknowledged", "Waiting since", "16:00"):
        assert wanted in page


@pytest.mark.parametrize("role", ["duty_worker", "manager"])
def test_a_list_holds_no_words_no_name_and_no_number(
    signed_in: SignedIn, client: FlaskClient, service: Service, cast: Cast, role: str
) -> None:
    text(client, service, DANGER)
    reader = signed_in(cast.in_role(role))

    for page in (reader.get("/inbox").text, reader.get("/inbox/live").text):
        for secret in ("window", "knife", "Amina", "Yusuf", AMINA_NUMBER, AMINA_NUMBER[3:]):
            assert secret not in page


def test_the_most_urgent_comes_first_and_what_waits_before_what_somebody_acts_on(
    signed_in: SignedIn, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)
    acknowledge(service, only_escalation(service), cast.dee)
    text(client, service, VIOLENCE, sender="+447700900111")
    text(client, service, DANGER, sender="+447700900112")

    page = words_of(signed_in(cast.dee).get("/inbox").text)

    assert "3 open, 2 not acknowledged" in page
    assert page.index("P1 now") < page.index("P2 same day") < page.index("Dee Okafor is acting")


def test_unsafe_contact_and_an_empty_desk_are_said_in_the_list(
    signed_in: SignedIn, client: FlaskClient, service: Service, cast: Cast
) -> None:
    with service.database.write() as session:
        dee = session.merge(cast.dee)
        dee.phone_sealed = None
        session.add(dee)
    make_contact(service, cast, "guarded")
    text(client, service, DANGER)

    page = words_of(signed_in(cast.dee).get("/inbox").text)

    assert "Contact not safe" in page
    assert "Nobody could be alerted" in page


def test_a_closed_escalation_lies_folded_away_below(
    signed_in: SignedIn, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)
    found = only_escalation(service)
    acknowledge(service, found, cast.dee)
    record_outcome(service, found, cast.dee, Outcome(**OUTCOME))
    close(service, found, cast.dee)

    page = signed_in(cast.dee).get("/inbox").text

    assert "Nothing is waiting" in page
    assert "Recently closed (1)" in page
    assert page.index("<details") < page.index(str(found))
    assert "knife" not in page


def test_a_manager_sees_the_list_without_a_way_in(
    signed_in: SignedIn, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, DANGER)
    manager = signed_in(cast.mo)

    assert "/escalations/" not in manager.get("/inbox").text
    assert manager.get(f"/escalations/{only_escalation(service)}").status_code == 403
