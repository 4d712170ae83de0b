"""Which lexicons read a thought, and what is particular to Welsh: first letters that change.

English is read in every thought. Welsh is read beside it when the young person writes in Welsh, or
when one of the texts has a word that only Welsh has, because those who speak both mix them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from dialogs.reading import read
from dialogs.screening_spelling import Reader, Spelling

ENGLISH, WELSH = "en", "cy"
LANGUAGES = (ENGLISH, WELSH)
_OF_LANGUAGE = re.compile(r"([a-z]{2})_")
_WORDS = re.compile(r"\w+")
_SHORT_ANSWER = 3
_ASKS_FOR_A_WORD = frozenset(("check_word", "follow_up_word"))
_CHANGES = {
    "c": ("g", "ngh", "ch"),
    "p": ("b", "mh", "ph"),
    "t": ("d", "nh", "th"),
    "g": ("", "ng"),
    "b": ("f", "m"),
    "d": ("dd", "n"),
    "m": ("f",),
    "ll": ("l",),
    "rh": ("r",),
}
"""Soft, nasal and aspirate mutation."""
_NEVER_CHANGED = ("ch", "dd", "ff", "ng", "ph", "th")
_SHORTEST_MUTATED = 4


def base(language: str) -> str:
    """The language of a tag: "en" of "en-GB"."""
    return language.split("-")[0].split("_")[0].lower()


def of_language(documents: Mapping[str, bytes], language: str) -> dict[str, bytes]:
    """The files of one language: cy_harm.toml is Welsh, a file without such a front is English."""
    return {name: text for name, text in documents.items() if _language_of(name) == language}


def _language_of(name: str) -> str:
    front = _OF_LANGUAGE.match(name)
    return front[1] if front and front[1] in LANGUAGES else ENGLISH


def reads_welsh(
    texts: Sequence[str], language: str, welsh: Collection[str], english: Spelling
) -> bool:
    """Whether the Welsh lexicon has to read a thought beside the English one.

    Args:
        texts: the thought as typed.
        language: what the young person writes in. In Welsh every thought is read that is not
            wholly of English words; in another language one with a word of `welsh`.
        welsh: words that only Welsh has.
        english: the words of English.
    """
    words = [word[0] for text in texts for word in _WORDS.finditer(_unsigned(text.lower()))]
    if base(language) != WELSH:
        return any(word in welsh for word in words)
    return len(words) <= _SHORT_ANSWER or not all(map(english.spelt, words))


def _unsigned(text: str) -> str:
    return text.replace("'", "").replace("’", "")


def mutations(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each changed form of words of four letters and more, with the words that it is a form of."""
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        if len(word) >= _SHORTEST_MUTATED and word.isalpha():
            for form in _forms(word):
                found.setdefault(form, []).append(word)
    return {form: tuple(radicals) for form, radicals in found.items()}


def clipped(words: Iterable[str]) -> dict[str, str]:
    """Each word of four letters and more with 'r or 'n written on to it, and the word itself."""
    long = [word for word in words if len(word) >= _SHORTEST_MUTATED and word[-1] in "aeiouwy"]
    return {word + clip: word for word in long for clip in "rn"}


def _forms(word: str) -> Iterator[str]:
    if word.startswith(_NEVER_CHANGED):
        return
    front = word[:2] if word[:2] in _CHANGES else word[:1]
    for changed in _CHANGES.get(front, ()):
        yield changed + word[len(front) :]


def unknown_words(words: Iterable[str], readers: Sequence[Reader]) -> tuple[int, int]:
    """How many of the longer `words` none of `readers` can read, and how many longer ones are."""
    longer = Counter(word for word in words if len(word) > 3)
    unknown = sum(
        often for word, often in longer.items() if all(reader.unknown(word) for reader in readers)
    )
    return unknown, longer.total()


def needs_a_reader(text: str, asked: Collection[str], language: str) -> bool:
    """Whether a text in a language without a lexicon says more than a plain reply does.

    A word or two where the young person is asked for their word is such a reply.
    """
    if base(language) in LANGUAGES or not any(sign.isalpha() for sign in text):
        return False
    if _ASKS_FOR_A_WORD & set(asked) and len(text.split()) <= 2:
        return False
    return read(text, language) == "words"
