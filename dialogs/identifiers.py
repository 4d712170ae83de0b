"""What in a text could tell who wrote it, as far as a computer can see; pure.

It helps a person who takes names, places and numbers out of words that are to be kept as an
example (docs/screening.md, "Learning from people"). It finds signs, never all of them: a nickname,
a school or a village it cannot know, so a person has to look in every case. What it finds may be
an innocent word ("m8 2nd" has the form of a postcode); a person can say so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LONG_NAME: Final = 5
"""From this many letters on a name is found inside a word too ("aminas", "xaminax")."""

_SIGN: Final = r"[\s.()/_+-]{0,3}"
_NUMBER_WORD: Final = (
    r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|treble)"
)
_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "e-mail address": re.compile(
        r"[^\s@]{1,64}\s?(?:@|[(\[]at[)\]])\s?[^\s@]{1,64}?\s?(?:\.|dot)\s?[a-z]{2,}"
        r"|\bat\s\w{2,64}\s?(?:\.|\bdot\b)\s?(?:com|co|net|org|me)\b"
    ),
    "web address": re.compile(
        r"(?:https?:|www\.)\S+"
        r"|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,5}"
        r"(?:com|org|net|uk|co|io|me|gg|ly|tv|app|info|gov|edu|eu|ie|wales|scot)(?!\w)(?:/\S*)?"
    ),
    "user name": re.compile(r"(?<!\w)@[a-z0-9_.]{2,}"),
    "postcode": re.compile(
        r"(?<![a-z0-9])[a-z]{1,2}[0-9][a-z0-9]?\s{0,2}[0-9][abd-hjlnp-uw-z]{2}(?![a-z0-9])"
    ),
    "date": re.compile(
        r"(?<![0-9])(?:0?[1-9]|[12][0-9]|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:[0-9]{4}|[0-9]{2})(?![0-9])"
    ),
    "phone number": re.compile(rf"(?<![0-9])\+?[0-9](?:{_SIGN}[0-9]){{6,}}"),
    "long number": re.compile(r"[0-9]{5,}"),
    "number in words": re.compile(rf"\b{_NUMBER_WORD}(?:[\s-]+{_NUMBER_WORD}){{5,}}\b"),
}
_LETTERS: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that could tell who it is: what kind, and the words as they stand in the text."""

    kind: str
    text: str


def signs(texts: Sequence[str], names: Mapping[str, Iterable[str]] | None = None) -> list[Sign]:
    """What could still tell who wrote these texts, each once, in the order of the kinds.

    Args:
        texts: a copy of what was written. Split over several texts, a number is found as well.
        names: names and secret words to look for, by what they are ("the young person's name").

    Returns:
        Empty when nothing is found; that never means that nothing is there.
    """
    joined = "\n".join(texts)
    plain, places = _plain(joined)
    found = [*_by_pattern(plain), *_by_name(plain, names or {})]
    kept: dict[Sign, None] = {}
    for kind, start, end in found:
        if end > start:
            kept[Sign(kind, joined[places[start] : places[end - 1] + 1].strip())] = None
    return list(kept)


def _by_pattern(plain: str) -> Iterator[tuple[str, int, int]]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(plain):
            # A number that is part of a longer find is not listed twice.
            if any(first <= match.start() and match.end() <= last for first, last in taken):
                continue
            taken.append(match.span())
            yield kind, *match.span()


def _by_name(plain: str, names: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, int, int]]:
    words = [(match.group(), *match.span()) for match in _LETTERS.finditer(plain)]
    for kind, listed in names.items():
        parts = {part for name in listed for part in _LETTERS.findall(_plain(name)[0])}
        for word, start, end in words:
            if any(_holds(word, part) for part in parts):
                yield kind, start, end


def _holds(word: str, part: str) -> bool:
    if len(part) < 2:
        return False
    if len(part) >= LONG_NAME and part in word:
        return True
    # "jos" for "jo's", and a name whose last letter is held down.
    return word in (part, f"{part}s") or (
        word.startswith(part) and set(word[len(part) :]) == {part[-1]}
    )


def _plain(text: str) -> tuple[str, list[int]]:
    """Small letters without accents, full-width forms or invisible signs, and where each was."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).casefold():
            if unicodedata.category(part) in ("Cf", "Mn", "Me"):
                continue
            digit = unicodedata.decimal(part, None)
            letters.append(part if digit is None else str(digit))
            places.append(place)
    return "".join(letters), places
