"""The settings make the lines: text messages always, WhatsApp where it has a sender."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.channels import Channel, Outbound, Provider
from bot.channels.configured import configured
from bot.settings import Settings
from storage.database import Database
from storage.encryption import Vault
from storage.keys import KeyFile, KeyStore
from tests.fakes.twilio_numbers import MessagingService, Template, WhatsAppSender
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OUR_NUMBER,
    PHONE,
    SERVICE_SID,
    TEMPLATE_SID,
    WHATSAPP_NUMBER,
)

SITE = "https://line.example.org"
HELLO = "Hi, it's the Orchard Line. Is now a good time to text here? Reply YES, LATER or NO."
MakeLines = Callable[..., dict[str, Channel]]


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        server.withhold = True
        server.account.services.append(MessagingService())
        server.account.templates.append(Template(HELLO))
        server.account.whatsapp.append(WhatsAppSender())
        server.account.point_at(SITE)
        yield server


@pytest.fixture
def lines(twilio: TwilioServer, tmp_path: Path) -> Iterator[MakeLines]:
    """Makes the channels of a live service with these settings."""
    database = Database(f"sqlite:///{tmp_path / 'nothing.sqlite'}")
    keys = KeyFile.create(tmp_path / "keys.json")
    vault = Vault(keys, KeyStore(database, keys))

    def make(**more: object) -> dict[str, Channel]:
        given: dict[str, object] = {
            "demo_folder": None,
            "public_url": SITE,
            "service_name": "the Orchard Line",
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": AUTH_TOKEN,
            "twilio_sms_from": OUR_NUMBER,
            "twilio_api_url": twilio.url,
            "telegram_bot_token": None,
        }
        return dict(configured(Settings(**given | more), database, vault))  # type: ignore[arg-type]

    yield make
    database.close()


def test_without_an_account_there_is_no_line(lines: MakeLines) -> None:
    assert lines(twilio_account_sid=None, twilio_whatsapp_from=WHATSAPP_NUMBER) == {}


def test_whatsapp_comes_with_its_sender(lines: MakeLines, twilio: TwilioServer) -> None:
    assert set(lines()) == {"sms"}
    made = lines(twilio_whatsapp_from=WHATSAPP_NUMBER)
    assert set(made) == {"sms", "whatsapp"}

    for name in ("sms", "whatsapp"):
        made[name].send(Outbound(PHONE, "Hi", uuid4()))

    assert [(each.from_, each.to) for each in twilio.messages] == [
        (OUR_NUMBER, PHONE),
        (f"whatsapp:{WHATSAPP_NUMBER}", f"whatsapp:{PHONE}"),
    ]
    assert all(each.asked["StatusCallback"].startswith(SITE) for each in twilio.messages)


def test_service_template_and_what_the_operator_says_are_handed_on(
    lines: MakeLines, twilio: TwilioServer
) -> None:
    made = lines(
        twilio_whatsapp_from=WHATSAPP_NUMBER,
        twilio_messaging_service_sid=SERVICE_SID,
        twilio_whatsapp_template_sid=TEMPLATE_SID,
        twilio_advanced_opt_out=True,
    )
    for name in ("sms", "whatsapp"):
        line = made[name]
        assert isinstance(line, Provider)
        found = {each.code: each for each in line.check()}
        assert {each.state for code, each in found.items() if code != "opt_out"} == {"ok"}
        assert name == "whatsapp" or found["opt_out"].state == "unknown"

    made["whatsapp"].send(Outbound(PHONE, HELLO, uuid4(), template=True))

    assert twilio.sent[0].asked["ContentSid"] == TEMPLATE_SID
    assert twilio.sent[0].asked["MessagingServiceSid"] == SERVICE_SID
