"""The people of these tests, all made up, and what they do: text, sign in."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from urllib.parse import urlencode
from uuid import uuid4

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.channels import Outbound, Sent
from bot.channels.twilio_webhook import CONTENT_TYPE, MESSAGE_PATH
from bot.invitations import Entered, NewEpisode, enter_episode
from bot.service import Service
from storage.staff import add_staff
from storage.tables import Staff
from tests.fakes.twilio_texts import message_address, sign, text_form

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
PASSWORD = "heron-lantern-gravel-otter"
AMINA_NUMBER = "+447700900101"
DEE_NUMBER = "+447700900201"


class RecordingChannel:
    """A provider that takes every text and keeps it in a list."""

    client_timeout_s = 1.0

    def __init__(self, name: str = "sms") -> None:
        self.name = name
        self.sent: list[tuple[str, str]] = []
        self._lock = Lock()

    def send(self, outbound: Outbound) -> Sent:
        with self._lock:
            self.sent.append((outbound.address, outbound.body))
        return Sent(provider_id=f"SM{outbound.reference.hex}")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        return None


@dataclass(frozen=True, slots=True)
class Cast:
    """Dee is on duty, Ade is an advocate, Mo manages, Ada administers; Amina came back."""

    dee: Staff
    ade: Staff
    mo: Staff
    ada: Staff
    amina: Entered

    def in_role(self, role: str) -> Staff:
        return next(each for each in (self.dee, self.ade, self.mo, self.ada) if each.role == role)


def gather(service: Service) -> Cast:
    return Cast(
        dee=enter_staff(service, "Dee Okafor", "duty_worker", DEE_NUMBER),
        ade=enter_staff(service, "Ade Bello", "advocate"),
        mo=enter_staff(service, "Mo Lindqvist", "manager"),
        ada=enter_staff(service, "Ada Whitfield", "administrator"),
        amina=enter_episode(
            service,
            NewEpisode(
                name="Amina Yusuf", phone=AMINA_NUMBER, returned_at=NOW - timedelta(hours=3)
            ),
            "command",
        ),
    )


def enter_staff(service: Service, name: str, role: str, phone: str | None = None) -> Staff:
    """Enter a member of staff, who signs in with PASSWORD."""
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    email = f"{name.split()[0].lower()}@example.org"
    with service.database.write() as session:
        return add_staff(
            session, service.vault, staff_id, name, email, role, phone, _known_hash(), NOW
        )


@cache
def _known_hash() -> str:
    """A hash that is quick to check; what one of ours costs is a matter of test_sign_in."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def csrf_token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "the page has no form"
    return found[1]


def try_to_sign_in(client: FlaskClient, email: str, password: str, **form: str) -> TestResponse:
    token = csrf_token(client.get("/sign-in"))
    typed = {"csrf_token": token, "email": email, "password": password} | form
    return client.post("/sign-in", data=typed)


def sign_in(client: FlaskClient, person: Staff) -> TestResponse:
    """Sign in as this member of staff; the client stays signed in."""
    answer = try_to_sign_in(client, person.email, PASSWORD)
    assert answer.status_code == 303, answer.text
    return answer


def text(
    client: FlaskClient, service: Service, body: str, sender: str = AMINA_NUMBER, **fields: str
) -> TestResponse:
    """A text from this number, as Twilio posts it."""
    form = text_form(Body=body, From=sender, **fields)
    signature = sign(message_address(service.settings.site), form)
    return post_body(client, urlencode(form).encode(), signature)


def post_body(
    client: FlaskClient, body: bytes, signature: str, content_type: str = CONTENT_TYPE
) -> TestResponse:
    return client.post(
        MESSAGE_PATH,
        data=body,
        headers={"Content-Type": content_type, "X-Twilio-Signature": signature},
    )
