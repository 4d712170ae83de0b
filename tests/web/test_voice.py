"""What somebody who rings the number hears, and what comes of it."""

from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from bot.invitations import NewEpisode, enter_episode
from bot.service import Service
from storage import alarms
from storage.tables import Escalation, EscalationEvent, HumanTask, Message
from tests.engines import break_database
from tests.fakes.twilio_requests import PATHS, post, sign_body
from tests.fakes.twilio_texts import ACCOUNT_SID, OUR_NUMBER
from tests.web.cast import AMINA_NUMBER, NOW, text
from tests.web.conftest import MakeService, both_kinds
from tests.web.test_webhooks import CANARY
from web.app import create_app

SID = "CA" + "0123456789abcdef" * 2
SAID = (
    "Hi, it's the Listen Line. I'm a computer. No one can talk on this number, but you can text "
    "it. In danger call 9 9 9."
)
OFFER = "If you want someone to call you, press 1."
AGAIN = "Thanks. I've asked for someone to call you. I can't say when. In danger call 9 9 9."
END = "Sorry, I didn't get that. You can text this number. In danger call 9 9 9."


def ring(
    client: FlaskClient, service: Service, sender: str = AMINA_NUMBER, **fields: str
) -> TestResponse:
    path = PATHS["key" if "Digits" in fields else "call"]
    form = {"AccountSid": ACCOUNT_SID, "CallSid": SID, "From": sender, "To": OUR_NUMBER} | fields
    body = urlencode(form).encode()
    return post(client, path, body, sign_body(service.settings.site + path, body))


def heard(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/xml")
    read = ElementTree.fromstring(answer.text)  # noqa: S314 - we wrote it ourselves
    assert read[-1].tag == "Hangup"
    return [each.text or "" for each in read.iter("Say")]


def tasks(service: Service) -> list[str]:
    with service.database.read() as session:
        return sorted(each.kind for each in session.exec(select(HumanTask)).all())


def rows(service: Service, table: Any) -> list[Any]:
    with service.database.read() as session:
        return [*session.exec(select(table)).all()]


@both_kinds
@pytest.mark.usefixtures("cast")
def test_a_call_is_answered_and_somebody_calls_back(client: FlaskClient, service: Service) -> None:
    answer = ring(client, service)

    assert heard(answer) == [SAID, OFFER]
    assert f'action="{service.settings.site}/webhooks/twilio/voice/key"' in answer.text
    assert tasks(service) == ["call_back"]
    assert rows(service, Escalation) == []


@both_kinds
@pytest.mark.usefixtures("cast")
def test_one_key_asks_for_a_call_however_often_it_is_pressed(
    client: FlaskClient, service: Service
) -> None:
    ring(client, service)

    for _ in range(3):
        assert heard(ring(client, service, Digits="1")) == [AGAIN]

    assert tasks(service) == ["call_back", "call_wanted"]
    assert len(rows(service, Message)) == 1


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("digits", ["", "2", "0", "11", "#"])
def test_another_key_asks_for_nothing(client: FlaskClient, service: Service, digits: str) -> None:
    assert heard(ring(client, service, Digits=digits)) == [END]

    assert tasks(service) == ["call_back"]


@pytest.mark.usefixtures("cast")
def test_a_call_while_a_disclosure_is_open_is_pressing(
    client: FlaskClient, service: Service
) -> None:
    text(client, service, "my dad hits me with a belt")
    before = len(rows(service, EscalationEvent))

    assert heard(ring(client, service)) == [SAID, OFFER]

    assert len(rows(service, EscalationEvent)) > before > 0


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("sender", ["", "anonymous", "+266696687"])
def test_a_caller_without_a_number_hears_it_and_is_offered_nothing(
    client: FlaskClient, service: Service, sender: str
) -> None:
    assert heard(ring(client, service, sender)) == [SAID]
    assert heard(ring(client, service, sender, Digits="1")) == [END]

    assert tasks(service) == ["call_back"]


def test_a_stranger_hears_the_same(client: FlaskClient, service: Service) -> None:
    assert heard(ring(client, service, "+447700900155")) == [SAID, OFFER]
    assert tasks(service) == ["call_back"]


def test_a_young_person_hears_their_language_and_english_until_it_is_reviewed(
    make_service: MakeService,
) -> None:
    service = make_service(nation="wales")
    client = create_app(service).test_client()
    gwen = NewEpisode(name="Gwen", phone="+447700900188", returned_at=NOW, language="cy")
    enter_episode(service, gwen, "command")

    answer = ring(client, service, "+447700900188")

    welsh, english, *offers = heard(answer)
    assert welsh.startswith("Helo, the Listen Line sydd yma.")
    assert english == SAID
    assert offers == ["Os wyt ti eisiau i rywun dy ffonio, gwasga 1.", OFFER]
    assert answer.text.count('language="cy-GB"') == 2


def test_when_nothing_can_be_stored_a_caller_is_told_what_to_do(
    client: FlaskClient, service: Service
) -> None:
    break_database(service.database, CANARY)

    assert heard(ring(client, service)) == [SAID]
    assert heard(ring(client, service, Digits="1")) == [END]


def test_a_caller_is_told_what_to_do_when_the_request_cannot_be_read(
    client: FlaskClient, service: Service
) -> None:
    assert heard(ring(client, service, NewParameter="1")) == [SAID]
    assert heard(ring(client, service, NewParameter="1", Digits="1")) == [END]

    assert tasks(service) == []
    assert rows(service, Message) == []
    with service.database.read() as session:
        assert len(alarms.unreadable(session)) == 2


def test_whoever_is_not_twilio_hears_nothing(client: FlaskClient, service: Service) -> None:
    for path in (PATHS["call"], PATHS["key"]):
        answer = post(client, path, b"From=x", "x")

        assert answer.status_code == 403
        assert "<Say" not in answer.text
    assert tasks(service) == []
