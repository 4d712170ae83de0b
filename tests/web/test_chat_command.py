"""`return-interview chat` as it is typed: its output, whom it pretends to be, what it records."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from web.commands.conversation import chat

pytestmark = pytest.mark.slow


def typed(*words: str, lines: str = "", exit_code: int = 0) -> str:
    result = CliRunner().invoke(chat, ["--plain", *words], input=lines)
    assert result.exit_code == exit_code, result.output
    return result.output


def recorded(tmp_path: Path, *words: str, lines: str = "") -> dict[str, Any]:
    file = tmp_path / "held.toml"
    typed(*words, "--record", str(file), lines=lines)
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_what_is_printed_can_be_read_by_a_program() -> None:
    printed = typed(lines="yes\nmy dad hits me\n").splitlines()

    assert [line.split(":")[0] for line in printed] == ["bot", "bot", "! P2 ABU", "bot"]
    assert printed[0].startswith("bot: Hi, it's the Listen Line.")


def test_time_passes_when_it_is_told_to() -> None:
    printed = typed(lines="hes outside with a knife\n/wait 16m\n")

    assert "No one has answered me yet" in printed
    assert printed.splitlines()[-1].endswith("SIL")


def test_a_recording_says_what_was_typed_and_all_that_came_of_it(tmp_path: Path) -> None:
    lines = "yes\nyes\ntext\nyes\nso mum\nshe shouted\n/wait 2m\n/photo\nbusy\n"
    held = recorded(tmp_path, lines=lines)

    assert set(held) == {"about", "lines"}
    assert held["lines"][0] == {"bot": ["hello"], "state": "hello"}
    assert held["lines"][3] == {
        "they": "text",
        "bot": ["m3", "m3b", "m3c", "safe_now"],
        "state": "safe_now",
        "answers": ["way"],
    }
    settled = held["lines"][5]
    assert settled["they"] == ["so mum", "she shouted"]
    assert settled["bot"] == ["help"]
    picture = held["lines"][6]
    assert picture["media"] == "picture"
    assert picture["after"] == "100s", "what was left of the two minutes when it had settled"
    assert picture["escalation"] == "P2 TEC"
    assert held["lines"][7]["contact"] == "guarded"


def test_what_happens_by_itself_is_a_line_of_its_own(tmp_path: Path) -> None:
    held = recorded(tmp_path, lines="hes outside with a knife\n/wait 1h\n")

    assert held["lines"][2] == {"after": "10m", "bot": ["not_yet"], "state": "after_danger"}
    assert held["lines"][3]["after"] == "5m"
    assert held["lines"][3]["escalation"].endswith("SIL")


def test_the_young_person_is_written_down_too(tmp_path: Path) -> None:
    held = recorded(
        tmp_path, "--check-word", "marmalade", "--duress-word", "lantern", "--born", "2011-05-30",
        "--length", "short", "--episode-number", "3",
    )  # fmt: skip

    assert {**held["young_person"], "born": held["young_person"]["born"].isoformat()} == {
        "check_word": "marmalade",
        "duress_word": "lantern",
        "born": "2011-05-30",
        "length": "short",
        "episode_number": 3,
    }


def test_signs_that_no_toml_may_hold_are_written_so_that_it_can_be_read(tmp_path: Path) -> None:
    odd = 'she said "stop" \\ \x7f\x01\t🙂'
    held = recorded(tmp_path, lines=f"{odd}\n")

    assert held["lines"][1]["they"] == odd


def test_again_opens_with_what_was_promised() -> None:
    assert "You asked for some things last time." in typed(
        "--episode-number", "2", lines="yes\nyes\ntext\n"
    )


def test_a_length_can_be_chosen() -> None:
    lines = "yes\nyes\ntext\nyes\nrows with mum about my phone bill\n/wait 1m\na quiet room\n"

    assert "I have about 4 more" in typed("--length", "short", lines=lines)
    assert "I have about 4 more" not in typed(lines=lines)


def test_a_young_child_is_offered_a_person_first() -> None:
    assert "would like to call you or meet you" in typed("--born", "2015-03-02", lines="yes\nyes\n")


def test_the_duress_word_is_known() -> None:
    assert "! P1 TEC" in typed("--duress-word", "lantern", lines="lantern\n")


def test_an_adult_is_not_interviewed() -> None:
    assert "they are 18 or older" in typed("--born", "2001-01-01", exit_code=1)


def test_a_word_that_cannot_be_used_is_refused() -> None:
    assert "too short" in typed("--check-word", "x", exit_code=1)


@pytest.mark.slow
def test_a_live_chat_is_recorded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "live.toml"
    command = [sys.executable, "-m", "web.cli", "chat", "--record", str(file)]

    # The first text of a process loads the detector; on a busy machine that is a doubt by itself.
    monkeypatch.setenv("SCREENING_BUDGET_SECONDS", "60")
    done = subprocess.run(command, input=b"yes\n", capture_output=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr
    lines = tomllib.loads(file.read_text(encoding="utf-8"))["lines"]
    assert [line["bot"] for line in lines] == [["hello"], ["just_you"]]
