"""Twilio's messages, on loopback: takes what we send, lists it, and posts what a phone texts.

By hand: `python -m tests.fakes.twilio_server --port 4010 --public-url http://127.0.0.1:8000`, with
TWILIO_API_URL set to its address; each line typed is a text from `--phone`.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.client import HTTPException
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self

import click

from tests.fakes.twilio_handler import Fault, Handler
from tests.fakes.twilio_listing import Message
from tests.fakes.twilio_numbers import Account, WhatsAppSender
from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OUR_NUMBER,
    PHONE,
    WHATSAPP_NUMBER,
    post_form,
    post_text,
    status_form,
    text_form,
)

__all__ = ["Fault", "Message", "TwilioServer"]

_STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
_START_WORDS = {"START", "UNSTOP", "YES"}
_CANNED = {
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "INFO": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages "
    "from this number. Reply START to resubscribe.",
}


class TwilioServer:
    """A context manager: the server runs inside it.

    `messages` holds all that was accepted and all that came in, oldest first; `calls` those that it
    was asked to make, with their `sid`; `requests` counts the
    calls. `faults` are met by the next calls to send, `list_faults` by the next calls to ask.
    `account` is what else Twilio holds. While `withhold` is True nothing is posted to us.
    `own_replies` are what the operator put in place of the carrier's replies; None leaves those.
    """

    def __init__(
        self, port: int = 0, on_accepted: Callable[[Message], None] = lambda message: None
    ) -> None:
        self.on_accepted = on_accepted
        self.account_sid = ACCOUNT_SID
        self.auth_token = AUTH_TOKEN
        self.account = Account()
        self.messages: list[Message] = []
        self.calls: list[dict[str, str]] = []
        self.opted_out: set[str] = set()
        self.faults: deque[Fault] = deque()
        self.list_faults: deque[Fault] = deque()
        self.requests = 0
        self.ignore_filters = False
        self.sort_by: Literal["made", "sent"] = "made"
        self.withhold = False
        self.answers_keywords = False
        self.own_replies: Mapping[str, str] | None = None
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        fake = self

        class Handling(Handler):
            server_of = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handling)
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
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def sent(self) -> list[Message]:
        return [message for message in self.messages if message.direction == "outbound-api"]

    def post_inbound(self, public_url: str, *, via: str | None = None, **fields: str | None) -> int:
        """Text us: record the message as Twilio's log would, and post it. See `post_text`.

        Returns the status answered; 0 when the webhook was withheld.
        """
        form = text_form(**fields)
        self._remember(form)
        return 0 if self.withhold else post_text(public_url, form, via=via)

    def deliver(
        self, message: Message, status: str, code: int | None = None, *, via: str | None = None
    ) -> int | None:
        """Move a message of ours on, and report it to where the message asked.

        Returns the status answered; None when nothing was posted.
        """
        with self.lock:
            now = datetime.now(UTC)
            message.status, message.error_code, message.updated = status, code, now
            if status in {"sent", "delivered", "undelivered", "read"} and message.sent_at is None:
                message.sent_at = now
            message.from_ = message.from_ or self._from_pool(message)
        address = message.asked.get("StatusCallback")
        if address is None or self.withhold:
            return None
        form = status_form(message.sid, message.to, message.from_, status, code)
        if message.service:
            form["MessagingServiceSid"] = message.service
        return post_form(address, form, via=via)

    def _from_pool(self, message: Message) -> str:
        service = self.account.service_of(message.service or "")
        return service.pool[0] if service else ""

    def _remember(self, form: Mapping[str, str]) -> None:
        sender, words = form["From"], form["Body"].strip().upper()
        with self.lock:
            if words in _STOP_WORDS:
                self.opted_out.add(sender)
            elif words in _START_WORDS:
                self.opted_out.discard(sender)
            message = Message(form["To"], sender, form["Body"], "inbound", "received")
            message.sid, message.sent_at = form["MessageSid"], message.created
            message.num_media = int(form.get("NumMedia", "0"))
            message.service = form.get("MessagingServiceSid")
            self.messages.append(message)
            replies = _CANNED if self.own_replies is None else self.own_replies
            if self.answers_keywords and words in replies:
                reply = Message(sender, form["To"], replies[words], "outbound-reply", "delivered")
                self.messages.append(reply)


@click.command()
@click.option("--port", default=0, help="Where to listen; any free port when left out.")
@click.option("--public-url", help="PUBLIC_URL of the service that texts are posted to.")
@click.option("--phone", default=PHONE, help="The number that texts come from.")
@click.option(
    "--channel",
    type=click.Choice(["sms", "whatsapp"]),
    default="sms",
    help="What the phone writes with.",
)
def main(port: int, public_url: str | None, phone: str, channel: str) -> None:
    """Run the fake until the end of input; each line typed is a message from the phone."""

    def show(message: Message) -> None:
        click.echo(f"{message.to}: {message.body}")

    prefix = "whatsapp:" if channel == "whatsapp" else ""
    to = WHATSAPP_NUMBER if prefix else OUR_NUMBER
    with TwilioServer(port, on_accepted=show) as server:
        _set_up(server.account, public_url)
        click.echo(f"TWILIO_API_URL={server.url}")
        click.echo(f"TWILIO_ACCOUNT_SID={server.account_sid}")
        click.echo(f"TWILIO_AUTH_TOKEN={server.auth_token}")
        click.echo(f"TWILIO_SMS_FROM={OUR_NUMBER}")
        if prefix:
            click.echo(f"TWILIO_WHATSAPP_FROM={WHATSAPP_NUMBER}")
        for line in sys.stdin:
            if public_url:
                words = line.rstrip("\n")
                click.echo(_write(server, public_url, words, prefix + phone, prefix + to))


def _write(server: TwilioServer, public_url: str, words: str, from_: str, to: str) -> str:
    try:
        return f"answered {server.post_inbound(public_url, Body=words, From=from_, To=to)}"
    except (OSError, HTTPException):
        return "nobody answered"


def _set_up(account: Account, public_url: str | None) -> None:
    account.whatsapp.append(WhatsAppSender())
    if public_url:
        account.point_at(public_url)


if __name__ == "__main__":
    main()
