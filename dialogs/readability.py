"""How hard a text is to read: two indices that need no list of syllables (PR-29)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[A-Za-z0-9']+")
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")


@dataclass(frozen=True, slots=True)
class ReadingAge:
    """School years needed: the Automated Readability Index and the Coleman-Liau index."""

    ari: float
    coleman_liau: float


def words(text: str) -> list[str]:
    """The words and numbers of a text."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def reading_age(text: str) -> ReadingAge:
    """Both indices of a text; a text without words needs no reading at all."""
    count, ends = len(words(text)), len(sentences(text))
    if not count or not ends:
        return ReadingAge(0.0, 0.0)
    signs = sum(sign.isalnum() for sign in text)
    letters = sum(sign.isalpha() for sign in text)
    return ReadingAge(
        ari=4.71 * signs / count + 0.5 * count / ends - 21.43,
        coleman_liau=5.88 * letters / count - 29.6 * ends / count - 15.8,
    )
