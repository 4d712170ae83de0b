"""A drawing as SVG: plain text, the same bytes for the same drawing."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from web.picture.drawing import Box, Drawing, Group, Line, Words, arrow_head

FONTS = "Arial, Helvetica, 'Liberation Sans', sans-serif"
A3_MM = (420, 297)


def svg(drawing: Drawing) -> str:
    """The drawing as SVG; printed at its own size it fits on A3, lying."""
    width, height = _number(drawing.width), _number(drawing.height)
    scale = min(A3_MM[0] / drawing.width, A3_MM[1] / drawing.height)
    across, down = _number(drawing.width * scale), _number(drawing.height * scale)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}mm" height="{down}mm"'
        f' viewBox="0 0 {width} {height}" font-family="{FONTS}" role="img">',
        f"<title>{escape(drawing.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(line for group in drawing.groups for line in _group(group)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _group(group: Group) -> list[str]:
    opened = f"<g id={quoteattr(group.name)}>" if group.name else "<g>"
    return [opened, *(_item(item) for item in group.items), "</g>"]


def _item(item: Box | Words | Line) -> str:
    if isinstance(item, Box):
        return _box(item)
    return _words(item) if isinstance(item, Words) else _line(item)


def _box(box: Box) -> str:
    edge = f' stroke="{box.colour}" stroke-width="{_number(box.edge)}"' if box.edge else ""
    dashes = ' stroke-dasharray="5 3"' if box.dashed else ""
    place = f'x="{_number(box.x)}" y="{_number(box.y)}"'
    size = f'width="{_number(box.width)}" height="{_number(box.height)}"'
    return f'<rect {place} {size} fill="{box.fill}"{edge}{dashes}/>'


def _words(words: Words) -> str:
    """Held to the width that was measured, so that no other font runs out of its box."""
    bold = ' font-weight="bold"' if words.bold else ""
    place = f'x="{_number(words.x)}" y="{_number(words.y)}" font-size="{_number(words.size)}"'
    held = f'textLength="{_number(words.width)}" lengthAdjust="spacingAndGlyphs"'
    return f'<text {place}{bold} fill="{words.colour}" {held}>{escape(words.text)}</text>'


def _line(line: Line) -> str:
    drawn = (
        f'<polyline points="{_points(line.points)}" fill="none" stroke="{line.colour}"'
        f' stroke-width="{_number(line.edge)}"/>'
    )
    if not line.arrow:
        return drawn
    return f'{drawn}<polygon points="{_points(arrow_head(line))}" fill="{line.colour}"/>'


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
