"""How much is read, and tried to undo a disguise, is bounded, and then a person must look."""

from collections.abc import Callable

import pytest

from dialogs.normalise import pieces
from dialogs.screening import screen
from dialogs.screening_effort import ALL_OF, LONGEST, MOST, effort, readable, shares, within
from dialogs.screening_lexicon import lexicon
from dialogs.screening_result import Screening
from dialogs.screening_spelling import Reader
from tests.dialogs.test_screening import DISGUISES
from tests.dialogs.test_screening_floods import ORDINARY, apart

RULE = "too long and too disguised for the computer to read: a person must look"
TOO_LONG = "too long for the computer to read to the full: a person must look"
FLOODS: dict[str, Callable[[str], str]] = {
    "spaced": DISGUISES["spaced"],
    "dotted": DISGUISES["dotted"],
    "letters apart": " ".join,
    "words apart": apart,
}


def cut_short(result: Screening) -> bool:
    return any(match.rule in (RULE, TOO_LONG) for match in result.because)


def flood(disguise: Callable[[str], str], length: int) -> str:
    return disguise(f"{ORDINARY} " * length)[:length]


@pytest.mark.parametrize("disguise", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_what_is_too_disguised_reaches_a_person(
    disguise: Callable[[str], str], language: str
) -> None:
    text = flood(disguise, 10_000)
    result = screen([text], language=language)
    assert result.priority is not None
    assert result.priority <= 2
    assert cut_short(result)
    assert all(match.text == text[match.start : match.end] for match in result.because)


@pytest.mark.parametrize("disguise", FLOODS.values(), ids=FLOODS)
def test_what_is_found_beside_stays_as_urgent(disguise: Callable[[str], str]) -> None:
    said = "my dad says hes gonna kill me tonight and hes got a knife"
    assert screen([said]).priority == 1
    for texts in ([flood(disguise, 10_000), said], [said, flood(disguise, 10_000)]):
        result = screen(texts)
        assert (result.priority, cut_short(result)) == (1, True)


@pytest.mark.parametrize("disguise", FLOODS.values(), ids=FLOODS)
def test_a_thousand_characters_are_read_in_full(disguise: Callable[[str], str]) -> None:
    assert not cut_short(screen([flood(disguise, ALL_OF)]))


def test_a_long_ordinary_text_is_read_in_full() -> None:
    assert not cut_short(screen([f"{ORDINARY} " * (LONGEST // len(f"{ORDINARY} "))]))


def test_no_more_is_tried_than_the_bound_says() -> None:
    """Letters apart first, then from both ends; each stretch in its place."""
    found = pieces("xq zv " * 50 + "k i l l", {})
    stretches = [(at, at + 2) for at in range(0, 100, 2)] + [(100, 104)]
    costs = effort(found, stretches)
    assert costs == [8] * 51
    assert within(stretches, costs, found, 24) == [(0, 2), (2, 4), (100, 104)]
    assert within(stretches, costs, found, 8 * 51) == stretches
    assert within(stretches, costs, found, 7) == []


@pytest.mark.parametrize("disguise", FLOODS.values(), ids=FLOODS)
def test_a_text_is_tried_for_no_more_than_its_share(
    disguise: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = 0
    whole = Reader._rejoined

    def counted(reader: Reader, *given: object) -> object:
        nonlocal spent
        found, first, last = given[:3]
        spent += effort(found, [(first, last)])[0]  # type: ignore[arg-type,list-item]
        return whole(reader, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "_rejoined", counted)
    spelling = lexicon().spelling
    found = pieces(flood(disguise, 10_000), spelling.emoji)
    reader = Reader(spelling)
    reader.strip(found, 0, MOST)
    assert MOST * 0.9 < spent <= MOST < reader.needs(found)


def test_a_short_text_beside_a_flood_has_all_it_needs() -> None:
    assert shares([50_000, 100], 10_000) == [MOST - 100, 100]
    assert shares([50_000, 50_000], 10_000) == [MOST // 2, MOST // 2]
    assert shares([50_000], ALL_OF) == [50_000]


def test_of_a_text_that_is_too_long_the_ends_are_read_where_they_are() -> None:
    text = "".join(chr(0x4E00 + at) for at in range(10_000))
    (read,), cut = readable([text])
    start = LONGEST * 3 // 4
    assert (len(read), cut) == (len(text), [0])
    assert read[:start] == text[:start]
    assert read[start - LONGEST :] == text[start - LONGEST :]
    assert read[start : start - LONGEST].strip() == ""


def test_up_to_the_bound_a_thought_is_read_whole() -> None:
    assert readable(["x" * LONGEST]) == (["x" * LONGEST], [])
    assert readable(["x" * 100, "y" * 2_300]) == (["x" * 100, "y" * 2_300], [])
    assert readable(["x" * 10, "y" * 9_000])[1] == [1]


@pytest.mark.parametrize("place", [0, 9_000])
def test_a_long_text_is_screened_at_its_ends_and_somebody_reads_it(place: int) -> None:
    ordinary = (f"{ORDINARY} " * 200)[:9_000]
    text = f"{ordinary[:place]} my dad hits me. {ordinary[place:]}"
    result = screen([text])
    assert "ABU" in result.categories
    assert TOO_LONG in [match.rule for match in result.because]
    assert all(match.text == text[match.start : match.end] for match in result.because)


def test_a_disclosure_in_the_middle_of_a_long_text_reaches_a_person() -> None:
    ordinary = f"{ORDINARY} " * 80
    assert screen([f"{ordinary} my dad hits me. {ordinary}"]).priority == 2
