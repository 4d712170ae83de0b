"""The two sides of the benchmark of open inboxes: tabs that poll as live.js does, and a provider.

Each side is a process of its own, so that neither waits for the other. Both tell the time by the
monotonic clock, which all processes of a machine share.
"""

import asyncio
import http.client
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from tests.fakes.twilio_texts import MESSAGE_PATH, message_address, sign, text_form

ARRIVAL = re.compile(rb'data-arrival="([0-9a-f-]+)"')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
TAG = re.compile(rb'etag: *"([^"]+)"', re.IGNORECASE)
CHUNKED = re.compile(rb"transfer-encoding: *chunked", re.IGNORECASE)
EVERY_S = 1.0
TELLS_EVERY = 100
ORDINARY = (
    "ok",
    "yes",
    "i was at my mates",
    "idk really",
    "can we do this later",
    "it was alright",
)
DISCLOSURE = "hes outside my window with a knife"


@dataclass
class Tab:
    """One open inbox: what arrived when, and how long each answer took."""

    cookie: str
    tag: str = ""
    seen: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """One text: its id, when it was due, how long its answer took, whether it tells of harm."""

    sid: str
    at: float
    took: float
    status: int
    tells: bool


def poll(port: int, cookies: Sequence[str], number: int, stop: Event, results: Any) -> None:
    """Open so many tabs until told to stop; their results go into the queue."""
    tabs = [Tab(cookies[each % len(cookies)]) for each in range(number)]
    asyncio.run(_poll_all(port, tabs, stop))
    results.put(tabs)


async def _poll_all(port: int, tabs: Sequence[Tab], stop: Event) -> None:
    spread = EVERY_S / max(len(tabs), 1)
    await asyncio.gather(
        *(_follow(port, tab, number * spread, stop) for number, tab in enumerate(tabs))
    )


async def _follow(port: int, tab: Tab, first: float, stop: Event) -> None:
    due = monotonic() + first
    reader, writer = None, None
    while not stop.is_set():
        await asyncio.wait_for(asyncio.shield(_until(due)), None)
        began = monotonic()
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await _ask(reader, writer, port, tab)
        except (OSError, asyncio.IncompleteReadError):
            reader = writer = None
            tab.statuses[0] = tab.statuses.get(0, 0) + 1
        tab.took.append(monotonic() - began)
        # live.js asks at the next tick that is a second after it last asked.
        due = max(due + EVERY_S, monotonic())
    if writer is not None:
        writer.close()


async def _until(due: float) -> None:
    loop = asyncio.get_running_loop()
    reached = loop.create_future()
    loop.call_later(max(due - monotonic(), 0), reached.set_result, None)
    await reached


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, tab: Tab
) -> None:
    writer.write(
        f"GET /inbox/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {tab.cookie}\r\n"
        f'If-None-Match: "{tab.tag}"\r\n\r\n'.encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    tab.statuses[status] = tab.statuses.get(status, 0) + 1
    length = LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length and status != 304 else b""
    if found := TAG.search(head):
        tab.tag = found[1].decode()
    now = monotonic()
    for each in ARRIVAL.findall(body):
        tab.seen.setdefault(each.decode(), now)


def text_for(
    site: str, port: int, phones: Sequence[str], rate: float, seconds: float, turn: int
) -> list[Sent]:
    """Post signed texts at a fixed rate for a fixed time, whether earlier ones are answered or not.

    Every hundredth tells of harm, each of those from another young person.
    """
    each_s = 1 / rate
    waiting = threading.Event()
    begin = monotonic()
    ordinary, telling = phones[: len(phones) // 2], phones[len(phones) // 2 :]
    sent: list[Callable[[], Sent]] = []
    with ThreadPoolExecutor(max_workers=32) as pool:
        many = int(rate * seconds)
        for number in range(many):
            due = begin + number * each_s
            waiting.wait(max(due - monotonic(), 0))
            tells = number % TELLS_EVERY == TELLS_EVERY // 5
            teller = telling[(turn * many + number) // TELLS_EVERY % len(telling)]
            phone = teller if tells else ordinary[number % len(ordinary)]
            body = DISCLOSURE if tells else ORDINARY[number % len(ORDINARY)]
            sent.append(pool.submit(_text, site, port, phone, body, due, tells).result)
    return [each() for each in sent]


def _text(site: str, port: int, phone: str, body: str, due: float, tells: bool) -> Sent:
    sid = "SM" + secrets.token_hex(16)
    form = text_form(MessageSid=sid, SmsMessageSid=sid, SmsSid=sid, From=phone, Body=body)
    signature = sign(message_address(site), form)
    began = monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            "POST",
            MESSAGE_PATH,
            urlencode(form),
            {
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "X-Twilio-Signature": signature,
            },
        )
        status = connection.getresponse().status
    except OSError:
        status = 0
    finally:
        connection.close()
    return Sent(sid, began, monotonic() - began, status, tells)
