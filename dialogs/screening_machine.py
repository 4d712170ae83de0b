"""The machine that finds all patterns of the lexicon in all readings of a thought.

A set of nodes of the lattice is one number, a bit for each. An item of a pattern takes a whole set
of nodes to the nodes behind it in a few operations on such numbers, so a pattern costs the same few
steps wherever and however often it begins; patterns that begin alike share their steps, and what no
word of the text fits is never tried. There is nothing to backtrack into (docs/reliability.md T-14,
F-33). Regular expressions were weighed: RE2 is linear too, but its Set answers "nothing found" when
it runs out of memory, and it reads one string, not a lattice of readings; Aho-Corasick knows no
gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import NamedTuple

from dialogs.screening_lattice import Edge, Lattice, Moves, union
from dialogs.screening_patterns import ENDS, Item
from dialogs.screening_program import Program

_NEAR = 3
MOST_ENDS = 8
"""No pattern is looked at more often than this in one text; a flood of matches is a match."""


def ends(program: Program, lattice: Lattice) -> dict[int, int]:
    """The nodes where each pattern that occurs ends, as bits, by the number of the pattern."""
    return _Run(program, lattice).ends()


class _Moving(NamedTuple):
    """The ways past one item, those that reach far (letters read as one word) apart: few do."""

    sources: int
    near: list[tuple[int, int]]
    far_sources: int
    far: list[tuple[int, int]]

    @classmethod
    def of(cls, moves: Moves) -> _Moving:
        if len(moves) == 1:
            ((by, places),) = moves.items()
            return cls(places, [(by, places)], 0, [])
        near = [(by, places) for by, places in moves.items() if by <= _NEAR]
        far = [(by, places) for by, places in moves.items() if by > _NEAR]
        far_sources = reduce(or_, (places for _, places in far), 0)
        sources = reduce(or_, (places for _, places in near), far_sources)
        return cls(sources, near, far_sources, far)

    def behind(self, left: int) -> int:
        """The nodes that one comes to from those that are left; nearly always one way leads on."""
        if not self.far and len(self.near) == 1:
            return left << self.near[0][0]
        taken = 0
        for by, places in self.near:
            if here := left & places:
                taken |= here << by
        if left & self.far_sources:
            for by, places in self.far:
                if here := left & places:
                    taken |= here << by
        return taken


class _Run:
    """One lattice against all patterns."""

    def __init__(self, program: Program, lattice: Lattice) -> None:
        self._program = program
        self._words = lattice.moves
        self._distinct = frozenset(lattice.moves)
        self._everywhere = (1 << lattice.nodes) - 1
        self._moves: dict[int, _Moving] = {}
        self._together: tuple[Moves, dict[int, list[tuple[str, int]]]] | None = None
        self._numbers: dict[int, list[str]] = {}
        for word in self._distinct:
            if word.isdecimal() and len(word) <= 4:
                self._numbers.setdefault(int(word), []).append(word)
        self._phrases = dict(self._occurring_phrases())
        self._spoken = frozenset(self._phrases)
        self._present = self._items_present()

    def ends(self) -> dict[int, int]:
        found: dict[int, int] = {}
        present = self._present
        waiting = [(self._program.first, self._everywhere)]
        while waiting:
            step, reached = waiting.pop()
            for pattern in step.patterns:
                found[pattern] = reached
            for needs, item, times, beyond in step.gaps:
                if needs & present == needs:
                    waiting.append((beyond, self._passed(item, times, reached)))
            keys = step.keys & present
            while keys:
                key = keys.bit_length() - 1
                keys ^= 1 << key
                for needs, item, _, beyond in step.fixed[key]:
                    if needs & present == needs and (taken := self._taken(item, reached)):
                        waiting.append((beyond, taken))
        return found

    def _taken(self, index: int, reached: int) -> int:
        """The nodes behind the item, from those reached before it."""
        moves = self._moves.get(index)
        if moves is None:
            moves = self._moves[index] = _Moving.of(self._moves_of(index))
        left = reached & moves.sources
        return moves.behind(left) if left else 0

    def _passed(self, index: int, times: int, reached: int) -> int:
        """The nodes up to `times` words of an item further on that may be left out."""
        further = reached
        for _ in range(times):
            further = self._taken(index, further)
            if not further:
                break
            reached |= further
        return reached

    def _moves_of(self, index: int) -> Moves:
        """Every way the words of this text pass the item."""
        item = self._program.items[index]
        words = item.words & self._distinct
        if len(words) == 1 and not (item.phrases or item.numbers or item.excluded):
            return self._words[next(iter(words))]
        taken = [self._words[word] for word in words]
        if item.phrases:
            taken.extend(self._phrases[phrase] for phrase in item.phrases & self._spoken)
        if item.numbers:
            taken.extend(self._numbered(item))
        if item.excluded:
            return self._all_but(item, union(taken))
        return taken[0] if len(taken) == 1 else union(taken)

    def _numbered(self, item: Item) -> Iterator[Moves]:
        for low, high in item.numbers:
            for number, words in self._numbers.items():
                if low <= number <= high:
                    yield from (self._words[word] for word in words)

    def _all_but(self, item: Item, barred: Moves) -> Moves:
        """Every way past one word that `item` does not bar; of several words one is enough."""
        if self._together is None:
            self._together = _all_and_shared(self._words)
        every, shared = self._together
        if not barred:
            return every
        found: Moves = {}
        for by, places in every.items():
            left_out = barred.get(by)
            if left_out is None:
                found[by] = places
                continue
            found[by] = places & ~left_out
            for word, several in shared.get(by, ()):
                if several & left_out and item.takes(word):
                    found[by] |= several
        return found

    def _occurring_phrases(self) -> Iterator[tuple[tuple[str, ...], Moves]]:
        phrases = self._program.phrases
        for first in self._distinct & phrases.keys():
            for phrase in phrases[first]:
                if self._distinct.issuperset(phrase):
                    moves = self._moves_through(phrase)
                    if moves:
                        yield phrase, moves

    def _moves_through(self, phrase: Sequence[str]) -> Moves:
        """Every way through all words of `phrase`, from its first node to the one behind it."""
        found: Moves = self._words[phrase[0]]
        for word in phrase[1:]:
            longer: Moves = {}
            for by, places in found.items():
                for more, sources in self._words[word].items():
                    both = places & sources >> by
                    if both:
                        longer[by + more] = longer.get(by + more, 0) | both
            found = longer
        return found

    def _items_present(self) -> int:
        """The items that some word or phrase of this text may fit, as bits."""
        program = self._program
        present = program.always
        for word in self._distinct:
            present |= program.of_word.get(word, 0)
        for phrase in self._phrases:
            present |= program.of_phrase[phrase]
        if self._numbers:
            for low, high, bit in program.numbered:
                if any(low <= number <= high for number in self._numbers):
                    present |= bit
        return present


def _all_and_shared(words: Mapping[str, Moves]) -> tuple[Moves, dict[int, list[tuple[str, int]]]]:
    """All ways of a text, and for those that several words share, which words do."""
    every: Moves = {}
    shared: Moves = {}
    inner = [(word, moves) for word, moves in words.items() if word not in ENDS]
    for _, moves in inner:
        for by, places in moves.items():
            known = every.get(by, 0)
            shared[by] = shared.get(by, 0) | known & places
            every[by] = known | places
    by_word: dict[int, list[tuple[str, int]]] = {}
    for word, moves in inner:
        for by, places in moves.items():
            several = places & shared[by]
            if several:
                by_word.setdefault(by, []).append((word, several))
    return every, by_word


def retrace(items: tuple[Item, ...], end: int, arriving: Callable[[int], list[Edge]]) -> list[Edge]:
    """The edges of one occurrence of `items` that ends at node `end`, its gaps kept short."""
    return _Retrace(items, arriving).back(len(items) - 1, end) or []


@dataclass(slots=True)
class _Retrace:
    """Walks one pattern backwards from where it ended; each (item, node) is tried once."""

    items: tuple[Item, ...]
    arriving: Callable[[int], list[Edge]]
    tried: set[tuple[int, int]] = field(default_factory=set)

    def back(self, place: int, node: int) -> list[Edge] | None:
        if place < 0:
            return []
        if (place, node) in self.tried:
            return None
        self.tried.add((place, node))
        item = self.items[place]
        if item.optional:
            skipped = self.back(place - 1, node)
            if skipped is not None:
                return skipped
        for path in self._paths(item, node):
            before = self.back(place - 1, path[0].source)
            if before is not None:
                return before + path
        return None

    def _paths(self, item: Item, node: int) -> Iterable[list[Edge]]:
        arriving = self.arriving(node)
        for edge in arriving:
            if item.takes(edge.word):
                yield [edge]
        if item.phrases:
            words = {edge.word for edge in arriving}
            for phrase in sorted(item.phrases):  # in any order, the path found would be chance
                if phrase[-1] in words:
                    yield from self._phrase(phrase, node)

    def _phrase(self, phrase: tuple[str, ...], node: int) -> Iterable[list[Edge]]:
        """Every path through `phrase` that ends at `node`."""
        for edge in self.arriving(node):
            if edge.word != phrase[-1]:
                continue
            if len(phrase) == 1:
                yield [edge]
                continue
            for before in self._phrase(phrase[:-1], edge.source):
                yield [*before, edge]
