"""Read a text as plain small letters, and remember where each letter came from.

Screening compares words, so it works on a copy in which disguises are gone: case, full-width and
look-alike letters, accents, zero-width and bidi characters, emoji (as words). The original is never
changed; every piece of the copy keeps the code points it was read from, so that a match can be
shown in the young person's own text: `text[piece.start:piece.end]` (docs/reliability.md T-14).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
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
_SIMPLE = re.compile(r"([a-zA-Z]+)(,*|[.!?;]+)")
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


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """The plain letters of one code point: none when invisible, OTHER_LETTER when foreign."""
    if character in "\n\r\t":
        return character
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    if category in ("Cs", "Co", "Cn"):
        return " "
    lowered = character.casefold()
    if lowered in _HOMOGLYPHS:
        return _HOMOGLYPHS[lowered]
    if character.isascii():
        return lowered
    plain = "".join(
        _HOMOGLYPHS.get(part, part)
        for part in unicodedata.normalize("NFKD", lowered).casefold()
        if unicodedata.category(part) not in _DROPPED
    )
    if plain.isascii():
        return plain[:4]
    if plain[:1].isalpha():
        return OTHER_LETTER
    return plain[:1] or " "


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
        wide = chunk.start() > end + 1
        for piece in _chunk_pieces(chunk[0], chunk.start(), emoji):
            if not (piece.is_break and found and found[-1].is_break):
                found.append(piece._replace(wide=True) if wide else piece)
            wide = False
        end = chunk.end()
    return found


def _chunk_pieces(chunk: str, start: int, emoji: Mapping[str, str]) -> Iterator[Piece]:
    """What stands between two spaces; a plain word, the usual case, without the long walk."""
    simple = _SIMPLE.fullmatch(chunk)
    if simple is None:
        yield from _Splitter(chunk, start, emoji).split()
        return
    word, after = simple.groups()
    end = start + len(word)
    yield Piece(word.lower(), start, end)
    if after and after[0] != ",":
        yield Piece(BREAK, end, end + 1)


def unread_share(text: str) -> tuple[int, int]:
    """How many letters of `text` no Latin word could hold, and how many letters there are."""
    letters = [character for character in text if character.isalpha()]
    foreign = sum(1 for character in letters if not _is_latin(character))
    return foreign, len(letters)


@lru_cache(maxsize=4096)
def _is_latin(character: str) -> bool:
    plain = unicodedata.normalize("NFKD", character)[:1]
    return plain.isascii() or "LATIN" in unicodedata.name(plain, "")


class _Splitter:
    """One walk over the characters of one chunk."""

    def __init__(self, chunk: str, start: int, emoji: Mapping[str, str]) -> None:
        self._emoji = emoji
        self._signs: list[str] = []
        self._places: list[int] = []
        for place, character in enumerate(chunk, start):
            for sign in character if character in emoji else _plain(character):
                self._signs.append(sign)
                self._places.append(place)
        self._found: list[Piece] = []
        self._word: list[int] = []
        self._tight = False

    def split(self) -> list[Piece]:
        for index, sign in enumerate(self._signs):
            self._take(index, sign)
        self._close()
        return self._found

    def _take(self, index: int, sign: str) -> None:
        if sign in self._emoji:
            self._whole(self._emoji[sign], index, emoji=True)
        elif sign.isalnum() or sign == OTHER_LETTER:
            self._letter(index, sign)
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
            self._tight = sign in _JOINERS and bool(self._found)

    def _letter(self, index: int, sign: str) -> None:
        if sign.isalpha() and self._after_number():
            self._close()
            self._tight = True
        self._word.append(index)

    def _after_number(self) -> bool:
        """In "14yo" and "10pm" a word begins after the digits; "m8" and "2nite" are one word."""
        return len(self._word) > 1 and all(self._signs[index].isdigit() for index in self._word)

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
        rest = index + 1
        while rest < min(len(self._signs), index + 4) and self._signs[rest] in _JOINERS:
            rest += 1
        return self._letter_follows(rest - 1)

    def _whole(self, word: str, index: int, emoji: bool = False) -> None:
        self._close()
        place = self._places[index]
        letters = ((place, place + 1),) * len(word)
        self._found.append(Piece(word, place, place + 1, letters, emoji=emoji))
        self._tight = False

    def _close(self) -> None:
        if not self._word:
            return
        letters = tuple((self._places[index], self._places[index] + 1) for index in self._word)
        word = "".join(self._signs[index] for index in self._word)
        self._found.append(Piece(word, letters[0][0], letters[-1][1], letters, self._tight))
        self._word, self._tight = [], False
