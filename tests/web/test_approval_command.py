"""`dialog approve` and `dialog approvals`: who agreed to the texts, and who is missing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.approvals import NotApproved, digest_of
from bot.service import Service
from dialogs.position import SCRIPT_VERSION
from web.command_line import REFUSALS, cli

Run = Callable[..., Result]


@pytest.fixture
def run(service: Service, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command of the group `dialog` on the database of this test."""
    settings = service.settings
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KEYS_DATABASE_URL", settings.key_store_url)
    monkeypatch.setenv("KEYS_FILE", str(settings.keys_file))

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, ["dialog", *words])

    return invoke


def agree(run: Run, role: str, name: str, *more: str) -> Result:
    return run("approve", "--language", "en", "--role", role, "--name", name, *more)


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_an_approval_is_entered_and_shown(run: Run) -> None:
    assert "en, version" in run("approvals").output

    first = agree(run, "safeguarding_lead", "Rosa Lind")
    assert first.output == (
        f"en, version {SCRIPT_VERSION}: a draft; still to approve: young_peoples_group\n"
    )
    second = agree(run, "young_peoples_group", "Listen Up group", "--version", SCRIPT_VERSION)
    assert second.output == f"en, version {SCRIPT_VERSION}: approved\n"

    shown = run("approvals").output
    assert "Rosa Lind" in shown
    assert "Listen Up group" in shown
    assert "approved" in shown


def test_programs_get_the_same_as_json(run: Run) -> None:
    after = said(agree(run, "safeguarding_lead", "Rosa Lind", "--json"))

    (listed,) = said(run("approvals", "--json"))
    assert listed == after
    assert (listed["language"], listed["version"]) == ("en", SCRIPT_VERSION)
    assert listed["digest"] == digest_of("en")
    assert (listed["approved"], listed["missing"]) == (False, ["young_peoples_group"])
    (entry,) = listed["entries"]
    assert (entry["role"], entry["name"]) == ("safeguarding_lead", "Rosa Lind")


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        (["--version", "0"], "version 0 is not the current one"),
        (["--language", "xx"], "no texts"),
        (["--name", " "], "a name"),
        (["--role", "translator"], "does not approve"),
    ],
)
def test_a_refusal_is_one_line_and_nothing_is_entered(
    run: Run, more: list[str], refusal: str
) -> None:
    result = agree(run, "safeguarding_lead", "Rosa Lind", *more)

    assert isinstance(result.exception, NotApproved)
    assert isinstance(result.exception, REFUSALS)
    assert refusal in str(result.exception)
    assert "\n" not in str(result.exception)
    assert said(run("approvals", "--json"))[0]["entries"] == []
