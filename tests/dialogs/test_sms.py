import gsm0338
import pytest

from dialogs.sms import is_gsm7, segments

STANDARD = gsm0338.Codec()


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("€" * 80, 1), ("€" * 81, 2), ("é" * 160, 1), ("a" * 152 + "€" + "a" * 153, 3),
        ("ø\n" * 80, 1), ("’" + "a" * 69, 1), ("’" + "a" * 70, 2), ("😀" * 35, 1), ("😀" * 36, 2),
        ("ł" * 134, 2), ("ł" * 135, 3),
    ],
)  # fmt: skip
def test_segments(body: str, count: int) -> None:
    assert segments(body) == count


def test_an_emoji_is_never_split_between_segments() -> None:
    assert segments("😀" * 66) == 2
    assert segments("😀" * 67) == 3


def test_the_alphabet_is_the_standards_own() -> None:
    differing = [
        sign
        for code in range(1, 0x10000)
        if not 0xD800 <= code <= 0xDFFF and (sign := chr(code)) != "\x1b"
        if is_gsm7(sign) != _encodes(sign)
    ]

    assert differing == []


def _encodes(sign: str) -> bool:
    try:
        return bool(STANDARD.encode(sign))
    except UnicodeError:
        return False
