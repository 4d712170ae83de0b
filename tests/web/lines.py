"""A young person's phone on each of the three channels, in one process, at the providers' fakes.

Everything between is real: the webhooks, the turns, the outbox, and each provider's own client.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from flask.testing import FlaskClient
from sqlmodel import col, select

from bot.addresses import enter_contact
from bot.binding import new_link
from bot.channels.telegram import Telegram, name_of_chat
from bot.channels.telegram_flood import Flood
from bot.channels.twilio import Twilio
from bot.clock import SetClock
from bot.deliver import deliver_due
from bot.service import Service
from bot.worker import step
from storage.messages import body_of
from storage.outbox import LIVE
from storage.people import young_person
from storage.person_details import Details, save_details
from storage.tables import Message, OutboxEntry
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import CHAT, SECRET, TOKEN
from tests.fakes.twilio_requests import post
from tests.fakes.twilio_server import Message as Listed
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    MESSAGE_PATH,
    OUR_NUMBER,
    WHATSAPP_NUMBER,
    sign,
    status_form,
    text_form,
)
from tests.web.cast import AMINA_NUMBER, Cast
from tests.web.telegram_line import told
from web.app import create_app

Name = Literal["sms", "whatsapp", "telegram"]
TIMEOUTS_S = (1.0, 1.0)
AT_MOST = timedelta(minutes=45)
"""No storm of these tests lasts longer; a question waits until it is over."""


@dataclass
class Fakes:
    """Both providers; what they have they have by the clock of the test."""

    twilio: TwilioServer
    telegram: TelegramServer
    clock: SetClock

    def __post_init__(self) -> None:
        self.twilio.on_accepted = self._date
        self.telegram.clock = lambda: self.clock.machine_now().timestamp()

    def _date(self, message: Listed) -> None:
        message.created = self.clock.machine_now()

    def join(self, service: Service) -> Service:
        """The service with three real channels that reach these fakes."""
        site = service.settings.site
        line = {"site": site, "api_url": self.twilio.url, "timeouts_s": TIMEOUTS_S}
        channels = (
            Twilio("sms", ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, **line),  # type: ignore[arg-type]
            Twilio("whatsapp", ACCOUNT_SID, AUTH_TOKEN, WHATSAPP_NUMBER, **line),  # type: ignore[arg-type]
            Telegram(
                TOKEN,
                site=site,
                name_chat=name_of_chat(service.vault),
                api_url=self.telegram.url,
                flood=Flood(lambda: self.clock.machine_now().timestamp()),
                timeouts_s=TIMEOUTS_S,
            ),
        )
        return replace(service, channels={each.name: each for each in channels})


@dataclass
class Phone:
    """Amina's phone on one channel. ``posts`` holds what came in, to come once more."""

    name: Name
    service: Service
    fakes: Fakes
    posts: list[Callable[[], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client: FlaskClient = create_app(self.service).test_client()

    @property
    def heard(self) -> list[str]:
        if self.name == "telegram":
            return [each.text for each in self.fakes.telegram.sent if each.chat == str(CHAT)]
        return [each.body for each in self.fakes.twilio.sent if each.to == self.address]

    @property
    def address(self) -> str:
        return f"whatsapp:{AMINA_NUMBER}" if self.name == "whatsapp" else AMINA_NUMBER

    def begin(self, cast: Cast) -> list[str]:
        """Her first message, on a channel where a worker knows that it is she."""
        child = cast.amina.young_person_id
        self._born(child)
        if self.name == "telegram":
            link = new_link(self.service, child, cast.ade)
            return self.write(f"/start {link.partition('=')[2]}")
        if self.name == "whatsapp":
            enter_contact(self.service, child, "whatsapp", AMINA_NUMBER, "command", cast.ade)
        return self.write("hello")

    def _born(self, child: UUID) -> None:
        """WhatsApp is for those who are known to be old enough."""
        vault = self.service.vault
        with self.service.database.write() as session:
            details = Details(born_on=date(2011, 5, 30))
            save_details(session, vault, young_person(session, child), details)

    def write(self, words: str) -> list[str]:
        """Write, wait for the whole answer, and give it."""
        before = len(self.heard)
        self.posts.append(
            self._on_telegram(words) if self.name == "telegram" else self._at_twilio(words)
        )
        assert self.posts[-1]() == 200
        self.settle()
        return self.heard[before:]

    def again(self, chance: Random) -> None:
        """Something that came before comes once more, up to three times."""
        for each in chance.choices(self.posts, k=chance.randint(0, 3)):
            assert each() == 200

    def settle(self) -> None:
        """Until what was written is answered and every answer has left."""
        clock = self.fakes.clock
        until = clock.machine_now() + AT_MOST
        clock.move(timedelta(seconds=20))
        while step(self.service, "worker"):
            continue
        while self._waits():
            assert clock.machine_now() < until, "it never left"
            clock.move(timedelta(seconds=7))
            deliver_due(self.service, "worker")

    def report(self, chance: Random) -> None:
        """Twilio says of each message of ours what became of it, out of order and in part."""
        for message in self.fakes.twilio.sent:
            for status in chance.sample(["queued", "sent", "delivered"], 2):
                form = status_form(message.sid, message.to, message.from_, status)
                path = message.asked["StatusCallback"].removeprefix(self.service.settings.site)
                assert self._post(path, form) == 204

    def _at_twilio(self, words: str) -> Callable[[], int]:
        to = f"whatsapp:{WHATSAPP_NUMBER}" if self.name == "whatsapp" else OUR_NUMBER
        form = text_form(Body=words, From=self.address, To=to)
        return lambda: self._post(MESSAGE_PATH, form)

    def _post(self, path: str, form: dict[str, str]) -> int:
        signature = sign(self.service.settings.site + path, form)
        return post(self.client, path, urlencode(form).encode(), signature).status_code

    def _on_telegram(self, words: str) -> Callable[[], int]:
        raw = told(self.fakes.telegram.write(words))
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        return lambda: self.client.post("/webhooks/telegram", data=raw, headers=headers).status_code

    def _waits(self) -> bool:
        with self.service.database.read() as session:
            return (
                session.exec(select(OutboxEntry).where(col(OutboxEntry.state).in_(LIVE))).first()
                is not None
            )


def kept(service: Service, direction: str) -> Sequence[str]:
    """Every text that came in, or went out, in order."""
    with service.database.read() as session:
        statement = select(Message).where(Message.direction == direction)
        return [
            body_of(service.vault, each)
            for each in session.exec(statement.order_by(col(Message.seq)))
        ]
