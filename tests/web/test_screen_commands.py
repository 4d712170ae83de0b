"""`screen evaluate`, `screen curve` and `screen text`: without settings, keys or a database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dialogs.screening_labels import Labelled
from dialogs.screening_lexicon import ScreeningFailed
from dialogs.screening_result import Screening
from web.command_line import cli
from web.commands import screening

ROWS = [
    ("i-1", "immediate", "my stepdad is outside my door with a knife"),
    ("s-1", "same_day", "my dad hits me"),
    ("d-1", "doubt", "i want to make a complaint"),
    ("n-1", "none", "i like pizza"),
    ("n-2", "none", "missed the bus so i walked home"),
]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """The command where nothing is set up."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, ["screen", *map(str, words)], env={"DATABASE_URL": "none"})

    return run


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    folder.mkdir()
    for name, severity, text in ROWS:
        row = {"id": name, "texts": [text], "severity": severity, "style": "direct"}
        (folder / f"{name}.jsonl").write_text(json.dumps(row))
    (folder / "notes.txt").write_text("not read")
    return folder


def test_check_says_whether_screening_can_be_loaded(
    screen: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = screen("check")
    assert (sound.exit_code, sound.output[:25]) == (0, "Screening works. Detector")

    def broken(*_arguments: object) -> Screening:
        raise ScreeningFailed("thresholds.toml is damaged")

    monkeypatch.setattr(screening, "screen", broken)
    failed = screen("check")
    assert (failed.exit_code, failed.output) == (
        1,
        "Error: cannot screen: thresholds.toml is damaged\n",
    )


def test_a_folder_or_its_files_are_measured(screen: Callable[..., Result], labels: Path) -> None:
    whole = screen("evaluate", labels)
    files = screen("evaluate", *sorted(labels.glob("*.jsonl")))

    assert whole.exit_code == 0, whole.output
    assert whole.output == files.output
    assert "5 messages" in whole.output
    assert "immediate, P1 or P2   >= 85 %      100.0 %  met" in whole.output


def test_programs_get_the_same_as_json(screen: Callable[..., Result], labels: Path) -> None:
    values = json.loads(screen("evaluate", labels, "--json", "--misses", "0").output)

    assert values["messages"] == 5
    assert values["figures"]["same_day_flagged"]["percent"] == 100
    assert values["worse_than_the_limits"] == []
    assert all(each["messages"] == [] for each in values["misses"])


def test_the_question_and_the_risk_before_count(
    screen: Callable[..., Result], tmp_path: Path
) -> None:
    row = {"id": "a", "texts": ["no"], "severity": "immediate", "asked": "safe_now"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    values = json.loads(screen("evaluate", "a.jsonl", "--json").output)

    assert values["figures"]["immediate_p1"]["hits"] == 1


def test_a_figure_below_its_limit_exits_with_1_and_is_named(
    screen: Callable[..., Result], labels: Path, tmp_path: Path
) -> None:
    kept, missed = tmp_path / "kept.toml", tmp_path / "missed.toml"
    kept.write_text("[at_least]\nimmediate_flagged = 100\n[at_most]\nordinary_p1 = 0\n")
    missed.write_text("[at_least]\nsame_day_flagged = 100\ndoubt_raised = 100\nimmediate_p1=100\n")
    with (labels / "s-1.jsonl").open("a") as file:
        file.write('\n{"id": "s-2", "texts": ["i like pizza"], "severity": "same_day"}')

    assert screen("evaluate", labels, "--at-least", kept).exit_code == 0
    result = screen("evaluate", labels, "--at-least", missed)
    assert result.exit_code == 1
    assert "same_day_flagged: 50.00 % (1 of 2), should be at least 100 %" in result.stderr
    assert "immediate_p1" not in result.stderr


@pytest.mark.parametrize("command", ["evaluate", "curve"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"id": "a", "texts": ["x"], "severity": "none"}\n{"id": 3}', "bad.jsonl:2: texts"),
        ("\n", "bad.jsonl: no message in it"),
        ('{"id": "a", "texts": ["x"], "severity": "none"}\n' * 2, "bad.jsonl:2: the id a is also"),
    ],
)
def test_what_is_malformed_exits_with_2_and_names_the_place(
    screen: Callable[..., Result], tmp_path: Path, command: str, content: str, why: str
) -> None:
    (tmp_path / "bad.jsonl").write_text(content)
    result = screen(command, "bad.jsonl")

    assert result.exit_code == 2
    assert why in result.stderr


def test_files_that_are_not_there_or_not_limits_exit_with_2(
    screen: Callable[..., Result], labels: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong.toml").write_text("[at_least]\nrecall = 3\n")

    assert screen("evaluate").exit_code == 2
    assert screen("evaluate", "nowhere.jsonl").exit_code == 2
    assert "no .jsonl file in it" in screen("evaluate", "empty").stderr
    refused = screen("evaluate", labels, "--at-least", "wrong.toml")
    assert refused.exit_code == 2
    assert "wrong.toml: [at_least] recall is none of" in refused.stderr


def test_the_curve_is_of_the_score(
    screen: Callable[..., Result], labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = {"immediate": 7.5, "same_day": 6.5, "doubt": 5.5, "none": None}

    def screened(message: Labelled) -> Screening:
        return Screening(None, (), (), "clear", False, "d-1", scores[message.severity])

    monkeypatch.setattr(screening, "_screened", screened)
    result = screen("curve", labels, "--at", "7")
    assert result.exit_code == 0
    assert result.output.splitlines()[3].split() == [
        *("7", "0.0", "%", "100.0", "%", "0.0", "%", "50.0", "%", "0.0", "%"),
    ]
    assert "P2 as set" in result.output
    rows = json.loads(screen("curve", labels, "--json").output)
    assert (rows[0]["threshold"], rows[0]["either"]["hits"], rows[0]["name"]) == (5.5, 2, None)

    scores.update(dict.fromkeys(scores))
    assert "this detector gives no score" in screen("curve", labels).stderr


def test_a_reviewer_sees_what_one_message_gives_and_why(screen: Callable[..., Result]) -> None:
    result = screen("text", "hiya", "my stepdad keeps hitting me")

    assert result.exit_code == 0
    assert result.output.startswith("P2 same day; clear\n  ABU  abuse or neglect by family\n")
    assert "family member hurts me" in result.output
    assert '"stepdad keeps hitting me" at 3 to 27 of text 2' in result.output


def test_a_reviewer_can_say_what_was_asked(screen: Callable[..., Result]) -> None:
    assert "Nothing found. That never means that all is well." in screen("text", "ok").output
    answer = screen("text", "no", "--asked", "safe_now").output
    assert answer.startswith("P1 now")
    assert "in answer to the question" in answer
    values = json.loads(screen("text", "dwi isio marw", "--language", "cy", "--json").output)
    assert "SUI" in values["categories"]
    unknown = screen("text", "no", "--asked", "nowhere")
    assert unknown.exit_code == 2
    assert "nowhere is no state of the interview" in unknown.stderr
    plain, after = screen("text", "delete it"), screen("text", "delete it", "--after-risk")
    assert plain.output.startswith("P3")
    assert after.output.startswith("P2")
