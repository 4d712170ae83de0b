"""Files are short, and tell nothing about the machine that they were written on."""

import re

import pytest

from tests.shape.repository import PACKAGES, files, name

MOST_LINES = 330
LONG_BY_NATURE = {".toml", ".txt", ".jsonl"}  # texts, phrases and words are data
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home|opt|root|Users|work)/[\w.]")
REGISTRY = re.compile(r"(?:pypi|pythonhosted|npmjs|yarnpkg|debian)\.(?:org|com|net)")
NO_TEXT = {".png", ".jpg", ".ico", ".woff2", ".model"}


def machine_traces(text: str) -> list[str]:
    return MACHINE_PATH.findall(text) + REGISTRY.findall(text)


def test_files_are_short() -> None:
    too_long = {
        name(path): lines
        for path in files(under=PACKAGES)
        if path.suffix not in LONG_BY_NATURE | NO_TEXT
        and (lines := len(path.read_text().splitlines())) > MOST_LINES
    }

    assert too_long == {}, "split by noun"


def test_no_file_names_a_place_on_somebodys_machine_or_a_registry() -> None:
    traces = {
        name(path): found
        for path in files()
        if path.suffix not in NO_TEXT
        and (found := machine_traces(path.read_text(errors="replace")))
    }

    assert traces == {}


@pytest.mark.parametrize(
    "text",
    ["cd /" + "home/ada/project", "'/" + "root/.cache'", "https://files.python" + "hosted.org/"],
)
def test_a_trace_is_found(text: str) -> None:
    assert machine_traces(text)


def test_an_address_of_our_own_is_no_trace() -> None:
    assert machine_traces("https://example.org/home/page and /workers/1") == []
