"""The web server as a process of its own: what it says, how it answers, how it stops."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.service import Service
from storage.beats import beat
from tests.fakes.twilio_texts import post_text, text_form
from tests.web.cast import AMINA_NUMBER, gather
from tests.web.conftest import MakeService
from web.server import GRACE_S

pytestmark = pytest.mark.slow

DEADLINE_S = 30.0


@dataclass
class Served:
    site: str
    process: subprocess.Popen[str]

    def get(self, path: str) -> tuple[http.client.HTTPMessage, bytes]:
        host = self.site.removeprefix("http://")
        with closing(http.client.HTTPConnection(host, timeout=DEADLINE_S)) as connection:
            connection.request("GET", path, headers={"X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            return answer.headers, answer.read()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def start(service: Service) -> subprocess.Popen[str]:
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
    }
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def served(make_service: MakeService) -> Iterator[Served]:
    port = free_port()
    service = make_service(port=port, public_url=f"http://127.0.0.1:{port}")
    gather(service)
    with service.database.write() as session:
        beat(session, datetime.now(UTC))
    process = start(service)
    assert process.stderr is not None
    first = process.stderr.readline()
    try:
        assert json.loads(first)["event"] == "serving", first
        yield Served(service.settings.site, process)
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE_S)


def test_it_answers_and_tells_nobody_what_it_is(served: Served) -> None:
    headers, page = served.get("/sign-in")

    assert b"Sign in" in page
    assert headers["Server"] == "web"
    assert "Secure" not in headers["Set-Cookie"]
    assert served.get("/health/ready")[1] == b"ok"
    assert post_text(served.site, text_form(From=AMINA_NUMBER)) == 200


def test_it_stops_when_told_to_and_has_logged_lines_only(served: Served) -> None:
    served.get("/tasks?search=zebra-canary")

    served.process.send_signal(signal.SIGTERM)
    said, logged = served.process.communicate(timeout=GRACE_S + DEADLINE_S)

    assert served.process.returncode == 0
    assert said == ""
    assert "zebra" not in logged
    assert [json.loads(line)["event"] for line in logged.splitlines()] == ["request"]


def test_a_port_that_is_taken_is_one_clear_line(make_service: MakeService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(make_service(port=port))

        said, line = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 1
    assert (said, line) == (
        "",
        f"return-interview: port {port} cannot be used: is the service running already?\n",
    )
