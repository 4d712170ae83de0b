"""What the ranker sees of a thought: its words as plainly as they can be read, and their parts.

The same function makes the features for training and for screening, so the two cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from dialogs.normalise import BREAK, Piece, pieces
from dialogs.screening_masks import unmasked_text
from dialogs.screening_spelling import Spelling, unmasked
from dialogs.screening_structure import tokens
from dialogs.screening_structure_words import Mention

BUCKETS = 1 << 18
"""Features are counted in so many buckets; a model is only good for the number it was made for."""

_LONGEST_WORD = 24
_LONGEST_RUN = 150
_SHORTEST_RUN = 7
_FEWEST_LETTERS = 3
_STRETCHED = re.compile(r"(.)\1{2,}")
_MASKED = re.compile(r"(?!\d+[a-z]{1,4}$|[a-z]{1,4}\d+$).*(?:[^\W\d][\d@$]|\d[^\W\d])")
"""A digit or a sign beside a letter stands for a letter, but for "8pm", "ps4" and the like."""
_TYPED_FOR = {"too": "to"}
_ALIKE = {"know": "no", "their": "there"}
"""Words that are typed for one another, above all by voice; the last only the ranker takes so."""
_LETTERS_A_WORD = 2.6
_PARTS = (2, 3, 4, 5)
_WORD, _PAIR, _APART, _STRUCTURE = 101, 102, 103, 104
_REACH = 4


class PlainWord(NamedTuple):
    """One word in its likeliest reading, and the code points of the text that it was read from."""

    word: str
    text_index: int
    start: int
    end: int


def plain_words(texts: Sequence[str], spelling: Spelling) -> list[str]:
    """The words of a thought as `plain_pieces` reads them."""
    return [each.word for each in plain_pieces(texts, spelling)]


def plain_pieces(texts: Sequence[str], spelling: Spelling) -> list[PlainWord]:
    """The words of a thought, each in its likeliest reading, sentence breaks as ".".

    Args:
        texts: the thought as typed; texts follow one another with a break between.
        spelling: how words are read (screening_spelling).
    """
    reader = PlainReader(spelling)
    cut = [pieces(unmasked_text(text), spelling.emoji) for text in texts]
    return joined([reader.text(found, index) for index, found in enumerate(cut)])


def joined(texts: Sequence[Sequence[PlainWord]]) -> list[PlainWord]:
    """The words of texts as those of one thought, a break between two texts."""
    found: list[PlainWord] = []
    for index, text in enumerate(texts):
        if index:
            found.append(PlainWord(BREAK, index, 0, 0))
        found.extend(text)
    return found


class PlainReader:
    """Reads the texts of one thought; each different word is looked at once."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._known: dict[str, Sequence[str]] = {}

    def text(self, found: Sequence[Piece], index: int) -> list[PlainWord]:
        """The words of one text in their likeliest reading.

        Args:
            found: the text, cut.
            index: which text of the thought it is.
        """
        leet = any(_is_masked(word, self._spelling) for word in {each.word for each in found})
        words: list[PlainWord] = []
        place = 0
        while place < len(found):
            last = _end_of_letters(found, place) if len(found[place].word) == 1 else place
            if last - place >= _FEWEST_LETTERS:
                words += self._run(found[place:last], index, leet=leet)
                place = last
                continue
            for piece in found[place : max(last, place + 1)]:
                for word in self._reading(piece, leet=leet):
                    words.append(PlainWord(word, index, piece.start, piece.end))
            place = max(last, place + 1)
        return words

    def _reading(self, piece: Piece, *, leet: bool) -> Sequence[str]:
        word = piece.word
        if piece.emoji or word == BREAK:
            return (_TYPED_FOR.get(word, word),)
        return ("i",) if leet and word == "1" else self._likeliest(word)

    def _likeliest(self, word: str) -> Sequence[str]:
        known = self._known.get(word)
        if known is None:
            read = _likeliest(word, self._spelling)
            known = self._known[word] = tuple([_TYPED_FOR.get(each, each) for each in read])
        return known

    def _run(self, run: Sequence[Piece], index: int, *, leet: bool) -> Iterator[PlainWord]:
        """The words of a run of single letters, each with the pieces it stands on."""
        for part, words in self._read_run(run, leet=leet):
            for word in words:
                yield PlainWord(_TYPED_FOR.get(word, word), index, part[0].start, part[-1].end)

    def _read_run(
        self, run: Sequence[Piece], *, leet: bool
    ) -> Iterator[tuple[Sequence[Piece], Sequence[str]]]:
        groups = _groups(run)
        if len(groups) > 1:
            for group in groups:
                yield group, self._likeliest("".join([piece.word for piece in group]))
            return
        words = self._spelling.segmented("".join([piece.word for piece in run]))
        if words is not None and len(words) * 2 <= len(run):
            yield run, _read_all(words, self._spelling)
            return
        yield from (([piece], self._reading(piece, leet=leet)) for piece in run)


def _is_masked(word: str, spelling: Spelling) -> bool:
    """Whether a word is written with digits or signs for letters ("k1ll"): then a lone 1 is "i"."""
    return not word.isalpha() and not word.isdecimal() and spelling.readings(word) != (word,)


def _end_of_letters(found: Sequence[Piece], place: int) -> int:
    """Where a run of single letters ends ("h e h i t s"), or letters that signs keep apart."""
    last = place
    while last < min(len(found), place + _LONGEST_RUN) and _is_letter(found[last]):
        last += 1
    return last


def _is_letter(piece: Piece) -> bool:
    return len(piece.word) == 1 and piece.word.isalnum() and not piece.emoji


def _groups(run: Sequence[Piece]) -> list[Sequence[Piece]]:
    """Letters apart as words, where wider gaps ("h e  h i t s") or signs ("h.e h.i.t.s") say so."""
    if any(piece.wide for piece in run[1:]):
        begins = [piece.wide for piece in run]
    elif any(piece.tight for piece in run):
        begins = [not piece.tight for piece in run]
    else:
        return [run]
    first = [0, *(place for place in range(1, len(run)) if begins[place]), len(run)]
    return [run[begin:end] for begin, end in pairwise(first)]


def _likeliest(word: str, spelling: Spelling) -> Sequence[str]:
    """The first reading listed; other words as typed, or cut where words ran together."""
    if _STRETCHED.search(word):
        word = _unstretched(word, spelling)
    readings = spelling.readings(word)
    if readings[0] != word or spelling.spelt(word):
        return readings[0].split()
    if _MASKED.match(word):
        word = unmasked(word)
    if len(word) < _SHORTEST_RUN:
        return (word,)
    parts = spelling.segmented(word) if len(word) <= 10 * _LONGEST_WORD else None
    if parts is None or len(word) < _LETTERS_A_WORD * len(parts):
        return (word,)
    return _read_all(parts, spelling)


def _unstretched(word: str, spelling: Spelling) -> str:
    """`word` without letters held down: "noooo" is "no", "seeee" is "see"."""
    once, twice = _STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)
    return twice if spelling.spelt(twice) and not spelling.spelt(once) else once


def _read_all(words: Sequence[str], spelling: Spelling) -> list[str]:
    return [part for word in words for part in spelling.readings(word)[0].split()]


def word_bucket(word: str) -> int:
    """The bucket of a word as a whole."""
    return crc32(word.encode(), _WORD) % BUCKETS


def features(words: Sequence[str]) -> list[int]:
    """The buckets of a thought's features, one for each time that one occurs.

    Parts of words (two to five letters with the spaces round them), words, pairs of words up to
    three apart, and, counted twice, what the structure says (screening_structure.tokens).
    """
    found = [bucket for of_word in features_by_word(words) for bucket in of_word]
    return found + structure_buckets(words)


def structure_buckets(words: Sequence[str], mentions: Sequence[Mention] | None = None) -> list[int]:
    """The buckets of what the structure of a thought says, each of them twice."""
    told = tokens(words, mentions)
    return [crc32(token.encode(), _STRUCTURE) % BUCKETS for token in told] * 2


def word_features(words: Iterable[str]) -> dict[str, Sequence[int]]:
    """The buckets of each different word, its parts and itself, as `features_by_word` has them."""
    found: dict[str, Sequence[int]] = {}
    for word in set(words):
        encoded = _ALIKE.get(word, word).encode()
        found[word] = (*_parts(encoded), crc32(encoded, _WORD) % BUCKETS)
    return found


def pair_features(words: Sequence[str]) -> list[list[int]]:
    """The buckets of the pairs of each word with the next, the one after, and the third.

    The words that have none after them are left out at the end of each list.
    """
    first = [_ALIKE.get(word, word).encode() + b" " for word in words]
    other = [each[:-1] for each in first]
    kinds = (_PAIR, *[_APART] * (_REACH - 2))
    return [
        [crc32(one + two, kind) % BUCKETS for one, two in zip(first, other[apart:], strict=False)]
        for apart, kind in enumerate(kinds, 1)
    ]


def features_by_word(words: Sequence[str]) -> Iterator[Sequence[int]]:
    """For each word its parts, itself, and its pairs with the words after it."""
    encoded = [_ALIKE.get(word, word).encode() for word in words]
    for place, first in enumerate(encoded):
        found = [*_parts(first), crc32(first, _WORD) % BUCKETS]
        kind = _PAIR
        for other in encoded[place + 1 : place + _REACH]:
            found.append(crc32(first + b" " + other, kind) % BUCKETS)
            kind = _APART
        yield found


def pair_buckets(words: Sequence[str]) -> frozenset[int]:
    """The buckets of the words and of the pairs that stand side by side, without parts of words."""
    encoded = [_ALIKE.get(word, word).encode() for word in words]
    pairs = (crc32(one + b" " + other, _PAIR) for one, other in pairwise(encoded))
    return frozenset(each % BUCKETS for each in (*(crc32(one, _WORD) for one in encoded), *pairs))


@lru_cache(maxsize=1 << 14)
def _parts(word: bytes) -> tuple[int, ...]:
    spaced = b" " + word[:_LONGEST_WORD] + b" "
    return tuple(
        crc32(spaced[start : start + length], length) % BUCKETS
        for length in _PARTS
        for start in range(len(spaced) - length + 1)
    )
