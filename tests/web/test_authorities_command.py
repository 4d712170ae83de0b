"""`return-interview authorities` as somebody types it."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.escalations import NotPossible
from bot.service import Service
from web.commands.authorities import authorities


@pytest.fixture
def typed(service: Service, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings = service.settings
    for name in ("database_url", "keys_database_url", "keys_file", "secret_key", "public_url"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))

    def run(*words: str) -> Result:
        return CliRunner().invoke(authorities, list(words))

    return run


def test_an_authority_is_entered_once_and_listed_with_its_number(typed: Any) -> None:
    assert typed("list").output == "None.\n"
    added = typed("add", "Northmoor", "--out-of-hours", "01632 960400")
    again = typed("add", "Northmoor")

    (listed,) = json.loads(typed("list", "--json").output)
    assert listed == {
        "id": added.output.strip(),
        "name": "Northmoor",
        "out_of_hours": "01632 960400",
    }
    assert isinstance(again.exception, NotPossible)
