"""Twilio's messages, on loopback: takes what we send, lists it, and posts what a phone texts.

By hand: `python -m tests.fakes.twilio_server --port 4010 --public-url http://127.0.0.1:8000`, with
TWILIO_API_URL set to its address; each line typed is a text from `--phone`.
"""

import base64
import json
import re
import secrets
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import click

from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OUR_NUMBER,
    PHONE,
    post_text,
    text_form,
)

_MESSAGES = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages(?:/(\w+))?\.json")
_NUMBER = re.compile(r"(?:whatsapp:)?\+[1-9]\d{6,14}")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request. A `status`, or a reset "before", accepts nothing."""

    status: int | None = None
    code: int | None = None
    retry_after: str | None = None
    delay_s: float = 0.0
    reset: Literal["before", "after"] | None = None
    answer: bytes | None = None


@dataclass
class Message:
    to: str
    from_: str
    body: str
    direction: Literal["outbound-api", "inbound"] = "outbound-api"
    status: str = "queued"
    sid: str = field(default_factory=lambda: "SM" + secrets.token_hex(16))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent_at: datetime | None = None
    asked: Mapping[str, str] = field(default_factory=dict)  # every parameter of the request

    def to_json(self, account_sid: str) -> dict[str, Any]:
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": format_datetime(self.created),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "date_updated": format_datetime(self.created),
            "direction": self.direction,
            "error_code": None,
            "error_message": None,
            "from": self.from_,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


class TwilioServer:
    """A context manager: the server runs inside it.

    `messages` holds all that was accepted and all that came in, oldest first; `requests` counts the
    calls. `faults` are met by the next calls to send, `list_faults` by the next calls to list.
    """

    def __init__(
        self, port: int = 0, on_accepted: Callable[[Message], None] = lambda message: None
    ) -> None:
        self.on_accepted = on_accepted
        self.account_sid = ACCOUNT_SID
        self.auth_token = AUTH_TOKEN
        self.messages: list[Message] = []
        self.opted_out: set[str] = set()
        self.faults: deque[Fault] = deque()
        self.list_faults: deque[Fault] = deque()
        self.requests = 0
        self.ignore_filters = False
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        fake = self

        class Handler(_Handler):
            server_of = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
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
        """Text us: record the message as Twilio's log would, and post it. See `post_text`."""
        form = text_form(**fields)
        self._remember(form)
        return post_text(public_url, form, via=via)

    def _remember(self, form: Mapping[str, str]) -> None:
        sender, words = form["From"], form["Body"].strip().upper()
        with self.lock:
            if words in {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}:
                self.opted_out.add(sender)
            elif words in {"START", "UNSTOP", "YES"}:
                self.opted_out.discard(sender)
            message = Message(form["To"], sender, form["Body"], "inbound", "received")
            message.sid, message.sent_at = form["MessageSid"], message.created
            self.messages.append(message)


class _Handler(BaseHTTPRequestHandler):
    server_of: TwilioServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        fault = self._next_fault(self.server_of.faults)
        if fault.reset == "before":
            self._reset()
        elif fault.status:
            self._refuse(fault.status, fault.code or fault.status, fault.retry_after)
        elif self._is_known():
            self._accept(form, fault)

    def do_GET(self) -> None:
        fault = self._next_fault(self.server_of.list_faults)
        if fault.reset:
            self._reset()
        elif fault.status:
            self._refuse(fault.status, fault.code or fault.status, fault.retry_after)
        elif fault.answer is not None:
            self._answer(200, fault.answer)
        elif self._is_known():
            self._show()

    def _next_fault(self, faults: deque[Fault]) -> Fault:
        with self.server_of.lock:
            self.server_of.requests += 1
            fault = faults.popleft() if faults else Fault()
        if fault.delay_s:
            self.server_of.stopping.wait(fault.delay_s)
        return fault

    def _is_known(self) -> bool:
        """Check account and token as Twilio does, and answer when they are wrong."""
        fake = self.server_of
        path = _MESSAGES.fullmatch(urlsplit(self.path).path)
        token = base64.b64encode(f"{fake.account_sid}:{fake.auth_token}".encode()).decode()
        if path is None or path[1] != fake.account_sid:
            self._refuse(404, 20404)
        elif self.headers.get("Authorization") != f"Basic {token}":
            self._refuse(401, 20003)
        else:
            return True
        return False

    def _accept(self, form: Mapping[str, str], fault: Fault) -> None:
        fake = self.server_of
        code = _wrong_with(form, fake.opted_out)
        if code:
            self._refuse(400, code)
            return
        message = Message(form["To"], form["From"], form["Body"], asked=form)
        with fake.lock:
            fake.messages.append(message)
        fake.on_accepted(message)
        if fault.reset == "after":
            self._reset()
        elif fault.answer is not None:
            self._answer(201, fault.answer)
        else:
            self._answer(201, json.dumps(message.to_json(fake.account_sid)).encode())

    def _show(self) -> None:
        fake = self.server_of
        target = urlsplit(self.path)
        path = _MESSAGES.fullmatch(target.path)
        with fake.lock:
            messages = list(reversed(fake.messages))
        if path and path[2]:
            found = [message for message in messages if message.sid == path[2]]
            if found:
                self._answer(200, json.dumps(found[0].to_json(fake.account_sid)).encode())
            else:
                self._refuse(404, 20404)
            return
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        chosen = [m for m in messages if fake.ignore_filters or _matches(m, query)]
        page, size = int(query.get("Page", "0")), int(query.get("PageSize", "50"))
        more = len(chosen) > (page + 1) * size
        following = urlencode(query | {"Page": str(page + 1), "PageToken": "PA0"})
        listed = [m.to_json(fake.account_sid) for m in chosen[page * size : (page + 1) * size]]
        answer = {
            "first_page_uri": f"{target.path}?{urlencode(query | {'Page': '0'})}",
            "end": page * size + len(listed) - 1,
            "messages": listed,
            "next_page_uri": f"{target.path}?{following}" if more else None,
            "page": page,
            "page_size": size,
            "previous_page_uri": None,
            "start": page * size,
            "uri": self.path,
        }
        self._answer(200, json.dumps(answer).encode())

    def _refuse(self, status: int, code: int, retry_after: str | None = None) -> None:
        """Refuse in words that quote the number, as Twilio's do."""
        words = f"The number {PHONE} is refused"
        body = {"code": code, "message": words, "more_info": "", "status": status}
        headers = {"Retry-After": retry_after} if retry_after else {}
        if 300 <= status < 400:
            headers["Location"] = self.path
        self._answer(status, json.dumps(body).encode(), headers)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the caller has hung up
            self.close_connection = True

    def _reset(self) -> None:
        """Cut the connection so that the caller sees a reset, not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _wrong_with(form: Mapping[str, str], opted_out: set[str]) -> int | None:
    if not form.get("Body"):
        return 21602
    if len(form["Body"]) > 1600:
        return 21617
    if not _NUMBER.fullmatch(form.get("To", "")):
        return 21211
    if not form.get("From"):
        return 21603
    return 21610 if form["To"] in opted_out else None


def _matches(message: Message, query: Mapping[str, str]) -> bool:
    """Apply the filters. A message that is still queued was not sent on any date."""
    return (
        query.get("To", message.to) == message.to
        and query.get("From", message.from_) == message.from_
        and (message.sent_at is not None or not any(name[:8] == "DateSent" for name in query))
    )


@click.command()
@click.option("--port", default=0, help="Where to listen; any free port when left out.")
@click.option("--public-url", help="PUBLIC_URL of the service that texts are posted to.")
@click.option("--phone", default=PHONE, help="The number that texts come from.")
def main(port: int, public_url: str | None, phone: str) -> None:
    """Run the fake until the end of input; each line typed is a text from the phone."""

    def show(message: Message) -> None:
        click.echo(f"{message.to}: {message.body}")

    with TwilioServer(port, on_accepted=show) as server:
        click.echo(f"TWILIO_API_URL={server.url}")
        click.echo(f"TWILIO_ACCOUNT_SID={server.account_sid}")
        click.echo(f"TWILIO_AUTH_TOKEN={server.auth_token}")
        click.echo(f"TWILIO_SMS_FROM={OUR_NUMBER}")
        for line in sys.stdin:
            if public_url:
                status = server.post_inbound(public_url, Body=line.rstrip("\n"), From=phone)
                click.echo(f"answered {status}")


if __name__ == "__main__":
    main()
