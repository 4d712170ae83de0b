"""A young person's words on a page: exact, inert, with nothing hidden in them.

Everything is escaped and nothing becomes a link. Signs that would steer the reading direction or
show nothing at all are drawn as marks, so that what a duty worker sees is what is there
(docs/reliability.md T-14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

BIDI_SIGNS: Final = {
    "\u061c": "ALM",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
"""Unicode's signs that change the direction of text, by their usual abbreviation."""

_PLAIN_CONTROLS: Final = frozenset("\n\t")


def shown_words(text: str, spans: Iterable[tuple[int, int]] = ()) -> Markup:
    """The words as HTML.

    Args:
        text: exactly as typed.
        spans: passages to mark, ``(start, end)`` in code points of ``text``; they may overlap.

    Returns:
        Markup whose text is ``text``, but for the signs that are drawn as marks.
    """
    return Markup().join(
        Markup("<mark>{}</mark>").format(_signs(part)) if is_marked else _signs(part)
        for part, is_marked in _cut(text, list(spans))
    )


def _cut(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The text in pieces that are marked as a whole or not at all."""
    edges = sorted({0, len(text), *(_within(edge, text) for span in spans for edge in span)})
    pieces: list[tuple[int, int, bool]] = []
    for start, end in pairwise(edges):
        is_marked = any(first <= start and end <= last for first, last in spans)
        if pieces and pieces[-1][2] == is_marked:
            pieces[-1] = (pieces[-1][0], end, is_marked)
        else:
            pieces.append((start, end, is_marked))
    for start, end, is_marked in pieces:
        yield text[start:end], is_marked


def _within(edge: int, text: str) -> int:
    return min(max(edge, 0), len(text))


def _signs(text: str) -> Markup:
    return Markup().join(_sign(each) or escape(each) for each in _runs(text))


def _runs(text: str) -> Iterator[str]:
    """Stretches of ordinary signs, and each sign that needs a mark by itself."""
    start = 0
    for index, sign in enumerate(text):
        if _name(sign) is not None:
            if start < index:
                yield text[start:index]
            yield sign
            start = index + 1
    if start < len(text):
        yield text[start:]


def _sign(run: str) -> Markup | None:
    name = _name(run) if len(run) == 1 else None
    if name is None:
        return None
    return Markup('<span class="app-sign">{}</span>').format(name)


def _name(sign: str) -> str | None:
    """What stands for a sign that cannot be seen, None for one that can."""
    if sign in BIDI_SIGNS:
        return BIDI_SIGNS[sign]
    code = ord(sign)
    if (code < 0x20 and sign not in _PLAIN_CONTROLS) or 0x7F <= code < 0xA0:
        return f"U+{code:04X}"
    if 0xD800 <= code < 0xE000:
        return f"U+{code:04X}"
    return None
