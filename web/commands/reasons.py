"""Suggestions of reason codes, for the advocate only: no settings, keys or database are needed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

import click

from dialogs.reasons import suggest
from dialogs.screening_lexicon import ScreeningFailed


class WrongLine(ValueError):
    """A line is not `{"id", "text"}`; `id` is what could be read of its id."""

    def __init__(self, message: str, line_id: Any = None) -> None:
        super().__init__(message)
        self.line_id = line_id


@click.group("reasons")
def reasons_commands() -> None:
    """Why a child was away: suggestions for the advocate, who codes."""


@reasons_commands.command("suggest")
@click.option(
    "--jsonl",
    "lines",
    metavar="[FILE|-]",
    type=click.File("rb"),
    is_flag=False,
    flag_value="-",
    required=True,
    help='Lines {"id", "text"}; "-", or nothing, is standard input.',
)
def reasons_suggest(lines: BinaryIO) -> None:
    """Suggest reason codes (docs/reasons.md) for sentences, with the words that speak for them.

    For the advocate only: a person reads each suggestion beside the child's own words and codes;
    nothing here is ever applied by itself. No suggestion does not mean that there was no reason.

    Prints one line for each line read, in the same order: {"id", "codes", "because"}, the surest
    code first. A line that cannot be read gives {"id", "error"}, and exit code 1 at the end.
    """
    wrong = False
    for line in lines:
        answer = _answer(line)
        wrong = wrong or "error" in answer
        click.echo(json.dumps(answer, ensure_ascii=True))
        sys.stdout.flush()
    if wrong:
        sys.exit(1)


def _answer(line: bytes) -> dict[str, Any]:
    try:
        line_id, text = _read(line)
    except WrongLine as wrong:
        return {"id": wrong.line_id, "error": str(wrong)}
    try:
        found = suggest(text)
    except ScreeningFailed as failed:
        return {"id": line_id, "error": f"cannot suggest: {failed}"}
    return {
        "id": line_id,
        "codes": [each.code for each in found],
        "because": [asdict(each) for each in found],
    }


def _read(line: bytes) -> tuple[Any, str]:
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise WrongLine("not a line of JSON") from None
    if not isinstance(row, dict):
        raise WrongLine("not a JSON object")
    if "id" not in row:
        raise WrongLine('no "id"')
    if not isinstance(row.get("text"), str):
        raise WrongLine('"text" is missing or no string', row["id"])
    return row["id"], row["text"]


COMMANDS = (reasons_commands,)
