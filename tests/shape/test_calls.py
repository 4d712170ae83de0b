"""Calls that no linter's rule covers: the environment, sleeping, and the time in dialogs/."""

import ast
from collections.abc import Iterator

import pytest

from tests.shape.repository import PACKAGES, files, name

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv"}
READERS = {"dotenv", "pydantic_settings"}
SLEEPS = {"sleep", "wait_for_timeout"}
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}
SETTINGS = "bot/settings.py"


def environment_reads(source: str) -> list[str]:
    return [found for node in ast.walk(ast.parse(source)) for found in _environment_reads(node)]


def _environment_reads(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute() if ast.unparse(node) in ENVIRONMENT:
            yield ast.unparse(node)
        case ast.ImportFrom(module="os", names=names):
            yield from (f"os.{each.name}" for each in names if f"os.{each.name}" in ENVIRONMENT)
        case ast.ImportFrom(module=str(module)) if module.split(".")[0] in READERS:
            yield module
        case ast.Import(names=names):
            yield from (each.name for each in names if each.name.split(".")[0] in READERS)
        case ast.keyword(arg="envvar" | "auto_envvar_prefix"):
            yield str(node.arg)


def calls_of(names: set[str], source: str) -> list[str]:
    """Calls of a function or method with one of the names, whatever it belongs to."""
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    written = [ast.unparse(function) for function in called]
    return sorted(call for call in written if call.rpartition(".")[2] in names)


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        name(path): reads
        for path in files(".py", under=PACKAGES)
        if (reads := environment_reads(path.read_text())) and name(path) != SETTINGS
    }

    assert readers == {}


def test_nothing_sleeps() -> None:
    sleepers = {
        name(path): calls for path in files(".py") if (calls := calls_of(SLEEPS, path.read_text()))
    }

    assert sleepers == {}, "wait for an event with a deadline; a sleep hides a race"


def test_a_conversation_is_told_the_time() -> None:
    clocks = {
        name(path): calls
        for path in files(".py", under=("dialogs",))
        if (calls := calls_of(CLOCKS, path.read_text()))
    }

    assert clocks == {}


@pytest.mark.parametrize(
    "source",
    [
        "import os\nx = os.environ['A']",
        "x = os.getenv('A')",
        "from os import environ as e",
        "from pydantic_settings import BaseSettings",
        "import dotenv",
        "@click.option('--port', envvar='PORT')\ndef f(): ...",
    ],
)
def test_a_read_of_the_environment_is_found(source: str) -> None:
    assert len(environment_reads(source)) == 1


def test_a_sleep_and_a_clock_are_found() -> None:
    source = "time.sleep(1); await_(asyncio.sleep(0)); page.wait_for_timeout(5); datetime.now(UTC)"

    assert calls_of(SLEEPS, source) == ["asyncio.sleep", "page.wait_for_timeout", "time.sleep"]
    assert calls_of(CLOCKS, source) == ["datetime.now"]
