"""Every shape of a genuine request is taken through the application, and kept byte for byte."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from bot.alarms import open_alarms
from bot.service import Service
from storage.contacts import address_index
from storage.messages import body_of, find_inbound, raw_of
from storage.tables import ContactAddress, HumanTask, Message, ProviderReport
from tests.fakes.twilio_requests import REFERENCE, Fixture, fixtures, post_fixture
from tests.fakes.twilio_texts import ACCOUNT_SID, PHONE
from tests.web.conftest import both_kinds


def channel_of(fixture: Fixture) -> str:
    return "whatsapp" if fixture.name.startswith("whatsapp") else "sms"


def kept(service: Service, channel: str, provider_id: str) -> tuple[Message, ContactAddress]:
    with service.database.read() as session:
        message = find_inbound(session, channel, ACCOUNT_SID, provider_id)
        assert message is not None
        return message, session.get_one(ContactAddress, message.contact_address_id)


def test_there_are_enough_shapes_and_each_has_a_name() -> None:
    assert len({each.name for each in fixtures()}) == len(fixtures()) >= 40
    assert len({each.body for each in fixtures()}) == len(fixtures())


@both_kinds
@pytest.mark.slow
def test_every_message_is_kept_as_it_came(client: FlaskClient, service: Service) -> None:
    for fixture in fixtures("message"):
        answer = post_fixture(client, service.settings.site, fixture)

        assert answer.status_code == 200, fixture.name
        assert answer.text.endswith("<Response></Response>"), fixture.name
        channel, expected = channel_of(fixture), fixture.expected
        message, contact = kept(service, channel, fixture.values["MessageSid"])
        sender = address_index(service.vault, expected.get("sender", PHONE))
        assert raw_of(service.vault, message) == fixture.body, fixture.name
        assert body_of(service.vault, message) == fixture.text, fixture.name
        assert (message.kind, message.media, message.exact, message.sent_at) == (
            expected.get("kind", "text"), expected.get("media", ""),
            expected.get("exact", True), None,
        ), fixture.name  # fmt: skip
        assert (contact.channel, contact.address_index) == (channel, sender), fixture.name
        assert contact.unreachable_at or not expected.get("opt_out"), fixture.name
    assert open_alarms(service) == []


@both_kinds
def test_every_report_is_kept(client: FlaskClient, service: Service) -> None:
    for fixture in fixtures("status"):
        assert post_fixture(client, service.settings.site, fixture).status_code == 204, fixture.name

    with service.database.read() as session:
        rows = session.exec(select(ProviderReport)).all()
    read = {row.provider_id: (row.channel, row.status, row.code, row.reference) for row in rows}
    assert read == {
        each.values["MessageSid"]: (
            each.expected["channel"], each.expected["status"], each.expected["code"], REFERENCE,
        )
        for each in fixtures("status")
    }  # fmt: skip


@both_kinds
def test_every_call_is_answered_and_kept(client: FlaskClient, service: Service) -> None:
    for fixture in fixtures("call"):
        answer = post_fixture(client, service.settings.site, fixture)

        assert answer.status_code == 200, fixture.name
        assert ("<Gather" in answer.text) == fixture.expected.get("can_be_called", True)
        message, contact = kept(service, "sms", fixture.values["CallSid"])
        assert raw_of(service.vault, message) == fixture.body, fixture.name
        assert message.media == "call", fixture.name
        sender = address_index(service.vault, fixture.expected["sender"])
        assert contact.address_index == sender, fixture.name


@pytest.mark.parametrize("fixture", fixtures("key"), ids=lambda each: each.name)
def test_every_key_is_answered(client: FlaskClient, service: Service, fixture: Fixture) -> None:
    assert post_fixture(client, service.settings.site, fixture).status_code == 200

    with service.database.read() as session:
        kinds = {task.kind for task in session.exec(select(HumanTask)).all()}
    assert ("call_wanted" in kinds) == fixture.expected["task"]
