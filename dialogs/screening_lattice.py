"""A thought as a lattice: the words as typed are one path, every other reading is another.

The lattice is kept turned on its side: for each word one number, with a bit for every node that the
word leads away from. So a pattern is found in all places of a text at once (screening_machine.py),
and a word that stands there a thousand times costs little more than one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dialogs.normalise import Piece

START, END = "<", ">"
_FEW = 16

Reading = tuple[str, ...]
"""The words of one reading of one piece."""
Moves = dict[int, int]
"""Bits of the nodes that are left, by the number of nodes that one comes further."""


class Edge(NamedTuple):
    """One word of one path: from node to node, and the code points of the text it was read from."""

    source: int
    target: int
    word: str
    text_index: int
    start: int
    end: int


class Path(NamedTuple):
    """Another reading of pieces[first:last] of one text: its words and the span of each."""

    first: int
    last: int
    words: tuple[tuple[str, int, int], ...]


class Strip:
    """All readings of one text. Its nodes count from 1; those inside a path lie before its end.

    Args:
        text_index: which text of the thought it is.
        pieces: the text.
        readings: what each piece may stand for; the same tuple for the same word.
        runs: readings of several pieces as one, or of one piece as several words.
    """

    def __init__(
        self,
        text_index: int,
        pieces: Sequence[Piece],
        readings: Sequence[tuple[Reading, ...]],
        runs: Iterable[Path],
    ) -> None:
        self._text_index, self._pieces, self._readings = text_index, pieces, readings
        self._runs = sorted(runs, key=lambda run: run.first)
        self._inside: dict[int, Edge] = {}
        self._rejoining: dict[int, list[tuple[int, Edge]]] = {}
        self._boundary: list[int] = []
        self._further = [0] * len(pieces)
        self.moves: dict[str, Moves] = {}
        for run in self._runs:
            self._further[run.first] += len(run.words) - 1
        self._number()
        self.length = self._boundary[-1] - 1
        self._lay_runs()

    def _number(self) -> None:
        """Number the places between pieces; pieces that read alike take their steps together."""
        alike: dict[int, tuple[tuple[Reading, ...], int, list[int]]] = {}
        node = 1
        boundary = self._boundary
        for readings, further in zip(self._readings, self._further, strict=True):
            boundary.append(node)
            group = alike.get(id(readings))
            if group is None:
                width = 1 + sum(map(len, readings)) - len(readings)
                group = alike[id(readings)] = (readings, width, [])
            if further:
                self._lay(readings, group[1] + further, 1 << node)
            else:
                group[2].append(node)
            node += group[1] + further
        boundary.append(node)
        for readings, width, places in alike.values():
            self._lay(readings, width, _bits(places, node))

    def _lay(self, readings: tuple[Reading, ...], width: int, places: int) -> None:
        """Readings of a piece that stands at all `places`, `width` nodes before the next piece."""
        inside = 0
        for words in readings:
            at = 0
            for word in words[:-1]:
                to = inside = inside + 1
                self._add(word, to - at, places << at)
                at = to
            self._add(words[-1], width - at, places << at)

    def _lay_runs(self) -> None:
        used: dict[int, int] = {}
        places: dict[tuple[str, int], list[int]] = {}
        for run in self._runs:
            first = run.first
            if first not in used:
                own = self._readings[first]
                used[first] = self._boundary[first] + sum(map(len, own)) - len(own)
            at, last = self._boundary[first], len(run.words) - 1
            for step, (word, start, end) in enumerate(run.words):
                if step < last:
                    to = used[first] = used[first] + 1
                else:
                    to = self._boundary[run.last]
                edge = Edge(at, to, word, self._text_index, start, end)
                if step < last:
                    self._inside[to] = edge
                else:
                    self._rejoining.setdefault(to, []).append((first, edge))
                places.setdefault((word, to - at), []).append(at)
                at = to
        for (word, by), at_nodes in places.items():
            self._add(word, by, _bits(at_nodes, self._boundary[-1]))

    def _add(self, word: str, by: int, places: int) -> None:
        moves = self.moves.get(word)
        if moves is None:
            self.moves[word] = {by: places}
        else:
            moves[by] = moves.get(by, 0) | places

    def arriving(self, node: int) -> list[Edge]:
        """The edges that arrive at `node`, in the order in which their paths begin."""
        place = bisect_right(self._boundary, node) - 1
        if self._boundary[place] != node:
            if node in self._inside:
                return [self._inside[node]]
            return [edge for edge in self._edges(place) if edge.target == node]
        rejoining = self._rejoining.get(node, ())
        return [
            *(edge for first, edge in rejoining if first < place - 1),
            *(edge for edge in self._edges(place - 1) if edge.target == node),
            *(edge for first, edge in rejoining if first == place - 1),
        ]

    def _edges(self, place: int) -> Iterator[Edge]:
        """What one piece may stand for, as edges."""
        begin, beyond = self._boundary[place], self._boundary[place + 1]
        piece = self._pieces[place]
        inside = begin
        for words in self._readings[place]:
            at = begin
            for word in words[:-1]:
                inside += 1
                yield Edge(at, inside, word, self._text_index, piece.start, piece.end)
                at = inside
            yield Edge(at, beyond, words[-1], self._text_index, piece.start, piece.end)


class View(NamedTuple):
    """One thought inside a lattice: from its start mark up to, not including, `beyond`."""

    start: int
    beyond: int


class Lattice:
    """Views side by side, with no way from one to the next; each is strips between two marks."""

    def __init__(self, views: Sequence[Sequence[Strip]]) -> None:
        self.views: list[View] = []
        self.moves: dict[str, Moves] = {}
        self._begins: list[int] = []
        self._strips: list[tuple[int, Strip]] = []
        self._marks: dict[int, Edge] = {}
        self._known: dict[int, list[Edge]] = {}
        start = 0
        for strips in views:
            end = self._place(start, strips) + 1
            self._mark(Edge(start, start + 1, START, 0, 0, 0))
            self._mark(Edge(end, end + 1, END, 0, 0, 0))
            self.views.append(View(start, end + 2))
            start = end + 2
        self.nodes = start

    def _mark(self, edge: Edge) -> None:
        self._marks[edge.target] = edge
        moves = self.moves.setdefault(edge.word, {})
        moves[1] = moves.get(1, 0) | 1 << edge.source

    def _place(self, offset: int, strips: Sequence[Strip]) -> int:
        """Lay `strips` one after the other, so that each begins at the node where one ends."""
        for strip in strips:
            self._begins.append(offset + 2)
            self._strips.append((offset, strip))
            for word, added in strip.moves.items():
                moves = self.moves.get(word)
                if moves is None:
                    self.moves[word] = {by: places << offset for by, places in added.items()}
                    continue
                for by, places in added.items():
                    moves[by] = moves.get(by, 0) | places << offset
            offset += strip.length
        return offset

    def arriving(self, node: int) -> list[Edge]:
        """The edges that arrive at `node`, in the order in which their paths begin."""
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = self._found(node)
        return known

    def _found(self, node: int) -> list[Edge]:
        if node in self._marks:
            return [self._marks[node]]
        at = bisect_right(self._begins, node) - 1
        if at < 0:
            return []
        offset, strip = self._strips[at]
        if node - offset > strip.length + 1:
            return []
        return [
            edge._replace(source=edge.source + offset, target=edge.target + offset)
            for edge in strip.arriving(node - offset)
        ]


def union(moves: Iterable[Mapping[int, int]]) -> Moves:
    """All of `moves` as one."""
    found: Moves = {}
    for each in moves:
        for by, places in each.items():
            found[by] = found.get(by, 0) | places
    return found


def _bits(places: Sequence[int], length: int) -> int:
    """A number with these bits; a long list is written as digits, all in one pass."""
    if len(places) < _FEW:
        found = 0
        for place in places:
            found |= 1 << place
        return found
    digits = bytearray(b"0") * (length + 1)
    for place in places:
        digits[length - place] = 49
    return int(digits, 2)
