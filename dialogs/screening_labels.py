"""Labelled messages: what a careful person says that screening ought to find.

One JSON object a line. ``id``, ``texts`` (a thought, as one text or several) and ``severity`` must
be there; ``categories``, ``style``, ``about``, ``voice``, ``own_act``, ``reasons``, ``asked`` (the
state whose question it answers), ``language`` and ``after_risk`` may be. Other keys are let be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.screening_lexicon import CATEGORIES

SEVERITIES = ("immediate", "same_day", "doubt", "none")
"""Ought to be P1, P2, P3, and nothing."""
ABOUT = ("self", "other_child", "none")

LONG_NAMES: Mapping[str, tuple[str, ...]] = {
    "immediate_danger": ("IMM",),
    "suicide_self_harm": ("SUI",),
    "sexual_abuse_or_exploitation": ("SEX", "CSE"),
    "online_contact_risk": ("ONL",),
    "criminal_exploitation": ("CCE",),
    "weapons_gangs": ("WPN",),
    "domestic_abuse_at_home": ("DA",),
    "physical_abuse": ("ABU",),
    "emotional_abuse_neglect": ("ABU",),
    "allegation_against_carer_or_staff": ("LAD",),
    "substances_overdose_medical": ("SUB", "MED"),
    "forced_marriage_hbv_fgm": ("HBA",),
    "trafficking_modern_slavery": ("TRA",),
    "radicalisation": ("RAD",),
    "harm_to_other_child": ("OTH",),
    "currently_missing": ("MIS",),
    "intent_to_run_again": ("RUN",),
    "bullying": ("BUL",),
}
"""The longer names that may stand in a file; one that means several codes is met by any of them."""

_ABSENT: Any = object()


class MalformedLabels(Exception):
    """A line does not follow the format; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message and what ought to be found in it; "" or empty where the file does not say.

    `categories` holds one tuple for each category: the codes that meet it.
    """

    id: str
    texts: tuple[str, ...]
    severity: str
    categories: tuple[tuple[str, ...], ...] = ()
    style: str = ""
    about: str = ""
    voice: str = ""
    own_act: bool = False
    reasons: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    language: str = "en"
    after_risk: bool = False
    place: str = ""
    """File and line, for messages about it."""


def labelled(content: bytes, source: str) -> list[Labelled]:
    """The messages of one file.

    Args:
        content: its bytes, UTF-8; empty lines are let be.
        source: its name, for the message when a line is malformed.

    Raises:
        MalformedLabels: a line is not UTF-8, not JSON, lacks a key or has an unknown value.
    """
    found = []
    # Only the line feed ends a line: a message may hold any other separator that Unicode knows.
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        place = f"{source}:{number}"
        try:
            found.append(_message(json.loads(line.decode()), place))
        except MalformedLabels as error:
            raise MalformedLabels(f"{place}: {error}") from None
        except UnicodeDecodeError as error:
            raise MalformedLabels(f"{place}: not UTF-8: {error}") from None
        except (ValueError, RecursionError) as error:
            raise MalformedLabels(f"{place}: not JSON: {error}") from None
    return found


def distinct(messages: Iterable[Labelled]) -> list[Labelled]:
    """The messages as one list.

    Raises:
        MalformedLabels: two of them have the same id.
    """
    seen: dict[str, Labelled] = {}
    for message in messages:
        if message.id in seen:
            first = seen[message.id].place
            raise MalformedLabels(f"{message.place}: the id {message.id} is also at {first}")
        seen[message.id] = message
    return list(seen.values())


def _message(row: object, place: str) -> Labelled:
    if not isinstance(row, dict):
        raise MalformedLabels("not a JSON object")
    texts = _strings(row, "texts", _ABSENT)
    if not texts:
        raise MalformedLabels("texts is empty")
    identity = _string(row, "id", _ABSENT)
    if not identity:
        raise MalformedLabels("id is empty")
    return Labelled(
        id=identity,
        texts=texts,
        severity=_one_of(_string(row, "severity", _ABSENT), "severity", SEVERITIES),
        categories=tuple(dict.fromkeys(map(_codes, _strings(row, "categories", [])))),
        style=_string(row, "style", ""),
        about=_one_of(_string(row, "about", ""), "about", ("", *ABOUT)),
        voice=_string(row, "voice", ""),
        own_act=_truth(row, "own_act"),
        reasons=_strings(row, "reasons", []),
        asked=_asked(row),
        language=_string(row, "language", "en"),
        after_risk=_truth(row, "after_risk"),
        place=place,
    )


def _value(row: Mapping[str, Any], key: str, default: Any) -> Any:
    value = row.get(key)
    if value is not None:
        return value
    if default is _ABSENT:
        raise MalformedLabels(f"{key} is missing")
    return default


def _string(row: Mapping[str, Any], key: str, default: Any) -> str:
    value = _value(row, key, default)
    if not isinstance(value, str):
        raise MalformedLabels(f"{key} is not a string")
    return value


def _strings(row: Mapping[str, Any], key: str, default: Any) -> tuple[str, ...]:
    value = _value(row, key, default)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MalformedLabels(f"{key} is not a list of strings")
    return tuple(value)


def _truth(row: Mapping[str, Any], key: str) -> bool:
    value = _value(row, key, False)
    if not isinstance(value, bool):
        raise MalformedLabels(f"{key} is neither true nor false")
    return value


def _asked(row: Mapping[str, Any]) -> tuple[str, ...]:
    if isinstance(row.get("asked"), str):
        return (row["asked"],)
    return _strings(row, "asked", [])


def _one_of(value: str, key: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise MalformedLabels(f"{key} {value!r} is none of {', '.join(filter(None, known))}")
    return value


def _codes(name: str) -> tuple[str, ...]:
    if name in CATEGORIES:
        return (name,)
    if name not in LONG_NAMES:
        raise MalformedLabels(
            f"category {name!r} is neither a code ({', '.join(CATEGORIES)}) nor a name of"
            f" {', '.join(LONG_NAMES)}"
        )
    return LONG_NAMES[name]
