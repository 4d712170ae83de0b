"""`marks list`, `marks export` and `marks enter`: nothing leaves twice, nothing is written over."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from bot.escalations import NotPossible
from bot.mark_review import mark_lines
from bot.service import Service
from tests.web.cast import Cast
from tests.web.conftest import both_kinds
from tests.web.marking import CLEANED, LOOKED, fill_in, marked_as_missed, signed_in
from web.command_line import REFUSALS, cli


@pytest.fixture
def manager(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.mo)


@pytest.fixture
def mark(app: Flask, service: Service, cast: Cast) -> str:
    """The page of a missed disclosure."""
    return marked_as_missed(app, service, cast)


class Commands:
    """Runs `marks` on the database of this test."""

    def __call__(self, *words: object) -> Result:
        return CliRunner().invoke(cli, ["marks", *map(str, words)])


@pytest.fixture
def run(service: Service, monkeypatch: pytest.MonkeyPatch) -> Commands:
    settings = service.settings
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KEYS_DATABASE_URL", settings.key_store_url)
    monkeypatch.setenv("KEYS_FILE", str(settings.keys_file))
    return Commands()


def refused(result: Result) -> str:
    assert isinstance(result.exception, NotPossible), result.output
    assert isinstance(result.exception, REFUSALS)
    assert "\n" not in str(result.exception)
    return str(result.exception)


@both_kinds
def test_the_whole_way_from_a_mark_to_the_regression_set(
    manager: FlaskClient, service: Service, mark: str, run: Commands, tmp_path: Path
) -> None:
    file, into = tmp_path / "out.jsonl", tmp_path / "set.jsonl"
    assert "to_clean" in run("list").output
    assert "Nothing to export" in run("export", "--to", file).output
    assert not file.exists()
    fill_in(manager, mark, text=CLEANED, **LOOKED)
    (listed,) = json.loads(run("list", "--json").output)
    assert (listed["state"], listed["decided_by"]) == ("cleaned", "Mo Lindqvist")
    assert CLEANED not in run("list").output

    assert "1 line written" in run("export", "--to", file).output
    assert file.stat().st_mode & 0o077 == 0
    assert run("list").output == "None.\n"
    assert "1 line added" in run("enter", file, "--into", into).output

    assert into.read_text() == file.read_text()
    assert json.loads(into.read_text())["texts"] == [CLEANED]
    assert "line 1: it is there already" in refused(run("enter", file, "--into", into))
    assert into.read_text() == file.read_text()


def test_an_export_never_writes_over_a_file(
    manager: FlaskClient, service: Service, mark: str, run: Commands, tmp_path: Path
) -> None:
    fill_in(manager, mark, text=CLEANED, **LOOKED)
    file = tmp_path / "out.jsonl"
    file.write_text("mine")

    assert "is there already" in refused(run("export", "--to", file))
    assert "cannot be written" in refused(run("export", "--to", tmp_path / "no" / "out.jsonl"))

    assert file.read_text() == "mine"
    assert [line.state for line in mark_lines(service)] == ["cleaned"]


LINE = {
    "id": "6f1c",
    "texts": ["she locks the fridge again"],
    "severity": "same_day",
    "categories": ["ABU"],
    "style": "from_practice",
    "about": "self",
    "origin": "missed",
}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (
            [LINE, {**LINE, "id": "other", "texts": ["She locks  the fridge again"]}],
            "line 2: it is",
        ),
        ([{**LINE, "texts": ["ring 07700 900555 zebra-canary"]}], "line 1: it still has"),
        ([LINE, {**LINE, "severity": "low"}], "line 2: its severity"),
        ([], "there is no line"),
    ],
)
def test_all_lines_are_entered_or_none(
    run: Commands, tmp_path: Path, lines: list[object], why: str
) -> None:
    file, into = tmp_path / "in.jsonl", tmp_path / "set.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in lines))

    said = refused(run("enter", file, "--into", into))

    assert why in said
    assert "canary" not in said
    assert not into.exists()


def test_a_file_that_is_no_json_is_refused_without_its_words(run: Commands, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("zebra-canary")

    assert "canary" not in refused(run("enter", file, "--into", tmp_path / "set.jsonl"))


def test_outside_a_checkout_the_set_has_to_be_named(
    run: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps(LINE))

    assert "give --into" in refused(run("enter", file))


def test_what_looks_like_an_identifier_may_be_named_as_none(run: Commands, tmp_path: Path) -> None:
    file, into = tmp_path / "in.jsonl", tmp_path / "set.jsonl"
    file.write_text(json.dumps({**LINE, "texts": ["me n m8 2nd time"]}))
    into.write_text(json.dumps(LINE | {"id": "first"}))

    assert "postcode" in refused(run("enter", file, "--into", into))
    assert run("enter", file, "--into", into, "--no-identifier", "m8 2nd").exit_code == 0
    assert len(into.read_text().splitlines()) == 2
