"""A service on a temporary database, the cast, and a browser without a screen."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.clock import SetClock
from bot.service import Service, open_service
from bot.settings import load_settings
from storage import migrate
from storage.database import Database
from storage.installation import ensure_installation
from storage.keys import KeyFile
from tests.engines import all_engines, engines
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER
from tests.postgres import FreshPostgres
from tests.web.cast import NOW, Cast, RecordingChannel, gather
from tests.web.templates import CompiledOnce
from web.app import create_app

__all__ = ["all_engines", "engines"]

SITE = "http://127.0.0.1:8080"

both_kinds = pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
"""For tests that must hold on both kinds of database."""


def live_words(url: str) -> None:
    _migrate(url, migrate.MAIN, "live")


def demo_words(url: str) -> None:
    _migrate(url, migrate.MAIN, "demo")


def migrated_keys(url: str) -> None:
    _migrate(url, migrate.KEYS)


def _migrate(url: str, schema: migrate.Schema, mode: str | None = None) -> None:
    database = Database(url)
    migrate.upgrade(database, schema)
    if mode:
        with database.write() as session:
            ensure_installation(session, mode, NOW)
    database.close()


@pytest.fixture(scope="session", autouse=True)
def templates_are_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": CompiledOnce()})
        yield


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


class MakeService(Protocol):
    def __call__(self, *, demo: bool = False, **settings: object) -> Service: ...


@pytest.fixture
def kind() -> str:
    """SQLite, unless the test is marked with `both_kinds`, which parametrises this."""
    return "sqlite"


@pytest.fixture
def make_service(
    kind: str,
    tmp_path: Path,
    migrated_file: Callable[..., Path],
    clock: SetClock,
    channel: RecordingChannel,
    request: pytest.FixtureRequest,
) -> Iterator[MakeService]:
    """Opens services, each on a database of its own, and closes them after the test."""
    opened: list[Service] = []

    def make(*, demo: bool = False, **settings: object) -> Service:
        folder = tmp_path / f"service-{len(opened)}"
        folder.mkdir()
        words = demo_words if demo else live_words
        if kind == "sqlite":
            url = f"sqlite:///{shutil.copyfile(migrated_file(words), folder / 'words.sqlite')}"
        else:
            fresh_postgres: FreshPostgres = request.getfixturevalue("fresh_postgres")
            url = fresh_postgres(words)
        keys = shutil.copyfile(migrated_file(migrated_keys), folder / "keys.sqlite")
        KeyFile.create(folder / "keys.json")
        given: dict[str, object] = {
            "database_url": url,
            "keys_database_url": f"sqlite:///{keys}",
            "keys_file": folder / "keys.json",
            "public_url": SITE,
            "secret_key": "a-secret-of-the-tests-that-is-long-enough",
            # Signing in is one step here; tests/web/test_sign_in_steps.py takes the others.
            "second_factor": "optional",
            # The first text of a test process loads the detector, on a machine that may be busy.
            "screening_budget_seconds": 60,
        }
        if demo:
            given["demo_folder"] = folder
        else:
            given |= {
                "twilio_account_sid": ACCOUNT_SID,
                "twilio_auth_token": AUTH_TOKEN,
                "twilio_sms_from": OUR_NUMBER,
            }
        carrier = RecordingChannel("simulated") if demo else channel
        opened.append(
            open_service(
                load_settings(**given | settings),
                clock,
                lambda _database, _vault: {carrier.name: carrier},
            )
        )
        return opened[-1]

    yield make
    for service in opened:
        service.close()


@pytest.fixture
def service(make_service: MakeService) -> Service:
    return make_service()


@pytest.fixture
def cast(service: Service) -> Cast:
    return gather(service)


@pytest.fixture
def app(service: Service) -> Flask:
    return create_app(service)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
