"""The pattern language of the lexicon, and the machine that finds all patterns in one pass.

A pattern is a row of items, separated by spaces:

    word  mum|dad  <class>  put_hands_on   one word or phrase out of those named
    kick+  stab++                          a word in its regular forms, the second with its last letter doubled
    n:18-99                                a number in that range, in digits
    !word|<class>                          one word that is none of these
    item?                                  may be left out
    ~3                                     up to three words, none of them a negation, no sentence end
    *3                                     up to three words, negations too, no sentence end
    +3                                     up to three of anything, sentence ends too
    ^ $ (also as one of several, him|$)    start or end of a sentence;  ^^ $$ of the whole text

All patterns run side by side, one bit for each item, so a text costs the same few operations a word
whatever it says: there is nothing to backtrack into (docs/reliability.md T-14, F-33). Regular
expressions were weighed: RE2 is linear too, but its memory bound makes a Set answer "nothing found" when
it runs out, and it reads one string, not a lattice of readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dialogs.normalise import BREAK
from dialogs.screening_spelling import END, START, Edge, Lattice

_NUMBER = re.compile(r"n:(\d+)-(\d+)")
_GAP = re.compile(r"([~*+])(\d+)")
_ANCHORS = {
    "^": frozenset((START, BREAK)),
    "^^": frozenset((START,)),
    "$": frozenset((END, BREAK)),
    "$$": frozenset((END,)),
}
_ENDS = frozenset((START, END))
NEGATIONS = frozenset(("not", "never", "nobody", "noone", "nothing", "neither"))
_MOST_ENDS = 8


class PatternError(ValueError):
    """A pattern that cannot be read; the message names the item."""


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a pattern."""

    words: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    numbers: tuple[tuple[int, int], ...] = ()
    excluded: bool = False
    optional: bool = False

    def takes(self, word: str) -> bool:
        """Whether the single word `word` fits here; `excluded` turns the answer round (never at the ends)."""
        fits = word in self.words or (word.isdecimal() and self._in_range(word))
        return not fits and word not in _ENDS if self.excluded else fits

    def _in_range(self, word: str) -> bool:
        return len(word) <= 4 and any(low <= int(word) <= high for low, high in self.numbers)


def parse(pattern: str, classes: Mapping[str, Sequence[str]]) -> tuple[Item, ...]:
    """Read one pattern.

    Raises:
        PatternError: an unknown class, an empty pattern, or one that could match nothing.
    """
    items: list[Item] = []
    for token in pattern.split():
        items.extend(_items(token, classes))
    if not items or items[0].optional or items[-1].optional:
        raise PatternError(f"must begin and end with a fixed item: {pattern!r}")
    return tuple(items)


def forms(member: str) -> list[str]:
    """ "kick+" is kick, kicks, kicked, kicking; "stab++" doubles its last letter; a phrase bends its first word."""
    head, underscore, rest = member.partition("_")
    if not head.endswith("+"):
        return [member]
    stem = head.rstrip("+")
    long = stem + stem[-1] if head.endswith("++") else stem
    plural = stem + ("es" if stem.endswith(("s", "sh", "ch", "x", "z")) else "s")
    if stem.endswith("e"):
        bent = [stem, plural, stem + "d", stem[:-1] + "ing"]
    elif stem.endswith("y") and stem[-2] not in "aeiou":
        bent = [stem, stem[:-1] + "ies", stem[:-1] + "ied", stem + "ing"]
    else:
        bent = [stem, plural, long + "ed", long + "ing"]
    return [form + underscore + rest for form in bent]


def _items(token: str, classes: Mapping[str, Sequence[str]]) -> list[Item]:
    if token in _ANCHORS:
        return [Item(_ANCHORS[token])]
    gap = _GAP.fullmatch(token)
    if gap:
        barred = {"~": NEGATIONS | {BREAK}, "*": frozenset((BREAK,)), "+": frozenset[str]()}[gap[1]]
        return [Item(barred, excluded=True, optional=True)] * int(gap[2])
    optional = token.endswith("?")
    token = token.removesuffix("?")
    excluded = token.startswith("!")
    return [_choice(token.removeprefix("!"), classes, excluded, optional)]


def _choice(
    token: str, classes: Mapping[str, Sequence[str]], excluded: bool, optional: bool
) -> Item:
    words: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    numbers: list[tuple[int, int]] = []
    for option in token.split("|"):
        number = _NUMBER.fullmatch(option)
        if number:
            numbers.append((int(number[1]), int(number[2])))
            continue
        if option in _ANCHORS:
            words |= _ANCHORS[option]
            continue
        for member in _members(option, classes):
            parts = tuple(member.split("_"))
            if len(parts) == 1:
                words.add(member)
            else:
                phrases.add(parts)
    if excluded and phrases:
        raise PatternError(f"only single words can be excluded: {token!r}")
    return Item(frozenset(words), frozenset(phrases), tuple(numbers), excluded, optional)


def _members(option: str, classes: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if not option.startswith("<"):
        return forms(option)
    name = option[1:-1]
    if name not in classes:
        raise PatternError(f"no word class {option!r}")
    return classes[name]


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
        for node in range(lattice.nodes):
            state = states[node]
            hits = state & final
            while hits:
                low = hits & -hits
                hits ^= low
                pattern = self.pattern_of_bit[low.bit_length() - 1]
                nodes = found.setdefault(pattern, [])
                nodes.append(node)
                if len(nodes) == _MOST_ENDS:
                    final ^= low
            if not out[node]:
                continue
            moved = (self._closed(state) << 1 if state else 0) | self.initial
            for edge in out[node]:
                states[edge.target] |= moved & self.mask(edge.word)
                if edge.word in self.phrases:
                    self._phrase_steps(self.phrases[edge.word], edge.target, moved, states, out)
        return found

    def _closed(self, state: int) -> int:
        """`state` with every optional item after a reached one counted as passed (Navarro and Raffinot)."""
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
    """The edges of one occurrence of `items` that ends at node `end`, first to last; gaps kept short."""
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
            path = self._phrase(phrase, node)
            if path:
                yield path

    def _phrase(self, phrase: tuple[str, ...], node: int) -> list[Edge]:
        for edge in self.arriving.get(node, ()):
            if edge.word != phrase[-1]:
                continue
            if len(phrase) == 1:
                return [edge]
            before = self._phrase(phrase[:-1], edge.source)
            if before:
                return [*before, edge]
        return []


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
            for end in _ENDS:
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
            pattern_of_bit=self._pattern_of_bit,
            masks=masks,
            others=self._others,
            number_bits=tuple(self._numbers),
            phrases=root.after,
        )
