"""What the benchmark of open inboxes finds: years of escalations, and people signed in."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from bot.clock import SystemClock
from bot.invitations import NewEpisode, enter_episode
from bot.service import Service, open_service
from bot.settings import Settings, load_settings
from storage.staff import add_staff
from storage.staff_sessions import start_session
from storage.tables import Escalation, EscalationEvent
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER
from web.app import create_app

PEOPLE, ESCALATIONS, OPEN, STAFF = 200, 10_000, 30, 40
BATCH = 500
KINDS = ("hit", "acknowledged", "outcome", "closed")


def numbers() -> list[str]:
    """The telephones of the young people; Ofcom keeps these numbers for fiction."""
    return [f"+447700900{each:03}" for each in range(PEOPLE)]


def fill(environment: dict[str, str]) -> list[str]:
    """Fill the migrated databases of a service; gives the session cookies of its staff."""
    settings = _settings(environment)
    service = open_service(settings)
    try:
        people = _people(service)
        staff = [_staff(service, number) for number in range(STAFF)]
        _escalations(service, people, staff)
        return _cookies(service, staff)
    finally:
        service.close()


def _settings(environment: dict[str, str]) -> Settings:
    return load_settings(
        database_url=environment["DATABASE_URL"],
        keys_database_url=environment["KEYS_DATABASE_URL"],
        keys_file=Path(environment["KEYS_FILE"]),
        public_url=environment["PUBLIC_URL"],
        secret_key=environment["SECRET_KEY"],
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        twilio_sms_from=OUR_NUMBER,
        allow_draft_script=True,
    )


def _people(service: Service) -> list[UUID]:
    now = service.clock.service_now()
    return [
        enter_episode(
            service,
            NewEpisode(name=f"Young Person {phone[-3:]}", phone=phone, returned_at=now),
            "command",
        ).young_person_id
        for phone in numbers()
    ]


def _staff(service: Service, number: int) -> UUID:
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    now = service.clock.service_now()
    with service.database.write() as session:
        add_staff(
            session, service.vault, staff_id, f"Worker {number}", f"worker{number}@example.org",
            "duty_worker", f"+447700901{number:03}", "no password opens this", now,
        )  # fmt: skip
    return staff_id


def _escalations(service: Service, people: Sequence[UUID], staff: Sequence[UUID]) -> None:
    """Closed ones, one a minute; the last few are open and acknowledged."""
    now = service.clock.service_now()
    for first in range(0, ESCALATIONS, BATCH):
        with service.database.write() as session:
            for number in range(first, first + BATCH):
                raised_at = now - timedelta(minutes=ESCALATIONS - number)
                done_at = raised_at + timedelta(minutes=5)
                is_open = number >= ESCALATIONS - OPEN
                found = Escalation(
                    id=uuid4(),
                    reference=secrets.token_hex(6),
                    young_person_id=people[number % PEOPLE],
                    priority=number % 3 + 1,
                    raised_at=raised_at,
                    acknowledged_at=done_at,
                    acknowledged_by=staff[number % STAFF],
                    holder_id=staff[number % STAFF],
                    first_action_at=done_at,
                    outcome_at=None if is_open else done_at,
                    closed_at=None if is_open else done_at,
                )
                session.add(found)
                session.add_all(_events(service, found))
                session.flush()


def _events(service: Service, found: Escalation) -> list[EscalationEvent]:
    events = []
    for kind in KINDS[: 2 if found.closed_at is None else 4]:
        event_id = uuid4()
        sealed = service.vault.seal_json(
            found.young_person_id, "escalation_event.detail", event_id, {"categories": ["SUI"]}
        )
        events.append(
            EscalationEvent(
                id=event_id,
                escalation_id=found.id,
                kind=kind,
                detail_sealed=sealed,
                at=found.raised_at,
            )
        )
    return events


def _cookies(service: Service, staff: Sequence[UUID]) -> list[str]:
    """What the browsers of these people hold once they are signed in."""
    app = create_app(service)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    now, cookies = SystemClock().machine_now(), []
    for each in staff:
        token = secrets.token_urlsafe(32)
        with service.database.write() as session:
            start_session(session, each, token, now, "Benchmark", "app")
        cookies.append(f"session={signer.dumps({'token': token})}")
    return cookies
