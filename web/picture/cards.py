"""Cards and panels as boxes with words: how each is drawn, and how much room it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.picture.drawing import Box, Group, Line, Words, width_of, wrapped
from web.picture.panels import Card, Look, Panel

INK, SOFT, PAPER, WHITE = "#111111", "#444444", "#f2f2f2", "#ffffff"
FLOW, SIDE = "#1d3557", "#6b1f1f"
NAME_SIZE, TAG_SIZE, TEXT_SIZE, ROUTE_SIZE, TITLE_SIZE = 9.5, 9.5, 11.5, 9.5, 14.0
LEADING = 1.22
"""From one line of words to the next, in parts of their size."""
PAD, GAP, APART = 5.0, 9.0, 8.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a card of one look is drawn; it must be told apart in black and white too."""

    fill: str
    ink: str
    edge: float
    dashed: bool = False


STYLES: Mapping[Look, Style] = {
    "must": Style(WHITE, INK, 3),
    "usual": Style(WHITE, INK, 1.2),
    "optional": Style(PAPER, SOFT, 1.2, dashed=True),
    "said": Style(WHITE, INK, 0),
}


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    size: float
    colour: str
    bold: bool = False
    right: str = ""
    right_bold: bool = False
    """Words on the same line, at its right end."""


def card_height(card: Card, width: float) -> float:
    """The height that a card needs at a width."""
    return _height(_card_rows(card, width)) + 2 * PAD


def sample(text: str, look: Look, x: float, y: float, width: float) -> Group:
    """A box of one look, to explain it."""
    style = STYLES[look]
    box = Box(x, y, width, NAME_SIZE + 2 * PAD, style.fill, style.ink, style.edge, style.dashed)
    return Group("", (box, Words(x + PAD, y + PAD + NAME_SIZE * 0.85, text, NAME_SIZE, style.ink)))


def card_group(card: Card, x: float, y: float, width: float, height: float) -> Group:
    """A card; the group of a state is named after it."""
    style = STYLES[card.look]
    box = Box(x, y, width, height, style.fill, style.ink, style.edge, style.dashed)
    words = _placed(_card_rows(card, width), x + PAD, y + PAD, x + width - PAD)
    return Group(f"state-{card.state}" if card.state else "", (box, *words))


def head_height(panel: Panel, width: float) -> float:
    """The height of the title of a panel, with what is said about it."""
    return _height(_head_rows(panel, width)) + 2 * PAD


def panel_height(panel: Panel, width: float) -> float:
    """The height of a panel with its cards, one below the other."""
    inner = width - 2 * PAD
    cards = sum(card_height(card, inner) + GAP for card in panel.cards)
    return head_height(panel, width) + GAP + cards


def panel_groups(panel: Panel, x: float, y: float, width: float) -> list[Group]:
    """A panel with its cards one below the other; on the usual way, arrows between them."""
    inner, top = width - 2 * PAD, y + head_height(panel, width) + GAP
    groups = [*frame_groups(panel, x, y, width, panel_height(panel, width))]
    for place, card in enumerate(panel.cards):
        height = card_height(card, inner)
        groups.append(card_group(card, x + PAD, top, inner, height))
        if panel.flows and place and not card.aside:
            middle = x + width / 2
            groups.append(Group("", (Line(((middle, top - GAP), (middle, top)), FLOW),)))
        top += height + GAP
    return groups


def frame_groups(panel: Panel, x: float, y: float, width: float, height: float) -> list[Group]:
    """The frame and the title of a panel: dark on the usual way, light beside it."""
    dark, light = (FLOW, "#e9eef4") if panel.flows else (SIDE, "#f6e4e4")
    frame = Box(x, y, width, height, light, dark, 1.2)
    fill = dark if panel.flows else light
    head = Box(x, y, width, head_height(panel, width), fill, dark, 1.2)
    words = _placed(_head_rows(panel, width), x + PAD, y + PAD)
    return [Group("", (frame,)), Group("", (head, *words))]


def paragraph(text: str, x: float, y: float, width: float, size: float) -> tuple[Words, ...]:
    """Words broken into lines, from `y` down."""
    return tuple(_placed(_rows(text, size, width, INK), x, y))


def paragraph_height(text: str, width: float, size: float) -> float:
    """The height that a paragraph takes."""
    return _height(_rows(text, size, width, INK))


def _card_rows(card: Card, width: float) -> list[_Row]:
    inner, ink = width - 2 * PAD, STYLES[card.look].ink
    rows = _name_rows(card, inner)
    rows += _rows(card.text, TEXT_SIZE, inner, ink)
    for route in card.routes:
        rows += _rows(f"> {route}", ROUTE_SIZE, inner, SOFT)
    return rows


def _name_rows(card: Card, inner: float) -> list[_Row]:
    """The name and when it is sent: on one line if there is room."""
    must, ink = card.look == "must", STYLES[card.look].ink
    both = width_of(card.name, NAME_SIZE, bold=True) + width_of(card.tag, NAME_SIZE, bold=must)
    if both + APART <= inner:
        return [_Row(card.name, NAME_SIZE, ink, bold=True, right=card.tag, right_bold=must)]
    rows = _rows(card.name, NAME_SIZE, inner, ink, bold=True)
    return rows + _rows(card.tag, NAME_SIZE, inner, ink, bold=must)


def _head_rows(panel: Panel, width: float) -> list[_Row]:
    inner, colour = width - 2 * PAD, WHITE if panel.flows else INK
    rows = _rows(panel.title, TITLE_SIZE, inner, colour, bold=True)
    return rows + _rows(panel.about, TAG_SIZE, inner, colour)


def _rows(text: str, size: float, width: float, colour: str, *, bold: bool = False) -> list[_Row]:
    lines = wrapped(text, size, width, bold=bold)
    return [_Row(line, size, colour, bold) for line in lines]


def _height(rows: list[_Row]) -> float:
    return sum(row.size * LEADING for row in rows)


def _placed(rows: list[_Row], x: float, y: float, right: float = 0) -> list[Words]:
    placed = []
    for row in rows:
        if row.right:
            start = right - width_of(row.right, row.size, bold=row.right_bold)
            tag = Words(start, y + row.size, row.right, row.size, row.colour, row.right_bold)
            placed.append(tag)
        placed.append(Words(x, y + row.size, row.text, row.size, row.colour, row.bold))
        y += row.size * LEADING
    return placed
