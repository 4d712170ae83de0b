"""What is different in each nation: names that staff use, deadlines, languages.

A nation is configuration. The conversation is the same everywhere; the clock, the numbers and
what the interview is called are not (docs/practice.md, nations).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

NationName = Literal["england", "wales", "scotland", "northern_ireland"]
NATIONS: tuple[NationName, ...] = get_args(NationName)


class NationsError(ValueError):
    """The data of the nations is broken, or a nation does not exist."""


@dataclass(frozen=True, slots=True)
class Nation:
    """One nation.

    Attributes:
        name: its code, one of `NATIONS`.
        label: as people write it.
        interview: what staff call the interview.
        offer_within_hours: elapsed hours from the return to the offer.
        hold_within_hours: the same to holding it; 0 where each area sets its own.
        expected_after_episodes: times missing after which it is expected; 0 is from the first on.
        statutory: whether guidance with the force of law asks for it.
        front_door: whom staff turn to by day.
        out_of_hours: whom staff turn to at night and at weekends.
        languages: codes of the languages to offer, the usual one first.
        sources: where this comes from.
        to_check: names of attributes that a person must check before anybody relies on them.
    """

    name: NationName
    label: str
    interview: str
    offer_within_hours: int
    hold_within_hours: int
    expected_after_episodes: int
    statutory: bool
    front_door: str
    out_of_hours: str
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    to_check: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Until when; `hold_by` is None where each area sets its own."""

    offer_by: datetime
    hold_by: datetime | None


def nation(name: str) -> Nation:
    """One nation.

    Raises:
        NationsError: there is no such nation.
    """
    found = _nations().get(name)
    if found is None:
        raise NationsError(f"{name} is no nation: give one of {', '.join(NATIONS)}")
    return found


def deadlines(name: str, returned_at: datetime) -> Deadlines:
    """Until when the interview is offered and held, in elapsed hours after the return.

    Args:
        name: the nation.
        returned_at: an aware moment in UTC, so that no change of the clocks shortens an hour.

    Raises:
        NationsError: there is no such nation.
    """
    found = nation(name)
    held = timedelta(hours=found.hold_within_hours)
    return Deadlines(
        offer_by=returned_at + timedelta(hours=found.offer_within_hours),
        hold_by=returned_at + held if held else None,
    )


def parse(source: str) -> Mapping[str, Nation]:
    """Read and check the data of the nations.

    Raises:
        NationsError: no TOML; a nation or one of its fields missing, unknown or of another kind; a
            deadline below 0; a fact to check that is no field.
    """
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise NationsError(f"nations.toml: {error}") from error
    if set(data) != set(NATIONS):
        raise NationsError("nations.toml must have each nation of the United Kingdom, and no other")
    return {name: _nation(name, data[name]) for name in NATIONS}


@cache
def _nations() -> Mapping[str, Nation]:
    return parse((files("dialogs") / "nations.toml").read_text(encoding="utf-8"))


def _nation(name: NationName, given: Mapping[str, Any]) -> Nation:
    expected = {field.name for field in fields(Nation)} - {"name"}
    if wrong := expected ^ set(given):
        raise NationsError(f"nations.toml, {name}: missing or unknown: {', '.join(sorted(wrong))}")
    values: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in given.items()
    }
    found = Nation(name=name, **values)
    if found.offer_within_hours <= 0 or found.hold_within_hours < 0 or not found.languages:
        raise NationsError(f"nations.toml, {name}: a deadline or the languages are wrong")
    if unknown := set(found.to_check) - expected:
        raise NationsError(f"nations.toml, {name}: {', '.join(sorted(unknown))} cannot be checked")
    return found
