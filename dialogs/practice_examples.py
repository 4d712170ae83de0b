"""Examples from practice as lines of a file: what a line must be before it is learnt from; pure.

The same keys as the authored examples (docs/screening.md), and ``origin``: "missed" for a
disclosure that a person found and the computer had not, "not_a_disclosure" for a false alarm. No
id in a line leads back to anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from dialogs.identifiers import signs
from dialogs.interview import STATES
from dialogs.screening_lexicon import CATEGORIES

SEVERITIES: Final[Mapping[str, int | None]] = {
    "immediate": 1,
    "same_day": 2,
    "doubt": 3,
    "none": None,
}
"""What each severity asks of the screening."""

STYLE: Final = "from_practice"
_ABOUT: Final = {"missed": ("self", "other_child"), "not_a_disclosure": ("none",)}
_REQUIRED: Final = frozenset(("id", "texts", "severity", "categories", "style", "about", "origin"))
_OPTIONAL: Final = frozenset(("asked", "language"))


def example(
    reference: str,
    texts: Collection[str],
    priority: int | None,
    categories: Collection[str],
    about: str,
    asked: str | None,
    language: str,
) -> dict[str, Any]:
    """One line; ``priority`` None for what is no disclosure.

    The question that was answered and a language other than English are kept, because screening
    reads the same words in another way without them.
    """
    severity = next(name for name, value in SEVERITIES.items() if value == priority)
    line: dict[str, Any] = {
        "id": reference,
        "texts": list(texts),
        "severity": severity,
        "categories": list(categories),
        "style": STYLE,
        "about": about,
        "origin": "missed" if priority else "not_a_disclosure",
    }
    if asked:
        line["asked"] = asked
    if language != "en":
        line["language"] = language
    return line


def same_words(line: Mapping[str, Any]) -> str:
    """Equal for two lines that say the same, whatever the case and the blanks."""
    return " ".join(" ".join(line["texts"]).casefold().split())


def problems(line: object, no_identifiers: Collection[str] = ()) -> list[str]:
    """Why a line may not be entered, without any of its words; empty when it may.

    Args:
        line: what one line of the file holds.
        no_identifiers: passages of which a person says that they tell nobody who it is.
    """
    if not isinstance(line, dict) or not _REQUIRED <= set(line) <= _REQUIRED | _OPTIONAL:
        return [f"it does not have the keys {', '.join(sorted(_REQUIRED))}"]
    found = [*_shape(line)]
    if not found:
        found = [
            f"it still has something like this: {each.kind}"
            for each in signs(line["texts"])
            if each.text not in no_identifiers
        ]
    return list(dict.fromkeys(found))


def _shape(line: Mapping[str, Any]) -> list[str]:
    texts, categories, origin = line["texts"], line["categories"], line["origin"]
    checks = {
        "its id is no reference": isinstance(line["id"], str) and bool(line["id"]),
        "it has no texts": isinstance(texts, list)
        and bool(texts)
        and all(isinstance(each, str) and each.strip() for each in texts),
        "its severity is not known": line["severity"] in SEVERITIES,
        "its categories are not known": isinstance(categories, list)
        and all(each in CATEGORIES for each in categories),
        "its style is not from_practice": line["style"] == STYLE,
        "its origin is not known": origin in _ABOUT,
        "it does not say who it is about": line["about"] in _ABOUT.get(origin, ()),
        "its severity or categories do not fit its origin": (line["severity"] == "none")
        == (origin == "not_a_disclosure")
        == (categories == []),
        "the question it answers is not known": line.get("asked") in (None, *STATES),
        "its language is no code": isinstance(line.get("language", "en"), str),
    }
    return [problem for problem, holds in checks.items() if not holds]
