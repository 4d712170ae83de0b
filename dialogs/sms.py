"""How many SMS segments a text costs and needs (3GPP TS 23.038; docs/practice.md PR-54)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet of a text message."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each is an escape and a letter: two places, never split between segments."""


def is_gsm7(body: str) -> bool:
    """Whether the text can go out in the 7-bit alphabet: 160 to a segment, not 70."""
    return all(sign in BASIC or sign in EXTENSION for sign in body)


def segments(body: str) -> int:
    """Number of SMS segments of a text; an empty one needs one."""
    if is_gsm7(body):
        return _count([2 if sign in EXTENSION else 1 for sign in body], single=160, joined=153)
    return _count([2 if ord(sign) > 0xFFFF else 1 for sign in body], single=70, joined=67)


def _count(widths: list[int], single: int, joined: int) -> int:
    if sum(widths) <= single:
        return 1
    count, room = 1, joined
    for width in widths:
        if width > room:
            count, room = count + 1, joined
        room -= width
    return count


def pieces(texts: Iterable[str], most_segments: int = 2) -> Iterator[str]:
    """Texts cut to the size of a message, between words where that is possible, nothing changed.

    Joined again, the pieces of a text are that text without the white space at the cuts.
    """
    for text in texts:
        rest = text.strip()
        while rest:
            end = _fitting(rest, most_segments)
            cut = rest.rfind(" ", 0, end + 1) if end < len(rest) else end
            cut = cut if cut > 0 else end
            yield rest[:cut].rstrip()
            rest = rest[cut:].lstrip()


def _fitting(text: str, most_segments: int) -> int:
    """How many signs of a text fit; at least one, so that cutting always ends."""
    low, high = 1, min(len(text), 153 * most_segments)
    while low < high:
        middle = (low + high + 1) // 2
        if segments(text[:middle]) <= most_segments:
            low = middle
        else:
            high = middle - 1
    return low
