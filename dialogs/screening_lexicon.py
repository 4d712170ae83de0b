"""The reviewed lexicon: word classes, rules, look-alikes, raises, answers to questions.

All of it is data, `dialogs/lexicon/*.toml`, one file for a category or a few (codes of
docs/practice.md 6.3), so that practitioners can review it; every rule carries an example for and
one against, and a test runs both.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, cast, get_args

from dialogs.screening_languages import ENGLISH, of_language
from dialogs.screening_patterns import Item, PatternError, parse
from dialogs.screening_program import Program, compile_patterns
from dialogs.screening_spelling import Spelling
from dialogs.screening_words import mixed, spelling_of, word_classes

CATEGORIES = (
    *("IMM", "MIS", "RUN", "SUI", "SEX", "CSE", "ONL", "CCE", "WPN", "DA", "ABU", "LAD"),
    *("SUB", "MED", "HBA", "TRA", "RAD", "OTH", "HOM", "BUL", "CPL", "TEC", "SIL"),
)
_RULE_KEYS = frozenset(
    {"name", "category", "also", "priority", "certainty", "own_act", "negation", "after_risk"}
    | {"stands", "asked", "patterns", "for", "against"}
)
_LOOKALIKE_KEYS = frozenset(("name", "spares", "asked", "patterns"))
_RAISE_KEYS = frozenset(("name", "categories", "to", "adds", "patterns"))


class ScreeningFailed(Exception):
    """Screening cannot be trusted (no lexicon, or a broken one): the caller brings in a person."""


Standing = Literal["always", "usually", "never"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What one disclosure looks like.

    `negation` "keep" lets a "not" stand before it; `after_risk` is its priority while an earlier
    risk is open; `asked` limits it to answers to those questions (state names). One that `stands`
    "always" gives its priority by itself, "usually" unless the other words speak against it,
    "never" only with them; a doubt (P3) at least. Answers always do, clear rules usually, unsure
    ones never, but where their record on the authored messages says otherwise.
    """

    name: str
    category: str
    priority: int
    also: tuple[str, ...] = ()
    certainty: Literal["clear", "unsure"] = "clear"
    own_act: bool = False
    negation: Literal["skip", "keep"] = "skip"
    after_risk: int | None = None
    stands: Standing = "usually"
    asked: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Words that sound like harm and are not; they spare the rules of `spares` (none: all).

    `asked` limits it to answers to those questions (state names).
    """

    name: str
    spares: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Raise:
    """What in the same thought makes a match of `categories` more urgent, or adds a category."""

    name: str
    categories: frozenset[str]
    to: int | None = None
    adds: str | None = None


Entry = Rule | LookAlike | Raise


@dataclass(frozen=True)
class Lexicon:
    """What `screen` needs of a language; `entries[n]` is what pattern n of `program` belongs to.

    `own_words` are those that another language's lexicon does not have; `version` is None for one
    whose versions the detector counts.
    """

    program: Program
    entries: tuple[Entry, ...]
    spelling: Spelling
    rules: tuple[Rule, ...]
    fingerprint: str
    version: str | None
    own_words: frozenset[str]


def lexicon(language: str = ENGLISH) -> Lexicon:
    """The lexicon of one language of this package, read once.

    Raises:
        ScreeningFailed: a file is missing, empty or broken.
    """
    found = read_once(language)
    if isinstance(found, Lexicon):
        return found
    raise ScreeningFailed(found)


@lru_cache
def read_once(language: str = ENGLISH) -> Lexicon | str:
    """The lexicon, or what is wrong with it: a broken one fails every text at once, not slowly."""
    try:
        folder = files("dialogs") / "lexicon"
        documents = {file.name: file.read_bytes() for file in _toml_files(folder)}
        return build(documents, language, None if language == ENGLISH else lexicon().spelling)
    except (OSError, ModuleNotFoundError):
        return "the lexicon cannot be read"
    except ScreeningFailed as failure:
        return str(failure)


def _toml_files(folder: Traversable) -> list[Traversable]:
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)


def build(
    documents: Mapping[str, bytes], language: str = ENGLISH, beside: Spelling | None = None
) -> Lexicon:
    """Make the lexicon of `language` of the bytes of its files (file name to content).

    Its words are known beside those of `beside`, the spelling of the language it is mixed with.

    Raises:
        ScreeningFailed: anything missing, empty, unknown or unreadable; the message names the
            place.
    """
    merged: dict[str, list[Any]] = {}
    own = of_language(documents, language)
    for name, content in own.items():
        for key, value in _document(name, content).items():
            merged.setdefault(key, []).extend(value if isinstance(value, list) else [value])
    try:
        return _assemble(merged, _fingerprint(own), beside)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScreeningFailed(f"the lexicon is broken: {error}") from error


def _document(name: str, content: bytes) -> dict[str, Any]:
    try:
        document = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScreeningFailed(f"{name} cannot be read") from error
    if not document:
        raise ScreeningFailed(f"{name} is empty")
    category = document.pop("category", None)
    for rule in document.get("rule", ()):
        rule.setdefault("category", category)
    return document


def _fingerprint(documents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(documents):
        digest.update(name.encode() + b"\0" + documents[name] + b"\0")
    return digest.hexdigest()[:8]


def _assemble(
    merged: Mapping[str, list[Any]], fingerprint: str, beside: Spelling | None
) -> Lexicon:
    classes = word_classes(merged["words"])
    entries: list[Entry] = []
    parsed: list[tuple[Item, ...]] = []
    known: dict[str, list[Item]] = {}
    kinds = (("rule", _rule), ("lookalike", _lookalike), ("raise", _raise))
    for kind, make in kinds:
        for table in merged[kind]:
            entry = make(table)
            for pattern in _patterns(table, entry):
                parsed.append(_parsed(pattern, classes, entry, known))
                entries.append(entry)
    rules = tuple(dict.fromkeys(entry for entry in entries if isinstance(entry, Rule)))
    missing = set(CATEGORIES) - {rule.category for rule in rules}
    if missing:
        raise ValueError(f"no rule for {sorted(missing)}")
    if len({rule.name for rule in rules}) != len(merged["rule"]):
        raise ValueError("two rules of one name")
    spelling = spelling_of(merged, classes, parsed)
    version = merged["version"][0] if "version" in merged else None
    own_words = frozenset(spelling.known | spelling.variants.keys())
    if beside is not None:
        own_words -= beside.known | beside.variants.keys()
        spelling = mixed(spelling, beside)
    program = compile_patterns(parsed)
    return Lexicon(program, tuple(entries), spelling, rules, fingerprint, version, own_words)


def _patterns(table: Mapping[str, Any], entry: Entry) -> list[str]:
    patterns = table["patterns"]
    if not patterns or not all(isinstance(pattern, str) for pattern in patterns):
        raise ValueError(f"{entry.name!r} has no patterns")
    return cast(list[str], patterns)


def _parsed(
    pattern: str,
    classes: Mapping[str, Sequence[str]],
    entry: Entry,
    known: dict[str, list[Item]],
) -> tuple[Item, ...]:
    try:
        return parse(pattern, classes, known)
    except PatternError as error:
        raise ValueError(f"{entry.name!r}: {error}") from error


def _known_keys(table: Mapping[str, Any], allowed: frozenset[str]) -> None:
    unknown = table.keys() - allowed
    if unknown:
        raise ValueError(f"{table.get('name')!r} has unknown keys {sorted(unknown)}")


def _codes(codes: Sequence[str]) -> tuple[str, ...]:
    for code in codes:
        if code not in CATEGORIES:
            raise ValueError(f"no category {code!r}")
    return tuple(codes)


def _rule(table: Mapping[str, Any]) -> Rule:
    _known_keys(table, _RULE_KEYS)
    rule = Rule(
        name=table["name"],
        category=_codes([table["category"]])[0],
        priority=table.get("priority", 2),
        also=_codes(table.get("also", ())),
        certainty=table.get("certainty", "clear"),
        own_act=table.get("own_act", False),
        negation=table.get("negation", "skip"),
        after_risk=table.get("after_risk"),
        stands=table.get("stands", _usual_standing(table)),
        asked=frozenset(table.get("asked", ())),
        examples=tuple(table["for"]),
        counterexamples=tuple(table["against"]),
    )
    if rule.stands not in get_args(Standing):
        raise ValueError(f"{rule.name!r} stands in an impossible way")
    if rule.priority not in (1, 2, 3) or rule.certainty not in ("clear", "unsure"):
        raise ValueError(f"{rule.name!r} has an impossible priority or certainty")
    if not rule.examples or not rule.counterexamples or rule.negation not in ("skip", "keep"):
        raise ValueError(f"{rule.name!r} lacks an example, or has an impossible negation")
    return rule


def _usual_standing(table: Mapping[str, Any]) -> Standing:
    if "asked" in table:
        return "always"
    return "usually" if table.get("certainty", "clear") == "clear" else "never"


def _lookalike(table: Mapping[str, Any]) -> LookAlike:
    _known_keys(table, _LOOKALIKE_KEYS)
    spares = frozenset(_codes(table.get("spares", ())))
    return LookAlike(table["name"], spares, frozenset(table.get("asked", ())))


def _raise(table: Mapping[str, Any]) -> Raise:
    _known_keys(table, _RAISE_KEYS)
    adds = table.get("adds")
    categories = _codes(table["categories"] + ([adds] if adds else []))
    return Raise(table["name"], frozenset(categories), table.get("to"), adds)
