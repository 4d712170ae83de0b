"""`dialog check` and `dialog coverage`: what they print, and when they refuse."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from bot.release import stranded_conversations
from bot.service import Service
from storage.tables import ReturnInterview
from tests.web.cast import Cast
from web.command_line import cli


@pytest.fixture
def dialog() -> Callable[..., Result]:
    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["dialog", *words])

    return run


def test_the_script_is_clean_in_every_language_of_every_nation(
    dialog: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    for nation in ("england", "wales", "scotland", "northern_ireland"):
        monkeypatch.setenv("NATION", nation)
        result = dialog("check")
        assert result.exit_code == 0, result.output
        assert "0 findings" in result.output
        for word in ("states", "unreachable", "dead ends", "missing commands", "untranslated"):
            assert word in result.output


def test_a_setting_that_makes_a_sentence_false_fails_the_check(
    dialog: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEPT_YEARS", "3")
    result = dialog("check", "--json")

    assert result.exit_code == 1
    found = json.loads(result.output)["languages"][0]["findings"]
    assert [each["key"] for each in found] == ["m3"]
    assert "KEPT_YEARS" in found[0]["message"]


def test_a_number_that_nobody_checked_fails_the_check_where_children_are_reached(
    dialog: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("SID", "AC" + "0" * 32), ("TOKEN", "t" * 32)):
        monkeypatch.setenv(f"TWILIO_{'ACCOUNT_' if name == 'SID' else 'AUTH_'}{name}", value)
    monkeypatch.setenv("TWILIO_SMS_FROM", "+447700900000")
    result = dialog("check")

    assert result.exit_code == 1
    assert "numbers.toml: childline" in result.output


def test_a_language_without_texts_is_refused(dialog: Callable[..., Result]) -> None:
    result = dialog("check", "--language", "../en")

    assert result.exit_code != 0
    assert "no texts in ../en" in result.output


def test_coverage_lists_every_topic(dialog: Callable[..., Result]) -> None:
    rows = json.loads(dialog("coverage", "--json").output)

    assert len(rows) == 64
    assert {"topic", "label", "purpose", "how", "answered_by", "states"} == set(rows[0])
    assert "Safe" in dialog("coverage").output


def test_a_conversation_that_this_release_would_strand_is_found(
    service: Service, cast: Cast
) -> None:
    with service.database.write() as session:
        assert list(stranded_conversations(session)) == []
        gone = update(ReturnInterview).values(position={"state": "a_state_of_old"})
        session.connection().execute(gone)
    with service.database.read() as session:
        assert [state for _, state in stranded_conversations(session)] == ["a_state_of_old"]
    with service.database.write() as session:
        session.connection().execute(update(ReturnInterview).values(position={"mood": "?"}))
    with service.database.read() as session:
        assert [state for _, state in stranded_conversations(session)] == ["unreadable"]
