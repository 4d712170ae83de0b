"""`reasons suggest`: without settings, keys or a database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dialogs.screening_lexicon import ScreeningFailed
from web.command_line import cli
from web.commands import reasons

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command where nothing is set up."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object, given: bytes = b"") -> Result:
        arguments = ["reasons", "suggest", *map(str, words)]
        return CliRunner().invoke(cli, arguments, input=given, env={"DATABASE_URL": "none"})

    return run


def lines(*rows: object) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


ROWS = lines(
    {"id": "a", "text": "had a row with my mum"},
    {"id": 2, "text": ""},
    {"id": None, "text": "idk"},
)


def answers(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_gets_its_codes_and_why(run: Run) -> None:
    result = run("--jsonl", given=ROWS)

    first, empty, last = answers(result)
    assert result.exit_code == 0, result.output
    assert (first["id"], first["codes"]) == ("a", ["H1"])
    assert empty == {"id": 2, "codes": [], "because": []}
    assert (last["id"], last["codes"]) == (None, ["O2"])
    assert first["because"] == [
        {
            "code": "H1",
            "label": "Argument or conflict at home",
            "words": "row with my mum",
            "start": 6,
            "end": 21,
            "rule": "says: a row or falling-out with a parent or carer",
        }
    ]


def test_a_file_and_a_dash_are_read_as_standard_input_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "told.jsonl").write_bytes(ROWS)
    given = run("--jsonl", given=ROWS).stdout
    assert run("--jsonl", "-", given=ROWS).stdout == given
    assert run("--jsonl", tmp_path / "told.jsonl").stdout == given


@pytest.mark.parametrize(
    ("line", "line_id", "error"),
    [
        (b"{", None, "not a line of JSON"),
        (b"", None, "not a line of JSON"),
        (b"\xff\xfe", None, "not a line of JSON"),
        (b"[" * 100_000, None, "not a line of JSON"),
        (b"[1]", None, "not a JSON object"),
        (b'{"text": "x"}', None, 'no "id"'),
        (b'{"id": "x"}', "x", '"text" is missing or no string'),
        (b'{"id": "x", "text": 5}', "x", '"text" is missing or no string'),
    ],
)
def test_a_bad_line_says_so_in_its_place_and_nothing_is_lost(
    run: Run, line: bytes, line_id: object, error: str
) -> None:
    good = lines({"id": "g", "text": "bored"})
    result = run("--jsonl", given=good + line + b"\n" + good)

    before, wrong, after = answers(result)
    assert result.exit_code == 1
    assert wrong == {"id": line_id, "error": error}
    assert before == after
    assert before["codes"] == ["F5"]


def test_any_string_of_json_is_answered(run: Run) -> None:
    result = run("--jsonl", given=b'{"id": "\\ud800", "text": "\\ud800 bored \\u0000"}\n')
    assert result.exit_code == 0, result.output
    assert answers(result)[0]["id"] == "\ud800"


def test_damage_is_told_in_every_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_text: str) -> None:
        raise ScreeningFailed("the ranker is damaged")

    monkeypatch.setattr(reasons, "suggest", damaged)
    result = run("--jsonl", given=ROWS)
    assert result.exit_code == 1
    assert [row["error"] for row in answers(result)] == [
        "cannot suggest: the ranker is damaged"
    ] * 3


def test_help_says_that_a_person_codes(run: Run) -> None:
    text = " ".join(run("--help").stdout.split())
    assert "For the advocate only" in text
    assert "nothing here is ever applied by itself" in text


def test_without_jsonl_it_says_what_is_missing(run: Run) -> None:
    result = run()
    assert result.exit_code == 2
    assert "--jsonl" in result.output
