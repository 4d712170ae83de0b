"""The whole service as an operator runs it: the command line, its two processes, and Twilio's fake.

Nothing of ours is imported here: what the journeys see is what somebody outside sees.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_texts import OUR_NUMBER

PATIENCE_S = 30.0
_pause = threading.Event()
T = TypeVar("T")


def eventually(look: Callable[[], T], within_s: float = PATIENCE_S) -> T:
    """What ``look`` gives as soon as it is truthy; fails when it never is."""
    until = time.monotonic() + within_s
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < until, f"not seen within {within_s} s"
        _pause.wait(0.05)


class RunningService:
    """Serve and worker on a free port, with a database of their own and a fake Twilio."""

    def __init__(self, folder: Path, database_url: str, keys_database_url: str) -> None:
        self.twilio = TwilioServer()
        self.port = _free_port()
        self.public_url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.defpath,
            "DATABASE_URL": database_url,
            "KEYS_DATABASE_URL": keys_database_url,
            "KEYS_FILE": str(folder / "keys.json"),
            "PUBLIC_URL": self.public_url,
            "PORT": str(self.port),
            "SECRET_KEY": "a-key-for-journeys-that-is-long-enough",
            "TWILIO_ACCOUNT_SID": self.twilio.account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio.auth_token,
            "TWILIO_SMS_FROM": OUR_NUMBER,
            "TWILIO_API_URL": self.twilio.url,
            "SETTLE_SECONDS": "0.5",
            "ALLOW_DRAFT_SCRIPT": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.log = folder / "service.log"

    def __enter__(self) -> Self:
        self.twilio.__enter__()
        self.run("keys", "create")
        self.run("db", "upgrade")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=20)
        self.twilio.__exit__(kind, error, trace)

    def run(self, *words: str, code: int = 0) -> str:
        """Run one command to its end and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "web.cli", *words],
            env=self.environment,
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == code, done.stderr.decode()
        return done.stdout.decode()

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def start(self, part: str) -> None:
        """Start "serve" or "worker"; serve is answering when this returns."""
        with self.log.open("ab") as log:
            self.processes[part] = subprocess.Popen(
                [sys.executable, "-m", "web.cli", part],
                env=self.environment,
                stderr=log,
                start_new_session=True,
            )
        if part == "serve":
            eventually(lambda: self.get("/health/live") == 200)

    def kill(self, part: str) -> None:
        """End a part, and whatever it started, as a power cut would."""
        process = self.processes.pop(part)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def get(self, path: str) -> int:
        """The status of a page; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.public_url + path, timeout=5) as answer:  # noqa: S310 - our own address
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return int(refused.code)
        except OSError:
            return 0

    def text(self, words: str, phone: str, **fields: str) -> int:
        """The young person texts; gives the status that Twilio got, 0 when nobody answered."""
        try:
            return self.twilio.post_inbound(self.public_url, Body=words, From=phone, **fields)
        except OSError:
            return 0

    def received(self, phone: str) -> list[str]:
        """The texts that reached a phone, in order."""
        return [each.body for each in self.twilio.sent if each.to == phone]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
