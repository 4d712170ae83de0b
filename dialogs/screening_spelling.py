"""What a typed word may stand for: txt-speak, slips of the thumb, leetspeak, letters spaced out or run together.

A text becomes a lattice: every word as typed is one path, and each reading of it ("ill": ill, i will;
"k i l l": kill) is another path over the same letters. Patterns may follow any path, so a reading can
add a match and never takes one away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dialogs.normalise import OTHER_LETTER, Piece, pieces

START, END = "<", ">"
_LONGEST_WORD = 16
_SHORTEST_GUESS = 6
_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"}
_SIGNS = {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "#": "h"}
_LEET = str.maketrans({**_DIGITS, **_SIGNS})
_LEET_L = str.maketrans({**_DIGITS, **_SIGNS, "1": "l", "!": "l", "|": "l"})
_ALONE = frozenset(("i", "a", "u", "r"))


@dataclass(frozen=True, slots=True)
class Edge:
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


@dataclass(frozen=True, slots=True)
class _Path:
    """Words over pieces[first:last], with the span of each word."""

    first: int
    last: int
    words: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Spelling:
    """The words known, and how others are read.

    Args:
        known: words that are spelt right; they are never corrected.
        targets: the words patterns look for; only these are guessed at.
        variants: spellings and the readings of each ("ill": ("ill", "i will")).
        emoji: the word for each emoji.
    """

    known: frozenset[str]
    targets: frozenset[str]
    variants: Mapping[str, tuple[str, ...]]
    emoji: Mapping[str, str]
    _slips: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        slips: dict[str, list[str]] = {}
        for target in sorted(self.targets):
            if len(target) >= _SHORTEST_GUESS and target.isalpha():
                for part in (target, *_one_less(target)):
                    slips.setdefault(part, []).append(target)
        object.__setattr__(self, "_slips", {part: tuple(words) for part, words in slips.items()})

    def lattice(self, texts: Sequence[str], first_index: int = 0) -> Lattice:
        """All readings of `texts` joined to one thought; a break is kept only inside a text."""
        found: list[tuple[int, Piece]] = []
        for offset, text in enumerate(texts):
            found.extend((first_index + offset, piece) for piece in pieces(text, self.emoji))
        return _build(found, list(self._paths([piece for _, piece in found])))

    def readings(self, word: str) -> tuple[str, ...]:
        """What one word may stand for, the typed word first unless it is only a spelling variant."""
        if word in self.variants:
            return self.variants[word]
        if word in self.known or word.isdigit() or OTHER_LETTER in word:
            return (word,)
        plain = self._unmasked(word)
        if plain is not None:
            return (plain,) if plain not in self.variants else self.variants[plain]
        return (word, *self._corrected(word))

    def _unmasked(self, word: str) -> str | None:
        """The known word under leetspeak, stretched letters or a dropped g; None when there is none."""
        for candidate in (word.translate(_LEET), word.translate(_LEET_L)):
            for shorter in (candidate, _squeezed(candidate, 2), _squeezed(candidate, 1)):
                if shorter != word and len(word) > 3 and self._spelt(shorter):
                    return shorter
        if word.endswith("in") and self._spelt(word + "g"):
            return word + "g"
        if "*" in word:
            return self._starred(word)
        if word.endswith("s") and len(word) > 4 and word[:-1] in self.known:
            return word[:-1]
        return None

    def _spelt(self, word: str) -> bool:
        return word in self.known or word in self.variants

    def _starred(self, word: str) -> str | None:
        for vowel in "aeiou":
            guess = word.replace("*", vowel)
            if guess in self.targets:
                return guess
        return None

    def _corrected(self, word: str) -> tuple[str, ...]:
        """Lexicon words one slip away, with the same first letter."""
        if not _SHORTEST_GUESS - 1 <= len(word) <= _LONGEST_WORD:
            return ()
        near: list[str] = []
        for part in (word, *_one_less(word)):
            for target in self._slips.get(part, ()):
                if target[0] == word[0] and target not in near and _one_slip(word, target):
                    near.append(target)
        return tuple(near[:3])

    def _paths(self, found: Sequence[Piece]) -> Iterator[_Path]:
        for place, piece in enumerate(found):
            for reading in self._single(piece):
                spans = tuple((word, piece.start, piece.end) for word in reading.split())
                yield _Path(place, place + 1, spans)
        for first, last in self._broken_runs(found):
            yield from self._rejoined(found, first, last)

    def _single(self, piece: Piece) -> tuple[str, ...]:
        if piece.is_break or piece.emoji:
            return (piece.word,)
        return self.readings(piece.word)

    def _broken_runs(self, found: Sequence[Piece]) -> Iterator[tuple[int, int]]:
        """Stretches with fragments that are no words, and the neighbours they may have been cut from."""
        ragged = [self._is_fragment(piece) for piece in found]
        place = 0
        while place < len(found):
            if not ragged[place]:
                place += 1
                continue
            last = place + 1
            while last < len(found) and (
                ragged[last] or (last + 1 < len(found) and ragged[last + 1])
            ):
                if found[last].is_break or found[last].emoji:
                    break
                last += 1
            first = max(place - 1, 0)
            end = min(last + 1, len(found))
            yield place, last
            if (first, end) != (place, last):
                yield from self._widened(found, place, last)
            place = last

    @staticmethod
    def _widened(found: Sequence[Piece], first: int, last: int) -> Iterator[tuple[int, int]]:
        before = first > 0 and not found[first - 1].is_break and not found[first - 1].emoji
        after = last < len(found) and not found[last].is_break and not found[last].emoji
        if before:
            yield first - 1, last
        if after:
            yield first, last + 1
        if before and after:
            yield first - 1, last + 1

    def _is_fragment(self, piece: Piece) -> bool:
        if piece.is_break or piece.emoji:
            return False
        word = piece.word
        if len(word) == 1:
            return (
                word.isalpha() and (word not in _ALONE or piece.before == "tight") or word in _SIGNS
            )
        return not word.isdigit() and not self._spelt(word) and self._unmasked(word) is None

    def _rejoined(self, found: Sequence[Piece], first: int, last: int) -> Iterator[_Path]:
        glyphs = [glyph for piece in found[first:last] for glyph in piece.glyphs]
        if len(glyphs) < 3:
            return
        letters = "".join(glyph.sign for glyph in glyphs).translate(_LEET)
        words = self._segmented(letters)
        if words is None or (len(words) >= last - first and last - first > 1):
            return
        if last - first == 1 and len(letters) < 2.5 * len(words):
            return
        spans, place = [], 0
        for word in words:
            end = place + len(word)
            for reading in self.readings(word)[0].split():
                spans.append((reading, glyphs[place].start, glyphs[end - 1].end))
            place = end
        yield _Path(first, last, tuple(spans))

    def _segmented(self, letters: str) -> list[str] | None:
        """The fewest known words that spell `letters` exactly; None when no words do."""
        best: list[tuple[int, int] | None] = [None] * (len(letters) + 1)
        best[0] = (0, 0)
        for end in range(1, len(letters) + 1):
            for begin in range(max(0, end - _LONGEST_WORD), end):
                before = best[begin]
                if before is None or not self._may_stand(letters[begin:end]):
                    continue
                cost = before[0] + (10 if end - begin > 2 else 14)
                here = best[end]
                if here is None or cost < here[0]:
                    best[end] = (cost, begin)
        if best[-1] is None:
            return None
        words: list[str] = []
        end = len(letters)
        while end:
            step = best[end]
            if step is None:
                return None
            words.append(letters[step[1] : end])
            end = step[1]
        return words[::-1]

    def _may_stand(self, part: str) -> bool:
        if len(part) == 1:
            return part in _ALONE
        return part in self.known


def _build(found: Sequence[tuple[int, Piece]], paths: Sequence[_Path]) -> Lattice:
    """Number the nodes so that every edge goes up, a start and an end mark around the whole."""
    by_first: dict[int, list[_Path]] = {}
    for path in paths:
        by_first.setdefault(path.first, []).append(path)
    boundary: list[int] = []
    inner: dict[int, list[int]] = {}
    node = 1
    for place in range(len(found) + 1):
        boundary.append(node)
        node += 1
        for path in by_first.get(place, ()):
            inner[id(path)] = list(range(node, node + len(path.words) - 1))
            node += len(path.words) - 1
    edges = [Edge(0, boundary[0], START, 0, 0, 0)]
    for path in paths:
        stops = [boundary[path.first], *inner[id(path)], boundary[path.last]]
        text_index = found[path.first][0]
        for step, (word, start, end) in enumerate(path.words):
            edges.append(Edge(stops[step], stops[step + 1], word, text_index, start, end))
    edges.append(Edge(boundary[-1], node, END, 0, 0, 0))
    edges.sort(key=lambda edge: edge.source)
    return Lattice(node + 1, tuple(edges))


def _squeezed(word: str, most: int) -> str:
    """`word` with no letter more than `most` times in a row."""
    kept: list[str] = []
    for letter in word:
        if kept[-most:] != [letter] * most:
            kept.append(letter)
    return "".join(kept)


def _one_less(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _one_slip(typed: str, target: str) -> bool:
    """One letter missing, added, changed or two swapped."""
    if abs(len(typed) - len(target)) > 1:
        return False
    head = 0
    while head < min(len(typed), len(target)) and typed[head] == target[head]:
        head += 1
    typed, target = typed[head:], target[head:]
    swapped = typed[:2] == target[:2][::-1] and typed[2:] == target[2:]
    return typed[1:] == target or typed == target[1:] or typed[1:] == target[1:] or swapped
