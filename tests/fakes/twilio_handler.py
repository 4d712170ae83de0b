"""Twilio's side of each request: what goes wrong with it, who may ask, what is answered."""

import base64
import json
import re
import socket
import struct
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.fakes.twilio_calls import CALLS, accepted_call
from tests.fakes.twilio_listing import Message, matches, newest_first, page_of, wrong_with
from tests.fakes.twilio_texts import PHONE

if TYPE_CHECKING:
    from tests.fakes.twilio_server import TwilioServer

_MESSAGES = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages(?:/(\w+))?\.json")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request. A `status`, or a reset "before", accepts nothing."""

    status: int | None = None
    code: int | None = None
    retry_after: str | None = None
    delay_s: float = 0.0
    reset: Literal["before", "after"] | None = None
    answer: bytes | None = None


class Handler(BaseHTTPRequestHandler):
    server_of: "TwilioServer"
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
            sid = self._message_sid()
            if CALLS.fullmatch(urlsplit(self.path).path):
                self._call(form)
            elif sid:
                self._redact(sid, form)
            else:
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
        token = base64.b64encode(f"{fake.account_sid}:{fake.auth_token}".encode()).decode()
        path = urlsplit(self.path).path
        if path.startswith("/2010-04-01/") and fake.account_sid not in path:
            self._refuse(404, 20404)
        elif self.headers.get("Authorization") != f"Basic {token}":
            self._refuse(401, 20003)
        else:
            return True
        return False

    def _message_sid(self) -> str | None:
        found = _MESSAGES.fullmatch(urlsplit(self.path).path)
        return found[2] if found else None

    def _call(self, form: Mapping[str, str]) -> None:
        answer = accepted_call(form, self.server_of.account_sid)
        with self.server_of.lock:
            self.server_of.calls.append({**form, "sid": answer["sid"]})
        self._answer(201, json.dumps(answer).encode())

    def _accept(self, form: Mapping[str, str], fault: Fault) -> None:
        fake = self.server_of
        code = wrong_with(form, fake.opted_out)
        if code:
            self._refuse(400, code)
            return
        body, service = form.get("Body", ""), form.get("MessagingServiceSid")
        if "ContentSid" in form:
            template = fake.account.template_of(form["ContentSid"])
            if template is None:
                self._refuse(404, 20404)
                return
            body = template.body
        message = Message(form["To"], form.get("From", ""), body, asked=form, service=service)
        message.status = "accepted" if service else "queued"
        with fake.lock:
            fake.messages.append(message)
        fake.on_accepted(message)
        if fault.reset == "after":
            self._reset()
        elif fault.answer is not None:
            self._answer(201, fault.answer)
        else:
            self._answer(201, json.dumps(message.to_json(fake.account_sid)).encode())

    def _redact(self, sid: str, form: Mapping[str, str]) -> None:
        fake = self.server_of
        with fake.lock:
            found = [message for message in fake.messages if message.sid == sid]
            for message in found:
                message.body, message.updated = form.get("Body", message.body), datetime.now(UTC)
        self._give(found[0].to_json(fake.account_sid) if found else None)

    def _show(self) -> None:
        fake = self.server_of
        target = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        if not _MESSAGES.fullmatch(target.path):
            self._give(fake.account.answer(target.path, query))
            return
        with fake.lock:
            messages = newest_first(fake.messages, fake.sort_by)
        sid = self._message_sid()
        if sid:
            found = [message for message in messages if message.sid == sid]
            self._give(found[0].to_json(fake.account_sid) if found else None)
            return
        chosen = [m for m in messages if fake.ignore_filters or matches(m, query)]
        self._give(page_of(target.path, query, chosen))

    def _give(self, answer: Mapping[str, Any] | None) -> None:
        if answer is None:
            self._refuse(404, 20404)
        else:
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
