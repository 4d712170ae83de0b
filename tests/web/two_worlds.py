"""The same service twice from one seed: in one a child tells of one of its own, in one they do not.

Everything random comes from the seed, one for each part of the story, so that what is left out of
one world moves nothing else.
"""

import hashlib
import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from uuid import uuid4

from flask import Flask
from sqlalchemy import event
from sqlmodel import col, select
from werkzeug.test import TestResponse

from bot.clock import SetClock
from bot.escalations import acknowledge
from bot.invitations import NewEpisode, enter_episode
from bot.service import Service
from bot.worker import step
from storage import authorities, escalations
from storage.people import young_person
from storage.staff import staff_by_id
from storage.tables import Escalation, Message, Staff, YoungPerson
from tests.web.cast import AMINA_NUMBER, NOW, Cast, enter_staff, gather, sign_in, text
from web.app import create_app

KAI_NUMBER, STRANGER, NEWCOMER = "+447700900103", "+447700900107", "+447700900108"
CONCERNED = (
    "dave off nights keeps coming in my room",
    "dave touched me last night hes outside my door now",
    "pls dont tell him",
)
ABOUT_A_STRANGER = "dave who works at fenwick hit me"
NAMED = ("Dave Quill", "Davey Roe", "Davy Shaw", "David Pine")
"""Each may be meant by "dave"."""
COLLEAGUES = ("Rosa Pell", "Nina Frost", "Tess Lowe", "Wyn Hale")
ROLES = ("duty_worker", "manager", "advocate", "administrator")


@dataclass(frozen=True, slots=True)
class World:
    """One of the two, with who works in the home: the first of each role is the named one."""

    service: Service
    app: Flask
    clock: SetClock
    cast: Cast
    named: dict[str, Staff]
    colleagues: dict[str, Staff]


@contextmanager
def seeded(part: object) -> Iterator[None]:
    """Let ids and references be the same each time: of each part, by what makes them.

    What else is random (keys, nonces, tokens) stays so; none of it is on a page but tokens.
    """
    streams: dict[str, random.Random] = {}

    def draw(number: int) -> bytes:
        maker = sys._getframe(2).f_code
        key = f"{part} {maker.co_filename} {maker.co_name}"
        return streams.setdefault(key, random.Random(key)).randbytes(number)

    def urandom(number: int, _real: Callable[[int], bytes] = os.urandom) -> bytes:
        is_id = sys._getframe(1).f_globals.get("__name__") == "uuid"
        return draw(number) if is_id else _real(number)

    references = random.Random(str(part))
    with (
        patch.object(os, "urandom", urandom),
        patch.object(escalations, "secrets", SimpleNamespace(choice=references.choice)),
    ):
        yield


def build(opened: Service, *, tells: bool) -> World:
    """One world; without ``tells`` the child never sends those messages."""
    clock = SetClock(NOW)
    service = replace(opened, clock=clock)
    app = create_app(service)
    with seeded(1):
        cast_ = gather(service)
        named, colleagues = _home(service, cast_)
        world = World(service, app, clock, cast_, named, colleagues)
        _before(world)
    with seeded(2):
        for words in CONCERNED:
            if tells:
                _text(world, words, AMINA_NUMBER)
            _pass(world, seconds=30)
        if tells:
            _text(world, ABOUT_A_STRANGER, NEWCOMER)
        _pass(world, minutes=2)
    with seeded(3):
        _after(world)
    return world


def _home(service: Service, cast_: Cast) -> tuple[dict[str, Staff], dict[str, Staff]]:
    """A home in which Amina lives, with two people of each role; an independent team besides."""
    with service.database.write() as session:
        home = authorities.add_team(session, "Fenwick House", "home", NOW)
        apart = authorities.add_team(session, "Apart", "independent", NOW)
        person = young_person(session, cast_.amina.young_person_id)
        person.home_team_id = home.id
        session.add(person)
    named, colleagues = {}, {}
    for number, role in enumerate(ROLES):
        named[role] = _enter(service, NAMED[number], role, home.id, number)
        colleagues[role] = _enter(service, COLLEAGUES[number], role, home.id, 10 + number)
    _enter(service, "Ines Vale", "duty_worker", apart.id, 20)
    return named, colleagues


def _enter(service: Service, name: str, role: str, team_id: Any, number: int) -> Staff:
    entered = enter_staff(service, name, role, f"+4477009003{number:02}")
    with service.database.write() as session:
        row = session.get_one(Staff, entered.seq)
        row.team_id = team_id
        session.add(row)
    with service.database.read() as session:
        return cast(Staff, staff_by_id(session, entered.id))


def _before(world: World) -> None:
    """Amina talks and has had an escalation; Kai is waiting; somebody unknown has written."""
    service = world.service
    enter_episode(
        service,
        NewEpisode(name="Kai Brennan", phone=KAI_NUMBER, returned_at=NOW - timedelta(hours=5)),
        "command",
    )
    _text(world, "hello", AMINA_NUMBER)
    _pass(world, seconds=40)
    _text(world, "my stepdad hits me", AMINA_NUMBER)
    _pass(world, seconds=40)
    _text(world, "hi who is this", STRANGER)
    _pass(world, seconds=40)
    with service.database.read() as session:
        found = session.exec(select(Escalation).order_by(col(Escalation.seq))).first()
    assert found is not None
    acknowledge(service, found.id, world.cast.dee)
    _pass(world, minutes=15)


def _after(world: World) -> None:
    """Something else happens that everybody may see, and moves every counter on."""
    _text(world, "hes outside my window with a knife", KAI_NUMBER)
    _pass(world, seconds=30)


def _text(world: World, words: str, sender: str) -> None:
    client = world.app.test_client()
    told = f"{words} {sender} {world.clock.service_now()}"
    identity = f"SM{hashlib.sha256(told.encode()).hexdigest()[:32]}"
    # Whatever came before, what this text makes has the ids that it has in the other world.
    with seeded(told):
        answer = text(client, world.service, words, sender, MessageSid=identity)
    assert answer.status_code == 200


def _pass(world: World, **delta: float) -> None:
    world.clock.move(timedelta(**delta))
    for _ in range(500):
        if not step(world.service, "worker"):
            return
    raise AssertionError("there is always more to do")


# --- what somebody sees ---

_TOKEN = re.compile(r'(name="csrf_token" value|name="csrf-token" content|nonce)="[^"]*"')
_LINK = re.compile(r'(?:href|data-live|data-src|src|action)="(/[^"#]*)')


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer: status, bytes without tokens, entity tag, and how many statements it took."""

    status: int
    body: str
    etag: str | None
    location: str | None
    statements: int


def crawl(world: World, person: Staff, more: tuple[str, ...] = ()) -> dict[str, Seen]:
    """Every page and live part that somebody reaches from anywhere, and ``more`` addresses."""
    client = world.app.test_client()
    with seeded(f"crawl by {person.email}"):
        sign_in(client, person)
        waiting = [*_without_arguments(world.app), *more]
        seen: dict[str, Seen] = {}
        while waiting:
            path = waiting.pop(0)
            if path in seen or path.startswith(("/static", "/sign-out")):
                continue
            answer, count = counted(world, partial(client.get, path))
            seen[path] = _seen(answer, count)
            found = _LINK.findall(answer.text) if answer.mimetype == "text/html" else []
            waiting += sorted({each.replace("&amp;", "&") for each in found})
            if "/live" not in path and answer.status_code == 200:
                waiting.append(f"{path.partition('?')[0]}/live")
    return seen


def counted(world: World, ask: Callable[[], TestResponse]) -> tuple[TestResponse, int]:
    """An answer, and how many statements were executed for it."""
    number = 0

    def count(*_: object) -> None:
        nonlocal number
        number += 1

    engine = world.service.database.engine
    event.listen(engine, "after_cursor_execute", count)
    try:
        answer = ask()
        answer.get_data()
        answer.close()
    finally:
        event.remove(engine, "after_cursor_execute", count)
    return answer, number


def _seen(answer: TestResponse, statements: int) -> Seen:
    return Seen(
        answer.status_code,
        _TOKEN.sub(r'\1=""', answer.text),
        answer.headers.get("ETag"),
        answer.headers.get("Location"),
        statements,
    )


def _without_arguments(app: Flask) -> list[str]:
    """Every address that needs no id."""
    rules = [each for each in app.url_map.iter_rules() if "GET" in (each.methods or set())]
    return sorted({each.rule for each in rules if not each.arguments})


def kept_ids(world: World) -> tuple[str, ...]:
    """Addresses of what is kept: guessed right, they answer as if there were nothing."""
    with world.service.database.read() as session:
        found = session.exec(select(Escalation).where(Escalation.ladder == "independent")).all()
        last = session.exec(select(Message).order_by(col(Message.seq).desc())).all()[:8]
        people = session.exec(select(YoungPerson).where(col(YoungPerson.provisional))).all()
    newest = people[-1].id if people else uuid4()
    escalations = [f"/escalations/{each.id}" for each in found]
    marks = [f"/escalations/{each.id}/messages/{last[0].id}/missed" for each in found]
    return (*escalations, *(f"{each}/live" for each in escalations), *marks, f"/senders/{newest}")
