"""What to do now: every category in every nation, with numbers that exist."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from dialogs.nations import NATIONS
from dialogs.what_to_do_now import NUMBERS, WhatToDoError, all_pages, answered, pages_for, parse

CODES = frozenset(
    [
        *("IMM", "MIS", "RUN", "SUI", "SEX", "CSE", "ONL", "CCE", "WPN", "DA", "ABU", "LAD"),
        *("SUB", "MED", "HBA", "TRA", "RAD", "OTH", "HOM", "BUL", "CPL", "TEC", "SIL"),
    ]
)
"""docs/practice.md 6.3."""
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FOLDER = files("dialogs") / "what_to_do"
GOOD = """
[approved]
by = ""
on = ""

[IMM]
source = "practice"
never = []
steps = ["Call {emergency}."]
"""


def number_file() -> str:
    return (FOLDER / NUMBERS).read_text(encoding="utf-8")


def broken(change: tuple[str, str]) -> dict[str, str]:
    return {NUMBERS: number_file(), "danger.toml": GOOD.replace(*change)}


@pytest.mark.parametrize("nation", NATIONS)
def test_every_category_has_its_page_in_every_nation(nation: str) -> None:
    pages = all_pages(nation)

    assert set(pages) == CODES
    for page in pages.values():
        assert 3 <= len(page.steps) <= 9, page.category
        assert page.source
        assert "{" not in "".join((*page.steps, *page.never)), page.category


@pytest.mark.parametrize("nation", NATIONS)
def test_a_line_is_short_enough_for_the_night_and_names_no_child(nation: str) -> None:
    for page in all_pages(nation).values():
        for line in (*page.steps, *page.never):
            assert len(line) <= 180, (page.category, line)
            assert line.endswith((".", "?")), (page.category, line)
            assert "risk score" not in line
            assert "low risk" not in line


@pytest.mark.parametrize(
    ("code", "nation", "says"),
    [
        ("HBA", "england", "Never contact the family"),
        ("HBA", "england", "police on 101 by the end of the next working day"),
        ("CCE", "wales", "Drugs inside their body is a medical emergency: call 999"),
        ("LAD", "england", "LADO within one working day"),
        ("LAD", "scotland", "There is no LADO here"),
        ("SEX", "england", "SARC"),
        ("SEX", "northern_ireland", "0800 389 4424"),
        ("SUI", "wales", "111, press 2"),
        ("SUI", "northern_ireland", "Lifeline"),
        ("DA", "scotland", "0800 027 1234"),
        ("ONL", "england", "Never ask for a picture"),
        ("TRA", "wales", "Independent Child Trafficking Guardian"),
    ],
)
def test_the_routes_of_practice_are_on_the_pages(code: str, nation: str, says: str) -> None:
    (page,) = pages_for([code], nation)

    assert says in " ".join((*page.never, *page.steps))


def test_only_a_mobile_in_great_britain_is_told_of_the_silent_code() -> None:
    told = {each for each in NATIONS if "press 55" in " ".join(all_pages(each)["IMM"].steps)}

    assert told == {"england", "wales", "scotland"}


def test_pages_come_in_the_order_asked_once_and_bring_their_numbers_once() -> None:
    pages = pages_for(["SUI", "IMM", "SUI", "XXX"], "england")
    numbers = answered(pages, NOON)

    assert [each.category for each in pages] == ["SUI", "IMM"]
    assert len({each.number.key for each in numbers}) == len(numbers)
    open_now = {each.number.key: each.is_open for each in numbers}
    assert open_now["emergency"] is True
    assert open_now["papyrus"] is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("{emergency}", "{nobody}"), "no number nobody"),
        (('"Call {emergency}."', '{ say = "x", in = ["france"] }'), "in which nations"),
        (('"Call {emergency}."', '{ say = "x", in = ["wales"] }'), "nothing to do in england"),
        (('source = "practice"', ""), "missing or unknown source"),
        (("never = []", "never = []\nextra = 1"), "missing or unknown extra"),
        (('by = ""', 'by = "Jo Hart"'), "a person and a day"),
        (("[approved]", "[approved"), "cannot be read"),
        (('on = ""', 'on = "tomorrow"'), "cannot be read"),
    ],
)
def test_broken_data_is_refused_with_where_it_is(change: tuple[str, str], says: str) -> None:
    with pytest.raises(WhatToDoError, match=says):
        parse(broken(change), "england")


def test_two_pages_for_one_category_are_refused() -> None:
    sources = broken(("practice", "practice"))

    with pytest.raises(WhatToDoError, match="there twice"):
        parse(sources | {"more.toml": GOOD}, "england")


def test_an_unknown_nation_is_refused() -> None:
    with pytest.raises(WhatToDoError, match="no nation"):
        all_pages("france")
