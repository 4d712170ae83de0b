"""/metrics: who may ask, what the figures are, and that they hold nothing of anybody."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import select

from bot.alarms import note_worker, raise_alarm, swept
from bot.clock import SetClock
from bot.escalations import acknowledge
from bot.metrics import class_of
from bot.service import Service
from bot.settings import SettingsUnsafe, require_safe
from bot.worker import step
from storage import escalations
from storage.concerns import NewConcern, add_concern
from storage.outbox import queue_entry
from storage.tables import DeliveryAttempt, Escalation, Staff, YoungPerson
from tests.web.cast import AMINA_NUMBER, DEE_NUMBER, NOW, Cast, text
from tests.web.conftest import MakeService, both_kinds
from web.app import create_app

TOKEN = "a-token-that-only-the-scraper-has"
Key = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture
def service(make_service: MakeService) -> Service:
    return make_service(metrics_token=TOKEN)


def scrape(client: FlaskClient) -> str:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return answer.text


def figures(client: FlaskClient) -> dict[Key, float]:
    """Every line, by name without our prefix and by labels."""
    return {
        (
            each.name.removeprefix("return_interview_"),
            tuple(sorted(each.labels.items())),
        ): each.value
        for family in text_string_to_metric_families(scrape(client))
        for each in family.samples
    }


def of(name: str, **labels: str) -> Key:
    return name, tuple(sorted(labels.items()))


OLDEST = "escalation_oldest_unacknowledged_seconds"
WAITS = "escalation_time_to_acknowledge_seconds"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", "Bearer ünd"])
def test_nobody_without_the_token_gets_anything(client: FlaskClient, header: str | None) -> None:
    answer = client.get("/metrics", headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.data) == (401, b"")


def test_without_the_setting_there_is_no_such_page(make_service: MakeService) -> None:
    client = create_app(make_service()).test_client()

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_short_token_stops_the_start(make_service: MakeService) -> None:
    require_safe(make_service(metrics_token=TOKEN, second_factor=None).settings)

    with pytest.raises(SettingsUnsafe, match="METRICS_TOKEN"):
        require_safe(make_service(metrics_token="short", second_factor=None).settings)


@both_kinds
def test_the_figures_are_of_this_moment(
    client: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    before = figures(client)
    assert before[of(OLDEST, priority="1")] == 0
    assert before[of("worker_beat_age_seconds")] == float("inf")

    text(client, service, "i took loads of pills")
    note_worker(service)
    swept(service, lambda: 0)()
    raise_alarm(service, "filtered", "sms")
    clock.move(timedelta(seconds=90))

    now = figures(client)
    assert now[of(OLDEST, priority="1")] == 90
    assert now[of(OLDEST, priority="2")] == 0
    assert now[of("outbox_entries", channel="sms", state="waiting")] == 1
    assert now[of("messages_unscreened")] == 0
    assert now[of("messages_unread")] == 1
    assert now[of("turns_due")] == 1
    assert now[of("alarms_open", kind="filtered")] == 1
    assert now[of("worker_beat_age_seconds")] == now[of("sweep_age_seconds")] == 90

    step(service, "worker")
    acknowledge(service, _only(service).id, cast.dee)

    after = figures(client)
    assert after[of(OLDEST, priority="1")] == 0
    assert after[of("messages_unread")] == 0
    assert after[of(f"{WAITS}_bucket", priority="1", le="60.0")] == 0
    assert after[of(f"{WAITS}_bucket", priority="1", le="120.0")] == 1
    assert after[of(f"{WAITS}_sum", priority="1")] == 90
    clock.move(timedelta(days=31))
    assert figures(client)[of(f"{WAITS}_count", priority="1")] == 0


@both_kinds
def test_what_the_providers_refused_is_counted_for_an_hour(
    client: FlaskClient, service: Service, clock: SetClock
) -> None:
    with service.database.write() as session:
        for result, code in (
            ("failed", "30003"),
            ("failed", "30007"),
            ("in_doubt", "no_answer"),
            ("waiting", "http_503"),
            ("failed", "said +447700900123"),
            ("sent", ""),
            ("put_off", ""),
        ):
            entry = queue_entry(session, 0, "sms", NOW, NOW)
            entry.state = "sent"
            attempt = DeliveryAttempt(id=uuid4(), outbox_id=entry.id, number=1, started_at=NOW)
            attempt.result, attempt.code = result, code
            session.add_all([entry, attempt])

    found = {
        dict(labels)["code"]: value
        for (name, labels), value in figures(client).items()
        if name == "provider_errors_last_hour"
    }
    assert found == {"30xxx": 2, "no_answer": 1, "5xx": 1, "other": 1}
    clock.move(timedelta(hours=1, seconds=1))
    assert "provider_errors_last_hour{" not in scrape(client)


def test_what_is_kept_from_somebody_moves_no_figure_of_escalations(
    client: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    quiet = _escalations_in(scrape(client))
    text(client, service, "i took loads of pills")
    clock.move(timedelta(minutes=1))
    shown = _only(service)
    assert _escalations_in(scrape(client)) != quiet

    with service.database.write() as session:
        concern = NewConcern(None, 1, shown.raised_at, False, {}, {}, [])
        add_concern(session, service.vault, shown, concern, NOW)
    assert _escalations_in(scrape(client)) == quiet

    with service.database.write() as session:
        escalations.new_escalation(
            session, shown.young_person_id, None, 1, NOW - timedelta(hours=2), "independent"
        )
    assert _escalations_in(scrape(client)) == quiet


def test_a_drill_is_no_figure_of_real_work(
    client: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    quiet = _escalations_in(scrape(client))
    text(client, service, "i took loads of pills")
    clock.move(timedelta(minutes=1))
    assert _escalations_in(scrape(client)) != quiet
    with service.database.write() as session:
        found = session.exec(select(Escalation)).one()
        found.is_drill = True
        session.add(found)

    assert _escalations_in(scrape(client)) == quiet


def test_nothing_of_anybody_is_in_it(client: FlaskClient, service: Service, cast: Cast) -> None:
    text(client, service, "i took loads of pills")
    text(client, service, "my name is Zara", sender="+447700900155")
    step(service, "worker")
    page = scrape(client)

    with service.database.read() as session:
        people = [each.id for each in session.exec(select(YoungPerson))]
        staff = session.exec(select(Staff)).all()
        found = session.exec(select(Escalation)).all()
    secrets = [AMINA_NUMBER, DEE_NUMBER, "7700", "Amina", "Yusuf", "Zara", "pills", "@"]
    secrets += [each.name.split()[0] for each in staff] + [each.reference for each in found]
    ids = people + [each.id for each in staff] + [each.id for each in found]
    secrets += [str(each) for each in ids]
    assert [each for each in secrets if each.lower() in page.lower()] == []
    assert not re.search(r"[0-9a-f]{8}-?[0-9a-f]{4}|\d{9}", page.replace("e+0", ""))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("30003", "30xxx"),
        ("429", "4xx"),
        ("http_502", "5xx"),
        ("no_answer", "no_answer"),
        ("Amina", "other"),
        ("+447700900101", "other"),
        ("447700900101", "other"),
        ("", "other"),
    ],
)
def test_a_code_has_a_class_and_nothing_else(code: str, shown: str) -> None:
    assert class_of(code) == shown


def test_another_process_gives_the_same_figures(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, "i took loads of pills")

    assert scrape(client) == scrape(create_app(service).test_client())


def _escalations_in(page: str) -> list[str]:
    return [line for line in page.splitlines() if "escalation" in line]


def _only(service: Service) -> Escalation:
    with service.database.read() as session:
        return session.exec(select(Escalation)).one()
