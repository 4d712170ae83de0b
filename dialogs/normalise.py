"""Read a text as plain small letters, and remember where each letter came from.

Screening compares words, so it works on a copy in which disguises are gone: case, full-width and
look-alike letters, accents, zero-width and bidi characters, emoji (as words). The original is never
changed; every piece of the copy keeps the code points it was read from, so that a match can be
shown in the young person's own text: `text[piece.start:piece.end]` (docs/reliability.md T-14).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

BREAK = "."
OTHER_LETTER = "\x01"
"""Stands for one letter of a script that the lexicon does not know."""

_HOMOGLYPHS = dict(
    zip(
        "абвгдеёзіїјкмнопрстухһѕԁԛԝɡαβγδεικμνορστυχωᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢıɑɩℓ",
        "abbrdee3iijkmhonpctyxhsdqwgabydeikuvopctuxwabcdeghijklmnoprtuvwyziail",
        strict=True,
    )
)
_APOSTROPHES = frozenset("'’‘`´ʼʻ′＇")
_ENDINGS = frozenset(".!?;\n\r…。！？\u2028\u2029")
_SIGNS = {"&": "and", "£": "pound", "€": "pound", "=": "is"}
_LEET_SIGNS = frozenset("@$!|*+€#")
_JOINERS = frozenset(".-_*~·•,/\\|+'’")
_CHUNK = re.compile(r"[\n\r\u2028\u2029]+|[^\s]+")
_SIMPLE = re.compile(r"([0-9]?[a-zA-Z][a-zA-Z0-9]*|[0-9]+)(,*|[.!?;]+)")
_APART = re.compile(r"([a-zA-Z](?:[._-][a-zA-Z])+)(,*|[.!?;]+)")
"""Letters kept apart by one sign each, as in k.i.l.l"""
_LETTERS = re.compile(r"(?:[^\W_]|\x01)+")
_GOES_ON = re.compile("[" + re.escape("".join(sorted(_JOINERS))) + r"]{0,3}[^\W_]")
_MOST_REMEMBERED = 20_000
_DROPPED = frozenset(("Cf", "Mn", "Me", "Mc", "Cc", "Sk"))


Span = tuple[int, int]


class Piece(NamedTuple):
    """One word of the copy as typed, an emoji word, or a break between sentences.

    `letters` holds the code points of each letter where they are not simply one after the other;
    `tight` says that only a sign, no space, stood before it (the u of s.u.i), `wide` that more than
    one space did.
    """

    word: str
    start: int
    end: int
    letters: tuple[Span, ...] | None = None
    tight: bool = False
    emoji: bool = False
    wide: bool = False

    @property
    def is_break(self) -> bool:
        """Whether a sentence ends here."""
        return self.word == BREAK

    def spans(self) -> list[Span]:
        """Where each letter was read from."""
        if self.letters is not None:
            return list(self.letters)
        return [(place, place + 1) for place in range(self.start, self.end)]


def _plain(character: str) -> str:
    """The plain letters of one code point: none when invisible, OTHER_LETTER when foreign."""
    if character in "\n\r\t":
        return character
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    if category == "Lo" and not unicodedata.decomposition(character):
        return _HOMOGLYPHS.get(character, OTHER_LETTER)
    if category in ("Cs", "Co", "Cn"):
        return " "
    return character.lower() if character.isascii() else _likened(character.casefold())


def _likened(character: str) -> str:
    """The letters that a letter or sign outside ASCII looks like."""
    if character in _HOMOGLYPHS:
        return _HOMOGLYPHS[character]
    plain = "".join(
        _HOMOGLYPHS.get(part, part)
        for part in unicodedata.normalize("NFKD", character).casefold()
        if unicodedata.category(part) not in _DROPPED
    )
    if plain.isascii():
        return plain[:4]
    if plain[:1].isalpha():
        return OTHER_LETTER
    return plain[:1] or " "


class _Plain(dict[str, str]):
    """The plain letters of the code points met so far, up to a number that no language needs."""

    def __missing__(self, character: str) -> str:
        plain = _plain(character)
        if len(self) < _MOST_REMEMBERED:
            self[character] = plain
        return plain


_PLAIN = _Plain()


def pieces(text: str, emoji: Mapping[str, str]) -> list[Piece]:
    """Split `text` into words, emoji words and sentence breaks, in order.

    Args:
        text: exactly as typed; anything is taken, lone surrogates and NUL included.
        emoji: the word for each emoji code point that means something.

    Returns:
        Pieces whose spans are code points of `text`. Nothing readable gives an empty list.
    """
    found: list[Piece] = []
    end = 0
    for chunk in _CHUNK.finditer(text):
        start, before, end = chunk.start(), end, chunk.end()
        place = len(found)
        goes_on = _cut(chunk[0], start, emoji, found)
        if start > before + 1 and len(found) > place and not goes_on:
            found[place] = found[place]._replace(wide=True)
    return found


def _cut(chunk: str, start: int, emoji: Mapping[str, str], found: list[Piece]) -> bool:
    """Add what stands between two spaces; plain words and letters apart without the long walk.

    Returns:
        Whether it begins with a sentence break that belongs to the one before.
    """
    simple = _SIMPLE.fullmatch(chunk)
    if simple is None:
        simple = _APART.fullmatch(chunk)
        if simple is None:
            return _Splitter(chunk, start, emoji, found).split()
        for place, letter in enumerate(simple[1][::2].lower()):
            at = start + 2 * place
            found.append(Piece(letter, at, at + 1, None, place > 0))
        end = start + simple.end(1)
    else:
        end = start + simple.end(1)
        found.append(Piece(simple[1].lower(), start, end))
    if simple[2] and simple[2][0] != ",":
        found.append(Piece(BREAK, end, end + 1))
    return False


def unread_share(text: str) -> tuple[int, int]:
    """How many letters of `text` no Latin word could hold, and how many letters there are."""
    letters = Counter(filter(str.isalpha, text))
    foreign = sum(often for character, often in letters.items() if not _is_latin(character))
    return foreign, letters.total()


@lru_cache(maxsize=4096)
def _is_latin(character: str) -> bool:
    plain = unicodedata.normalize("NFKD", character)[:1]
    return plain.isascii() or "LATIN" in unicodedata.name(plain, "")


class _Splitter:
    """One walk over the characters of one chunk."""

    def __init__(
        self, chunk: str, start: int, emoji: Mapping[str, str], found: list[Piece]
    ) -> None:
        plain = [character if character in emoji else _PLAIN[character] for character in chunk]
        self._signs = "".join(plain)
        self._places: Sequence[int] = range(start, start + len(chunk))
        if len(self._signs) != len(chunk) or "" in plain:
            self._places = [at for at, signs in enumerate(plain, start) for _ in signs]
        self._emoji = emoji
        self._found = found
        self._begun = self._goes_on = False
        self._word: list[int] = []
        self._tight = False

    def split(self) -> bool:
        """Add the pieces of the chunk to those found before it; whether it goes on with a break."""
        index = 0
        while index < len(self._signs):
            letters = _LETTERS.match(self._signs, index)
            if letters is None:
                self._take(index, self._signs[index])
                index += 1
            else:
                index = letters.end()
                self._letters(letters.start(), index)
        self._close()
        return self._goes_on

    def _take(self, index: int, sign: str) -> None:
        if sign in self._emoji:
            self._whole(self._emoji[sign], index, emoji=True)
        elif sign in _LEET_SIGNS and self._hides_letter(index, sign):
            self._word.append(index)
        elif sign in _APOSTROPHES and self._between(index):
            return
        elif sign in _SIGNS:
            self._whole(_SIGNS[sign], index)
        elif sign in _ENDINGS and not (sign in _JOINERS and self._between(index)):
            self._whole(BREAK, index)
        else:
            self._close()
            self._tight = sign in _JOINERS and self._begun

    def _letters(self, index: int, end: int) -> None:
        """Letters and digits with nothing between them."""
        while index < end and self._digits_only():
            if self._signs[index].isalpha() and len(self._word) > 1:
                self._close()
                self._tight = True
            self._word.append(index)
            index += 1
        self._word.extend(range(index, end))

    def _digits_only(self) -> bool:
        """In "14yo" and "10pm" a word begins after the digits; "m8" and "2nite" are one word."""
        return all(self._signs[index].isdigit() for index in self._word)

    def _hides_letter(self, index: int, sign: str) -> bool:
        """In r*pe the sign stands for a letter, in k*i*l*l it separates."""
        if sign in "@$" and self._word:
            return True
        if not self._letter_follows(index):
            return False
        if sign in "@$":
            return True
        last = index + 2 >= len(self._signs) or not self._signs[index + 2].isalnum()
        return bool(self._word) and not (len(self._word) == 1 and last)

    def _letter_follows(self, index: int) -> bool:
        return index + 1 < len(self._signs) and self._signs[index + 1].isalnum()

    def _between(self, index: int) -> bool:
        """Whether letters stand on both sides, up to three more joining signs between."""
        if not (self._word or self._tight):
            return False
        return _GOES_ON.match(self._signs, index + 1) is not None

    def _whole(self, word: str, index: int, emoji: bool = False) -> None:
        self._close()
        self._tight = False
        if word == BREAK and self._found and self._found[-1].is_break:
            self._goes_on = self._goes_on or not self._begun
            self._begun = True
            return
        self._begun = True
        place = self._places[index]
        letters = ((place, place + 1),) * len(word) if len(word) > 1 else None
        self._found.append(Piece(word, place, place + 1, letters, emoji=emoji))

    def _close(self) -> None:
        if not self._word:
            return
        places = [self._places[index] for index in self._word]
        word = "".join([self._signs[index] for index in self._word])
        first, last = places[0], places[-1] + 1
        letters = None
        if places != list(range(first, last)):
            letters = tuple([(place, place + 1) for place in places])
        self._found.append(Piece(word, first, last, letters, self._tight))
        self._word, self._tight, self._begun = [], False, True
