"""A line by Telegram inside one process: the fake, the webhook or the fetching, and the worker."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from flask.testing import FlaskClient

from bot.channels.telegram import Telegram, name_of_chat
from bot.channels.telegram_flood import Flood
from bot.clock import SetClock
from bot.service import Service
from bot.telegram_polling import poll_once
from bot.worker import step
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import CHAT, SECRET, TOKEN
from web.app import create_app


def told(update: dict[str, Any]) -> bytes:
    """An update as Telegram posts it."""
    return json.dumps(update).encode()


def with_telegram(service: Service, server: TelegramServer, clock: SetClock) -> Service:
    """The service with a bot on this server; its flood limits live by the test's clock."""
    telegram = Telegram(
        TOKEN,
        site=service.settings.site,
        name_chat=name_of_chat(service.vault),
        api_url=server.url,
        flood=Flood(lambda: clock.machine_now().timestamp()),
    )
    return replace(service, channels={**service.channels, telegram.name: telegram})


@dataclass
class Line:
    """A young person's chat with the bot; Telegram's clock is the test's."""

    service: Service
    server: TelegramServer
    clock: SetClock
    how: Literal["webhook", "polling"]
    chat: int = CHAT

    def __post_init__(self) -> None:
        self.server.clock = lambda: self.clock.machine_now().timestamp()

    @property
    def heard(self) -> list[str]:
        return [each.text for each in self.server.sent if each.chat == str(self.chat)]

    def write(self, words: str) -> list[str]:
        """Write, and give what the bot answers."""
        self.server.write(words, self.chat)
        return self._answer()

    def press(self, label: str) -> list[str]:
        """Press the newest button of this name, and give what the bot answers."""
        self.server.press(label, self.chat)
        return self._answer()

    def _answer(self) -> list[str]:
        before = len(self.heard)
        self.fetch()
        for _ in range(15):
            while step(self.service, "worker"):
                continue
            self.clock.move(timedelta(seconds=5))
        return self.heard[before:]

    def fetch(self) -> None:
        """What waits at Telegram comes in."""
        if self.how == "polling":
            poll_once(self.service, 0)
            return
        client = create_app(self.service).test_client()
        for update in self.server.waiting():
            answer = _post(client, update)
            assert answer == 200
            self.server.forget(update["update_id"] + 1)


def _post(client: FlaskClient, update: dict[str, Any]) -> int:
    return client.post(
        "/webhooks/telegram",
        data=told(update),
        headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
    ).status_code
