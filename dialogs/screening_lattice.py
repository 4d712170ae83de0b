"""A thought as a lattice: the words as typed are one path, every other reading is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

START, END = "<", ">"


class Edge(NamedTuple):
    """One word of one path: from node to node, and the code points of the text it was read from."""

    source: int
    target: int
    word: str
    text_index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """Paths through a thought; node numbers grow along every path."""

    nodes: int
    edges: tuple[Edge, ...]


class Path(NamedTuple):
    """Words over pieces[first:last] of one text, with the span of each word."""

    first: int
    last: int
    text_index: int
    words: tuple[tuple[str, int, int], ...]


def build(length: int, paths: Sequence[Path]) -> Lattice:
    """Number the nodes so that every edge goes up, a start and an end mark around the whole."""
    by_first: list[list[Path]] = [[] for _ in range(length + 1)]
    for path in paths:
        by_first[path.first].append(path)
    boundary: list[int] = []
    inner: list[list[int]] = []
    node = 1
    for starting in by_first:
        boundary.append(node)
        node += 1
        for path in starting:
            inner.append(list(range(node, node + len(path.words) - 1)))
            node += len(path.words) - 1
    edges = [Edge(0, boundary[0], START, 0, 0, 0)]
    ordered = (path for starting in by_first for path in starting)
    for path, between in zip(ordered, inner, strict=True):
        stops = [boundary[path.first], *between, boundary[path.last]]
        for step, (word, start, end) in enumerate(path.words):
            edges.append(Edge(stops[step], stops[step + 1], word, path.text_index, start, end))
    edges.append(Edge(boundary[-1], node, END, 0, 0, 0))
    return Lattice(node + 1, tuple(edges))
