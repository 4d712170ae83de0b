"""`return-interview drill` as somebody types it."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.drills import sweep_drills
from bot.escalations import NotPossible
from bot.service import Service
from storage.drills import running
from tests.web.cast import Cast
from web.commands.drills import drill


@pytest.fixture
def typed(service: Service, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings = service.settings
    for name in ("database_url", "keys_database_url", "keys_file", "secret_key", "public_url"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))

    def run(*words: str) -> Result:
        return CliRunner().invoke(drill, list(words))

    return run


def test_one_is_run_and_listed_when_it_is_over(typed: Any, service: Service) -> None:
    assert typed("list").output == "None.\n"
    assert "on its way" in typed("run").output
    with service.database.read() as session:
        assert running(session) is not None
    assert isinstance(typed("run").exception, NotPossible)

    with service.database.write() as session:
        begun = running(session)
        assert begun is not None
        begun.started_at = service.clock.machine_now().replace(year=2020)
        session.add(begun)
    sweep_drills(service)

    (listed,) = json.loads(typed("list", "--json").output)
    assert (listed["state"], listed["target"]) == ("failed", "sink")


def test_a_manager_announces_any_day_of_a_week_and_calls_it_off(typed: Any) -> None:
    week = date(2036, 5, 7)
    mo = ("--email", "mo@example.org")
    shown = json.loads(typed("schedule", "--week", week.isoformat(), *mo, "--json").output)
    assert shown["announced_week"] == "2036-05-05"

    assert isinstance(typed("schedule", "--off").exception, NotPossible)
    assert isinstance(
        typed("schedule", "--off", "--email", "dee@example.org").exception, NotPossible
    )
    assert json.loads(typed("schedule", "--off", *mo, "--json").output)["announced_week"] is None
    assert typed("schedule", "--week", "soon", *mo).exit_code == 2
