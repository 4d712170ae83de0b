"""Every number that a text may name: where it holds, when somebody answers, who checked it.

A text never holds a number, only its placeholder. Where a number is not known to hold, the
placeholder is not known and its sentence stays away; where nobody may answer, the value itself
says so, so that no text can forget to (docs/practice.md, services and numbers).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dialogs.nations import NATIONS, NationName

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

MOST_DAYS = 180
"""How long a check of a number holds, in days."""

_KEYS = frozenset({"fact", "number", "name", "nations", "hours", "last_verified", "verified_by"})

Span = tuple[time, time]
"""From and until, local time; one that does not end after it starts runs into the next day."""


class Notes(NamedTuple):
    """What stands behind a number that nobody may answer, in one language."""

    shut_now: str
    may_be_shut: str


ENGLISH_NOTES = Notes(" (shut now)", " (may be shut)")


class NumbersError(ValueError):
    """The data of the numbers is broken, or a nation does not exist."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a number is answered; `week` has the spans of each day from Monday, None is unknown."""

    week: tuple[tuple[Span, ...], ...] | None
    always: bool = False

    def open_at(self, moment: datetime | None) -> bool | None:
        """Whether somebody answers at an aware moment; None when that is not known.

        Raises:
            NumbersError: the moment has no time zone.
        """
        if self.always:
            return True
        if self.week is None or moment is None:
            return None
        if moment.tzinfo is None:
            raise NumbersError("a moment without a time zone has no hour of the day")
        local = moment.astimezone(LONDON)
        at, today, before = local.time(), local.weekday(), (local.weekday() - 1) % 7
        return any(
            start <= at < end if start < end else start <= at for start, end in self.week[today]
        ) or any(end <= start and at < end for start, end in self.week[before])


ALWAYS, UNKNOWN = Hours(None, always=True), Hours(None)


@dataclass(frozen=True, slots=True)
class Number:
    """One number.

    Attributes:
        key: the placeholder that a text uses.
        number: as it is sent.
        name: whose it is, for staff.
        nations: where it is known to hold.
        hours: when it is answered.
        last_verified: the day on which a named person checked it, or None.
        verified_by: that person, or empty.
    """

    key: str
    number: str
    name: str
    nations: tuple[NationName, ...]
    hours: Hours
    last_verified: date | None = None
    verified_by: str = ""

    def said(self, now: datetime | None, notes: Notes = ENGLISH_NOTES) -> str:
        """What a text says: the number, and a note unless it is known to be answered now."""
        answered = self.hours.open_at(now)
        if answered is None:
            return self.number + notes.may_be_shut
        return self.number if answered else self.number + notes.shut_now


@dataclass(frozen=True, slots=True)
class Unverified:
    """A number that a person must check; `why` is in words for staff."""

    key: str
    number: str
    last_verified: date | None
    why: str


def facts_for(
    nation: str = "england", now: datetime | None = None, notes: Notes = ENGLISH_NOTES
) -> dict[str, str]:
    """The values of the placeholders of numbers, in one nation.

    Args:
        nation: one of `NATIONS`.
        now: an aware moment; None is unknown, and then hours are too.
        notes: what to say of a number that nobody may answer, in the language of the text.

    Returns:
        From placeholder to number, with "(shut now)" or "(may be shut)" after one that nobody may
        answer. A number that is not known to hold there is left out.

    Raises:
        NumbersError: there is no such nation, or `now` has no time zone.
    """
    if nation not in NATIONS:
        raise NumbersError(f"{nation} is no nation: give one of {', '.join(NATIONS)}")
    return {entry.key: entry.said(now, notes) for entry in all_numbers() if nation in entry.nations}


def longest_facts() -> dict[str, str]:
    """For counting: the longest value that each placeholder ever has, in any nation and hour."""
    longest: dict[str, str] = {}
    for entry in all_numbers():
        value = entry.number if entry.hours.always else entry.number + ENGLISH_NOTES.may_be_shut
        longest[entry.key] = max(longest.get(entry.key, ""), value, key=len)
    return longest


def unverified(
    keys: Iterable[str], today: date, most_days: int = MOST_DAYS, nation: str | None = None
) -> list[Unverified]:
    """The numbers among `keys` that nobody checked, or not for more than `most_days` days.

    Args:
        keys: placeholders that texts use; one that is no number is left out.
        today: the day to count from.
        most_days: how long a check holds.
        nation: only numbers that hold there; None takes all of them.
    """
    wanted = frozenset(keys)
    found = []
    for entry in all_numbers():
        if entry.key not in wanted or (nation is not None and nation not in entry.nations):
            continue
        if why := _why_unverified(entry.last_verified, today, most_days):
            found.append(Unverified(entry.key, entry.number, entry.last_verified, why))
    return found


@cache
def all_numbers() -> tuple[Number, ...]:
    """Every number, as the data file has them."""
    return parse((files("dialogs") / "numbers.toml").read_text(encoding="utf-8"))


def parse(source: str) -> tuple[Number, ...]:
    """Read and check the data of the numbers.

    Raises:
        NumbersError: no TOML; something missing, unknown or unreadable; two numbers for one
            placeholder in one nation; a check without the person who made it.
    """
    try:
        entries = tomllib.loads(source)["numbers"]
        numbers = tuple(_number(name, fields) for name, fields in entries.items())
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise NumbersError(f"numbers.toml cannot be read: {error}") from error
    for one, other in combinations(numbers, 2):
        if one.key == other.key and set(one.nations) & set(other.nations):
            raise NumbersError(f"numbers.toml, {one.key}: two numbers in one nation")
    return numbers


def _number(name: str, fields: Mapping[str, Any]) -> Number:
    if unknown := set(fields) - _KEYS:
        raise NumbersError(f"numbers.toml, {name}: unknown {', '.join(sorted(unknown))}")
    if not set(fields["nations"]) <= set(NATIONS):
        raise NumbersError(f"numbers.toml, {name}: an unknown nation")
    checked, checker = fields["last_verified"], fields["verified_by"].strip()
    if bool(checked) != bool(checker):
        raise NumbersError(f"numbers.toml, {name}: a check needs a day and a person")
    try:
        hours = _hours(fields["hours"])
        day = date.fromisoformat(checked) if checked else None
    except ValueError as error:
        raise NumbersError(f"numbers.toml, {name}: {error}") from error
    return Number(
        key=fields.get("fact", name),
        number=fields["number"],
        name=fields["name"],
        nations=tuple(fields["nations"]),
        hours=hours,
        last_verified=day,
        verified_by=checker,
    )


def _hours(written: str | Mapping[str, list[str]]) -> Hours:
    if not isinstance(written, str):
        if not set(written) <= set(WEEKDAYS):
            raise ValueError("hours are given by day: monday to sunday")
        days = ([_span(span) for span in written.get(day, [])] for day in WEEKDAYS)
        return Hours(tuple(tuple(spans) for spans in days))
    if written not in ("always", "unknown"):
        raise ValueError("hours are always, unknown or given by day")
    return ALWAYS if written == "always" else UNKNOWN


def _span(written: str) -> Span:
    start, _, end = written.partition("-")
    span = (time.fromisoformat(start), time.fromisoformat(end))
    if span[0] == span[1]:
        raise ValueError(f"{written} has no length")
    return span


def _why_unverified(checked: date | None, today: date, most_days: int) -> str | None:
    if checked is None:
        return "was never verified"
    if checked > today:
        return "is verified on a day that has not come"
    if today - checked > timedelta(days=most_days):
        return f"was last verified on {checked.isoformat()}, more than {most_days} days ago"
    return None
