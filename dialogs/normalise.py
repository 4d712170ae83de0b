"""Read a text as plain small letters, and remember where each letter came from.

Screening compares words, so it works on a copy in which disguises are gone: case, full-width and
look-alike letters, accents, zero-width and bidi characters, emoji (as words). The original is never
changed; every piece of the copy keeps the code points it was read from, so that a match can be shown
in the young person's own text: `text[piece.start:piece.end]` (docs/reliability.md T-14).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Join = Literal["space", "tight", "wide"]
"""What stood before a piece: one space, a sign without a space (s.u.i), or a wider gap."""

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
_DROPPED = frozenset(("Cf", "Mn", "Me", "Mc", "Cc", "Sk"))


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of the copy and the code points it was read from."""

    sign: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of the copy as typed (not yet corrected), an emoji word, or a break between sentences."""

    glyphs: tuple[Glyph, ...]
    before: Join = "space"
    emoji: bool = False

    @property
    def word(self) -> str:
        return "".join(glyph.sign for glyph in self.glyphs)

    @property
    def start(self) -> int:
        return self.glyphs[0].start

    @property
    def end(self) -> int:
        return self.glyphs[-1].end

    @property
    def is_break(self) -> bool:
        return len(self.glyphs) == 1 and self.glyphs[0].sign == BREAK


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """The plain letters of one code point; "" when it is invisible; OTHER_LETTER for a foreign letter."""
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
    return _Splitter(text, emoji).split()


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
    """One walk over the characters of one text."""

    def __init__(self, text: str, emoji: Mapping[str, str]) -> None:
        self._glyphs = [
            Glyph(sign, place, place + 1)
            for place, character in enumerate(text)
            for sign in (_plain(character) if character not in emoji else character)
        ]
        self._emoji = emoji
        self._found: list[Piece] = []
        self._word: list[Glyph] = []
        self._spaces = 1
        self._tight = False

    def split(self) -> list[Piece]:
        for place, glyph in enumerate(self._glyphs):
            self._take(place, glyph)
        self._close()
        return self._found

    def _take(self, place: int, glyph: Glyph) -> None:
        sign = glyph.sign
        if sign in self._emoji:
            self._whole(self._emoji[sign], glyph, emoji=True)
        elif sign.isalnum() or sign == OTHER_LETTER:
            self._letter(glyph)
        elif sign in _LEET_SIGNS and self._inside(place):
            self._word.append(glyph)
        elif sign in _APOSTROPHES and self._word and self._letter_follows(place):
            return
        elif sign in _SIGNS:
            self._whole(_SIGNS[sign], glyph)
        elif sign in _ENDINGS and not (sign in _JOINERS and self._between(place)):
            self._end_sentence(glyph)
        else:
            self._separate(sign, place)

    def _letter(self, glyph: Glyph) -> None:
        last = self._word[-1].sign if self._word else ""
        if last and self._parts(last, glyph.sign):
            self._close()
            self._tight = True
        self._word.append(glyph)

    def _parts(self, last: str, sign: str) -> bool:
        """"8pm" and "14yo" are two words; "k1ll" and "m8" are one."""
        all_digits = all(glyph.sign.isdigit() for glyph in self._word)
        return last.isdigit() and sign.isalpha() and all_digits and len(self._word) > 1

    def _inside(self, place: int) -> bool:
        """A leet sign counts as a letter only with a letter behind it (and one before, "!" and "*" and "+")."""
        follows = self._letter_follows(place)
        if self._glyphs[place].sign in "@$":
            return follows
        return follows and bool(self._word) and len(self._word) > 0 and not self._lone(place)

    def _lone(self, place: int) -> bool:
        """In "k*i*l*l" the sign separates; in "r*pe" it hides a letter."""
        before = len(self._word) == 1
        after = place + 2 >= len(self._glyphs) or not self._glyphs[place + 2].sign.isalnum()
        return before and after

    def _letter_follows(self, place: int) -> bool:
        return place + 1 < len(self._glyphs) and self._glyphs[place + 1].sign.isalnum()

    def _between(self, place: int) -> bool:
        return bool(self._word) and self._letter_follows(place)

    def _whole(self, word: str, glyph: Glyph, emoji: bool = False) -> None:
        self._close()
        letters = tuple(Glyph(letter, glyph.start, glyph.end) for letter in word)
        self._found.append(Piece(letters, "space", emoji))
        self._spaces = 1

    def _end_sentence(self, glyph: Glyph) -> None:
        self._close()
        if self._found and self._found[-1].is_break:
            return
        self._found.append(Piece((Glyph(BREAK, glyph.start, glyph.end),)))
        self._spaces = 1

    def _separate(self, sign: str, place: int) -> None:
        tight = sign in _JOINERS and self._between(place)
        self._close()
        self._tight = self._tight or tight
        if sign.isspace():
            self._spaces += 1

    def _close(self) -> None:
        if not self._word:
            return
        before: Join = "tight" if self._tight and not self._spaces else "wide" if self._spaces > 1 else "space"
        self._found.append(Piece(tuple(self._word), before))
        self._word, self._spaces, self._tight = [], 0, False
