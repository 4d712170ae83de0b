"""The copy that screening reads, and the way back to the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.normalise import OTHER_LETTER, pieces, unread_share
from dialogs.screening_lexicon import lexicon
from dialogs.screening_spelling import Reader


def words(text: str) -> list[str]:
    return [piece.word for piece in pieces(text, {"🔪": "knife"})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My DAD", ["my", "dad"]),
        ("ｍｙ　ｄａｄ", ["my", "dad"]),
        ("k\u200bi\u200dl\u2060l", ["kill"]),
        ("\u202emy dad\u202c", ["my", "dad"]),
        ("dаd", ["dad"]),
        ("dád", ["dad"]),
        ("don't don’t", ["dont", "dont"]),
        ("r@pe $ex r*pe", ["r@pe", "$ex", "r*pe"]),
        ("s.u.i", ["s", "u", "i"]),
        ("stop. he hit", ["stop", ".", "he", "hit"]),
        ("no... really?!", ["no", ".", "really", "."]),
        ("im 14yo at 10pm", ["im", "14", "yo", "at", "10", "pm"]),
        ("m8 2nite", ["m8", "2nite"]),
        ("🔪🔪", ["knife", "knife"]),
        ("£100 & co", ["pound", "100", "and", "co"]),
        ("a\x00b", ["ab"]),
        ("\ud800", []),
        ("", []),
    ],
)
def test_words_of_the_copy(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_letters_of_other_scripts_stay_one_letter_each() -> None:
    assert words("ﷺ م") == [OTHER_LETTER, OTHER_LETTER]
    assert unread_share("abم") == (1, 3)


@given(st.text())
def test_pieces_stand_in_order_inside_the_text(text: str) -> None:
    place = 0
    for piece in pieces(text, {}):
        assert place <= piece.start < piece.end <= len(text)
        assert len(piece.spans()) >= 1
        place = piece.start


def readings(text: str) -> set[str]:
    """The words of every path."""
    spelling = lexicon().spelling
    return set(Reader(spelling).strip(pieces(text, spelling.emoji), 0).moves)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k1ll", "kill"),
        ("k*ll", "kill"),
        ("s3lf h4rm", "harm"),
        ("k i l l  m y s e l f", "myself"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("kil l", "kill"),
        ("killmyself", "myself"),
        ("scaaared", "scared"),
        ("hittin", "hitting"),
        ("strangeled", "strangled"),
        ("cudnt", "not"),
        ("gunna", "going"),
        ("dey", "they"),
        ("mumsy", "mum"),
        ("ill", "will"),
        ("im 14", "14"),
        ("was in 4 shops", "4"),
    ],
)
def test_what_a_typed_word_may_stand_for(text: str, expected: str) -> None:
    assert expected in readings(text)


@pytest.mark.parametrize(
    "word", ["therapist", "together", "grape", "hotel", "kilmarnock", "setting"]
)
def test_real_words_are_not_corrected_into_harm(word: str) -> None:
    assert not readings(word) & {"rapist", "rape", "her", "kill", "sexting", "get"}
