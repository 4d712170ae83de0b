"""A drawing as PNG, for those who cannot open SVG; the font is the one that Pillow brings."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from web.picture.drawing import Box, Drawing, Line, Words, arrow_head

SCALE = 2.5
"""Pixels for each unit of a drawing."""
BOLD_STROKE = 0.025
"""How much thicker bold words are drawn, in parts of their size."""
DASH, GAP = 5.0, 3.0


def png(drawing: Drawing) -> bytes:
    """The drawing as PNG: the same picture as the SVG, `SCALE` pixels for each unit."""
    size = round(drawing.width * SCALE), round(drawing.height * SCALE)
    image = Image.new("RGB", size, "#ffffff")
    canvas = ImageDraw.Draw(image)
    for group in drawing.groups:
        for item in group.items:
            if isinstance(item, Box):
                _box(canvas, item)
            elif isinstance(item, Words):
                _words(canvas, item)
            else:
                _line(canvas, item)
    with BytesIO() as written:
        image.quantize(64, Image.Quantize.FASTOCTREE).save(written, "PNG")
        return written.getvalue()


@cache
def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, at a size in pixels."""
    return ImageFont.load_default(size)


def _words(canvas: ImageDraw.ImageDraw, words: Words) -> None:
    canvas.text(
        (words.x * SCALE, words.y * SCALE),
        words.text,
        fill=words.colour,
        font=font(words.size * SCALE),
        anchor="ls",
        stroke_width=words.size * SCALE * BOLD_STROKE if words.bold else 0,
    )


def _box(canvas: ImageDraw.ImageDraw, box: Box) -> None:
    left, top = box.x * SCALE, box.y * SCALE
    right, bottom = (box.x + box.width) * SCALE, (box.y + box.height) * SCALE
    canvas.rectangle((left, top, right, bottom), fill=box.fill)
    if not box.edge:
        return
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    for one, other in pairwise(corners):
        for start, end in _dashes(one, other) if box.dashed else [(one, other)]:
            canvas.line((start, end), fill=box.colour, width=_thick(box.edge))


def _dashes(
    one: tuple[float, float], other: tuple[float, float]
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The dashes of a level or upright line."""
    (x, y), (to_x, to_y) = one, other
    length = abs(to_x - x) + abs(to_y - y)
    step_x, step_y = (to_x - x) / length, (to_y - y) / length
    count = int(length / (DASH + GAP) / SCALE) + 1
    starts = [place * (DASH + GAP) * SCALE for place in range(count)]
    spans = [(start, min(start + DASH * SCALE, length)) for start in starts]
    return [
        ((x + step_x * start, y + step_y * start), (x + step_x * end, y + step_y * end))
        for start, end in spans
    ]


def _line(canvas: ImageDraw.ImageDraw, line: Line) -> None:
    points = [(x * SCALE, y * SCALE) for x, y in line.points]
    canvas.line(points, fill=line.colour, width=_thick(line.edge), joint="curve")
    if line.arrow:
        canvas.polygon([(x * SCALE, y * SCALE) for x, y in arrow_head(line)], fill=line.colour)


def _thick(edge: float) -> int:
    return max(round(edge * SCALE), 1)
