"""What a picture is made of, and how wide its words are: boxes, words and lines, in one unit.

The same drawing becomes SVG and PNG (web/picture/svg.py, web/picture/png.py). Words are measured by
a table, so that a drawing is the same on every machine, whatever fonts it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLASSES = {
    0.25: "ijl'|",
    0.285: " !,.:;I",
    0.31: "/\\f",
    0.34: "()[]{}`rt-",
    0.36: '"',
    0.53: "ckvxyzsJ",
    0.56: "ae_",
    0.6: "hnou0123456789$#+<=>~^?*",
    0.62: "bdgpq",
    0.69: "ABEFKLPSTVXYZ&",
    0.78: "CDGHNOQRUw",
    0.89: "%mM",
    1.02: "W@",
}
WIDTHS = {character: width for width, those in _CLASSES.items() for character in those}
"""Room for each character, in parts of the size: enough for the usual sans-serif fonts."""
WIDEST, BOLDER = 1.02, 1.1
_IN_A_NUMBER, _KEPT = re.compile(r"(?<=\d) (?=\d)"), "\N{NO-BREAK SPACE}"
WIDTHS[_KEPT] = WIDTHS[" "]


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The room that one line of words needs."""
    room = sum(WIDTHS.get(character, WIDEST) for character in text) * size
    return room * BOLDER if bold else room


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Words broken into lines of at most `width`, never inside a telephone number.

    A word that is longer stands alone, cut to fit.
    """
    text = _IN_A_NUMBER.sub(_KEPT, text)
    lines: list[str] = []
    line = ""
    for word in (part for each in text.split(" ") for part in _pieces(each, size, width, bold)):
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size, bold=bold) > width:
            lines.append(line)
            longer = word
        line = longer
    return [each.replace(_KEPT, " ") for each in (*lines, line) if each]


def _pieces(word: str, size: float, width: float, bold: bool) -> Iterator[str]:
    start = 0
    for place in range(1, len(word) + 1):
        if width_of(word[start:place], size, bold=bold) > width and place - 1 > start:
            yield word[start : place - 1]
            start = place - 1
    yield word[start:]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `edge` is the thickness of its line, and no line has thickness 0."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    colour: str = "#000000"
    edge: float = 0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words; `y` is the line that they stand on."""

    x: float
    y: float
    text: str
    size: float
    colour: str = "#000000"
    bold: bool = False

    @property
    def width(self) -> float:
        """The room that they need."""
        return width_of(self.text, self.size, bold=self.bold)


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, with a point at its end if it is an arrow."""

    points: tuple[tuple[float, float], ...]
    colour: str = "#000000"
    edge: float = 1.5
    arrow: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Things that belong together: a first box, and what stands in it.

    `name` is unique in a drawing, or empty.
    """

    name: str
    items: tuple[Box | Words | Line, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole picture: groups from back to front."""

    title: str
    width: float
    height: float
    groups: tuple[Group, ...]


ARROW_LENGTH, ARROW_HALF = 7.0, 3.5


def arrow_head(line: Line) -> tuple[tuple[float, float], ...]:
    """The triangle at the end of a line whose last piece is level or upright."""
    (was_x, was_y), (x, y) = line.points[-2:]
    if was_x == x:
        back = y - ARROW_LENGTH if y > was_y else y + ARROW_LENGTH
        return (x, y), (x - ARROW_HALF, back), (x + ARROW_HALF, back)
    back = x - ARROW_LENGTH if x > was_x else x + ARROW_LENGTH
    return (x, y), (back, y - ARROW_HALF), (back, y + ARROW_HALF)
