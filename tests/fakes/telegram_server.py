"""Telegram's Bot API, on loopback: takes what a bot sends, and brings it what people write.

By hand: `python -m tests.fakes.telegram_server --port 4020 --public-url http://127.0.0.1:8080`,
with TELEGRAM_API_URL set to its address. Each line typed is a text; a line that is what a shown
button is called presses it.
"""

import json
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import click

from tests.fakes.telegram_handler import Fault, Handler
from tests.fakes.telegram_texts import (
    BOT,
    CHAT,
    SECRET,
    TOKEN,
    message_update,
    private_chat,
)

HELD_S = 24 * 3600.0
"""Telegram keeps an update for a day."""


@dataclass
class Message:
    """One message of the bot, as it stands in a chat."""

    chat: str
    text: str
    message_id: int
    asked: Mapping[str, str]
    date: int = field(default_factory=lambda: int(time.time()))

    @property
    def buttons(self) -> dict[str, str]:
        """What each button is called, and what pressing it says."""
        markup = json.loads(self.asked.get("reply_markup", "{}"))
        rows = markup.get("inline_keyboard", [])
        return {each["text"]: each["callback_data"] for row in rows for each in row}

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "message_id": self.message_id,
            "from": BOT,
            "chat": private_chat(int(self.chat)),
            "date": self.date,
            "text": self.text,
        }
        if "reply_markup" in self.asked:
            found["reply_markup"] = json.loads(self.asked["reply_markup"])
        return found


class TelegramServer:
    """A context manager: the server runs inside it.

    `sent` holds the messages that were accepted; `calls` every call with its parameters; `faults`
    are met by the next calls of a method, by its name. Updates wait in `updates` until a webhook
    has taken them, or a call of getUpdates says that they are stored.
    """

    def __init__(
        self, port: int = 0, on_accepted: Callable[[Message], None] = lambda message: None
    ) -> None:
        self.on_accepted = on_accepted
        self.sent: list[Message] = []
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.updates: list[dict[str, Any]] = []
        self.arrived: dict[int, float] = {}
        self.faults: dict[str, deque[Fault]] = {}
        self.refusals: dict[str, tuple[int, str]] = {}
        self.webhook: dict[str, Any] = {}
        self.last_error: tuple[int, str] | None = None
        self.can_join_groups = False
        self.clock: Callable[[], float] = time.time
        self.next_update = 7_000_001
        self.next_message = 1
        self.stopping = threading.Event()
        self.lock = threading.Condition()
        fake = self

        class Here(Handler):
            server_of = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Here)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        with self.lock:
            self.lock.notify_all()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, deque()).extend(faults)

    def called(self, method: str) -> list[dict[str, str]]:
        return [asked for name, asked in self.calls if name == method]

    def accept(self, chat: str, asked: Mapping[str, str]) -> Message:
        """Put a message of the bot into a chat."""
        with self.lock:
            self.next_message += 1
            message = Message(chat, asked["text"], self.next_message, asked)
            self.sent.append(message)
        self.on_accepted(message)
        return message

    def forget(self, before: int) -> None:
        """Updates before this id are stored."""
        self.updates = [each for each in self.updates if each["update_id"] >= before]

    # --- what people do ---

    def new_ids(self) -> tuple[int, int]:
        """An update's id and a message's, each of its own kind."""
        with self.lock:
            self.next_update += 1
            self.next_message += 1
            return self.next_update, self.next_message

    def put(self, update: dict[str, Any]) -> dict[str, Any]:
        """Let an update wait for whoever asks for it, or for the webhook."""
        with self.lock:
            self.updates.append(update)
            self.arrived[update["update_id"]] = self.clock()
            self.lock.notify_all()
        return update

    def write(self, text: str, chat: int = CHAT, **more: Any) -> dict[str, Any]:
        """Somebody writes to the bot."""
        update_id, message_id = self.new_ids()
        now = {"date": int(self.clock())}
        return self.put(message_update(update_id, message_id, text, chat, **now | more))

    def press(self, label: str, chat: int = CHAT) -> dict[str, Any]:
        """Somebody presses a button of the newest message that has one of this name."""
        message = next(
            each for each in reversed(self.sent) if each.chat == str(chat) and label in each.buttons
        )
        update_id, _ = self.new_ids()
        query = {
            "id": str(update_id * 31),
            "from": {"id": chat, "is_bot": False, "first_name": "A"},
            "message": message.to_json(),
            "chat_instance": "1",
            "data": message.buttons[label],
        }
        return self.put({"update_id": update_id, "callback_query": query})

    def deliver(self, address: str = "", secret: str | None = None, tries: int = 3) -> list[int]:
        """Post what waits to the webhook, the oldest first, until one is not taken.

        An answer that is no 2xx leaves the update where it is, as Telegram does. Returns each
        status; 0 when nobody answered.
        """
        url = address or self.webhook.get("url", "")
        token = secret if secret is not None else self.webhook.get("secret_token", SECRET)
        statuses: list[int] = []
        while kept := self.waiting():
            for _ in range(tries):
                status, body = post_update(url, json.dumps(kept[0]).encode(), token)
                statuses.append(status)
                if 200 <= status < 300:
                    break
                self.last_error = (int(self.clock()), f"Wrong response from the webhook: {status}")
            else:
                return statuses
            with self.lock:
                self.updates.remove(kept[0])
            self._obey(body)
        return statuses

    def waiting(self) -> list[dict[str, Any]]:
        """What is not older than a day, and was asked for."""
        with self.lock:
            oldest = self.clock() - HELD_S
            self.updates = [
                each for each in self.updates if self.arrived[each["update_id"]] >= oldest
            ]
            return list(self.updates)

    def _obey(self, body: bytes) -> None:
        """The answer of a webhook may be a call itself."""
        try:
            asked = json.loads(body or b"{}")
        except ValueError:
            return
        if isinstance(asked, dict) and "method" in asked:
            method = asked.pop("method")
            self.calls.append((method, {name: str(value) for name, value in asked.items()}))


def post_update(url: str, body: bytes, secret: str) -> tuple[int, bytes]:
    """Post one update as Telegram does; gives status and answer, 0 when nobody answered."""
    request = urllib.request.Request(  # noqa: S310 - an address of the tests
        url,
        body,
        {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, b""
    except OSError:
        return 0, b""


@click.command()
@click.option("--port", default=0, help="Where to listen; any free port when left out.")
@click.option("--public-url", help="Address of the service; without it, updates are fetched.")
@click.option("--chat", default=CHAT, help="The chat that texts come from.")
def main(port: int, public_url: str | None, chat: int) -> None:
    """Run the fake until the end of input; each line typed is a text, or presses a button."""

    def show(message: Message) -> None:
        click.echo(f"{message.chat}: {message.text}")
        if message.buttons:
            click.echo("    " + " ".join(f"[{label}]" for label in message.buttons))

    with TelegramServer(port, on_accepted=show) as server:
        click.echo(f"TELEGRAM_API_URL={server.url}")
        click.echo(f"TELEGRAM_BOT_TOKEN={TOKEN}")
        click.echo(f"TELEGRAM_WEBHOOK_SECRET={SECRET}")
        click.echo(f"TELEGRAM_RECEIVE={'webhook' if public_url else 'polling'}")
        for line in sys.stdin:
            words = line.rstrip("\n")
            shown = [each for each in server.sent if each.chat == str(chat)][-3:]
            if any(words in each.buttons for each in shown):
                server.press(words, chat)
            else:
                server.write(words, chat)
            if public_url:
                click.echo(f"answered {server.deliver(public_url + '/webhooks/telegram')}")


if __name__ == "__main__":
    main()
