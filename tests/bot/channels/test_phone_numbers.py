"""One phone is one address, however its number is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.phone_numbers import normalise, sender_address

DIGITS_OF_SCRIPTS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９"]


@pytest.mark.parametrize(
    "spelling",
    [
        "07700900123",
        "07700 900 123",
        "+447700900123",
        "+44 7700 900123",
        "+44 (0)7700 900123",
        "0044 7700 900123",
        "0044 (0) 7700 900123",
        "447700900123",
        "(07700) 900-123",
        "07700.900.123",
        "07700\u2011900\u2011123",
        "\u202d+44\u00a07700\u00a0900123\u202c",
        "\u200e07700 900123",
        "٠٧٧٠٠ ٩٠٠١٢٣",
        "＋４４７７００９００１２３",
        "whatsapp:+447700900123",
        "WhatsApp:07700 900123",
        "tel:+44-7700-900123",
        "  07700900123\n",
    ],
)
def test_spellings_of_one_number_are_one_address(spelling: str) -> None:
    assert normalise(spelling) == "+447700900123"


@st.composite
def spelling_of(draw: st.DrawFn) -> tuple[str, str]:
    number = f"7700900{draw(st.integers(0, 999)):03}"
    start = draw(st.sampled_from(["0", "+44", "0044", "+44(0)", "whatsapp:+44", " +44 "]))
    script = draw(st.sampled_from(DIGITS_OF_SCRIPTS))
    gaps = st.sampled_from(["", "", "", " ", "-", "\u00a0", "\u2013", "\u200b", " - "])
    written = "".join(script[int(digit)] + draw(gaps) for digit in number)
    return start + written, f"+44{number}"


@given(spelling_of())
def test_any_spelling_is_one_address_and_stays_it(pair: tuple[str, str]) -> None:
    spelling, address = pair

    assert normalise(spelling) == address
    assert normalise(address) == address


@pytest.mark.parametrize(
    "number",
    [
        "",
        " ",
        "+",
        "hello",
        "SHOP",
        "60006",
        "07700900",
        "0770090012",
        "0800 1111",
        "077009001234",
        "+44770090012345678",
        "07700 900123 ext 4",
        "0800 FLOWERS",
        "call 07700900123",
        "messenger:7700900123",
        "+999 7700900123",
    ],
)
def test_what_is_no_number_is_refused_and_not_repeated(number: str) -> None:
    with pytest.raises(ValueError, match="telephone number") as refused:
        normalise(number)

    assert not any(character.isdigit() for character in str(refused.value))
    assert refused.value.__cause__ is None


def test_a_number_without_a_country_is_of_the_region() -> None:
    assert normalise("01 23 45 67 89", region="FR") == "+33123456789"


@given(st.text())
def test_any_sender_has_an_address(sender: str) -> None:
    assert sender_address(sender) in {sender, sender_address(sender_address(sender))}
