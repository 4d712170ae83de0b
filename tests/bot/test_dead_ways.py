"""Each way of alerting dead in each of four ways: the next kind follows within a minute."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.alerting.mail import Mail
from bot.alerting.web_push import WebPushAlerts, make_keys
from bot.alerting.webhook import Webhook, signature
from bot.channels import Channel
from bot.channels.twilio import Twilio
from bot.channels.twilio_calls import TwilioCalls
from bot.inbox import read_escalation
from storage import staff_addresses as addresses
from storage.ladders import SetStep, add_line, replace_steps
from storage.tables import Alert, ServiceAlarm, Staff
from tests.bot.cast import DEE_NUMBER, amina, dee
from tests.bot.detector import DANGER, HARM
from tests.bot.phone import OUR_FAULT, FakePhone
from tests.bot.world import START, World
from tests.fakes.alert_servers import (
    Letters,
    Posts,
    free_port,
    mail_server,
    silent_server,
    web_server,
)
from tests.fakes.twilio_server import Fault, TwilioServer
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER

SITE = "https://listen.example"
QUICK = (0.2, 0.3)
SECRET = "a-secret-of-the-tests"
WAYS = ("sms", "voice", "email", "webpush", "webhook")
DEATHS = ("refused", "hangs", "error", "never_arrives")
NIGHT_NUMBER = "+447700900777"


def subscription(port: int) -> str:
    """What a browser gives when somebody subscribes."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": _plain(point), "auth": _plain(b"sixteen bytes ok")}
    return json.dumps({"endpoint": f"http://127.0.0.1:{port}/push", "keys": keys})


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def verified(world: World, staff: Staff, kind: str, value: str) -> None:
    vault, now = world.service.vault, world.clock.machine_now()
    with world.service.database.write() as session:
        addresses.add_address(session, vault, staff.id, kind, value, now, verified_at=now)


@contextmanager
def dead(kind: str, death: str, folder: Path) -> Iterator[tuple[Channel, str]]:
    """The channel of this kind, and an address behind which it is dead."""
    if kind in ("sms", "voice"):
        with TwilioServer() as twilio:
            if death == "hangs":
                twilio.faults.extend([Fault(delay_s=1)] * 9)
            elif death == "error":
                twilio.faults.extend([Fault(status=500)] * 9)
            url = f"http://127.0.0.1:{free_port()}" if death == "refused" else twilio.url
            account = (ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER)
            if kind == "sms":
                yield (
                    Twilio("sms", *account, site=SITE, api_url=url, timeouts_s=QUICK),
                    NIGHT_NUMBER,
                )
            else:
                yield TwilioCalls(*account, site=SITE, api_url=url, timeouts_s=QUICK), NIGHT_NUMBER
        return
    letters = Letters("554 no" if death == "error" else "")
    posts = Posts(500 if death == "error" else 201)
    server = mail_server(letters) if kind == "email" else web_server(posts)
    with silent_server() as silent, server as alive:
        port = {"refused": free_port(), "hangs": silent}.get(death, alive)
        if kind == "email":
            mail = Mail("127.0.0.1", port, "alerts@listen.example", tls="none", timeout_s=0.3)
            yield mail, "dee@example.org"
        elif kind == "webhook":
            yield Webhook(SECRET, QUICK), f"http://127.0.0.1:{port}/alert"
        else:
            make_keys(folder / "push.json")
            push = WebPushAlerts(folder / "push.json", "ops@listen.example", QUICK)
            yield push, subscription(port)


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("kind", WAYS)
def test_the_next_kind_follows_within_a_minute(
    sqlite_world: World, tmp_path: Path, kind: str, death: str
) -> None:
    world = sqlite_world
    next_kind, to = ("email", "dee@example.org") if kind == "sms" else ("sms", DEE_NUMBER)
    with dead(kind, death, tmp_path) as (channel, address):
        alive = FakePhone(next_kind)
        phone, other = (channel, alive) if kind == "sms" else (alive, channel)
        world.service = replace(
            world.service, channels={"sms": phone}, alert_channels={other.name: other}
        )
        child, worker = amina(world), dee(world)
        verified(world, worker, kind, address)
        only_this(world, worker, kind)
        world.text(child, HARM)
        while not alive.bodies(to):
            world.run()
            world.clock.move(timedelta(seconds=10))
            assert world.clock.service_now() <= START + timedelta(seconds=60)

    kinds = [each.channel for each in sorted(world.rows(Alert), key=lambda each: each.at)]
    assert kinds == [kind, next_kind]
    raised = {(each.kind, each.detail) for each in world.rows(ServiceAlarm)}
    # That an e-mail or a request was taken and then lost, nobody can see.
    sees_it = death != "never_arrives" or kind in ("sms", "voice")
    assert (("alert_not_through", kind) in raised) == sees_it


def only_this(world: World, worker: Staff, kind: str) -> None:
    """A first step that uses this kind alone."""
    with world.service.database.write() as session:
        now = world.clock.service_now()
        replace_steps(session, None, "main", 2, [SetStep(0, ("duty",), (kind,))], worker.id, now)


def test_with_no_way_left_the_next_people_are_asked_at_once(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    dee(world, "Jo Hart", "+447700900203")
    world.phone.next.append(OUR_FAULT)
    world.text(child, DANGER)
    world.run()
    world.wait(seconds=10)

    def alerts() -> int:
        return sum(each.startswith("Alert") for each in world.heard("+447700900203"))

    assert alerts() == 1
    assert world.escalation(child).next_alert_at == START + timedelta(minutes=5)
    world.wait(seconds=10)
    assert alerts() == 1


def test_a_p1_comes_by_two_kinds_at_once_and_none_says_anything_about_the_child(
    sqlite_world: World, tmp_path: Path
) -> None:
    world, letters, posts = sqlite_world, Letters(), Posts()
    make_keys(tmp_path / "push.json")
    with mail_server(letters) as smtp, web_server(posts) as web, TwilioServer() as twilio:
        ways = (
            Mail("127.0.0.1", smtp, "alerts@listen.example", tls="none"),
            Webhook(SECRET),
            WebPushAlerts(tmp_path / "push.json", "ops@listen.example"),
            TwilioCalls(ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, site=SITE, api_url=twilio.url),
        )
        world.service = replace(world.service, alert_channels={each.name: each for each in ways})
        child, worker = amina(world), dee(world)
        verified(world, worker, "webhook", f"http://127.0.0.1:{web}/alert")
        verified(world, worker, "webpush", subscription(web))
        world.text(child, DANGER)
        world.run()
        at_once = {each.channel for each in world.rows(Alert)}
        world.wait(minutes=15)
        calls = twilio.calls

    assert at_once == {"sms", "email", "webhook", "webpush"}
    reference = world.escalation(child).reference
    to, letter = letters.got[0]
    assert to == "dee@example.org"
    assert isinstance(letter, Message)
    assert letter["Subject"] == f"Alert {reference} from the Listen Line"
    hooks = [(head, body) for head, body in posts.got if "x-alert-id" in head]
    head, body = hooks[0]
    assert json.loads(body) == {
        "service": "the Listen Line",
        "reference": reference,
        "link": f"{SITE}/inbox",
    }
    assert head["x-alert-signature"] == signature(SECRET, head["x-alert-time"], body)
    pushed = [head for head, _ in posts.got if head.get("content-encoding") == "aes128gcm"]
    assert pushed
    assert pushed[0]["ttl"] == "1800"
    spoken = calls[0]["Twiml"]
    assert spoken.count(", ".join(reference)) == 2
    assert "Amina" not in spoken
    assert calls[0]["StatusCallback"].startswith(f"{SITE}/webhooks/twilio/call-status/")


def test_the_line_that_was_called_stands_on_the_escalation(sqlite_world: World) -> None:
    world = sqlite_world
    dee(world)
    with world.service.database.write() as session:
        add_line(
            session, "staffed", "Night line", NIGHT_NUMBER, START,
            agreed_on=START.date(), agreed_with="R Marsh",
        )  # fmt: skip
    world.text(amina(world), DANGER)
    world.wait(minutes=15)

    detail = read_escalation(world.service, world.escalation().id, "command")
    assert detail is not None
    assert [each.delivery for each in detail.alerts if each.who == "Night line"] == ["sent"]
    (said,) = world.heard(NIGHT_NUMBER)
    assert "nobody on duty has answered" in said
    assert "Amina" not in said
