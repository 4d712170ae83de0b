"""Undo leetspeak in a whole text: what one masked word cannot say, the words round it do.

"15" is a number, but in "my d4d 15 sc4ry 4nd h1t5 m3" it is "is". So a text is first looked through
for words that are plainly masked; where at least two stand close by, what is ambiguous there is
read with the same digits for letters. Each sign is put for one sign, so every place in the text
stays where it was. Times, money, ages, and names with digits are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from dialogs.screening_languages import WELSH
from dialogs.screening_lexicon import lexicon
from dialogs.screening_spelling import Spelling

Spellings = Sequence[Spelling]
"""Of each language, the first one first."""

_LETTERS: Mapping[str, str] = {
    **dict(zip("03457", "oeast", strict=True)),
    **dict(zip("@$+", "ast", strict=True)),
    **dict.fromkeys("1!|", "il"),
}
_MASKS = frozenset(_LETTERS)
_SIGNS = re.escape("".join(_LETTERS))
_MAYBE = re.compile(rf"[a-zA-Z][{_SIGNS}][a-zA-Z{_SIGNS}]|[{_SIGNS}][a-zA-Z][a-zA-Z{_SIGNS}]")
_TOKEN = re.compile(rf"\d+[:.,/]\d[\d:.,/]*\w*|[a-zA-Z0-9'’{_SIGNS}]+")
_APOSTROPHES = re.compile("['’]")
_STAYS = re.compile(
    r"(?:\d*1st|\d*2nd|\d*3rd|\d*[04-9]th|1[123]th)|(?:1[0-2]|0?\d)[ap]m|\d+(?:hrs?|mins?|yrs?|yo)"
    r"|[$+]\d{2,}|[$+][1-9]"
)
"""Times, dates, ages and money stay what they are even between masked words."""
_NUMBER = re.compile(r"\d+(?:p|k|x|g|kg|mg|ml|cm|mm|km|ft|h|secs?|ish)|[a-z]{1,4}\d+")
"""Amounts, and names with digits: never plainly masked, though between masked words they may be."""
_ALONE = {"1": "i", "4": "a", "0": "o", "@": "a", "!": "i", "|": "i"}
_PLAIN_LENGTH, _PLAIN, _SHORT = 3, 2, 1
_NEAR = 10
_ENOUGH, _STRONG = 3, 8
_MOST_DOUBTFUL = 4
_PARTS = re.compile(r"11|!!|\|\||.")
_CHOICES: Mapping[str, Sequence[str]] = {
    **_LETTERS,
    **dict.fromkeys(("11", "!!", "||"), ("ll", "il", "li", "ii")),
}


class _Word(NamedTuple):
    """What a token may stand for.

    `plain` has the length of the token, `masks` are the signs that hide letters there, `telling` is
    how plainly it is a masked word: not at all where it may as well be a number. A word that
    nobody knows (`known`), or a number, is only read where the text is masked through and through.
    """

    plain: str
    masks: frozenset[str]
    telling: int
    known: bool = True
    number: bool = False


def unmasked_text(text: str) -> str:
    """`text` with letters for the digits and signs that stand for them; of the same length.

    Args:
        text: as typed.
    """
    if _MAYBE.search(text) is None:
        return text
    tokens = list(_TOKEN.finditer(text))
    known: dict[str, _Word | None] = {}
    spellings = (lexicon().spelling, lexicon(WELSH).spelling)
    words = [_looked_up(token[0], spellings, known) for token in tokens]
    telling = [place for place, word in enumerate(words) if word is not None and word.telling]
    signs = list(text)
    for place, near in _near(words, telling):
        word, token = words[place], tokens[place]
        beside = tokens[max(0, place - _NEAR) : place + _NEAR + 1]
        if word is not None and _is_masked(word, near, beside):
            signs[token.start() : token.end()] = word.plain
    return "".join(signs)


def _near(
    words: Sequence[_Word | None], telling: Sequence[int]
) -> Iterator[tuple[int, list[_Word]]]:
    """Each word with masks, and the telling words close by, each once."""
    first = last = 0
    for place, word in enumerate(words):
        if word is None:
            continue
        while last < len(telling) and telling[last] <= place + _NEAR:
            last += 1
        while first < last and telling[first] < place - _NEAR:
            first += 1
        near = {each.plain: each for at in telling[first:last] if (each := words[at]) is not None}
        yield place, list(near.values())


def _is_masked(word: _Word, near: Sequence[_Word], tokens: Sequence[re.Match[str]]) -> bool:
    """Whether those close by show that this word is masked too.

    Each of its masks is in one of them, or stands for a letter that nobody types there as it is.
    """
    told = sum(each.telling for each in near)
    if told < (_ENOUGH if word.known else _STRONG):
        return False
    unseen = word.masks.difference(*(each.masks for each in near))
    if not unseen or word.plain == "i":
        return True
    if word.number and told < _STRONG:
        return False
    typed = "".join([token[0] for token in tokens]).lower()
    return not any(letter in typed for mask in unseen for letter in _LETTERS[mask])


def _looked_up(token: str, spellings: Spellings, known: dict[str, _Word | None]) -> _Word | None:
    if token not in known:
        small = token.lower()
        known[token] = None if _MASKS.isdisjoint(small) else _word(small, spellings)
    return known[token]


def _word(token: str, spellings: Spellings) -> _Word | None:
    """What a token stands for: it ends with an exclamation mark sooner than with an i."""
    body = token.rstrip("!") or token
    for typed in dict.fromkeys((body, token)):
        plain = _plain(typed, spellings)
        if plain is not None:
            telling = _telling(body) if typed == body else 0
            shown = plain + token[len(typed) :]
            number = len(typed) > 1 and typed.isdecimal()
            return _Word(shown, _MASKS.intersection(typed), telling, number=number)
    if _is_typed(body, spellings) or body.isdecimal() or not any(map(str.isalpha, body)):
        return None
    return _Word(next(_readings(body)) + token[len(body) :], _MASKS.intersection(body), 0, False)


def _is_typed(typed: str, spellings: Spellings) -> bool:
    """Whether nothing is hidden: a word as it is, or a time or an amount."""
    bare = _APOSTROPHES.sub("", typed)
    stays = _MASKS.isdisjoint(typed) or _STAYS.fullmatch(bare) is not None
    return stays or (not bare.isdecimal() and any(each.spelt(bare) for each in spellings))


def _plain(typed: str, spellings: Spellings) -> str | None:
    if len(typed) == 1:
        return _ALONE.get(typed)
    if _is_typed(typed, spellings):
        return None
    readings = list(_readings(typed))
    for spelling in spellings:
        for plain in readings:
            if spelling.spelt(_APOSTROPHES.sub("", plain)):
                return plain
    return None


def _telling(typed: str) -> int:
    bare = _APOSTROPHES.sub("", typed)
    if not any(map(str.isalpha, bare)):
        return 0
    plainly = len(bare) >= _PLAIN_LENGTH and _NUMBER.fullmatch(bare) is None
    return _PLAIN if plainly else _SHORT


def _readings(token: str) -> Iterator[str]:
    """Every way to read the masks of a token; one is i before it is l, but two in a row are ll."""
    choices = [_CHOICES.get(part, (part,)) for part in _PARTS.findall(token)]
    if sum(len(each) > 1 for each in choices) > _MOST_DOUBTFUL:
        choices = [each[:1] for each in choices]
    return map("".join, product(*choices))
