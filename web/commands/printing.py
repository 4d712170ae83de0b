"""How commands print: a table for people, ASCII-escaped JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from bot.clock import in_london

COMMAND = "command"
"""How the access log names whoever works at the command line."""

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON, ASCII-escaped.")


def print_json(value: Any) -> None:
    """Print one JSON value; ids and moments become strings, lone surrogates stay escapes."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=True, indent=2))


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under their columns, or say that there are none."""
    if not rows:
        click.echo("None.")
        return
    cells = [[_cell(row[column]) for column in columns] for row in rows]
    widths = [
        max(len(column), *(len(line[place]) for line in cells))
        for place, column in enumerate(columns)
    ]
    for line in [list(columns), *cells]:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{in_london(value):%d %b %Y %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " ".join(str(each) for each in value) or "-"
    return str(value)
