"""How many SMS segments a text costs and needs (3GPP TS 23.038; docs/practice.md PR-54)."""

from __future__ import annotations

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
