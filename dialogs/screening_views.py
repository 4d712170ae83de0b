"""What the rules of a lexicon find in one thought, as a whole and, when split, text by text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dialogs.normalise import Piece, pieces
from dialogs.screening_effort import ALL_OF, shares
from dialogs.screening_languages import unknown_words
from dialogs.screening_lattice import Edge, Lattice, View
from dialogs.screening_lexicon import Lexicon, LookAlike, Raise, Rule
from dialogs.screening_machine import MOST_ENDS, ends, retrace
from dialogs.screening_spelling import Reader

_NEGATORS = frozenset(("not", "never", "nobody", "noone", "neither"))
_CARRIERS = frozenset(
    {"being", "getting", "ever", "been", "going", "to", "really", "even", "get", "be", "a", "want"}
    | {"has", "is", "was", "have", "had", "did", "would", "trying", "actually", "one", "any"}
    | {"yn", "wedi", "cael", "isio", "trio", "rili", "ei", "fy"}
)
_CLOSING = " \t\r\n.!;…"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds, with its priority after raising and the words that hold it up."""

    rule: Rule
    priority: int
    categories: tuple[str, ...]
    edges: tuple[Edge, ...]


class Thought:
    """One thought, each of its texts cut into words once for all lexicons."""

    def __init__(self, texts: Sequence[str], lexicons: Sequence[Lexicon]) -> None:
        self._texts, self._lexicons = texts, lexicons
        self._readers = [Reader(words.spelling) for words in lexicons]
        self._pieces: dict[str, list[Piece]] = {}
        self.cut_short: set[int] = set()
        """The texts in which not everything was tried, once `findings` has looked."""

    def findings(self, asked: frozenset[str], after_risk: bool) -> list[Finding]:
        """Every rule that holds, once, where it is most urgent."""
        found: dict[str, Finding] = {}
        for words, reader in zip(self._lexicons, self._readers, strict=True):
            lattice = self._lattice(reader)
            places = ends(words.program, lattice)
            for view in lattice.views:
                _Looking(lattice, view, words, places, asked).add_findings(found, after_risk)
        return list(found.values())

    def unknown_words(self, text: str) -> tuple[int, int]:
        """How many longer words of `text` no lexicon can read, and how many there are."""
        return unknown_words((piece.word for piece in self.cut(text)), self._readers)

    def cut(self, text: str) -> list[Piece]:
        """The pieces of a text as typed."""
        if text not in self._pieces:
            self._pieces[text] = pieces(text, self._lexicons[0].spelling.emoji)
        return self._pieces[text]

    def _lattice(self, reader: Reader) -> Lattice:
        """The thought as a whole, then (when split) each text: whole-message rules see both.

        What closes the last sentence is left out: "no." answers a question just as "no" does.
        """
        closed = [_closed(self.cut(text), text) for text in self._texts]
        most = self._shares(reader, closed)
        alone = [reader.strip(found, index, most[index]) for index, found in enumerate(closed)]
        whole = [
            strip
            if len(found) == len(self.cut(self._texts[index])) or index == len(closed) - 1
            else reader.strip(self.cut(self._texts[index]), index, most[index])
            for index, (found, strip) in enumerate(zip(closed, alone, strict=True))
        ]
        return Lattice([whole, *([strip] for strip in alone)] if len(closed) > 1 else [whole])

    def _shares(self, reader: Reader, closed: Sequence[Sequence[Piece]]) -> Sequence[int | None]:
        """The effort for each text; the texts for which that is too little are remembered."""
        length = sum(map(len, self._texts))
        if length <= ALL_OF:
            return [None] * len(closed)
        needs = [reader.needs(found) for found in closed]
        given = shares(needs, length)
        self.cut_short.update(text for text, need in enumerate(needs) if given[text] < need)
        return given


def _closed(found: Sequence[Piece], text: str) -> Sequence[Piece]:
    """The pieces of `text` without the breaks that only close it."""
    end, length = len(text.rstrip(_CLOSING)), len(found)
    while length and found[length - 1].start >= end:
        length -= 1
    return found[:length]


class _Looking:
    """One view of the thought against the whole lexicon."""

    def __init__(
        self,
        lattice: Lattice,
        view: View,
        words: Lexicon,
        places: Mapping[int, int],
        asked: frozenset[str],
    ) -> None:
        self._arriving, self._words, self._asked = lattice.arriving, words, asked
        self._ends = _of_view(places, view)
        self._start = view.start
        self._spared: list[tuple[LookAlike, int, int]] | None = None

    def add_findings(self, found: dict[str, Finding], after_risk: bool) -> None:
        """Add every rule that holds to `found`, unless it is there already and as urgent."""
        entries = [(pattern, self._words.entries[pattern]) for pattern in self._ends]
        raises = [entry for _, entry in entries if isinstance(entry, Raise)]
        for pattern, rule in entries:
            if not isinstance(rule, Rule) or not self._counts(rule):
                continue
            priority, categories = _raised(rule, after_risk, raises)
            known = found.get(rule.name)
            if known is not None and known.priority <= priority:
                continue
            edges = self._held(pattern, rule)
            if edges:
                found[rule.name] = Finding(rule, priority, categories, edges)

    def _counts(self, entry: Rule | LookAlike) -> bool:
        return not entry.asked or not entry.asked.isdisjoint(self._asked)

    def _edges(self, pattern: int, end: int) -> list[Edge]:
        return retrace(self._words.program.patterns[pattern], end, self._arriving)

    def _held(self, pattern: int, rule: Rule) -> tuple[Edge, ...]:
        """The first occurrence that no negation and no look-alike takes away."""
        seen = 0
        edges: list[Edge] = []
        for end in _places(self._ends[pattern], self._start):
            edges = self._edges(pattern, end)
            if self._stands(edges, rule):
                return tuple(edges)
            seen += 1
        return tuple(edges) if seen >= MOST_ENDS else ()

    def _stands(self, edges: list[Edge], rule: Rule) -> bool:
        first, last = edges[0].source, edges[-1].target
        if self._spared is None:
            self._spared = list(self._spans_of_lookalikes())
        for lookalike, start, end in self._spared:
            if (
                start < last
                and first < end
                and (not lookalike.spares or rule.category in lookalike.spares)
            ):
                return False
        return rule.negation == "keep" or not self._negated(first)

    def _spans_of_lookalikes(self) -> Iterator[tuple[LookAlike, int, int]]:
        for pattern, here in self._ends.items():
            entry = self._words.entries[pattern]
            if isinstance(entry, LookAlike) and self._counts(entry):
                for end in _places(here, self._start):
                    edges = self._edges(pattern, end)
                    yield entry, edges[0].source, edges[-1].target

    def _negated(self, node: int, reach: int = 4) -> bool:
        """Whether a negation stands right before `node`, small words between them allowed for."""
        for edge in self._arriving(node):
            if edge.word in _NEGATORS:
                return True
            if edge.word == "one" and any(
                before.word == "no" for before in self._arriving(edge.source)
            ):
                return True
            if reach and edge.word in _CARRIERS and self._negated(edge.source, reach - 1):
                return True
        return False


def _of_view(found: Mapping[int, int], view: View) -> dict[int, int]:
    """The ends inside `view`, counted from its start, in the order in which they come."""
    inside = (1 << view.beyond - view.start) - 1
    inner = [
        (here & -here, pattern, here)
        for pattern, places in found.items()
        if (here := places >> view.start & inside)
    ]
    return {pattern: here for _, pattern, here in sorted(inner)}


def _places(bits: int, start: int) -> Iterator[int]:
    """The first nodes of `bits`, no more than are ever looked at."""
    for _ in range(MOST_ENDS):
        if not bits:
            return
        low = bits & -bits
        bits ^= low
        yield start + low.bit_length() - 1


def _raised(rule: Rule, after_risk: bool, raises: Sequence[Raise]) -> tuple[int, tuple[str, ...]]:
    """Priority and categories with what else the thought says taken in: never less urgent."""
    priority = rule.priority
    if after_risk and rule.after_risk is not None:
        priority = min(priority, rule.after_risk)
    categories = (rule.category, *rule.also)
    for change in raises:
        if priority > 2 or change.categories.isdisjoint(categories):
            continue
        if change.to is not None:
            priority = min(priority, change.to)
        if change.adds and change.adds not in categories:
            categories = (*categories, change.adds)
    return priority, categories
