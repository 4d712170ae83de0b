"""The calls of Telegram's Bot API, as the fake answers them, and what can go wrong with one."""

import json
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.telegram_texts import BOT, TOKEN

if TYPE_CHECKING:
    from tests.fakes.telegram_server import TelegramServer


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call. A `status`, or a reset "before", does nothing."""

    status: int | None = None
    description: str = "refused"
    retry_after: int | None = None
    delay_s: float = 0.0
    reset: Literal["before", "after"] | None = None
    answer: bytes | None = None


class Handler(BaseHTTPRequestHandler):
    server_of: "TelegramServer"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._meet(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        query = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
        self._meet(dict(query) | dict(parse_qsl(body, keep_blank_values=True)))

    def _meet(self, asked: dict[str, str]) -> None:
        fake = self.server_of
        bot, _, method = urlsplit(self.path).path.lstrip("/").partition("/")
        if bot != f"bot{TOKEN}":
            self._refuse(401, "Unauthorized")
            return
        with fake.lock:
            fake.calls.append((method, asked))
            faults = fake.faults.get(method)
            fault = faults.popleft() if faults else Fault()
        if fault.delay_s:
            fake.stopping.wait(fault.delay_s)
        if fault.reset == "before":
            self._reset()
        elif fault.status:
            self._refuse(fault.status, fault.description, fault.retry_after)
        else:
            self._do(method, asked, fault)

    def _do(self, method: str, asked: dict[str, str], fault: Fault) -> None:
        known: dict[str, Callable[[dict[str, str]], Any]] = {
            "getMe": self._me,
            "sendMessage": self._send,
            "sendChatAction": self._yes,
            "answerCallbackQuery": self._yes,
            "leaveChat": self._yes,
            "getUpdates": self._updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._info,
        }
        if method not in known:
            self._refuse(404, "Not Found")
            return
        try:
            result = known[method](asked)
        except _Refused as refused:
            self._refuse(refused.status, refused.description)
            return
        if fault.reset == "after":
            self._reset()
        elif fault.answer is not None:
            self._answer(200, fault.answer)
        else:
            self._answer(200, json.dumps({"ok": True, "result": result}).encode())

    def _me(self, _asked: dict[str, str]) -> dict[str, Any]:
        return {**BOT, "can_join_groups": self.server_of.can_join_groups}

    def _yes(self, _asked: dict[str, str]) -> bool:
        return True

    def _send(self, asked: dict[str, str]) -> dict[str, Any]:
        fake, chat = self.server_of, asked.get("chat_id", "")
        if chat in fake.refusals:
            raise _Refused(*fake.refusals[chat])
        if not asked.get("text"):
            raise _Refused(400, "Bad Request: message text is empty")
        if len(asked["text"]) > 4096:
            raise _Refused(400, "Bad Request: message is too long")
        return fake.accept(chat, asked).to_json()

    def _updates(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        fake = self.server_of
        if fake.webhook:
            raise _Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        until = time.monotonic() + float(asked.get("timeout", 0))
        with fake.lock:
            if "offset" in asked:
                fake.forget(int(asked["offset"]))
            while not fake.updates and time.monotonic() < until and not fake.stopping.is_set():
                fake.lock.wait(max(0.0, until - time.monotonic()))
        return fake.waiting()[: int(asked.get("limit", 100))]

    def _set_webhook(self, asked: dict[str, str]) -> bool:
        allowed = json.loads(asked.get("allowed_updates", "[]"))
        self.server_of.webhook = {**asked, "allowed_updates": allowed}
        return True

    def _delete_webhook(self, _asked: dict[str, str]) -> bool:
        self.server_of.webhook = {}
        return True

    def _info(self, _asked: dict[str, str]) -> dict[str, Any]:
        fake = self.server_of
        info: dict[str, Any] = {
            "url": fake.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(fake.waiting()),
        }
        if fake.webhook.get("allowed_updates"):
            info["allowed_updates"] = fake.webhook["allowed_updates"]
        if fake.last_error:
            info["last_error_date"], info["last_error_message"] = fake.last_error
        return info

    def _refuse(self, status: int, description: str, retry_after: int | None = None) -> None:
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if retry_after is not None:
            body["parameters"] = {"retry_after": retry_after}
        self._answer(status, json.dumps(body).encode())

    def _answer(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
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


class _Refused(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description
