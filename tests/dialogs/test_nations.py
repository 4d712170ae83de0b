import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from dialogs.nations import NATIONS, NationsError, deadlines, nation, parse

RETURNED = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
"""The evening before the clocks go back."""
SOURCE = (files("dialogs") / "nations.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "interview", "languages"),
    [
        ("england", "return home interview", ("en",)),
        ("wales", "return home interview", ("en", "cy")),
        ("scotland", "return discussion", ("en",)),
        ("northern_ireland", "return interview", ("en",)),
    ],
)
def test_each_nation_has_its_name_for_the_interview_and_its_languages(
    name: str, interview: str, languages: tuple[str, ...]
) -> None:
    found = nation(name)

    assert (found.name, found.interview, found.languages) == (name, interview, languages)


@pytest.mark.parametrize("name", NATIONS)
def test_the_offer_is_due_after_72_elapsed_hours_in_every_nation(name: str) -> None:
    assert deadlines(name, RETURNED).offer_by - RETURNED == timedelta(hours=72)


def test_holding_it_has_a_deadline_where_the_nation_sets_one() -> None:
    assert deadlines("england", RETURNED).hold_by == RETURNED + timedelta(hours=72)
    assert deadlines("scotland", RETURNED).hold_by == RETURNED + timedelta(days=7)
    assert deadlines("wales", RETURNED).hold_by is None
    assert deadlines("northern_ireland", RETURNED).hold_by is None


def test_what_is_recalled_or_old_is_marked_to_be_checked() -> None:
    assert "expected_after_episodes" in nation("wales").to_check
    assert not nation("wales").statutory
    assert nation("wales").expected_after_episodes == 3
    assert "interview" in nation("northern_ireland").to_check
    assert all(nation(name).sources for name in NATIONS)


@pytest.mark.parametrize("call", [nation, lambda name: deadlines(name, RETURNED)])
def test_there_is_no_other_nation(call: object) -> None:
    assert callable(call)
    with pytest.raises(NationsError, match="france is no nation"):
        call("france")


@pytest.mark.parametrize(
    ("pattern", "instead", "says"),
    [
        (r"\[england\]", "[albion]", "each nation"),
        (r'label = "England"\n', "", "label"),
        (r'label = "England"', 'label = "England"\nanthem = ""', "anthem"),
        (r"offer_within_hours = 72", "offer_within_hours = 0", "deadline"),
        (r"hold_within_hours = 0", "hold_within_hours = -1", "deadline"),
        (r'languages = \["en"\]', "languages = []", "languages"),
        (r'to_check = \["hold_within_hours"\]', 'to_check = ["anthem"]', "anthem"),
        (r"\[wales\]", "[wales", "nations.toml"),
    ],
)
def test_broken_data_is_refused_as_a_whole(pattern: str, instead: str, says: str) -> None:
    broken = re.sub(pattern, instead, SOURCE, count=1)
    assert broken != SOURCE

    with pytest.raises(NationsError, match=says):
        parse(broken)
