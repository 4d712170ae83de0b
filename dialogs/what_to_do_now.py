"""What a duty worker does now, for each category and in each nation: data that people review.

A step never holds a number, only its placeholder; a placeholder that is not known in a nation is a
fault of the data, found when it is loaded. A page says when each number was last checked, and by
whom the steps were approved, if anybody has (docs/practice.md, services and numbers).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final

from dialogs.nations import NATIONS, nation
from dialogs.numbers import Number, all_numbers
from dialogs.numbers import parse as parse_numbers

NUMBERS: Final = "numbers.toml"
WORDS: Final = frozenset({"front_door", "out_of_hours"})
"""Placeholders that are no number but what services are called in a nation."""
NOT_CALLED: Final = frozenset({"silent_code"})
"""Placeholders that are pressed within a call, and no number to call."""
_KEYS: Final = frozenset({"never", "steps", "source"})


class WhatToDoError(ValueError):
    """The data of what to do is broken."""


@dataclass(frozen=True, slots=True)
class Page:
    """What to do about one category in one nation; `never` is what must not be done."""

    category: str
    never: tuple[str, ...]
    steps: tuple[str, ...]
    numbers: tuple[Number, ...]
    source: str
    approved_by: str
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class Answered:
    """One number of a page; `is_open` is None where its hours are not known."""

    number: Number
    is_open: bool | None


def pages_for(categories: Iterable[str], nation_name: str) -> tuple[Page, ...]:
    """What to do about each of these, in the order given; an unknown code has no page.

    Raises:
        WhatToDoError: the data is broken, or there is no such nation.
    """
    known = all_pages(nation_name)
    return tuple(known[code] for code in dict.fromkeys(categories) if code in known)


def answered(pages: Iterable[Page], now: datetime) -> tuple[Answered, ...]:
    """Every number of some pages once, and whether somebody answers it now."""
    numbers = {
        each.key: each for page in pages for each in page.numbers if each.key not in NOT_CALLED
    }
    return tuple(Answered(each, each.hours.open_at(now)) for each in numbers.values())


@cache
def all_pages(nation_name: str) -> Mapping[str, Page]:
    """By code, what to do about everything that screening can find, in one nation."""
    folder = files("dialogs") / "what_to_do"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    return parse(sources, nation_name)


def staff_numbers(source: str) -> tuple[Number, ...]:
    """The numbers of texts, and those that only staff are shown."""
    return (*all_numbers(), *parse_numbers(source))


def parse(sources: Mapping[str, str], nation_name: str) -> Mapping[str, Page]:
    """Read and check the data for one nation.

    Args:
        sources: the files by name; "numbers.toml" has the numbers.
        nation_name: one of `NATIONS`.

    Raises:
        WhatToDoError: it is no TOML; something is missing, unknown or there twice; a placeholder
            is not known in this nation; there is no such nation.
    """
    if nation_name not in NATIONS:
        raise WhatToDoError(f"{nation_name} is no nation: give one of {', '.join(NATIONS)}")
    here = {
        each.key: each for each in staff_numbers(sources[NUMBERS]) if nation_name in each.nations
    }
    pages: dict[str, Page] = {}
    for name, source in sources.items():
        if name == NUMBERS:
            continue
        for page in _pages(name, source, nation_name, here):
            if page.category in pages:
                raise WhatToDoError(f"{name}, {page.category}: there twice")
            pages[page.category] = page
    return pages


def _pages(name: str, source: str, nation_name: str, here: Mapping[str, Number]) -> Iterator[Page]:
    try:
        entries = tomllib.loads(source)
        approved = entries.pop("approved")
        by, on = str(approved["by"]).strip(), str(approved["on"]).strip()
        day = date.fromisoformat(on) if on else None
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise WhatToDoError(f"{name} cannot be read: {error}") from error
    if bool(by) != bool(day):
        raise WhatToDoError(f"{name}: an approval needs a person and a day")
    for code, entry in entries.items():
        if wrong := set(entry) ^ _KEYS:
            raise WhatToDoError(f"{name}, {code}: missing or unknown {', '.join(sorted(wrong))}")
        said = {
            part: _lines(f"{name}, {code}", entry[part], nation_name) for part in ("never", "steps")
        }
        if not said["steps"]:
            raise WhatToDoError(f"{name}, {code}: nothing to do in {nation_name}")
        used = _used(f"{name}, {code}", (*said["never"], *said["steps"]), here)
        words = _words(nation_name) | {key: each.number for key, each in here.items()}
        yield Page(
            category=code,
            never=tuple(each.format(**words) for each in said["never"]),
            steps=tuple(each.format(**words) for each in said["steps"]),
            numbers=used,
            source=entry["source"],
            approved_by=by,
            approved_on=day,
        )


def _lines(where: str, written: list[Any], nation_name: str) -> tuple[str, ...]:
    """The lines that hold in this nation: a string holds everywhere, a table says where."""
    lines = []
    for each in written:
        if isinstance(each, str):
            lines.append(each)
            continue
        if set(each) != {"say", "in"} or not set(each["in"]) <= set(NATIONS):
            raise WhatToDoError(f"{where}: a line says what and in which nations")
        if nation_name in each["in"]:
            lines.append(each["say"])
    return tuple(lines)


def _used(where: str, lines: Iterable[str], here: Mapping[str, Number]) -> tuple[Number, ...]:
    found: dict[str, Number] = {}
    for line in lines:
        for _, field, _, _ in Formatter().parse(line):
            if field is None or field in WORDS:
                continue
            if field not in here:
                raise WhatToDoError(f"{where}: no number {field} here")
            found[field] = here[field]
    return tuple(found.values())


def _words(nation_name: str) -> dict[str, str]:
    found = nation(nation_name)
    return {"front_door": found.front_door, "out_of_hours": found.out_of_hours}
