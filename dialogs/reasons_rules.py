"""The reviewed rules for reasons: dialogs/reasons.toml, one entry for each code.

The pattern language, the word classes and how words are read are those of screening; only the
categories are others, so a rule here is a rule there, found by the same machine.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from dialogs.screening_lexicon import Lexicon, Rule, ScreeningFailed, lexicon
from dialogs.screening_patterns import parse
from dialogs.screening_program import compile_patterns
from dialogs.screening_spelling import Spelling
from dialogs.screening_views import Finding, Thought
from dialogs.screening_words import spelling_of, word_classes

_KEYS = frozenset(("code", "label", "definition", "rule", "patterns", "for", "against"))


@dataclass(frozen=True, slots=True)
class Reason:
    """One code: `rule` says in plain words what its patterns look for."""

    code: str
    label: str
    definition: str
    rule: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True)
class Reasons:
    """Every code, in the order of docs/reasons.md; the rules as screening's machine takes them."""

    by_code: Mapping[str, Reason]
    rules: Lexicon

    def found_in(self, text: str) -> dict[str, Finding]:
        """What the rules find in `text`, by code."""
        found = Thought([text], [self.rules]).findings(frozenset(), False)
        return {finding.rule.category: finding for finding in found}


@lru_cache
def reasons() -> Reasons:
    """The codes and rules of this package, read once.

    Raises:
        ScreeningFailed: a file is missing or broken.
    """
    folder = files("dialogs")
    try:
        words = (folder / "lexicon" / "words.toml").read_bytes()
        return build((folder / "reasons.toml").read_bytes(), words, lexicon())
    except (OSError, ModuleNotFoundError) as error:
        raise ScreeningFailed("the rules for reasons cannot be read") from error


def build(content: bytes, words: bytes, beside: Lexicon) -> Reasons:
    """Make the rules of the bytes of reasons.toml.

    Args:
        content: of reasons.toml.
        words: of lexicon/words.toml, whose classes patterns may name.
        beside: the English lexicon; how words are read is taken from it.

    Raises:
        ScreeningFailed: anything missing, unknown or unreadable; the message names the place.
    """
    try:
        document = tomllib.loads(content.decode())
        shared = tomllib.loads(words.decode())["words"]
        return _assemble(document, shared, content, beside)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScreeningFailed(f"the rules for reasons are broken: {error}") from error


def _assemble(
    document: Mapping[str, Any], shared: Mapping[str, str], content: bytes, beside: Lexicon
) -> Reasons:
    classes = word_classes([shared, document["words"]])
    by_code: dict[str, Reason] = {}
    entries, parsed = [], []
    for table in document["reason"]:
        reason = _reason(table)
        if reason.code in by_code:
            raise ValueError(f"code {reason.code} twice")
        by_code[reason.code] = reason
        rule = Rule(reason.rule, reason.code, 3)
        for pattern in table["patterns"]:
            parsed.append(parse(pattern, classes))
            entries.append(rule)
    own = spelling_of({"variants": [], "common": []}, classes, parsed)
    rules = Lexicon(
        program=compile_patterns(parsed),
        entries=tuple(entries),
        spelling=_read_as(beside.spelling, own),
        rules=tuple(dict.fromkeys(entries)),
        fingerprint=hashlib.sha256(content).hexdigest()[:8],
        version=None,
        own_words=frozenset(),
    )
    return Reasons(by_code, rules)


def _read_as(english: Spelling, own: Spelling) -> Spelling:
    """English as screening reads it, with the words of these patterns known, but never guessed at.

    A guess would read "refuge" as "refugee", and a suggestion needs no such reach.
    """
    return replace(english, known=english.known | (own.targets - english.variants.keys()))


def _reason(table: Mapping[str, Any]) -> Reason:
    if table.keys() != _KEYS:
        raise ValueError(f"{table.get('code')!r} lacks or has other keys {table.keys() ^ _KEYS}")
    examples, counterexamples = _texts(table["for"]), _texts(table["against"])
    if not (examples and counterexamples and _texts(table["patterns"])):
        raise ValueError(f"{table['code']!r} lacks a pattern or an example")
    return Reason(
        table["code"],
        table["label"],
        table["definition"],
        table["rule"],
        examples,
        counterexamples,
    )


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"not all are texts: {values!r}")
    return tuple(values)
