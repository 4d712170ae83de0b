"""The machine that finds all patterns of the lexicon in one pass over all readings of a thought.

All patterns run side by side, one bit for each item, so a text costs the same few operations a
word whatever it says: there is nothing to backtrack into (docs/reliability.md T-14, F-33). Regular
expressions were weighed: RE2 is linear too, but its Set answers "nothing found" when it runs out of
memory, and it reads one string, not a lattice of readings; Aho-Corasick knows no gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dialogs.screening_lattice import Edge, Lattice
from dialogs.screening_patterns import ENDS, Item

MOST_ENDS = 8
"""No pattern is looked at more often than this in one text; a flood of matches is a match."""


@dataclass(slots=True)
class Trie:
    """The phrases that go on from here; `bits` are the items that take the phrase ending here."""

    bits: int = 0
    after: dict[str, Trie] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Program:
    """Patterns compiled side by side; build with `compile_patterns`."""

    patterns: tuple[tuple[Item, ...], ...]
    initial: int
    final: int
    before_optional: int
    optional: int
    last_optional: int
    before_or_optional: int
    pattern_of_bit: Mapping[int, int]
    masks: Mapping[str, int]
    others: int
    number_bits: tuple[tuple[int, int, int, int], ...]
    phrases: Mapping[str, Trie]

    def mask(self, word: str) -> int:
        """The items that take `word`, as bits."""
        bits = self.masks.get(word, self.others)
        if not word.isdecimal() or len(word) > 4:
            return bits
        for low, high, bit, cleared in self.number_bits:
            if low <= int(word) <= high:
                bits = (bits | bit) & ~cleared
        return bits

    def ends(self, lattice: Lattice) -> dict[int, list[int]]:
        """Where each pattern that occurs ends: pattern number to nodes, at most eight of each."""
        out = _outgoing(lattice)
        states = [0] * lattice.nodes
        final, found = self.final, dict[int, list[int]]()
        moves: dict[int, int] = {}  # the same words over and over cost one look-up each
        for node, leaving in enumerate(out):
            state = states[node]
            hits = state & final
            if hits:
                final = self._noted(hits, node, final, found)
            moved = moves.get(state)
            if moved is None:
                moved = moves[state] = self._closed(state) << 1 | self.initial
            for edge in leaving:
                states[edge.target] |= moved & self.mask(edge.word)
                if edge.word in self.phrases:
                    self._phrase_steps(self.phrases[edge.word], edge.target, moved, states, out)
        return found

    def _noted(self, hits: int, node: int, final: int, found: dict[int, list[int]]) -> int:
        """Write down the patterns that end at `node`; returns `final` without those seen enough."""
        while hits:
            low = hits & -hits
            hits ^= low
            nodes = found.setdefault(self.pattern_of_bit[low.bit_length() - 1], [])
            nodes.append(node)
            if len(nodes) == MOST_ENDS:
                final ^= low
        return final

    def _closed(self, state: int) -> int:
        """`state` with the optional items after a reached one passed (Navarro and Raffinot)."""
        if not state & self.before_or_optional:
            return state
        reached = state | self.last_optional
        return state | (self.optional & (~(reached - self.before_optional) ^ reached))

    def _phrase_steps(
        self, trie: Trie, node: int, moved: int, states: list[int], out: Sequence[Sequence[Edge]]
    ) -> None:
        """Take every phrase that goes on from `node` along any reading."""
        for edge in out[node]:
            longer = trie.after.get(edge.word)
            if longer is None:
                continue
            states[edge.target] |= moved & longer.bits
            if longer.after:
                self._phrase_steps(longer, edge.target, moved, states, out)


def _outgoing(lattice: Lattice) -> list[list[Edge]]:
    out: list[list[Edge]] = [[] for _ in range(lattice.nodes)]
    for edge in lattice.edges:
        out[edge.source].append(edge)
    return out


def incoming(lattice: Lattice) -> dict[int, list[Edge]]:
    """The edges that arrive at each node."""
    found: dict[int, list[Edge]] = {}
    for edge in lattice.edges:
        found.setdefault(edge.target, []).append(edge)
    return found


def retrace(items: tuple[Item, ...], end: int, arriving: Mapping[int, list[Edge]]) -> list[Edge]:
    """The edges of one occurrence of `items` that ends at node `end`, its gaps kept short."""
    return _Retrace(items, arriving).back(len(items) - 1, end) or []


@dataclass(slots=True)
class _Retrace:
    """Walks one pattern backwards from where it ended; each (item, node) is tried once."""

    items: tuple[Item, ...]
    arriving: Mapping[int, list[Edge]]
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
        for edge in self.arriving.get(node, ()):
            if item.takes(edge.word):
                yield [edge]
        for phrase in item.phrases:
            yield from self._phrase(phrase, node)

    def _phrase(self, phrase: tuple[str, ...], node: int) -> Iterable[list[Edge]]:
        """Every path through `phrase` that ends at `node`."""
        for edge in self.arriving.get(node, ()):
            if edge.word != phrase[-1]:
                continue
            if len(phrase) == 1:
                yield [edge]
                continue
            for before in self._phrase(phrase[:-1], edge.source):
                yield [*before, edge]


def compile_patterns(patterns: Sequence[tuple[Item, ...]]) -> Program:
    """Lay all patterns out in one row of bits."""
    layout = _Layout()
    for number, items in enumerate(patterns):
        layout.add(number, items)
    return layout.program(tuple(patterns))


class _Layout:
    """Collects bits while patterns are added."""

    def __init__(self) -> None:
        self._width = 0
        self._pattern_of_bit: dict[int, int] = {}
        self._taken: dict[str, int] = {}
        self._barred: dict[str, int] = {}
        self._numbers: list[tuple[int, int, int, int]] = []
        self._phrases: dict[tuple[str, ...], int] = {}
        self._initial = self._final = self._others = 0
        self._before = self._optional = self._last = 0

    def add(self, number: int, items: tuple[Item, ...]) -> None:
        self._initial |= 1 << self._width
        for place, item in enumerate(items):
            self._item(item, 1 << (self._width + place))
        self._optional_blocks(items)
        self._width += len(items)
        self._final |= 1 << (self._width - 1)
        self._pattern_of_bit[self._width - 1] = number

    def _item(self, item: Item, bit: int) -> None:
        table = self._barred if item.excluded else self._taken
        for word in item.words:
            table[word] = table.get(word, 0) | bit
        for phrase in item.phrases:
            self._phrases[phrase] = self._phrases.get(phrase, 0) | bit
        for low, high in item.numbers:
            self._numbers.append(
                (low, high, 0 if item.excluded else bit, bit if item.excluded else 0)
            )
        if item.excluded:
            self._others |= bit
            for end in ENDS:
                self._barred[end] = self._barred.get(end, 0) | bit

    def _optional_blocks(self, items: tuple[Item, ...]) -> None:
        for place, item in enumerate(items):
            if not item.optional:
                continue
            bit = 1 << (self._width + place)
            self._optional |= bit
            if not items[place - 1].optional:
                self._before |= bit >> 1
            if not items[place + 1].optional:
                self._last |= bit

    def program(self, patterns: tuple[tuple[Item, ...], ...]) -> Program:
        words = self._taken.keys() | self._barred.keys()
        masks = {
            word: (self._others & ~self._barred.get(word, 0)) | self._taken.get(word, 0)
            for word in words
        }
        root = Trie()
        for phrase, bits in self._phrases.items():
            trie = root
            for word in phrase:
                trie = trie.after.setdefault(word, Trie())
            trie.bits |= bits
        return Program(
            patterns=patterns,
            initial=self._initial,
            final=self._final,
            before_optional=self._before,
            optional=self._optional,
            last_optional=self._last,
            before_or_optional=self._before | self._optional,
            pattern_of_bit=self._pattern_of_bit,
            masks=masks,
            others=self._others,
            number_bits=tuple(self._numbers),
            phrases=root.after,
        )
