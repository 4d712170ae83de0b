"""Where letters or parts of words stand apart that may be words together: k i l l, kil ling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dialogs.normalise import Piece

_LONGEST_RUN = 150
_BROKEN = re.compile(rf"f(?:f|w(?=f)){{0,{_LONGEST_RUN - 1}}}")
"""A run of fragments goes on over one whole word ("k i l l a l l"), never over a sign."""
_TOGETHER = re.compile(rf".-{{1,{_LONGEST_RUN - 1}}}")


def letter_places(run: Sequence[Piece]) -> list[int]:
    """Where each letter of a run stands."""
    places: list[int] = []
    for piece in run:
        if piece.letters is None:
            places.extend(range(piece.start, piece.end))
        else:
            places.extend([begin for begin, _ in piece.letters])
    return places


def broken_runs(shapes: str) -> Iterator[tuple[int, int]]:
    """Stretches of fragments that are no words, also with a neighbour they were cut from.

    Args:
        shapes: a letter for each piece: fragment, word or sign.
    """
    for run in _BROKEN.finditer(shapes):
        first, last = run.span()
        yield first, last
        if last - first == _LONGEST_RUN:
            continue
        before = first > 0 and shapes[first - 1] != "s"
        after = last < len(shapes) and shapes[last] != "s"
        if before:
            yield first - 1, last
        if after:
            yield first, last + 1
        if before and after:
            yield first - 1, last + 1


def groups(found: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Letters kept apart by signs inside one word (k.i.l.l), or words by wider gaps."""
    tight = "".join(["-" if piece.tight else "|" for piece in found])
    single = ["|" if piece.wide or len(piece.word) > 1 else "-" for piece in found]
    after = ["|", *("|" if len(piece.word) > 1 else "-" for piece in found[:-1])]
    wide = "".join(map(max, single, after))
    for begins in (tight, wide):
        for run in _TOGETHER.finditer(begins):
            yield run.span()
