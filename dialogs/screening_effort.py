"""How much is read, and tried to undo a disguise: bounds on effort, on the side of the child.

Letters and parts of words that stand apart are tried together, which multiplies the work. Nobody
types thousands of characters like that; a program does. Of such a thought only so much is tried,
from both ends inwards, letters kept apart first. The words as typed are all read, and the result
says that a person must look. Of a thought longer than four hundred words or so its ends are
read, and a person must look at the rest (docs/screening.md).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

from dialogs.normalise import Piece

LONGEST = 2_400
"""Characters of one thought that are read: four hundred words, more than a long SMS holds."""
_OF_ITS_START = 3 / 4
ALL_OF = 1_000
"""Of a thought of so many characters everything is tried, whatever it is."""
MOST = 5_000
"""The letters that are tried in one longer thought, by each lexicon that reads it."""
_EACH = 4

Stretch = tuple[int, int]
"""Pieces from the first up to, not including, the last."""


def readable(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """What is read of a thought, and which of its texts are not read to the full.

    Of a text that is too long only its start and its end are left; blanks stand for what is between
    them, so that every character stays where it is. Shorter texts are read whole.
    """
    given = _fair([len(text) for text in texts], LONGEST)
    cut = [at for at, text in enumerate(texts) if len(text) > given[at]]
    return [_ends_of(text, most) for text, most in zip(texts, given, strict=True)], cut


def _ends_of(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    start = int(most * _OF_ITS_START)
    end = len(text) - (most - start)
    return text[:start] + " " * (end - start) + text[end:]


def effort(found: Sequence[Piece], stretches: Collection[Stretch]) -> list[int]:
    """The letters that are tried for each of the stretches, and a few for trying at all."""
    before = [0, *accumulate([len(piece.word) for piece in found])]
    return [before[last] - before[first] + _EACH for first, last in stretches]


def shares(needs: Sequence[int], length: int) -> list[int]:
    """What each text of a thought may have: all it needs, or those that need most an equal rest.

    Args:
        needs: the effort that each text needs.
        length: the characters of the thought.
    """
    return list(needs) if length <= ALL_OF else _fair(needs, MOST)


def _fair(needs: Sequence[int], left: int) -> list[int]:
    """What each gets of `left`: all it needs, or those that need most an equal rest."""
    given = [0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda text: needs[text])
    for place, text in enumerate(waiting):
        given[text] = min(needs[text], left // (len(needs) - place))
        left -= given[text]
    return given


def within(
    stretches: Sequence[Stretch], costs: Sequence[int], found: Sequence[Piece], most: int
) -> list[Stretch]:
    """The stretches to try for at most `most`, in their order: single letters, then the ends."""

    def turn(place: int) -> tuple[bool, int]:
        first, last = stretches[place]
        apart = costs[place] - _EACH == last - first > 1
        return not apart, min(first, len(found) - last)

    taken: list[int] = []
    for place in sorted(range(len(stretches)), key=turn):
        if costs[place] <= most:
            most -= costs[place]
            taken.append(place)
    return [stretches[place] for place in sorted(taken)]
