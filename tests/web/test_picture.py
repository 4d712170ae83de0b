"""The picture that people sign: every text is there, is legible, and stays in its box."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from PIL import Image

from bot.approvals import Entry, Register, digest_of
from bot.rehearsal import START
from dialogs.check import SAMPLE_FACTS
from dialogs.interview import STATES, TABLE
from dialogs.plan import MUST, QUESTIONS
from dialogs.position import SCRIPT_VERSION
from web.command_line import cli
from web.commands.diagram import approved_by
from web.picture.cards import TEXT_SIZE
from web.picture.drawing import Box, Drawing, Group, Words, width_of, wrapped
from web.picture.page import Standing, interview_page
from web.picture.panels import phase_panel
from web.picture.png import BOLD_STROKE, SCALE, font, png
from web.picture.routes import GUARDS, TRIGGERS, routes_of
from web.picture.svg import A3_MM, svg

KEPT = Path(__file__).parents[2] / "docs" / "images" / "interview.svg"
STALE = "write it anew: return-interview dialog diagram --svg docs/images/interview.svg"
STANDING = Standing(SCRIPT_VERSION, "0123456789abcdef" * 4, "A DRAFT & <not> approved.")
POINTS_A_MM = 72 / 25.4


@pytest.fixture(scope="module")
def page() -> Drawing:
    return interview_page(STANDING, SAMPLE_FACTS)


def state_ids(source: str) -> set[str]:
    return set(re.findall(r'id="state-(\w+)"', source))


def sheets(drawing: Drawing) -> Iterator[tuple[Box, list[Words]]]:
    """Each first box of a group, with the words that stand in it."""
    for group in drawing.groups:
        box = group.items[0]
        if isinstance(box, Box):
            yield box, [item for item in group.items if isinstance(item, Words)]


def overflowing(drawing: Drawing) -> list[str]:
    """Words that leave their box, as Pillow draws them and as the table measures them."""
    return [
        words.text
        for box, inside in sheets(drawing)
        for words in inside
        if words.x < box.x
        or words.x + max(drawn_width(words), words.width) > box.x + box.width
        or words.y - words.size < box.y - 1
        or words.y + words.size * 0.25 > box.y + box.height + 1
    ]


def drawn_width(words: Words) -> float:
    bolder = 2 * words.size * BOLD_STROKE if words.bold else 0
    return font(words.size * SCALE).getlength(words.text) / SCALE + bolder


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_same_interview_gives_the_same_picture(page: Drawing) -> None:
    again = interview_page(STANDING, SAMPLE_FACTS)

    assert svg(again) == svg(page)
    assert png(again) == png(page)


def test_the_svg_is_sound_and_holds_every_state_once(page: Drawing) -> None:
    root = ElementTree.fromstring(svg(page))  # noqa: S314 - our own
    ids = [name for each in root.iter() if (name := each.get("id"))]

    assert len(ids) == len(set(ids))
    assert state_ids(svg(page)) == set(STATES)
    said = " ".join(each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "A DRAFT & <not> approved." in said
    assert f"Script version {SCRIPT_VERSION}" in said
    assert "Are you safe where you are now?" in said


def test_the_picture_in_the_repository_has_the_states_that_run() -> None:
    assert state_ids(KEPT.read_text(encoding="utf-8")) == set(STATES), STALE


def test_no_words_leave_their_box(page: Drawing) -> None:
    assert overflowing(page) == []


def test_words_that_leave_their_box_are_seen() -> None:
    box, fits = Box(0, 0, 60, 20, "#ffffff"), Words(5, 14, "fits", 11)
    spilling = [replace(fits, text="much too long"), replace(fits, y=30), replace(fits, x=-3)]

    assert overflowing(Drawing("", 60, 20, (Group("", (box, fits)),))) == []
    for words in spilling:
        assert overflowing(Drawing("", 60, 20, (Group("", (box, words)),))) == [words.text]


def test_no_text_covers_another(page: Drawing) -> None:
    boxes = [
        (group.name, box)
        for group in page.groups
        if group.name.startswith("state-") and isinstance(box := group.items[0], Box)
    ]

    assert len(boxes) == len(STATES)
    for (name, one), (other_name, other) in combinations(boxes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        above = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert beside or above, f"{name} and {other_name}"


def test_every_word_stands_out_from_its_ground(page: Drawing) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for box, inside in sheets(page):
        for words in inside:
            assert contrast(words.colour, box.fill) >= 4.5, words.text


def test_it_is_legible_on_a3(page: Drawing) -> None:
    scale = min(A3_MM[0] / page.width, A3_MM[1] / page.height)

    assert TEXT_SIZE * scale * POINTS_A_MM >= 6.5, "shorten texts, or balance the columns"


def test_the_png_opens_and_is_large_enough_to_print(page: Drawing) -> None:
    with Image.open(BytesIO(png(page))) as image:
        image.load()

        assert image.format == "PNG"
        assert image.size == (round(page.width * SCALE), round(page.height * SCALE))
        assert image.width >= 4000
        assert len(image.getcolors() or ()) > 8


def test_what_is_always_asked_is_marked() -> None:
    marked = {
        card.name
        for section in {question.section for question in QUESTIONS.values()}
        for card in phase_panel(section, SAMPLE_FACTS).cards
        if card.look == "must" and card.tag.startswith("ALWAYS ASKED")
    }

    assert marked == {name for name, question in QUESTIONS.items() if question.rank == MUST}


def test_every_trigger_and_guard_of_the_table_has_plain_words() -> None:
    assert set(TRIGGERS) == {trigger for trigger, *_ in TABLE}
    assert set(GUARDS) >= {guard.__name__ for *_, guard in TABLE if guard}


def test_a_reply_leads_where_the_table_leads() -> None:
    assert "YES: read_back" in routes_of("read_back_safe")
    assert "A wrong word: stays here the first time, else closed_unsafe" in routes_of("check_word")
    assert routes_of("safe_now") == []


def test_words_are_broken_between_words_and_not_inside_a_number() -> None:
    lines = wrapped("you can call 116 000 now", 10, width_of("you can call 116", 10))

    assert lines == ["you can call", "116 000 now"]
    assert all(width_of(line, 10) <= 40 for line in wrapped("a" * 50, 10, 40))
    assert wrapped("", 10, 40) == []


def test_the_command_writes_both_pictures(tmp_path: Path) -> None:
    drawn, painted = tmp_path / "interview.svg", tmp_path / "interview.png"
    words = ["dialog", "diagram", "--svg", str(drawn), "--png", str(painted)]

    result = CliRunner().invoke(cli, words)

    assert result.exit_code == 0, result.output
    assert result.output == ""
    assert digest_of("en")[:16] in drawn.read_text(encoding="utf-8")
    assert painted.read_bytes().startswith(b"\x89PNG")


def test_it_says_who_has_approved_and_who_is_missing() -> None:
    lead = Entry("safeguarding_lead", "Rosa Lind", START)
    half = Register("en", SCRIPT_VERSION, "0" * 64, (lead,), ("young_peoples_group",))
    group = Entry("young_peoples_group", "Listen Up group", START)

    assert approved_by(half) == "A DRAFT; still to approve: young people's group."
    said = approved_by(replace(half, entries=(lead, group), missing=()))
    assert said.startswith("Approved by Rosa Lind (safeguarding lead, ")
    assert "Listen Up group (young people's group, " in said
