"""Leetspeak: a whole text in it reads as what it says; times, money and names with digits stay."""

import json
from pathlib import Path

import pytest

from dialogs.screening import screen
from dialogs.screening_masks import unmasked_text

VOICES = Path(__file__).parent / "screening_voices"
MASKS = {
    "a, e, i, o, s": ("aeios", "4310$"),
    "t too": ("aeiost", "431057"),
    "signs": ("aios", "@!0$"),
    "l too": ("aeiosl", "431051"),
}


@pytest.mark.parametrize(
    "words",
    [
        "he hits me every night and i want to die",
        "it is so bad at home since she got sick",
        "a man said he will kill me if i tell",
        "my mum's mate asked me to send a pic to him",
        "mae o'n bwrw fi bob nos, dwi isio marw",
    ],
)
@pytest.mark.parametrize(("plain", "masked"), MASKS.values(), ids=MASKS)
def test_what_is_masked_through_and_through_is_read(words: str, plain: str, masked: str) -> None:
    assert unmasked_text(words.translate(str.maketrans(plain, masked))) == words


@pytest.mark.parametrize(
    "words",
    [
        "pick me up at 4pm or 10:30, the 3rd of may, im 15",
        "got a ps4 n gta5 for 50 quid m8, yr7 gr8 lol",
        "50 a week or $50 or £40, its 1 4 me n 1 4 u",
        "meet u @ the shop 2nite!! @jake93 is there",
        "m25 then the a40, exit 7, flat 15a, k1ll",
    ],
)
def test_numbers_and_names_with_digits_stay(words: str) -> None:
    assert unmasked_text(words) == words


def test_times_and_money_stay_between_masked_words() -> None:
    masked = "my d4d h1t$ m3 at 4pm, 10:30 or on the 3rd, h3 0w3$ $50"
    assert unmasked_text(masked) == "my dad hits me at 4pm, 10:30 or on the 3rd, he owes $50"


def test_no_authored_message_is_taken_for_leetspeak() -> None:
    files = sorted(VOICES.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [text for line in lines for text in json.loads(line)["texts"]]
    assert [text for text in texts if unmasked_text(text) != text] == []


def test_a_masked_place_in_a_long_text_is_read_where_it_stands() -> None:
    plain = "we went to the park and had chips " * 100
    masked = "th1$ 1$ my w0rd 1n 1t. "
    assert unmasked_text(plain + masked + plain) == f"{plain}this is my word in it. {plain}"


def test_reasons_are_the_words_as_typed() -> None:
    typed = "my d4d h1t$ m3 4nd 1 4m $c4r3d"
    result = screen([typed])
    assert result.priority == screen([unmasked_text(typed)]).priority
    assert all(match.text == typed[match.start : match.end] for match in result.because)
