"""The reviewed words of the structure layer (dialogs/structure/*.toml), and where they stand."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import islice, zip_longest
from operator import attrgetter
from typing import Any, Literal, NamedTuple, TypeVar

from dialogs.screening_lexicon import ScreeningFailed
from dialogs.screening_patterns import forms

Fits = Literal["he", "she", "either"]

KINDS = ("who", "act", "when", "where", "thing", "turn", "figure")
_KEYS = frozenset(("kind", "name", "role", "words", "he", "she", "for", "against"))
_ROLES = ("done", "own")
_Key = TypeVar("_Key", str, tuple[str, str])
_WORDS: tuple[tuple[str, Fits], ...] = (("words", "either"), ("he", "he"), ("she", "she"))


@dataclass(frozen=True, slots=True)
class Group:
    """Words that say one thing: a kind of person, of act, of place.

    `done` acts are done to somebody; `own` are what one does or feels oneself.
    """

    kind: str
    name: str
    done: bool
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


class Mention(NamedTuple):
    """Words `start` to `end` (not included) of a thought say what `group` says."""

    start: int
    end: int
    group: Group
    fits: Fits


class Entry(NamedTuple):
    """A word or phrase of a group, and which pronoun may stand for it."""

    phrase: tuple[str, ...]
    group: Group
    fits: Fits


@dataclass(frozen=True)
class Vocabulary:
    """All groups; entries by their word, phrases by their first two, the longest first."""

    groups: tuple[Group, ...]
    alone: Mapping[str, tuple[Entry, ...]]
    phrases: Mapping[tuple[str, str], tuple[Entry, ...]]

    @cached_property
    def _begins(self) -> frozenset[str]:
        """The words that an entry begins with: most words of a text are none of them."""
        return frozenset((*self.alone, *(first for first, _ in self.phrases)))

    def mentions(self, words: Sequence[str]) -> list[Mention]:
        """What the words say, in order; of one kind only the longest phrase at a place."""
        return chosen(self.candidates(words), 0, len(words))

    def candidates(self, words: Sequence[str]) -> list[Mention]:
        """Everything the words may say, in order, the longest phrase first at each place.

        Work grows in step with the number of words: two words are compared with the phrases that
        they begin, however long the text is.
        """
        found: list[Mention] = []
        begins = self._begins
        for start, (word, after) in enumerate(zip_longest(words, words[1:], fillvalue="")):
            if word not in begins:
                continue
            beginning = self.phrases.get((word, after), ())
            for entry in (*beginning, *self.alone.get(word, ())):
                end = start + len(entry.phrase)
                if len(entry.phrase) < 3 or tuple(words[start:end]) == entry.phrase:
                    found.append(Mention(start, end, entry.group, entry.fits))
        return found


def chosen(candidates: Sequence[Mention], start: int, end: int) -> list[Mention]:
    """What words `start` to `end` say, counted from `start`, of the candidates of a whole text."""
    found: list[Mention] = []
    taken = dict.fromkeys(KINDS, start)
    first = bisect_left(candidates, start, key=attrgetter("start"))
    for each in islice(candidates, first, None):
        if each.start >= end:
            break
        if each.end <= end and taken[each.group.kind] <= each.start:
            taken[each.group.kind] = each.end
            found.append(
                each if not start else each._replace(start=each.start - start, end=each.end - start)
            )
    return found


def one_of(words: str) -> frozenset[str]:
    """A set of words, as one writes a list of them."""
    return frozenset(words.split())


def vocabulary() -> Vocabulary:
    """The words of this package, read once.

    Raises:
        ScreeningFailed: a file is missing, empty or broken.
    """
    found = read_once()
    if isinstance(found, Vocabulary):
        return found
    raise ScreeningFailed(found)


@lru_cache
def read_once() -> Vocabulary | str:
    """The words, or what is wrong with them: broken ones fail every text at once, not slowly."""
    try:
        folder = files("dialogs") / "structure"
        found = sorted(
            (file for file in folder.iterdir() if file.name.endswith(".toml")),
            key=lambda file: file.name,
        )
        return build([file.read_text(encoding="utf-8") for file in found])
    except (OSError, ModuleNotFoundError, UnicodeDecodeError):
        return "the words of the structure layer cannot be read"
    except ScreeningFailed as failure:
        return str(failure)


def build(documents: Sequence[str]) -> Vocabulary:
    """Make the vocabulary of the text of its files.

    Raises:
        ScreeningFailed: nothing there, or anything unknown, double or without examples.
    """
    try:
        tables = [table for text in documents for table in tomllib.loads(text)["group"]]
        made = [(_group(table), table) for table in tables]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ScreeningFailed(f"the words of the structure layer are broken: {error}") from error
    groups = tuple(group for group, _ in made)
    named = {(group.kind, group.name) for group in groups}
    if not groups or len(named) < len(groups):
        raise ScreeningFailed("the structure layer has no groups, or two of one name")
    entries = [entry for group, table in made for entry in _entries(group, table)]
    entries.sort(key=lambda entry: -len(entry.phrase))
    alone: dict[str, list[Entry]] = {}
    phrases: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if len(entry.phrase) == 1:
            alone.setdefault(entry.phrase[0], []).append(entry)
        else:
            phrases.setdefault((entry.phrase[0], entry.phrase[1]), []).append(entry)
    return Vocabulary(groups, _fixed(alone), _fixed(phrases))


def _fixed(entries: Mapping[_Key, list[Entry]]) -> dict[_Key, tuple[Entry, ...]]:
    return {key: tuple(found) for key, found in entries.items()}


def _group(table: Mapping[str, Any]) -> Group:
    name, kind, role = table["name"], table["kind"], table.get("role", "own")
    if table.keys() - _KEYS or kind not in KINDS or role not in _ROLES:
        raise ValueError(f"{name!r} has an unknown key, kind or role")
    group = Group(kind, name, role == "done", tuple(table["for"]), tuple(table["against"]))
    if not group.examples or not group.counterexamples or not _listed(table):
        raise ValueError(f"{name!r} lacks words or an example")
    return group


def _listed(table: Mapping[str, Any]) -> list[tuple[str, Fits]]:
    return [(member, fits) for key, fits in _WORDS for member in table.get(key, "").split()]


def _entries(group: Group, table: Mapping[str, Any]) -> Iterator[Entry]:
    for member, fits in _listed(table):
        for form in forms(member):
            yield Entry(tuple(form.split("_")), group, fits)
