"""What the questions themselves invite is no alarm; the same words with harm in them still are."""

import pytest

from dialogs.screening import screen


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("dont tell my mum", "keep_private"),
        ("i dont want my carer to know", "keep_private_what"),
        ("cant say", "going_on"),
        ("will you tell my mum", "safe_now"),
        ("got the bus to leeds", "going_on"),
        ("mum wouldnt let me out", "going_on"),
        ("mum took my phone off me", "going_on"),
    ],
)
def test_an_ordinary_answer_pages_nobody(words: str, asked: str) -> None:
    assert screen([words], [asked]).priority is None


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("dont tell my dad he will kill me", "keep_private"),
        ("they wont let me out", "going_on"),
        ("mum wont let me out shes locked the door", "going_on"),
        ("they took my phone off me", "going_on"),
        ("cant say", "anyone_hurting"),
        ("promise you wont tell", "keep_private"),
    ],
)
def test_the_same_words_with_more_in_them_still_do(words: str, asked: str) -> None:
    assert screen([words], [asked]).priority in (1, 2)
