"""Ready means that a disclosure would reach a person; the answer says nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlmodel import Session
from structlog.testing import capture_logs

from bot.alarms import SILENT_AFTER, clear_alarm, note_worker, raise_alarm
from bot.clock import SetClock
from bot.service import Service
from dialogs.screening import ScreeningFailed
from storage.database import Database
from storage.tables import Staff
from tests.engines import break_database
from tests.web.cast import Cast
from tests.web.conftest import both_kinds
from web.app import create_app

Break = Callable[[Service, Cast], Service]


def no_detector(*_arguments: Any, **_options: Any) -> Any:
    raise ScreeningFailed("the lexicon is empty")


def without_duty_workers(service: Service, cast: Cast) -> Service:
    with service.database.write() as session:
        _change(session, cast.dee, active=False)
    return service


def without_numbers(service: Service, cast: Cast) -> Service:
    with service.database.write() as session:
        _change(session, cast.dee, phone_sealed=None)
    return service


def with_other_keys(service: Service, _cast: Cast) -> Service:
    service.vault.store._cache.clear()
    with service.vault.store.database.write() as session:
        session.connection().execute(text("DELETE FROM person_key"))
    return service


def without_a_database(service: Service, _cast: Cast) -> Service:
    return _broken(service, service.database)


def without_a_key_store(service: Service, _cast: Cast) -> Service:
    return _broken(service, service.vault.store.database)


def with_an_old_schema(service: Service, _cast: Cast) -> Service:
    return _at_an_older_version(service, service.database)


def with_an_old_key_schema(service: Service, _cast: Cast) -> Service:
    return _at_an_older_version(service, service.vault.store.database)


def with_a_failing_detector(service: Service, _cast: Cast) -> Service:
    return replace(service, screen=no_detector)


def without_a_channel(service: Service, _cast: Cast) -> Service:
    return replace(service, channels={})


BROKEN: list[tuple[Break, str]] = [
    (without_duty_workers, "duty_worker"),
    (without_numbers, "duty_worker"),
    (with_other_keys, "keys"),
    (without_a_database, "databases"),
    (without_a_key_store, "databases"),
    (with_an_old_schema, "schemas"),
    (with_an_old_key_schema, "schemas"),
    (with_a_failing_detector, "detector"),
    (without_a_channel, "channel"),
]


@pytest.fixture(autouse=True)
def _a_worker_is_there(service: Service) -> None:
    note_worker(service)


@both_kinds
@pytest.mark.usefixtures("cast")
def test_a_service_that_has_everything_is_ready(client: FlaskClient) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = client.get(path)

        assert (answer.status_code, answer.data) == (200, b"ok")
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("break_it", "missing"), BROKEN, ids=[break_it.__name__ for break_it, _ in BROKEN]
)
def test_a_service_that_lacks_something_says_only_that(
    service: Service, cast: Cast, break_it: Break, missing: str
) -> None:
    client = create_app(break_it(service, cast)).test_client()

    with capture_logs() as logged:
        answer = client.get("/health/ready")

    assert (answer.status_code, answer.data) == (503, b"not ok")
    assert client.get("/health/live").data == b"ok"
    (line,) = (each for each in logged if each["event"] == "not ready")
    assert missing in line["missing"].split(",")


@pytest.mark.parametrize("kind", ["webhook_moved", "cannot_ask", "our_fault"])
def test_it_is_not_ready_while_texts_do_not_come_or_go(
    service: Service, client: FlaskClient, cast: Cast, kind: str
) -> None:
    raise_alarm(service, kind, "sms")

    with capture_logs() as logged:
        assert client.get("/health/ready").status_code == 503

    assert [each for each in logged if (each.get("kind"), each.get("detail")) == (kind, "sms")]
    clear_alarm(service, kind, "sms")
    assert client.get("/health/ready").status_code == 200


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("kind", ["refused", "unreadable", "webhooks_missed", "filtered"])
def test_what_only_needs_looking_into_leaves_it_ready(
    service: Service, client: FlaskClient, kind: str
) -> None:
    raise_alarm(service, kind, "sms")

    assert client.get("/health/ready").status_code == 200


@pytest.mark.usefixtures("cast")
def test_a_worker_that_says_nothing_for_two_minutes_is_missed(
    service: Service, client: FlaskClient, clock: SetClock
) -> None:
    clock.move(SILENT_AFTER)
    assert client.get("/health/ready").status_code == 200

    clock.move(timedelta(seconds=1))
    with capture_logs() as logged:
        assert client.get("/health/ready").status_code == 503

    (line,) = (each for each in logged if each["event"] == "not ready")
    assert line["missing"] == "worker"
    note_worker(service)
    assert client.get("/health/ready").status_code == 200


def _change(session: Session, person: Staff, **values: object) -> None:
    row = session.get_one(Staff, person.seq)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def _broken(service: Service, database: Database) -> Service:
    break_database(database, OSError("gone"))
    return service


def _at_an_older_version(service: Service, database: Any) -> Service:
    with database.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '0000'"))
    return service
