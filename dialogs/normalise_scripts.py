"""Read a text of any script as plain words, and remember where each word came from.

The copy for English (`dialogs.normalise`) holds one sign for each foreign letter. This one keeps
the letters, with the ways apart that people type the same word: Arabic ی/ي, ک/ك, ة/ه, hamza,
harakat, tatweel and ZWNJ; Ethiopic letters of one sound; capitals, full-width letters, accents,
zero-width and bidi characters. Tone marks are kept beside the word, because in Vietnamese they are
another word when typed and the same word when left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

BREAK = "."
_ENDINGS = frozenset(".!?;\n\r…。！？؟۔።፧፨\u2028\u2029")
_INSIDE = frozenset("'’‘`´ʼʻ′＇ـ")
"""Apostrophes, and tatweel, which only stretches an Arabic word."""
_SAME_LETTER = {
    **dict.fromkeys("يىېۍێےئ", "ی"),
    **dict.fromkeys("كڪ", "ک"),
    **dict.fromkeys("ةەھہۀۃ", "ه"),
    **dict.fromkeys("أإآٱ", "ا"),
    "ؤ": "و",
    "ۆ": "و",
    "ۇ": "و",
    "ګ": "گ",
    "ء": "",
    "đ": "d",
    "ı": "i",
    "ð": "d",
    "ø": "o",
}
_SAME_SOUND = {0x1210: 0x1200, 0x1280: 0x1200, 0x1220: 0x1230, 0x12D0: 0x12A0, 0x1340: 0x1338}
"""Ethiopic rows of seven letters that sound alike: ሐ and ኀ as ሀ, ሠ as ሰ, ዐ as አ, ፀ as ጸ."""
_SPOKEN_SOFT = {0x12B8: 0x12A8, 0x1250: 0x1240}
"""Tigrinya writes ከ and ቀ after a vowel as ኸ and ቐ."""
_SAME_ORDER = {"ሃ": "ሀ", "ኣ": "አ"}
_STROKE = "\u0335"
_SAME_MARK = {"\u0303": "\u0309"}
"""Vietnamese ngã and hỏi, which half of the country says and types alike."""
_REPEATED = re.compile(r"(.)\1+")
_STRETCHED = re.compile(r"(.)\1\1+")
_DROPPED = frozenset(("Cf", "Cc", "Me", "Mc"))
_NO_LETTERS = frozenset(("Cn", "Co", "Cs"))
_ARABIC = re.compile("[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_ETHIOPIC = re.compile("[\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f]")
_HIDDEN = "\x00"
_PLAIN = re.compile(r"\.|[^ .]+")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")


class Word(NamedTuple):
    """One word of the copy, or BREAK where a sentence ends.

    `marks` are the accents of a word in Latin letters, in one order whatever the keyboard wrote;
    `start` and `end` are code points of the text of the thought that `text_index` counts.
    """

    word: str
    marks: str
    text_index: int
    start: int
    end: int


def scripts(text: str) -> tuple[str, ...]:
    """Which scripts with safety lexicons `text` has letters of, Latin left out."""
    if text.isascii():
        return ()
    searched = (("arabic", _ARABIC), ("ethiopic", _ETHIOPIC))
    return tuple(name for name, letters in searched if letters.search(text))


def words_of(text: str, text_index: int = 0) -> list[Word]:
    """The words and sentence breaks of `text`, in order; anything is taken.

    Latin letters typed twice are one ("mbyllur", "mbylur"), other letters from three on.
    """
    return list(_ascii(text, text_index) if text.isascii() else _words(text, text_index))


def quick_words(text: str) -> list[str]:
    """The words in Latin letters, as in `words_of`: a first look that costs next to nothing."""
    odd = [sign for sign in set(text) if not (" " <= sign <= "~" or sign in "\n\r\t")]
    if odd:
        text = text.translate({ord(sign): _read(sign)[0] for sign in odd})
    return _ASCII_WORDS.findall(_REPEATED.sub(r"\1", _bare(text.lower())))


def _bare(text: str) -> str:
    return text.replace("'", "").replace("`", "")


def _ascii(text: str, text_index: int) -> Iterator[Word]:
    """The same for a text of ASCII, where each sign is one letter or none and no mark is left."""
    for found in _PLAIN.finditer(text.translate(_ascii_signs())):
        signs, start = found[0], found.start()
        if signs == BREAK:
            yield Word(BREAK, "", text_index, start, start + 1)
            continue
        begin = start + len(signs) - len(signs.lstrip(_HIDDEN))
        inner = signs.strip(_HIDDEN)
        if inner:
            plain = _REPEATED.sub(r"\1", inner.replace(_HIDDEN, ""))
            yield Word(plain, "", text_index, begin, begin + len(inner))


@lru_cache
def _ascii_signs() -> dict[int, str]:
    return {code: _read(chr(code))[0] or _HIDDEN for code in range(128)}


def _words(text: str, text_index: int) -> Iterator[Word]:
    letters: list[str] = []
    marks: list[str] = []
    start = end = 0
    for place, character in enumerate(text):
        base, accents = _read(character)
        if base and base not in (" ", BREAK):
            start = start if letters else place
            letters.append(base)
            end = place + 1
        if letters and accents:
            marks.append(accents)
            end = place + 1
        if base in (" ", BREAK):
            if letters:
                yield _word(letters, marks, text_index, start, end)
                letters, marks = [], []
            if base == BREAK:
                yield Word(BREAK, "", text_index, place, place + 1)
    if letters:
        yield _word(letters, marks, text_index, start, end)


def _word(letters: list[str], marks: list[str], text_index: int, start: int, end: int) -> Word:
    plain = "".join(letters)
    if not plain.isascii():
        return Word(_STRETCHED.sub(r"\1", plain), "", text_index, start, end)
    accents = "".join(sorted("".join(marks)))
    return Word(_REPEATED.sub(r"\1", plain), accents, text_index, start, end)


@lru_cache(maxsize=8192)
def _read(character: str) -> tuple[str, str]:
    """The plain letters and the accents of one code point; a space between words, BREAK."""
    if character in _ENDINGS:
        return BREAK, ""
    category = unicodedata.category(character)
    if character in _INSIDE or (category in _DROPPED and character != "\t"):
        return "", ""
    if category in _NO_LETTERS:
        return " ", ""
    parts = unicodedata.normalize("NFKD", character).casefold()
    accents = "".join(
        _SAME_MARK.get(part, part) for part in parts if unicodedata.category(part) == "Mn"
    )
    base = "".join(_same(part) for part in parts if unicodedata.category(part) != "Mn")
    if character in "đĐ":
        accents = _STROKE
    if not accents and not any(part.isalnum() for part in parts):
        return " ", ""
    return base, accents


def _same(letter: str) -> str:
    """The one letter that stands for all that sound or look like it."""
    if letter in _SAME_LETTER:
        return _SAME_LETTER[letter]
    row, order = ord(letter) & ~7, ord(letter) & 7
    row = _SAME_SOUND.get(row, _SPOKEN_SOFT.get(row, row))
    letter = chr(row | order)
    return _SAME_ORDER.get(letter, letter) if letter.isalnum() else ""
