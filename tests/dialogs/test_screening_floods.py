"""Nothing hides behind length: a disclosure among ten thousand characters disguised as it is.

Where that is too much to read, a person must look the same day.
"""

from collections.abc import Callable

import pytest

from dialogs.screening import screen
from tests.dialogs.test_screening import DISGUISES

LENGTH = 10_000
ORDINARY = "we went to the shop and had chips with my mate then home."


def apart(text: str) -> str:
    """The words of `text`, the longer ones cut in two."""
    return " ".join(
        f"{word[: len(word) // 2]} {word[len(word) // 2 :]}" if len(word) > 3 else word
        for word in text.split()
    )


FLOODS: dict[str, Callable[[str], str]] = {
    "words apart": apart,
    **{name: DISGUISES[name] for name in ("leet", "spaced", "dotted", "repeated letters")},
}


@pytest.mark.parametrize("disguise", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0], ids=["start", "middle", "end"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_disclosure_in_a_disguised_flood_is_found_or_a_person_looks(
    disguise: Callable[[str], str], place: float, language: str
) -> None:
    often = LENGTH // (len(disguise(ORDINARY)) + 1)
    sentences = [ORDINARY] * often
    sentences.insert(round(place * often), "my dad hits me.")
    text = disguise(" ".join(sentences))
    assert len(text) > LENGTH * 0.95
    result = screen([text], language=language)
    unread = any("too long" in match.rule for match in result.because)
    assert "ABU" in result.categories or (unread and result.priority in (1, 2))
