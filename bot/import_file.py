"""A file of episodes, as a case system or a spreadsheet writes it: rows with their own lines.

UTF-8 with or without a mark at its start; commas or semicolons, as the header shows; quoted cells
may hold new lines. Another encoding is refused, never guessed at: a guess would change names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from storage.emergency_facts import TICKED, WRITTEN

MOST_ROWS = 5_000
MOST_BYTES = 5_000_000
COLUMNS = (
    "returned_at",
    "name",
    "phone",
    "young_person",
    "channel",
    "language",
    "born",
    "check_word",
    "duress_word",
    "shared_phone",
    "needs_support",
    "texting_agreed_by",
    "prompts_from",
    "prompts_until",
    "school_time_ok",
    "length",
    "text_wanted",
    "invite",
    "reference",
    *WRITTEN,
    *TICKED,
)
"""Every column that is known; ``reference`` is the sender's own id of a row.

The last ones are what an emergency call asks for (storage/emergency_facts.py).
"""


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one row; never what stands there. ``line`` is the file's own, from 1."""

    line: int
    column: str
    says: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty, by column; ``line`` is the line of the file where it begins."""

    line: int
    cells: Mapping[str, str]


def read_rows(data: bytes) -> tuple[list[Row], list[Problem]]:
    """The rows of a file, and the rows that do not fit under its header.

    Raises:
        Unreadable: it is no such file, has a header that is not known, or too many rows.
    """
    text = _text(data)
    lines = _lines(text, _delimiter(text))
    header = _header(next(lines, (1, []))[1])
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) + len(problems) >= MOST_ROWS:
            raise Unreadable(f"the file has more than {MOST_ROWS} rows: split it")
        if len(cells) != len(header):
            said = f"the row has {len(cells)} cells, the header has {len(header)}"
            problems.append(Problem(line, "", said))
        else:
            rows.append(Row(line, dict(zip(header, cells, strict=True))))
    return rows, problems


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Unreadable(f"the file is larger than {MOST_BYTES // 1_000_000} MB: split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"line {line} is not UTF-8 (Excel's plain CSV is Windows-1252): "
            "save the file as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise Unreadable("the file is not UTF-8 text: save it as CSV UTF-8")
    return text


def _delimiter(text: str) -> str:
    first = text.splitlines()[0] if text.strip() else ""
    if not first.strip():
        raise Unreadable(f"the first line must name the columns: {', '.join(COLUMNS)}")
    return ";" if first.count(";") > first.count(",") else ","


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line on which it begins: a quoted cell may hold new lines."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise Unreadable(
            f"line {begins}: the quotes do not match, or a cell is far too long"
        ) from None


def _header(cells: Sequence[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    if unknown := [name for name in header if name not in COLUMNS]:
        listed = ", ".join(repr(name) for name in unknown)
        raise Unreadable(f"unknown columns: {listed}. Known are: {', '.join(COLUMNS)}")
    if len(set(header)) < len(header):
        raise Unreadable("the header names a column twice")
    if "returned_at" not in header:
        raise Unreadable("the column returned_at is missing")
    if "young_person" not in header and not {"name", "phone"} <= set(header):
        raise Unreadable("the columns name and phone are missing, or young_person instead")
    return header
