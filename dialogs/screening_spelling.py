"""What a typed word may stand for: txt-speak, slips, leetspeak, letters spaced out or run together.

A text becomes a strip of a lattice: every word as typed is one path, and each reading of it
("ill": ill, i will; "k i l l": kill) is another path over the same letters. Patterns may follow any
path, so a reading can add a match and never takes one away.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dialogs.normalise import BREAK, OTHER_LETTER, Piece
from dialogs.screening_effort import Stretch, effort, within
from dialogs.screening_lattice import Path, Reading, Strip
from dialogs.screening_runs import broken_runs, groups, letter_places

_LONGEST_WORD = 16
_SHORTEST_GUESS = 6
_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"}
_SIGNS = {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "#": "h"}
_LEET = str.maketrans({**_DIGITS, **_SIGNS})
_LEET_L = str.maketrans({**_DIGITS, **_SIGNS, "1": "l", "!": "l", "|": "l"})
_DOUBLED = re.compile(r"(.)\1")
_SHORT_VARIANTS = frozenset(("me", "us", "im", "ma", "da"))
_ALONE = frozenset(("i", "a", "u", "r"))


def unmasked(word: str) -> str:
    """`word` with the letters that its digits and signs are typed for ("m1x3d": mixed)."""
    return word.translate(_LEET)


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
    _slips: Mapping[str, list[str]] = field(init=False, repr=False)
    _fronts: Mapping[str, bool] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        spellings = {word for word in self.variants if len(word) > 2} | self.known
        whole = {word for word in spellings if len(word) > 1} | _ALONE | _SHORT_VARIANTS
        object.__setattr__(self, "_fronts", _fronts(whole))
        slips: dict[str, list[str]] = {}
        for target in sorted(self.targets):
            if len(target) >= _SHORTEST_GUESS and target.isalpha():
                for part in (target, *_one_less(target)):
                    slips.setdefault(part, []).append(target)
        object.__setattr__(self, "_slips", slips)

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
        if len(letters) <= _LONGEST_WORD and self._fronts.get(letters):
            return [letters]
        best: list[tuple[int, int] | None] = [(0, 0), *[None] * len(letters)]
        furthest = 0
        for begin in range(len(letters)):
            before = best[begin]
            if before is None:
                if begin >= furthest:
                    return None
                continue
            for end in self._words_from(letters, begin):
                cost = before[0] + (10 if end - begin > 2 else 14)
                here = best[end]
                if here is None or cost < here[0]:
                    best[end] = (cost, begin)
                    furthest = max(furthest, end)
        return _walked_back(letters, best)

    def _words_from(self, letters: str, begin: int) -> list[int]:
        """Where the known words end that begin at `begin`."""
        ends: list[int] = []
        fronts = self._fronts
        for end in range(begin + 1, min(begin + _LONGEST_WORD, len(letters)) + 1):
            whole = fronts.get(letters[begin:end])
            if whole is None:
                break
            if whole:
                ends.append(end)
        return ends

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
class _Word:
    """What one typed word may stand for."""

    readings: tuple[Reading, ...]
    fragment: bool
    fragment_if_tight: bool


class Reader:
    """Reads the texts of one thought; each different word is looked at once."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._words: dict[str, _Word] = {}
        self._signs: dict[str, tuple[Reading, ...]] = {}
        self._whole: dict[str, list[str] | None] = {}

    def strip(self, found: Sequence[Piece], text_index: int, most: int | None = None) -> Strip:
        """All readings of one text, from its pieces.

        Args:
            found: the pieces.
            text_index: which text of the thought it is.
            most: the effort that may be spent on it (screening_effort); None: all that it needs.
        """
        readings, stretches = self._looked_through(found)
        if most is not None:
            costs = effort(found, stretches)
            if sum(costs) > most:
                stretches = dict.fromkeys(within(list(stretches), costs, found, most))
        runs = (self._rejoined(found, first, last, stretches) for first, last in stretches)
        return Strip(text_index, found, readings, [run for run in runs if run is not None])

    def needs(self, found: Sequence[Piece]) -> int:
        """The effort that a text needs when everything in it is tried."""
        return sum(effort(found, self._looked_through(found)[1]))

    def _looked_through(
        self, found: Sequence[Piece]
    ) -> tuple[list[tuple[Reading, ...]], dict[Stretch, None]]:
        """What each piece may stand for, and the stretches that may be words together."""
        readings: list[tuple[Reading, ...]] = []
        shapes: list[str] = []
        words = self._words
        for piece in found:
            if piece.emoji or piece.word == BREAK:
                shapes.append("s")
                readings.append(self._sign(piece.word))
                continue
            word = words.get(piece.word) or self._read(piece.word)
            broken = word.fragment or (word.fragment_if_tight and piece.tight)
            shapes.append("f" if broken else "w")
            readings.append(word.readings)
        return readings, dict.fromkeys((*broken_runs("".join(shapes)), *groups(found)))

    def unknown(self, word: str) -> bool:
        """Whether `word` is spelt like nothing that the lexicon knows."""
        read = self._words.get(word) or self._read(word)
        return read.readings == ((word,),) and not self._spelling.spelt(word)

    def _sign(self, word: str) -> tuple[Reading, ...]:
        known = self._signs.get(word)
        if known is None:
            known = self._signs[word] = (tuple(word.split()),)
        return known

    def _read(self, word: str) -> _Word:
        readings = self._spelling.readings(word)
        fragment = if_tight = False
        if len(word) == 1:
            fragment = word.isalpha() and word not in _ALONE
            if_tight = word.isalpha()
        elif not word.isdigit():
            fragment = not self._spelling.spelt(word) and word == readings[0]
        split = tuple(tuple(reading.split()) for reading in readings)
        found = self._words[word] = _Word(split, fragment, if_tight)
        return found

    def _whole_words(self, letters: str) -> list[str] | None:
        if letters.isdecimal():
            return [letters]
        if letters not in self._whole:
            plain = letters.translate(_LEET)
            alone = set(plain) <= _ALONE
            self._whole[letters] = None if alone else self._spelling.segmented(plain)
        return self._whole[letters]

    def _rejoined(
        self, found: Sequence[Piece], first: int, last: int, stretches: Container[tuple[int, int]]
    ) -> Path | None:
        """The run as whole words, when known words spell it and are fewer than the pieces."""
        run = found[first:last]
        words = self._fewer(run)
        if words is None:
            return None
        for stretch, piece, word, others, left in (
            ((first + 1, last), run[0], words[0], run[1:], words[1:]),
            ((first, last - 1), run[-1], words[-1], run[:-1], words[:-1]),
        ):
            # nothing but the word beside it as typed, and the run without that word
            if stretch in stretches and word == piece.word and self._fewer(others) == left:
                return None
        return Path(first, last, tuple(self._placed(run, words)))

    def _fewer(self, run: Sequence[Piece]) -> list[str] | None:
        words = self._whole_words("".join([piece.word for piece in run]))
        if words is None or (len(run) > 1 and len(words) >= len(run)):
            return None
        if len(run) == 1 and len(run[0].word) < 2.6 * len(words):
            return None
        return words

    def _placed(self, run: Sequence[Piece], words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """The words, read, each with the span of its letters."""
        at = letter_places(run) if len(words) > 1 else ()
        place = 0
        for word in words:
            begin, end = run[0].start, run[-1].end
            if at:
                begin, end = at[place], at[place + len(word) - 1] + 1
            for part in (self._words.get(word) or self._read(word)).readings[0]:
                yield part, begin, end
            place += len(word)


def _fronts(words: frozenset[str] | set[str]) -> dict[str, bool]:
    """What words begin with, and whether it is a word itself."""
    fronts = {word[:end]: False for word in words for end in range(1, len(word))}
    fronts.update(dict.fromkeys(words, True))
    return fronts


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
