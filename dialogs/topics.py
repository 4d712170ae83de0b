"""Topics of a return interview (docs/practice.md 2.2): their names, and which a text tells about.

What a child has already told is not asked again. So a topic counts only when they really told of
it; a word in passing is not telling, a question is not, and neither is a wish not to say. Harm
(D1 to D3) and safety now (F2) are never read from words: those are always asked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dialogs.reading import choice_of, spelt

IN_PASSING = frozenset(
    {
        *(f"B{number}" for number in range(1, 11)),
        *(f"C{number}" for number in range(1, 12)),
        *("E1", "E2", "E3", "E4", "F1", "F3", "F4", "F6", "F7"),
    }
)
"""Topics that a text may tell about unasked."""
SECTIONS = ("before", "away", "harm", "back", "next", "share")
"""Parts of the interview that they may choose."""
NUMBERED = {1: "before", 2: "away", 3: "back", 4: "next"}
"""The parts as they are numbered where the choice is offered."""
_FEW_WORDS = 4
_SHORTEST = 3
_LONGEST_CHOICE = 80
_SENTENCES = re.compile(r"([.!?\n\r]+)")
_TOKEN = re.compile(r"[^ ]+")
_RUNS = re.compile(r"([a-z])\1+")
_PART = re.compile(r"<(\w+)>")
_FIRST = re.compile(r"\(([^()]*)\)|([^\W_]+)")
_GAPS = {"~~": r"(?: (?:\w+|\|)){0,8}", "~": r"(?: \w+){0,4}"}
"""Between two words of a pattern: up to 8 words, over the end of a sentence; or up to 4 in it."""
_UNBOUNDED = re.compile(r"[*{]|(?<!\\w)(?<!\\d)\+")
_FOLDER = files("dialogs")


@dataclass(frozen=True, slots=True)
class _Rule:
    topics: frozenset[str]
    short: bool
    own: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    language: str
    by_first: Mapping[str, tuple[_Rule, ...]]
    others: frozenset[str]
    not_told: re.Pattern[str]
    sections: Mapping[str, re.Pattern[str]]
    who: Mapping[str, re.Pattern[str]]


def topics_in(words: str, language: str = "en") -> frozenset[str]:
    """The topics (ids of `IN_PASSING`) that a text tells about; in doubt, none."""
    found: set[str] = set()
    for rules in _rules_for(language):
        told = _told(words, rules)
        tokens = _TOKEN.findall(told)
        few = len(tokens) - tokens.count("|") < _FEW_WORDS
        start, before = 0, ""
        for token in tokens:
            others = before in rules.others
            for rule in rules.by_first.get(token, ()):
                void = (few and not rule.short) or (others and rule.own) or rule.topics <= found
                if not void and rule.pattern.match(told, start):
                    found |= rule.topics
            start, before = start + len(token) + 1, token
    return frozenset(found)


def section_of(words: str, language: str = "en") -> str | None:
    """The part of the interview (`SECTIONS`) that a text asks for, and nothing else; or None."""
    number = choice_of(words, language)
    if number is not None:
        return NUMBERED.get(number)
    for rules in _rules_for(language):
        plain = spelt(words[: 2 * _LONGEST_CHOICE], rules.language)
        if len(words) > _LONGEST_CHOICE:
            continue
        for section, pattern in rules.sections.items():
            if pattern.fullmatch(plain):
                return section
    return None


def mentions_who(words: str, language: str = "en") -> frozenset[str]:
    """Whom a wish about sharing names.

    Returns:
        Any of "carer", "family", "social_worker", "school", "police", "friends" and "anyone".
    """
    named: set[str] = set()
    for rules in _rules_for(language):
        plain = spelt(words, rules.language)
        named |= {who for who, pattern in rules.who.items() if pattern.search(plain)}
    return frozenset(named)


def label(topic: str) -> str:
    """What staff call a topic.

    Raises:
        KeyError: it is no topic of docs/practice.md 2.2.
    """
    return str(_data()["topics"][topic]["label"])


def purpose(topic: str) -> str:
    """What a topic is for, in the terms of the statutory guidance (docs/practice.md 1.3).

    Raises:
        KeyError: it is no topic of docs/practice.md 2.2.
    """
    data = _data()
    return str(data["purposes"][data["topics"][topic]["purpose"]])


def all_topics() -> tuple[str, ...]:
    """The ids of all topics, A1 to H8, in the order of docs/practice.md 2.2."""
    return tuple(_data()["topics"])


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / "topics.toml").read_text(encoding="utf-8"))


def _told(words: str, rules: _Rules) -> str:
    """The text as spelt, without questions and what they will not say; "|" ends a sentence."""
    parts = _SENTENCES.split(words)
    statements = (
        spelt(part, rules.language)
        for part, end in zip(parts[::2], [*parts[1::2], ""], strict=True)
        if "?" not in end and len(part) > _SHORTEST
    )
    kept = (rules.not_told.split(statement, maxsplit=1)[0] for statement in statements)
    return " | ".join(statement for statement in kept if statement)


@cache
def _rules_for(language: str) -> tuple[_Rules, ...]:
    """The rules of a language, if it has some, and the English ones."""
    found = (_rules_of(name) for name in dict.fromkeys((language, "en")) if name.isalnum())
    return tuple(rules for rules in found if rules is not None)


@cache
def _rules_of(language: str) -> _Rules | None:
    path = _FOLDER / "texts" / f"topics_{language}.toml"
    if not path.is_file():
        return None
    return _compile(language, tomllib.loads(path.read_text(encoding="utf-8")))


def _compile(language: str, data: Mapping[str, Any]) -> _Rules:
    parts = data.get("parts", {})
    by_first: dict[str, list[_Rule]] = {}
    for rule in data.get("rule", ()):
        for first, pattern in _by_first(rule["patterns"], parts):
            found = _Rule(
                frozenset(rule["topics"]), rule.get("short", False), rule.get("own", False), pattern
            )
            by_first.setdefault(first, []).append(found)
    asking = data.get("asking", {})
    around = (_alternatives(asking.get(side, ()), parts) for side in ("before", "after"))
    front, back = around
    return _Rules(
        language=language,
        by_first={first: tuple(rules) for first, rules in by_first.items()},
        others=frozenset(data.get("others", ())),
        not_told=re.compile(rf"\b{_alternatives(data.get('not_told', ()), parts)}\b"),
        sections={
            section: re.compile(f"(?:{front} )?{_alternatives(asked, parts)}(?: {back})?")
            for section, asked in data.get("sections", {}).items()
        },
        who={
            who: re.compile(rf"\b{_alternatives(named, parts)}\b")
            for who, named in data.get("who", {}).items()
        },
    )


def _alternatives(patterns: Iterable[str], parts: Mapping[str, str]) -> str:
    found = [_expanded(pattern, parts) for pattern in patterns]
    return f"(?:{'|'.join(found)})" if found else "(?!)"


def _by_first(
    patterns: Iterable[str], parts: Mapping[str, str]
) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns under each word that can begin them, so that few are tried anywhere."""
    under: dict[str, list[str]] = {}
    for pattern in patterns:
        expanded = _expanded(pattern, parts)
        for first in _first_words(expanded):
            under.setdefault(first, []).append(expanded)
    for first, found in under.items():
        yield first, re.compile(f"(?:{'|'.join(found)})\\b")


def _expanded(pattern: str, parts: Mapping[str, str]) -> str:
    """A pattern of the file as a regular expression of bounded length: linear on any text.

    Raises:
        ValueError: it repeats something itself, which could have no bound.
    """
    if _UNBOUNDED.search(pattern):
        raise ValueError(f"a topic pattern may not repeat: {pattern}")
    whole = _RUNS.sub(r"\1", _PART.sub(lambda part: f"({parts[part[1]]})", pattern))
    for sign, gap in _GAPS.items():
        whole = whole.replace(f" {sign} ", f"{gap} ")
    return whole


def _first_words(pattern: str) -> set[str]:
    """The words that can begin a pattern.

    Raises:
        ValueError: its first word is not plain.
    """
    match = _FIRST.match(pattern)
    if not match:
        raise ValueError(f"a topic pattern must begin with a plain word: {pattern}")
    words = {first.split()[0] for first in (match[1] or match[2]).split("|")}
    rest = pattern[match.end() :]
    if not rest.startswith("?"):
        return words
    if not match[1]:
        raise ValueError(f"a topic pattern may not begin with a letter left out: {pattern}")
    return words | _first_words(rest[1:])
