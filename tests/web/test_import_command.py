"""`return-interview episodes import` as somebody types it: looks first, prints no names."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from bot.invitations import NotEntered
from bot.service import Service
from storage.tables import AuditEntry, MissingEpisode
from tests.web.cast import Cast
from web.commands.people import episodes

ROWS = """returned_at,name,phone,invite,texting_agreed_by
2026-11-20T09:00,Leo Marsh,07700 900133,yes,ade@example.org
2026-11-20T10:00,Zoë Lund,07700 900134,,
"""


@pytest.fixture
def typed(service: Service, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings = service.settings
    for name in ("database_url", "keys_database_url", "keys_file", "secret_key", "public_url"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    monkeypatch.setenv("ALLOW_DRAFT_SCRIPT", "1")

    def run(*words: str, lines: str | bytes | None = None) -> Result:
        return CliRunner().invoke(episodes, ["import", *words], input=lines)

    return run


def entered(service: Service) -> int:
    with service.database.read() as session:
        return len(session.exec(select(MissingEpisode)).all())


def test_it_looks_first_and_enters_when_it_is_told_to(
    service: Service, cast: Cast, typed: Any, tmp_path: Path
) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text(ROWS, encoding="utf-8")
    before = entered(service)

    looked = typed(str(path))
    assert looked.exit_code == 0
    assert looked.output.splitlines() == [
        "line 2: entered and invited",
        "line 3: entered",
        "Only looked: 1 entered, 1 entered and invited. --apply enters it.",
    ]
    assert entered(service) == before

    done = typed(str(path), "--apply")
    assert done.output.splitlines()[-1] == "Done: 1 entered, 1 entered and invited."
    assert "(young person " in done.output
    assert entered(service) == before + 2
    again = typed(str(path), "--apply")
    assert again.output.splitlines()[-1] == "Done: 2 known already, left out."
    assert entered(service) == before + 2
    with service.database.read() as session:
        actors = {each.actor for each in session.exec(select(AuditEntry))}
    assert actors == {"command"}


def test_standard_input_and_json(service: Service, cast: Cast, typed: Any) -> None:
    result = typed("-", "--apply", "--json", lines=ROWS.encode())
    printed = json.loads(result.output)

    assert printed["stored"] is True
    assert [(each["line"], each["result"]) for each in printed["rows"]] == [
        (2, "invited"),
        (3, "entered"),
    ]
    assert printed["problems"] == []


@pytest.mark.parametrize("how", [(), ("--json",), ("--apply",), ("--apply", "--json")])
def test_errors_are_listed_with_lines_and_nothing_is_stored_or_named(
    service: Service, cast: Cast, typed: Any, how: tuple[str, ...]
) -> None:
    before = entered(service)
    broken = ROWS + "20/11/2026,Ann,0800 FLOWERS,perhaps,\n"
    result = typed("-", *how, lines=broken)

    assert isinstance(result.exception, NotEntered)
    assert str(result.exception) == "nothing was stored: 3 problems"
    assert entered(service) == before
    assert "Leo" not in result.output
    assert "900133" not in result.output
    if "--json" in how:
        printed = json.loads(result.output)
        assert printed["stored"] is False
        assert {each["column"] for each in printed["problems"]} == {
            "invite",
            "phone",
            "returned_at",
        }
    else:
        assert result.output.splitlines()[0] == "line 4, invite: give yes or no"


@pytest.mark.parametrize(
    ("file", "lines", "said"),
    [
        ("-", "a,b\n1,2\n", "unknown columns"),
        ("/nowhere/at-all.csv", None, "cannot be read"),
    ],
)
def test_what_is_no_file_of_episodes_is_one_line(
    service: Service, cast: Cast, typed: Any, file: str, lines: str | None, said: str
) -> None:
    result = typed(file, lines=lines)

    assert isinstance(result.exception, NotEntered)
    assert said in str(result.exception)
