"""The web server as a process of its own, and what somebody at its socket can say."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from sqlmodel import select

from bot.service import Service
from storage.tables import Message
from tests.fakes.twilio_texts import MESSAGE_PATH, message_address, sign, text_form
from tests.web.cast import AMINA_NUMBER
from web.server import GRACE_S

DEADLINE_S = 30.0


@dataclass
class Served:
    service: Service
    process: subprocess.Popen[str]

    @property
    def site(self) -> str:
        return self.service.settings.site

    @property
    def address(self) -> tuple[str, int]:
        return self.service.settings.host, self.service.settings.port

    def get(self, path: str) -> tuple[http.client.HTTPMessage, bytes]:
        with closing(http.client.HTTPConnection(*self.address, timeout=DEADLINE_S)) as connection:
            connection.request("GET", path, headers={"X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            return answer.headers, answer.read()

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=DEADLINE_S)

    def say(self, said: bytes, *, leave: bool = False) -> int:
        """The status that is answered; 0 for none, as somebody who leaves may find."""
        with self.connect() as connection:
            connection.sendall(said)
            if leave:
                connection.shutdown(socket.SHUT_WR)
            return status_from(connection)

    def answering(self) -> int:
        """The process that answers: the other one's child."""
        assert self.get("/health/live")[1] == b"ok"
        pid = self.process.pid
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(child)

    def texts(self) -> list[Message]:
        with self.service.database.read() as session:
            return list(session.exec(select(Message)))

    def stop(self) -> list[str]:
        """What is logged from the first request on, when it was told to stop and has."""
        self.process.send_signal(signal.SIGTERM)
        return self.events()

    def events(self) -> list[str]:
        said, logged = self.process.communicate(timeout=GRACE_S + DEADLINE_S)
        assert said == ""
        return [json.loads(line)["event"] for line in logged.splitlines()]


def status_from(connection: socket.socket) -> int:
    with connection.makefile("rb") as answer:
        first = answer.readline()
    return int(first.split()[1]) if first else 0


def request(body: bytes, *headers: str) -> bytes:
    """A text as its bytes."""
    lines = (
        f"POST {MESSAGE_PATH} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        "Content-Type: application/x-www-form-urlencoded",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def genuine(served: Served) -> tuple[bytes, tuple[str, ...]]:
    """The body of a text, and the header that makes it Twilio's."""
    form = text_form(From=AMINA_NUMBER)
    signature = sign(message_address(served.site), form)
    return urlencode(form).encode(), (f"X-Twilio-Signature: {signature}",)


@contextmanager
def half_sent(served: Served) -> Iterator[tuple[socket.socket, bytes]]:
    """A text that the application has begun to read, and its second half."""
    body, headers = genuine(served)
    asks = f"Content-Length: {len(body)}", "Expect: 100-continue"
    with served.connect() as connection:
        connection.sendall(request(b"", *asks, *headers))
        with connection.makefile("rb", buffering=0) as answer:
            assert answer.readline() + answer.readline() == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body[:9])
        yield connection, body[9:]


def can_connect(served: Served) -> bool:
    try:
        served.connect().close()
    except ConnectionError:
        return False
    return True


def is_free(served: Served) -> bool:
    try:
        socket.create_server(served.address).close()
    except OSError:
        return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as free:
        return int(free.getsockname()[1])


def start(service: Service, **more: str) -> subprocess.Popen[str]:
    settings = service.settings
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251 - for a process of its own
        "DATABASE_URL": settings.database_url,
        "KEYS_DATABASE_URL": settings.key_store_url,
        "KEYS_FILE": str(settings.keys_file),
        "SECRET_KEY": settings.secret_key or "",
        "PUBLIC_URL": settings.site,
        "PORT": str(settings.port),
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid or "",
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token or "",
        "TWILIO_SMS_FROM": settings.twilio_sms_from or "",
        "HOST": settings.host,
        **more,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
