"""Lock files say what is installed, byte for byte, and never from where."""

import json
import re

import pytest

from tests.shape.repository import ROOT

PYTHON_LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
REQUIREMENT = re.compile(r"[a-z0-9][a-z0-9.-]*==[^\s;]+( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def unexpected_lines(lock: str) -> list[str]:
    """Every line is a pinned name or a hash: no place for an address, a path or an option."""
    return [
        line
        for line in lock.splitlines()
        if not REQUIREMENT.fullmatch(line) and not HASH.fullmatch(line)
    ]


def unlocked(packages: dict[str, dict[str, object]]) -> list[str]:
    """Packages of an npm lock that have no hash, or an address."""
    return [
        path
        for path, package in packages.items()
        if path and ("integrity" not in package or "resolved" in package)
    ]


def test_there_are_lock_files() -> None:
    assert PYTHON_LOCKS == [
        "requirements-dev.lock",
        "requirements-node.lock",
        "requirements-train.lock",
        "requirements.lock",
    ]


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_python_locks_hold_pinned_names_and_hashes_only(name: str) -> None:
    lock = (ROOT / name).read_text()

    assert unexpected_lines(lock) == []
    for block in re.split(r"\n(?! )", lock.strip()):
        assert "--hash=" in block, f"{name} does not pin the content of: {block}"


def test_the_npm_lock_holds_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert unlocked(lock["packages"]) == []
    assert "://" not in json.dumps(lock)


def test_the_tests_use_the_versions_that_the_service_runs_on() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "--find-links wheels",
        "click @ file:///wheels/click-8.5.1.whl",
        "click==8.5.1",
        "-e .",
    ],
)
def test_an_address_in_a_python_lock_is_found(line: str) -> None:
    assert unexpected_lines(line) == [line]


def test_an_address_in_an_npm_lock_is_found() -> None:
    package: dict[str, object] = {"integrity": "sha512-x", "resolved": "https://example.org/a.tgz"}

    assert unlocked({"node_modules/a": package}) == ["node_modules/a"]
    assert unlocked({"node_modules/b": {}}) == ["node_modules/b"]
