"""`episodes import`: a whole file of episodes, looked through first, entered all or not at all."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from bot.import_file import MOST_BYTES, Problem, Unreadable
from bot.importing import Line, Looked, Result, enter_file, look_through
from bot.new_episode import NotEntered
from web.commands.opening import opened
from web.commands.printing import as_json, print_json
from web.offer_words import NOT_WRITTEN

_ACTOR: Final = "command"

RESULTS: Final[Mapping[Result, str]] = {
    "known": "known already, left out",
    "entered": "entered",
    "invited": "entered and invited",
    "not_invited": "entered without a text",
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--apply", "applied", is_flag=True, help="Enter it; without this, only look.")
@as_json
def episodes_import(file: Path, applied: bool, json_wanted: bool) -> None:
    """Look through FILE (- is standard input), a CSV of episodes; enter it with --apply.

    All rows are entered, or none. No name and no number is printed: lines say which row is meant.
    """
    data = _read(file)
    with opened() as service:
        try:
            looked = look_through(service, data)
        except Unreadable as error:
            raise NotEntered(f"nothing was stored: {error}") from None
        lines = looked.lines
        if applied and not looked.problems:
            lines = enter_file(service, looked, _ACTOR)
    stored = applied and not looked.problems
    if json_wanted:
        _print_json(looked, lines, stored=stored)
    else:
        _print(looked, lines, stored=stored)
    if looked.problems:
        number = len(looked.problems)
        raise NotEntered(f"nothing was stored: {number} {'problem' if number == 1 else 'problems'}")


def _read(file: Path) -> bytes:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened_file:
            return opened_file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotEntered(f"{file} cannot be read: {error.strerror}") from None


def _print_json(looked: Looked, lines: tuple[Line, ...], *, stored: bool) -> None:
    print_json(
        {
            "stored": stored,
            "rows": [
                {
                    "line": each.line,
                    "result": each.result,
                    "reason": each.reason,
                    "young_person_id": each.young_person_id,
                    "interview_id": each.interview_id,
                }
                for each in lines
            ],
            "problems": [
                {"line": each.line, "column": each.column, "problem": each.says}
                for each in looked.problems
            ],
        }
    )


def _print(looked: Looked, lines: tuple[Line, ...], *, stored: bool) -> None:
    for problem in looked.problems:
        click.echo(_said(problem))
    if looked.problems:
        return
    for line in lines:
        reason = f": {NOT_WRITTEN[line.reason]}" if line.reason else ""
        whose = f" (young person {line.young_person_id})" if line.young_person_id else ""
        click.echo(f"line {line.line}: {RESULTS[line.result]}{reason}{whose}")
    counted = Counter(line.result for line in lines)
    summary = ", ".join(
        f"{counted[each]} {words}" for each, words in RESULTS.items() if counted[each]
    )
    if stored:
        click.echo(f"Done: {summary or 'the file has no rows'}.")
    else:
        click.echo(f"Only looked: {summary or 'the file has no rows'}. --apply enters it.")


def _said(problem: Problem) -> str:
    place = f"line {problem.line}, {problem.column}" if problem.column else f"line {problem.line}"
    return f"{place}: {problem.says}"
