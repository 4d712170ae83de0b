"""The same words and the same detector give the same result, in any process."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json
from hashlib import sha256
from pathlib import Path
from dialogs.screening import screen
lines = Path("tests/dialogs/screening_regression.jsonl").read_text().splitlines()
found = [repr(screen(json.loads(line)["texts"])) for line in lines[::2]]
print(sha256("".join(found).encode()).hexdigest())
"""


@pytest.mark.slow
def test_every_process_gives_the_same_reasons_in_the_same_order() -> None:
    """Sets are walked in another order under another hash seed."""
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1
