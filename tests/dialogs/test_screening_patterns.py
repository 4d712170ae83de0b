"""The pattern machine against a plain reading of the pattern language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.normalise import Piece
from dialogs.screening_lattice import END, START, Lattice, Strip
from dialogs.screening_machine import ends, retrace
from dialogs.screening_patterns import Item, PatternError, parse
from dialogs.screening_program import compile_patterns

CLASSES = {"hit": ("hit", "kick_in"), "me": ("me", "my")}
WORDS = ["he", "hit", "me", "my", "kick", "in", "not", "17", "30", "so", "."]
PATTERNS = [
    "he ~2 <hit> me",
    "<hit> so? me",
    "he *2 me",
    "he +2 me",
    "^ me",
    "^^ he $$",
    "me|$ he",
    "n:18-40 me",
    "!he me",
    "he ~1 so? ~2 me",
    "kick+ me",
    "hit|he ~3 $",
]


def line(words: list[str], also: dict[int, str] | None = None) -> Lattice:
    """A lattice of one path; `also` gives words a second reading."""
    pieces = [Piece(word, place, place + 1) for place, word in enumerate(words)]
    readings = [((word,),) for word in words]
    spelt = [
        (*reading, (also[place],)) if also and place in also else reading
        for place, reading in enumerate(readings)
    ]
    return Lattice([[Strip(0, pieces, spelt, ())]])


def places(bits: int) -> set[int]:
    return {place for place in range(bits.bit_length()) if bits >> place & 1}


def plainly(items: tuple[Item, ...], words: list[str], place: int) -> set[int]:
    """All places where `items` may end when they begin at `place`, tried one after the other."""
    if not items:
        return {place}
    first, rest = items[0], items[1:]
    found = plainly(rest, words, place) if first.optional else set()
    if place < len(words) and first.takes(words[place]):
        found |= plainly(rest, words, place + 1)
    for phrase in first.phrases:
        if tuple(words[place : place + len(phrase)]) == phrase:
            found |= plainly(rest, words, place + len(phrase))
    return found


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_all_patterns_side_by_side_find_what_each_would_alone(words: list[str]) -> None:
    patterns = [parse(pattern, CLASSES) for pattern in PATTERNS]
    marked = [START, *words, END]
    found = ends(compile_patterns(patterns), line(words))
    for number, items in enumerate(patterns):
        expected = {end for begin in range(len(marked)) for end in plainly(items, marked, begin)}
        assert places(found.get(number, 0)) == expected, PATTERNS[number]


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_every_end_is_traced_back_to_words_that_fit(words: list[str]) -> None:
    patterns = [parse(pattern, CLASSES) for pattern in PATTERNS]
    lattice = line(words)
    for number, found in ends(compile_patterns(patterns), lattice).items():
        for end in places(found):
            edges = retrace(patterns[number], end, lattice.arriving)
            inside = [edge.word for edge in edges]
            assert len(inside) in plainly(patterns[number], inside, 0)
            assert edges[-1].target == end


def test_two_readings_of_one_word_are_both_followed() -> None:
    program = compile_patterns([parse("he <hit> me", CLASSES), parse("he hat me", CLASSES)])
    assert set(ends(program, line(["he", "hit", "me"], {1: "hat"}))) == {0, 1}


@pytest.mark.parametrize("pattern", ["", "~2 me", "me ~2", "me so?", "<nobody> me", "!kick_in me"])
def test_a_pattern_that_makes_no_sense_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        parse(pattern, CLASSES)
