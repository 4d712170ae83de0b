"""The import contract of pyproject.toml holds, and each of its parts can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shape.repository import PACKAGES, ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """The four packages, each with one module, under the real contract."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in (*PACKAGES, "bot/channels"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "module.py").touch()
    return tmp_path


def test_the_project_keeps_its_contract() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("web/module.py", "import bot.module"),
        ("bot/module.py", "import dialogs.module, storage.module"),
        ("bot/channels/module.py", "import twilio.rest, telegram"),
        ("web/module.py", "import bot.channels.module"),
    ],
)
def test_what_is_allowed_passes(small_project: Path, module: str, statement: str) -> None:
    (small_project / "bot/channels/__init__.py").write_text("from twilio.rest import Client")
    (small_project / module).write_text(statement)

    result = lint(small_project)

    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "statement", "broken"),
    [
        ("bot/module.py", "import web.module", "layers"),
        ("dialogs/module.py", "import storage.module", "layers"),
        ("storage/module.py", "import dialogs.module", "layers"),
        ("storage/module.py", "import bot.module", "layers"),
        ("web/module.py", "from twilio.twiml import TwiML", "only the channels know the providers"),
        ("bot/module.py", "import telegram.ext", "only the channels know the providers"),
        ("dialogs/module.py", "import os.path", "conversations are pure"),
        ("dialogs/module.py", "from sqlmodel import Session", "conversations are pure"),
    ],
)
def test_what_is_forbidden_fails(
    small_project: Path, module: str, statement: str, broken: str
) -> None:
    (small_project / module).write_text(statement)

    result = lint(small_project)

    assert result.returncode == 1, result.stdout
    verdict = next(line for line in result.stdout.splitlines() if broken in line)
    assert "BROKEN" in verdict
