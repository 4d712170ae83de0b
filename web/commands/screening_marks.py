"""Marks of people on the screening: listed, exported without identifiers, entered to be tested.

Nothing trains itself: `enter` adds lines to a file that the tests read, and a person changes the
screening (docs/screening.md, "Learning from people"). No command prints a young person's words.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TextIO

import click

from bot.escalations import NotPossible
from bot.mark_review import export, mark_lines
from dialogs.practice_examples import problems, same_words
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows

COMMAND: Final = "command"
REGRESSION_FILE: Final = Path("tests/dialogs/screening_regression_people.jsonl")
MOST_NAMED: Final = 20

Example = dict[str, Any]


@click.group()
def marks() -> None:
    """What people who read the words say of the screening."""


@marks.command("list")
@as_json
def marks_list(json_wanted: bool) -> None:
    """List the marks that are not exported; no words. They are cleaned on the managers' pages."""
    with opened() as service:
        rows = [asdict(line) for line in mark_lines(service)]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "kind", "priority", "who", "at", "state", "decided_by"))


@marks.command("export")
@click.option(
    "--to",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.jsonl",
    help="A new file; it is never written over one that is there.",
)
def marks_export(file: Path) -> None:
    """Write the cleaned copies that have not been exported, once."""
    made: list[Path] = []
    with opened() as service:
        try:
            number = export(service, COMMAND, lambda lines: _write_new(file, lines, made))
        except BaseException:
            # The commit did not hold, so nothing has left. A file that was there before stays.
            for each in made:
                each.unlink(missing_ok=True)
            raise
    if number == 0:
        click.echo("Nothing to export: no copy has been cleaned since the last time.")
    else:
        click.echo(f"{_counted(number)} written to {file}. They are marked as exported.")


@marks.command("enter")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--into",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The regression set; by default {REGRESSION_FILE} of this checkout.",
)
@click.option(
    "--no-identifier",
    "no_identifiers",
    multiple=True,
    metavar="TEXT",
    help="A passage that looks like a number or a postcode and is none. May be repeated.",
)
def marks_enter(file: Path, into: Path | None, no_identifiers: Sequence[str]) -> None:
    """Add exported lines to the regression set, all of them or none."""
    into = into or REGRESSION_FILE
    if not into.parent.is_dir():
        raise NotPossible(f"there is no folder {into.parent}: run it in a checkout, or give --into")
    there = _read(into) if into.exists() else []
    new = _read(file)
    if not new:
        raise NotPossible(f"there is no line in {file}")
    wrong = [*_wrong(new, no_identifiers)] or [*_known(new, there)]
    if wrong:
        raise NotPossible(f"nothing was entered: {'; '.join(wrong[:MOST_NAMED])}")
    _append(into, new)
    click.echo(
        f"{_counted(len(new))} added to {into}. Nothing trains itself: run the tests, "
        "then change the screening where it is wrong."
    )


def _wrong(new: Sequence[object], no_identifiers: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(new, start=1):
        for problem in problems(line, no_identifiers):
            yield f"line {number}: {problem}"


def _known(new: Sequence[Example], there: Sequence[Example]) -> Iterator[str]:
    words = {same_words(line) for line in there}
    ids = {line["id"] for line in there}
    for number, line in enumerate(new, start=1):
        if same_words(line) in words or line["id"] in ids:
            yield f"line {number}: it is there already, in the set or further up"
        words.add(same_words(line))
        ids.add(line["id"])


def _read(file: Path) -> list[Any]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
    except (UnicodeDecodeError, json.JSONDecodeError):
        # What the error would say quotes the line.
        raise NotPossible(f"{file} is not JSON, one object a line") from None


def _write_new(file: Path, lines: Sequence[Example], made: list[Path]) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise NotPossible(f"{file} is there already: name a new file") from None
    except OSError as error:
        raise NotPossible(f"{file} cannot be written: {error.strerror}") from None
    made.append(file)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        _put(out, lines)


def _append(file: Path, lines: Sequence[Example]) -> None:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    with file.open("a", encoding="utf-8") as out:
        if text and not text.endswith("\n"):
            out.write("\n")
        _put(out, lines)


def _put(out: TextIO, lines: Sequence[Example]) -> None:
    for line in lines:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    out.flush()
    os.fsync(out.fileno())


def _counted(number: int) -> str:
    return f"{number} line" if number == 1 else f"{number} lines"


COMMANDS = (marks,)
