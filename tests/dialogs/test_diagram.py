from pathlib import Path

from dialogs.diagram import mermaid
from dialogs.interview import STATES

DRAWN = Path(__file__).parents[2] / "docs" / "interview.mmd"


def test_the_drawn_interview_is_the_one_that_runs() -> None:
    assert DRAWN.read_text(encoding="utf-8") == mermaid(), "write it anew: dialog diagram"


def test_every_state_is_drawn_in_its_phase() -> None:
    lines = mermaid().splitlines()

    assert all(f"        {state}" in lines for state in STATES)
    assert any("safe_now -->" in line and line.endswith("going_on") for line in lines)
