"""The whole interview on one page: columns on the usual way, and beside it what holds any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.picture.cards import (
    FLOW,
    GAP,
    PAD,
    card_group,
    card_height,
    frame_groups,
    head_height,
    panel_groups,
    panel_height,
    paragraph,
    paragraph_height,
    sample,
)
from web.picture.drawing import Box, Drawing, Group, Line, Words
from web.picture.panels import Panel, always_panel, legend, looks, phase_panel

COLUMNS = (
    ("hello", "readback"),
    ("about",),
    ("minimum", "before"),
    ("away", "harm"),
    ("back", "next", "share"),
    ("ends", "holding"),
    ("safety", "standby"),
)
ACROSS = ("later",)
"""Phases that are drawn below the columns, their texts side by side."""
COLUMN, GUTTER, MARGIN = 262.0, 18.0, 20.0
WIDTH = 2 * MARGIN + len(COLUMNS) * COLUMN + (len(COLUMNS) - 1) * GUTTER
INNER = WIDTH - 2 * MARGIN
HEAD, SMALL, TEXT, SAMPLE = 26.0, 11.0, 13.0, 130.0
TOP = 80.0
SIGNED_BY = ("Safeguarding lead", "For the young people's group")


@dataclass(frozen=True, slots=True)
class Standing:
    """Which texts these are, and whether they may be sent.

    Attributes:
        version: of the script.
        digest: of the file of texts, in hexadecimal digits; shown so that all sign the same words.
        approved: one sentence that says who has approved them, or that nobody has.
    """

    version: str
    digest: str
    approved: str


def interview_page(standing: Standing, facts: Mapping[str, str]) -> Drawing:
    """The picture of the interview in English.

    Args:
        standing: what the title says of these texts.
        facts: made-up facts for the placeholders.
    """
    groups, bottom = _columns(facts)
    for panel in (*(phase_panel(phase, facts) for phase in ACROSS), always_panel(facts)):
        row, bottom = _row(panel, bottom + GUTTER)
        groups += row
    foot, bottom = _foot(bottom + GUTTER)
    title = "The interview by text: what we say, what we ask, and when"
    head = _head(title, standing)
    return Drawing(title, WIDTH, bottom + MARGIN, (head, *_samples(), *groups, *foot))


def _samples() -> list[Group]:
    """What the edges of the boxes say, at the right end of the title."""
    across = SAMPLE + GAP
    start = MARGIN + INNER - across * len(looks()) + GAP
    return [
        sample(text, look, start + place * across, MARGIN, SAMPLE)
        for place, (text, look) in enumerate(looks())
    ]


def _head(title: str, standing: Standing) -> Group:
    said = (
        f"Script version {standing.version}, English. {standing.approved}"
        f" Texts: SHA-256 {standing.digest[:16]}."
    )
    how = "Read from left to right. Each box is one text, in the words that the young person reads."
    return Group(
        "title",
        (
            Box(MARGIN, MARGIN, INNER, TOP - MARGIN - GAP, "#ffffff"),
            Words(MARGIN, MARGIN + HEAD, title, HEAD, bold=True),
            *paragraph(f"{said} {how}", MARGIN, MARGIN + HEAD * 1.25, INNER, TEXT),
        ),
    )


def _columns(facts: Mapping[str, str]) -> tuple[list[Group], float]:
    groups: list[Group] = []
    bottom, before = TOP, None
    for place, phases in enumerate(COLUMNS):
        x, y = MARGIN + place * (COLUMN + GUTTER), TOP
        for phase in phases:
            panel = phase_panel(phase, facts)
            groups += panel_groups(panel, x, y, COLUMN)
            if panel.flows:
                if before is not None:
                    groups.append(_way(before, (x, y), head_height(panel, COLUMN)))
                before = (x, y + panel_height(panel, COLUMN))
            y += panel_height(panel, COLUMN) + GUTTER
        bottom = max(bottom, y - GUTTER)
    return groups, bottom


def _way(before: tuple[float, float], to: tuple[float, float], head: float) -> Group:
    """From the foot of one panel to the next: below it, or at the top of the next column."""
    (was_x, was_y), (x, y) = before, to
    if was_x == x:
        middle = x + COLUMN / 2
        return Group("", (Line(((middle, was_y), (middle, y)), FLOW, 3),))
    side, lane, level = was_x + COLUMN, was_x + COLUMN + GUTTER / 2, y + head / 2
    foot = was_y - 2 * PAD
    return Group("", (Line(((side, foot), (lane, foot), (lane, level), (x, level)), FLOW, 3),))


def _row(panel: Panel, top: float) -> tuple[list[Group], float]:
    """A panel across the page, its cards side by side."""
    count = len(panel.cards)
    width = (INNER - 2 * PAD - (count - 1) * PAD) / count
    height = max(card_height(card, width) for card in panel.cards)
    cards_top = top + head_height(panel, INNER) + PAD
    bottom = cards_top + height + PAD
    groups = frame_groups(panel, MARGIN, top, INNER, bottom - top)
    for place, card in enumerate(panel.cards):
        x = MARGIN + PAD + place * (width + PAD)
        groups.append(card_group(card, x, cards_top, width, height))
    return groups, bottom


def _foot(top: float) -> tuple[list[Group], float]:
    """The legend, and room for those who read it to sign."""
    legend_width, sign_x = INNER * 0.62, MARGIN + INNER * 0.66
    words: list[Words] = []
    y = top
    for sentence in legend():
        words += paragraph(sentence, MARGIN, y, legend_width, SMALL)
        y += paragraph_height(sentence, legend_width, SMALL) + PAD / 2
    box = Box(MARGIN, top, legend_width, y - top, "#ffffff")
    sign_width, sign_y = MARGIN + INNER - sign_x, top
    signed: list[Words | Line] = []
    for who in SIGNED_BY:
        sign_y += TEXT * 2.6
        label = Words(sign_x, sign_y, f"{who}, name and day:", TEXT)
        start, end = sign_x + label.width + PAD, sign_x + sign_width
        line = Line(((start, sign_y + 2), (end, sign_y + 2)), edge=1, arrow=False)
        signed += [label, line]
    bottom = max(y, sign_y + PAD)
    sign_box = Box(sign_x, top, sign_width, bottom - top, "#ffffff")
    return [Group("legend", (box, *words)), Group("sign", (sign_box, *signed))], bottom
