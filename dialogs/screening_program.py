"""The patterns of a lexicon laid out side by side, for screening_machine.py to follow.

Patterns that begin alike share their steps. Items are numbered from the rarest on, and every way
says which items it needs, so that what no word of a text fits is never tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dialogs.screening_patterns import Item


class Way(NamedTuple):
    """One item that may come next, and what is behind it.

    `needs` are the items without which no pattern on this way can end, as bits.
    """

    needs: int
    item: int
    times: int
    beyond: Step


@dataclass(slots=True)
class Step:
    """Where patterns that begin alike stand: those that end here, and how the others go on.

    `fixed` are the ways over an item that must come, each under the rarest item it needs; `keys`
    are the bits of those; `gaps` the ways over items that may be left out, or taken several times.
    """

    patterns: list[int] = field(default_factory=list)
    keys: int = 0
    fixed: dict[int, list[Way]] = field(default_factory=dict)
    gaps: list[Way] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Program:
    """Patterns side by side; build with `compile_patterns`.

    Args:
        patterns: as they were read.
        items: each different item once.
        first: where all patterns begin.
        always: bits of the items that some word of any text may fit.
        of_word: bits of the items that each word fits.
        of_phrase: bits of the items that each phrase fits.
        phrases: the phrases that begin with each word.
        numbered: ranges of numbers, each with the bit of an item that they fit.
    """

    patterns: tuple[tuple[Item, ...], ...]
    items: tuple[Item, ...]
    first: Step
    always: int
    of_word: Mapping[str, int]
    of_phrase: Mapping[tuple[str, ...], int]
    phrases: Mapping[str, Sequence[tuple[str, ...]]]
    numbered: Sequence[tuple[int, int, int]]


def compile_patterns(patterns: Sequence[tuple[Item, ...]]) -> Program:
    """Lay out all patterns so that those that begin alike share their first steps."""
    layout = _Layout()
    for number, items in enumerate(patterns):
        layout.add(number, items)
    return layout.program(tuple(patterns))


@dataclass(slots=True)
class _Branch:
    """A step while patterns are added; a way is an item and how often it may be taken, 0: must."""

    patterns: list[int] = field(default_factory=list)
    ways: dict[tuple[int, int], _Branch] = field(default_factory=dict)


class _Layout:
    """Collects steps while patterns are added."""

    def __init__(self) -> None:
        self._first = _Branch()
        self._items: dict[Item, int] = {}
        self._known: dict[int, int] = {}
        self._rank: dict[int, int] = {}

    def add(self, number: int, items: tuple[Item, ...]) -> None:
        branch, place = self._first, 0
        while place < len(items):
            item = items[place]
            times = 1
            while item.optional and items[place + times] is item:
                times += 1
            way = (self._index(item), times if item.optional else 0)
            branch = branch.ways.setdefault(way, _Branch())
            place += times
        branch.patterns.append(number)

    def _index(self, item: Item) -> int:
        """The number of an item; the same object, the usual case, is known without comparing."""
        index = self._known.get(id(item))
        if index is None:
            index = self._known[id(item)] = self._items.setdefault(item, len(self._items))
        return index

    def program(self, patterns: tuple[tuple[Item, ...], ...]) -> Program:
        ranked = self._ranked()
        of_word: dict[str, list[int]] = {}
        of_phrase: dict[tuple[str, ...], list[int]] = {}
        always = 0
        for rank, item in enumerate(ranked):
            if item.excluded:
                always |= 1 << rank
                continue
            for word in item.words:
                of_word.setdefault(word, []).append(rank)
            for phrase in item.phrases:
                of_phrase.setdefault(phrase, []).append(rank)
        phrases: dict[str, list[tuple[str, ...]]] = {}
        for phrase in of_phrase:
            phrases.setdefault(phrase[0], []).append(phrase)
        return Program(
            patterns=patterns,
            items=ranked,
            first=self._step(self._first)[1],
            always=always,
            of_word={word: _bits(ranks) for word, ranks in of_word.items()},
            of_phrase={phrase: _bits(ranks) for phrase, ranks in of_phrase.items()},
            phrases=phrases,
            numbered=tuple(
                (low, high, 1 << rank)
                for rank, item in enumerate(ranked)
                for low, high in item.numbers
            ),
        )

    def _ranked(self) -> tuple[Item, ...]:
        """The items, the rarest first: a word that many items take is common in any text."""
        often = Counter(word for item in self._items for word in item.words)
        ranked = sorted(self._items, key=lambda item: _commonness(item, often))
        self._rank = {self._items[item]: rank for rank, item in enumerate(ranked)}
        return tuple(ranked)

    def _step(self, branch: _Branch) -> tuple[int, Step]:
        """The step for a branch, and what every pattern needs that goes on from it."""
        step = Step(branch.patterns)
        together = 0 if branch.patterns else -1
        for (index, times), further in branch.ways.items():
            needs, beyond = self._step(further)
            rank = self._rank[index]
            if times:
                step.gaps.append(Way(needs, rank, times, beyond))
            else:
                needs |= 1 << rank
                key = (needs & -needs).bit_length() - 1
                step.keys |= 1 << key
                step.fixed.setdefault(key, []).append(Way(needs, rank, 1, beyond))
            together &= needs
        return together, step


def _commonness(item: Item, often: Mapping[str, int]) -> tuple[bool, int]:
    return item.excluded, sum(often[word] for word in item.words) + len(item.phrases)


def _bits(ranks: Sequence[int]) -> int:
    """A number with these bits; `ranks` rise."""
    found = bytearray(ranks[-1] // 8 + 1)
    for rank in ranks:
        found[rank >> 3] |= 1 << (rank & 7)
    return int.from_bytes(found, "little")
