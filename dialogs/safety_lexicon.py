"""The safety lexicons: words for danger in languages that have no lexicon of their own.

One file for each, `dialogs/lexicon/safety/<code>.toml`; docs/screening.md, "Other languages", says
how they were made. A pattern is a row of items:

    word  one|other  <class>  more_words   one word, or a row of words, out of those named
    stem*                                  a word that begins so
    ~3                                     up to three words, no negation, no sentence end
    ^ $                                    start, end of a sentence or text (first, last item)

`fronts` are small words written on to the next one (Arabic و); `joins` are written apart or not
(Farsi می); `tones` says that accents make other words.

`patterns` are read in every conversation: the words must be the language's own letters, or, in
Latin letters, words that no English or Welsh text has. `own` are read only in a conversation that
is held in the language.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

from dialogs.normalise_scripts import Word, words_of
from dialogs.screening_lexicon import CATEGORIES, ScreeningFailed

CODES = ("am", "ar", "ckb", "fa", "om", "prs", "ps", "so", "sq", "ti", "vi")
SCRIPTS = ("arabic", "ethiopic", "latin")
_KEYS = frozenset(
    ("version", "language", "tags", "script", "tones", "fronts", "not", "joins", "words")
)
_RULE_KEYS = frozenset(
    ("name", "category", "priority", "certainty", "patterns", "own", "for", "against")
)
GATE = 4
"""Letters of a stem by which a text in Latin letters is first looked at."""


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a pattern: a word with the accents it may have, a stem, or a gap of `reach`."""

    words: Mapping[str, frozenset[str]]
    stems: tuple[str, ...] = ()
    reach: int = 0

    def takes(self, typed: Word) -> bool:
        """Whether `typed` fits; accents left out always do, wrong ones only where none count."""
        marks = self.words.get(typed.word)
        if marks is not None and (not marks or not typed.marks or typed.marks in marks):
            return True
        return bool(self.stems) and typed.word.startswith(self.stems)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of items; `opens` and `closes` bind it to the start and end of a sentence."""

    items: tuple[Item, ...]
    opens: bool
    closes: bool
    own: bool
    latin: bool
    text: str


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """What one disclosure looks like; `name` is what a duty worker reads ("says that ...")."""

    name: str
    category: str
    priority: int
    certainty: str
    patterns: tuple[Pattern, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True)
class SafetyLexicon:
    """The words for danger of one language; `tags` are the language codes it is read for."""

    language: str
    version: str
    tags: frozenset[str]
    script: str
    negations: frozenset[str]
    joins: frozenset[str]
    rules: tuple[SafetyRule, ...]
    _words: dict[str, list[tuple[SafetyRule, Pattern]]] = field(default_factory=dict)
    _stems: dict[str, list[tuple[SafetyRule, Pattern]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rule in self.rules:
            for pattern in rule.patterns:
                for word in pattern.items[0].words:
                    self._words.setdefault(word, []).append((rule, pattern))
                for stem in pattern.items[0].stems:
                    self._stems.setdefault(stem, []).append((rule, pattern))

    def beginning(self, word: str) -> Iterator[tuple[SafetyRule, Pattern]]:
        """The patterns that may begin at `word`."""
        yield from self._words.get(word, ())
        for length in range(1, min(len(word), 12) + 1):
            yield from self._stems.get(word[:length], ())

    def gate(self, known: frozenset[str]) -> set[str]:
        """What every pattern in Latin letters for all conversations needs: words of one item.

        It is the item with the fewest `known` words (those of English and Welsh), so that few
        texts in these are looked at any further.
        """
        return {
            key
            for rule in self.rules
            for pattern in rule.patterns
            if pattern.latin and not pattern.own
            for key in _rarest(pattern, known)
        }


def _rarest(pattern: Pattern, known: frozenset[str]) -> set[str]:
    """The words of the rarest item, a stem as its first letters and *."""
    keys = [
        {*item.words, *(stem[:GATE] + "*" for stem in item.stems)}
        for item in pattern.items
        if not item.reach
    ]
    return min(keys, key=lambda words: (len(words & known), -min(len(word) for word in words)))


def safety_lexicons() -> Mapping[str, SafetyLexicon]:
    """All of them by code, read once.

    Raises:
        ScreeningFailed: one is missing or broken.
    """
    found = _read_once()
    if isinstance(found, str):
        raise ScreeningFailed(found)
    return found


@lru_cache
def _read_once() -> Mapping[str, SafetyLexicon] | str:
    folder = files("dialogs") / "lexicon" / "safety"
    try:
        return {code: build_safety((folder / f"{code}.toml").read_bytes()) for code in CODES}
    except OSError:
        return "the safety lexicons cannot be read"
    except ScreeningFailed as failure:
        return str(failure)


def build_safety(content: bytes) -> SafetyLexicon:
    """Make one safety lexicon of the bytes of its file.

    Raises:
        ScreeningFailed: anything missing, unknown or unreadable.
    """
    try:
        return _built(tomllib.loads(content.decode()), hashlib.sha256(content).hexdigest()[:8])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScreeningFailed(f"a safety lexicon is broken: {error}") from error


def _built(document: Mapping[str, Any], fingerprint: str) -> SafetyLexicon:
    _only(document, _KEYS | {"rule"})
    if document["script"] not in SCRIPTS:
        raise ValueError(f"no script {document['script']!r}")
    fronts = ("", *document.get("fronts", "").split())
    parser = _Parser(document.get("words", {}), document.get("tones", False), fronts)
    rules = tuple(_rule(table, parser) for table in document["rule"])
    if len({rule.name for rule in rules}) != len(rules):
        raise ValueError("two rules of one name")
    return SafetyLexicon(
        language=document["language"],
        version=f"{document['version']}+{fingerprint}",
        tags=frozenset(document["tags"]),
        script=document["script"],
        negations=_plain(document.get("not", "")),
        joins=_plain(document.get("joins", "")),
        rules=rules,
    )


def _only(table: Mapping[str, Any], allowed: Iterable[str]) -> None:
    unknown = sorted(table.keys() - set(allowed))
    if unknown:
        raise ValueError(f"unknown keys {unknown}")


def _plain(words: str) -> frozenset[str]:
    return frozenset(word.word for word in words_of(words))


def _rule(table: Mapping[str, Any], parser: _Parser) -> SafetyRule:
    _only(table, _RULE_KEYS)
    every, own = table.get("patterns", ()), table.get("own", ())
    patterns = [each for text in every for each in parser.patterns(text, own=False)]
    patterns += [each for text in own for each in parser.patterns(text, own=True)]
    rule = SafetyRule(
        name=table["name"],
        category=table["category"],
        priority=table["priority"],
        certainty=table["certainty"],
        patterns=tuple(patterns),
        examples=tuple(table["for"]),
        counterexamples=tuple(table["against"]),
    )
    if rule.category not in CATEGORIES or rule.priority not in (1, 2, 3):
        raise ValueError(f"{rule.name!r} has an impossible category or priority")
    if rule.certainty not in ("clear", "unsure"):
        raise ValueError(f"{rule.name!r} has an impossible certainty")
    if not (patterns and rule.examples and rule.counterexamples):
        raise ValueError(f"{rule.name!r} lacks patterns or an example")
    return rule


class _Parser:
    """Reads patterns with the word classes of one file."""

    def __init__(self, classes: Mapping[str, str], tones: bool, fronts: Sequence[str]) -> None:
        self._classes = {name: members.split() for name, members in classes.items()}
        self._tones = tones
        self._fronts = fronts

    def patterns(self, text: str, *, own: bool) -> Iterator[Pattern]:
        """The patterns that `text` stands for: one for each way through its rows of words."""
        tokens = text.split()
        opens, closes = tokens[:1] == ["^"], tokens[-1:] == ["$"]
        rows = [self._rows(token) for token in tokens[opens : len(tokens) - closes]]
        for chosen in product(*rows):
            items = tuple(item for row in chosen for item in row)
            if not items or items[0].reach or items[-1].reach:
                raise ValueError(f"must begin and end with a word: {text!r}")
            latin = all(word.isascii() for item in items for word in (*item.words, *item.stems))
            yield Pattern(items, opens, closes, own, latin, text)

    def _rows(self, token: str) -> list[tuple[Item, ...]]:
        if token.startswith("~"):
            return [(Item({}, (), int(token[1:])),)]
        members = [one for option in token.split("|") for one in self._members(option)]
        single = [member for member in members if "_" not in member]
        rows = [
            tuple(self._item([part]) for part in one.split("_")) for one in members if "_" in one
        ]
        return [*rows, (self._item(single),)] if single else rows

    def _members(self, option: str) -> Sequence[str]:
        return self._classes[option[1:-1]] if option.startswith("<") else [option]

    def _item(self, members: Sequence[str]) -> Item:
        words: dict[str, frozenset[str]] = {}
        stems: list[str] = []
        for member in self._fronted(members):
            (typed,) = words_of(member.removesuffix("*"))
            if member.endswith("*"):
                stems.append(typed.word)
            elif self._tones:
                words[typed.word] = words.get(typed.word, frozenset()) | {typed.marks}
            else:
                words[typed.word] = frozenset()
        return Item(words, tuple(stems))

    def _fronted(self, members: Sequence[str]) -> Iterator[str]:
        """Each member, and in its own letters with each small word that is written on to it."""
        for member in members:
            yield from (
                front + member for front in self._fronts if not (front and member.isascii())
            )
