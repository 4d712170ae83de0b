"""What a typed word may stand for: txt-speak, slips, leetspeak, letters spaced out or run together.

A text becomes a lattice: every word as typed is one path, and each reading of it ("ill": ill, i
will; "k i l l": kill) is another path over the same letters. Patterns may follow any path, so a
reading can add a match and never takes one away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dialogs.normalise import OTHER_LETTER, Piece, pieces
from dialogs.screening_lattice import Lattice, Path, build

_LONGEST_WORD = 16
_SHORTEST_GUESS = 6
_LONGEST_RUN = 150
_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"}
_SIGNS = {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "#": "h"}
_LEET = str.maketrans({**_DIGITS, **_SIGNS})
_LEET_L = str.maketrans({**_DIGITS, **_SIGNS, "1": "l", "!": "l", "|": "l"})
_DOUBLED = re.compile(r"(.)\1")
_SHORT_VARIANTS = frozenset(("me", "us", "im", "ma", "da"))
_ALONE = frozenset(("i", "a", "u", "r"))


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
    _whole: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        spellings = {word for word in self.variants if len(word) > 2} | self.known
        whole = {word for word in spellings if len(word) > 1} | _ALONE | _SHORT_VARIANTS
        object.__setattr__(self, "_whole", frozenset(whole))
        slips: dict[str, list[str]] = {}
        for target in sorted(self.targets):
            if len(target) >= _SHORTEST_GUESS and target.isalpha():
                for part in (target, *_one_less(target)):
                    slips.setdefault(part, []).append(target)
        object.__setattr__(self, "_slips", {part: tuple(words) for part, words in slips.items()})

    def lattice(self, texts: Sequence[str], first_index: int = 0) -> Lattice:
        """All readings of `texts` joined to one thought; sentences end only inside a text."""
        paths: list[Path] = []
        offset = 0
        for index, text in enumerate(texts, first_index):
            reader = _Reader(self, pieces(text, self.emoji), index, offset)
            paths.extend(reader.paths())
            offset += len(reader.found)
        return build(offset, paths)

    def readings(self, word: str) -> tuple[str, ...]:
        """What one word may stand for; the typed word too, unless it is only a variant."""
        if word in self.variants:
            return self.variants[word]
        if word in self.known or word.isdigit() or OTHER_LETTER in word:
            return (word,)
        plain = self._unmasked(word)
        if plain is not None:
            return self.variants.get(plain, (plain,))
        return (word, *self._corrected(word))

    def segmented(self, letters: str) -> list[str] | None:
        """The fewest known words that spell `letters` exactly; None when no words do."""
        whole = self._whole
        best: list[tuple[int, int] | None] = [(0, 0), *[None] * len(letters)]
        for end in range(1, len(letters) + 1):
            for begin in range(max(0, end - _LONGEST_WORD), end):
                before = best[begin]
                if before is None or letters[begin:end] not in whole:
                    continue
                cost = before[0] + (10 if end - begin > 2 else 14)
                here = best[end]
                if here is None or cost < here[0]:
                    best[end] = (cost, begin)
        return _walked_back(letters, best)

    def _unmasked(self, word: str) -> str | None:
        """The known word under leetspeak, stretched letters or a dropped g; None without one."""
        if "*" in word:
            return self._starred(word)
        return next((guess for guess in _plainer(word) if self.spelt(guess)), None)

    def spelt(self, word: str) -> bool:
        """Whether the lexicon knows `word` as it is typed."""
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


@dataclass
class _Reader:
    """Reads the pieces of one text; `offset` is the number of pieces in the texts before it."""

    spelling: Spelling
    found: list[Piece]
    text_index: int
    offset: int
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def paths(self) -> Iterator[Path]:
        for place, piece in enumerate(self.found):
            for reading in self._readings(piece):
                words = tuple((word, piece.start, piece.end) for word in reading.split())
                yield self._path(place, place + 1, words)
        for first, last in dict.fromkeys((*self._broken_runs(), *self._groups())):
            yield from self._rejoined(first, last)

    def _path(self, first: int, last: int, words: tuple[tuple[str, int, int], ...]) -> Path:
        return Path(self.offset + first, self.offset + last, self.text_index, words)

    def _readings(self, piece: Piece) -> tuple[str, ...]:
        if self._is_sign(piece):
            return (piece.word,)
        known = self._known.get(piece.word)
        if known is None:
            known = self._known[piece.word] = self.spelling.readings(piece.word)
        return known

    @staticmethod
    def _is_sign(piece: Piece) -> bool:
        return piece.is_break or piece.emoji

    def _broken_runs(self) -> Iterator[tuple[int, int]]:
        """Stretches of fragments that are no words, also with a neighbour they were cut from."""
        ragged = [self._is_fragment(piece) for piece in self.found]
        place = 0
        while place < len(ragged):
            last = place + 1
            while ragged[place] and last - place < _LONGEST_RUN and self._goes_on(ragged, last):
                last += 1
            if ragged[place]:
                yield place, last
                yield from self._widened(place, last)
            place = last

    def _groups(self) -> Iterator[tuple[int, int]]:
        """Letters kept apart by signs inside one word (k.i.l.l), or words by wider gaps."""
        yield from self._between([not piece.tight for piece in self.found])
        wide = [piece.wide or len(piece.word) > 1 for piece in self.found]
        after = [False, *(len(piece.word) > 1 for piece in self.found[:-1])]
        yield from self._between([one or other for one, other in zip(wide, after, strict=False)])

    def _between(self, begins: Sequence[bool]) -> Iterator[tuple[int, int]]:
        """Runs of more than one piece, a new one at each True."""
        first = 0
        for place in range(1, len(begins) + 1):
            if place < len(begins) and not begins[place] and place - first < _LONGEST_RUN:
                continue
            if place - first > 1:
                yield first, place
            first = place

    def _goes_on(self, ragged: Sequence[bool], place: int) -> bool:
        """A run of fragments goes on over one whole word ("k i l l a l l")."""
        if place >= len(ragged) or self._is_sign(self.found[place]):
            return False
        return ragged[place] or (place + 1 < len(ragged) and ragged[place + 1])

    def _widened(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        if last - first == _LONGEST_RUN:
            return
        before = first > 0 and not self._is_sign(self.found[first - 1])
        after = last < len(self.found) and not self._is_sign(self.found[last])
        if before:
            yield first - 1, last
        if after:
            yield first, last + 1
        if before and after:
            yield first - 1, last + 1

    def _is_fragment(self, piece: Piece) -> bool:
        word = piece.word
        if self._is_sign(piece) or word.isdigit():
            return False
        if len(word) == 1:
            return word.isalpha() and (word not in _ALONE or piece.tight)
        return not self.spelling.spelt(word) and word == self._readings(piece)[0]

    def _whole_words(self, letters: str) -> list[str] | None:
        if letters.isdecimal():
            return [letters]
        plain = letters.translate(_LEET)
        return None if set(plain) <= _ALONE else self.spelling.segmented(plain)

    def _rejoined(self, first: int, last: int) -> Iterator[Path]:
        """The run as whole words, when known words spell it and are fewer than the pieces."""
        run = self.found[first:last]
        words = self._whole_words("".join(piece.word for piece in run))
        if words is None or (len(run) > 1 and len(words) >= len(run)):
            return
        if len(run) == 1 and len(run[0].word) < 2.6 * len(words):
            return
        spans = [span for piece in run for span in piece.spans()]
        parts: list[tuple[str, int, int]] = []
        place = 0
        for word in words:
            begin, end = spans[place][0], spans[place + len(word) - 1][1]
            reading = self.spelling.readings(word)[0]
            parts.extend((part, begin, end) for part in reading.split())
            place += len(word)
        yield self._path(first, last, tuple(parts))


def _walked_back(letters: str, best: Sequence[tuple[int, int] | None]) -> list[str] | None:
    words: list[str] = []
    end = len(letters)
    while end:
        step = best[end]
        if step is None:
            return None
        words.append(letters[step[1] : end])
        end = step[1]
    return words[::-1]


def _plainer(word: str) -> Iterator[str]:
    """`word` without leetspeak, stretched letters, a dropped g (hittin) or a plural s."""
    plain = word.translate(_LEET)
    if not word.isalpha():
        yield plain
        yield word.translate(_LEET_L)
    if len(plain) > 3 and _DOUBLED.search(plain):
        yield _squeezed(plain, 2)
        yield _squeezed(plain, 1)
    if plain.endswith("in"):
        yield plain + "g"
    if len(plain) > 4 and plain.endswith("s"):
        yield plain[:-1]


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
