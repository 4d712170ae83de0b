"""A file of the ranker that is missing or damaged fails screening at once, and to a person (F-33).

Screening may never become weaker and say nothing, and a broken file is not read anew for each text.
"""

import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from dialogs import (
    screening_heard,
    screening_ranker,
    screening_sealed,
    screening_structure_words,
    screening_weighing,
)
from dialogs.screening import ScreeningFailed, screen
from dialogs.screening_sealed import FOLDER, SEALED, SUMS, sealed

NEEDED = ("screening.model", "thresholds.toml", "nearest.jsonl")
READERS = (
    screening_heard.read_once,
    screening_ranker.read_once,
    screening_structure_words.read_once,
    screening_weighing.read_once,
)


def _flipped(at: float) -> Callable[[Path], None]:
    """Change one bit of a file, so far from its beginning (0) to its end (1)."""

    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[round(at * (len(content) - 1))] ^= 1
        path.write_bytes(content)

    return flip


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


FAULTS: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": _cut,
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "other": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    **{f"bit at {at}": _flipped(at) for at in (0, 0.00002, 0.001, 0.3, 0.7, 0.9999, 1)},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of dialogs/ranker that screening reads; whatever was read before is forgotten."""
    for name in (*SEALED, SUMS):
        shutil.copyfile(str(FOLDER / name), tmp_path / name)
    monkeypatch.setattr(screening_sealed, "FOLDER", tmp_path)
    _forget()
    yield tmp_path
    _forget()


def _forget() -> None:
    for reader in READERS:
        reader.cache_clear()


def test_the_files_of_this_repository_are_sealed() -> None:
    for name in SEALED:
        assert sealed(name), "run scripts/seal_ranker.py"


def test_an_undamaged_copy_screens(folder: Path) -> None:
    assert screen(["my dad hits me"]).priority == 2


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", NEEDED)
def test_any_damage_fails_whatever_the_text(folder: Path, name: str, fault: str) -> None:
    FAULTS[fault](folder / name)

    for text in ("my dad hits me", "hi", ""):
        with pytest.raises(ScreeningFailed):
            screen([text])


@pytest.mark.parametrize("fault", ["missing", "empty", "cut short", "other"])
def test_without_the_sums_nothing_is_trusted(folder: Path, fault: str) -> None:
    FAULTS[fault](folder / SUMS)
    if fault == "cut short":
        (folder / SUMS).write_bytes((folder / SUMS).read_bytes()[:-3])

    with pytest.raises(ScreeningFailed):
        screen(["hi"])


@pytest.mark.parametrize("name", NEEDED)
def test_a_broken_file_is_looked_at_once_and_fails_at_every_call(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / name).unlink()
    read: list[str] = []

    def counted(wanted: str) -> bytes:
        read.append(wanted)
        return sealed(wanted)

    for module in (screening_heard, screening_ranker, screening_weighing):
        monkeypatch.setattr(module, "sealed", counted)
    for _ in range(3):
        with pytest.raises(ScreeningFailed):
            screen(["my dad hits me"])

    assert read.count(name) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("thresholds.toml", b""),
        ("thresholds.toml", b"thresholds = 1"),
        ("thresholds.toml", b"[thresholds]\nrule = 1"),
        ("thresholds.toml", b"[thresholds]\nrule = 'x'"),
        ("thresholds.toml", b"[thresholds]\nrule = nan"),
        ("nearest.jsonl", b"{}"),
        ("nearest.jsonl", b"[1]"),
        ("nearest.jsonl", b'{"id": 1, "text": "", "category": "", "words": 5}'),
        ("screening.model", b"1\n"),
        ("screening.model", b"[]\n"),
        ("screening.model", b"{}\nx"),
    ],
)
def test_nonsense_that_somebody_sealed_fails_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    def given(wanted: str) -> bytes:
        return content if wanted == name else sealed(wanted)

    for module in (screening_heard, screening_ranker, screening_weighing):
        monkeypatch.setattr(module, "sealed", given)

    with pytest.raises(ScreeningFailed):
        screen(["my dad hits me"])


@pytest.mark.parametrize("content", [b"", b"\xff", b"not toml ["])
def test_a_broken_list_of_the_structure_layer_fails_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    structure = folder / "structure"
    structure.mkdir()
    (structure / "acts.toml").write_bytes(content)
    monkeypatch.setattr(
        screening_structure_words,
        "files",
        lambda name: folder if name == "dialogs" else files(name),
    )

    for _ in range(2):
        with pytest.raises(ScreeningFailed):
            screen(["my dad hits me"])
