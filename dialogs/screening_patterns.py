"""The pattern language of the lexicon, and the machine that finds all patterns in one pass.

A pattern is a row of items, separated by spaces:

    mum  mum|dad  <class>  put_hands_on  one word or phrase out of those named
    kick+  stab++                        a word in its regular forms (stab++: stabbed)
    n:18-99                              a number in that range, in digits
    !word|<class>                        one word that is none of these
    item?                                may be left out
    ~3                                   up to three words, no negation, no sentence end
    *3                                   up to three words, negations too, no sentence end
    +3                                   up to three of anything, sentence ends too
    ^ $ ^^ $$                            start, end of a sentence; of the whole text (him|$)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialogs.normalise import BREAK
from dialogs.screening_lattice import END, START

_NUMBER = re.compile(r"n:(\d+)-(\d+)")
_GAP = re.compile(r"([~*+])(\d+)")
_ANCHORS = {
    "^": frozenset((START, BREAK)),
    "^^": frozenset((START,)),
    "$": frozenset((END, BREAK)),
    "$$": frozenset((END,)),
}
ENDS = frozenset((START, END))
NEGATIONS = frozenset(("not", "never", "nobody", "noone", "nothing", "neither"))
_MOSTENDS = 8


class PatternError(ValueError):
    """A pattern that cannot be read; the message names the item."""


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a pattern."""

    words: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    numbers: tuple[tuple[int, int], ...] = ()
    excluded: bool = False
    optional: bool = False

    def takes(self, word: str) -> bool:
        """Whether the one word `word` fits here; the ends of a text never count as excluded."""
        fits = word in self.words or (word.isdecimal() and self._in_range(word))
        return not fits and word not in ENDS if self.excluded else fits

    def _in_range(self, word: str) -> bool:
        return len(word) <= 4 and any(low <= int(word) <= high for low, high in self.numbers)


def parse(
    pattern: str, classes: Mapping[str, Sequence[str]], known: dict[str, list[Item]] | None = None
) -> tuple[Item, ...]:
    """Read one pattern.

    Args:
        pattern: as it stands in the lexicon.
        classes: the words of each class.
        known: the items read so far with these classes, so that each is read once.

    Raises:
        PatternError: an unknown class, an empty pattern, or one that could match nothing.
    """
    items: list[Item] = []
    known = {} if known is None else known
    for token in pattern.split():
        if token not in known:
            known[token] = _items(token, classes)
        items.extend(known[token])
    if not items or items[0].optional or items[-1].optional:
        raise PatternError(f"must begin and end with a fixed item: {pattern!r}")
    return tuple(items)


def forms(member: str) -> list[str]:
    """The forms of kick+ (kick, kicks, kicked, kicking); a phrase bends its first word."""
    head, underscore, rest = member.partition("_")
    if not head.endswith("+"):
        return [member]
    stem = head.rstrip("+")
    long = stem + stem[-1] if head.endswith("++") else stem
    plural = stem + ("es" if stem.endswith(("s", "sh", "ch", "x", "z")) else "s")
    if stem.endswith("e"):
        bent = [stem, plural, stem + "d", stem[:-1] + "ing"]
    elif stem.endswith("y") and stem[-2] not in "aeiou":
        bent = [stem, stem[:-1] + "ies", stem[:-1] + "ied", stem + "ing"]
    else:
        bent = [stem, plural, long + "ed", long + "ing"]
    return [form + underscore + rest for form in bent]


def _items(token: str, classes: Mapping[str, Sequence[str]]) -> list[Item]:
    if token in _ANCHORS:
        return [Item(_ANCHORS[token])]
    gap = _GAP.fullmatch(token)
    if gap:
        barred = {"~": NEGATIONS | {BREAK}, "*": frozenset((BREAK,)), "+": frozenset[str]()}[gap[1]]
        return [Item(barred, excluded=True, optional=True)] * int(gap[2])
    optional = token.endswith("?")
    token = token.removesuffix("?")
    excluded = token.startswith("!")
    return [_choice(token.removeprefix("!"), classes, excluded, optional)]


def _choice(
    token: str, classes: Mapping[str, Sequence[str]], excluded: bool, optional: bool
) -> Item:
    words: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    numbers: list[tuple[int, int]] = []
    for option in token.split("|"):
        number = _NUMBER.fullmatch(option)
        if number:
            numbers.append((int(number[1]), int(number[2])))
            continue
        if option in _ANCHORS:
            words |= _ANCHORS[option]
            continue
        for member in _members(option, classes):
            parts = tuple(member.split("_"))
            if len(parts) == 1:
                words.add(member)
            else:
                phrases.add(parts)
    if excluded and phrases:
        raise PatternError(f"only single words can be excluded: {token!r}")
    return Item(frozenset(words), frozenset(phrases), tuple(numbers), excluded, optional)


def _members(option: str, classes: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if not option.startswith("<"):
        return forms(option)
    name = option[1:-1]
    if name not in classes:
        raise PatternError(f"no word class {option!r}")
    return classes[name]
