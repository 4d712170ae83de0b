"""The words of a text as those who look for people read them, and the roles that they name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

from dialogs.normalise import pieces
from dialogs.screening_languages import WELSH
from dialogs.screening_lexicon import ScreeningFailed, lexicon
from dialogs.screening_spelling import unmasked

CouldBe = Literal["home", "duty", "advocate", "manager"]

_COULD_BE = frozenset(("home", "duty", "advocate", "manager"))
_KEYS = frozenset(("name", "could_be", "en", "cy", "for", "against"))
_SHORTEST_SLIP, _SHORTEST_TWO_SLIPS = 5, 9
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text, each way that it can be read, and where it stands.

    ``odd``: no lexicon knows the word, so it may be a slip for another. ``capital``: it begins
    with a capital letter and no sentence begins with it.
    """

    word: str
    forms: frozenset[str]
    start: int
    end: int
    odd: bool
    capital: bool


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody may be called who is not named, and who of the directory that may be."""

    name: str
    could_be: tuple[CouldBe, ...]
    phrases: tuple[tuple[str, ...], ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


def tokens_of(text: str) -> list[Token]:
    """The words of a text; runs of single letters ("d a v e") as one word too."""
    spelling, welsh = lexicon().spelling, lexicon(WELSH)
    found: list[Token] = []
    begins = True
    for piece in pieces(text, spelling.emoji):
        if piece.is_break:
            begins = True
            continue
        known = spelling.spelt(piece.word) or piece.word in welsh.own_words
        forms = {piece.word, unmasked(piece.word)}
        forms |= {each for each in spelling.readings(piece.word) if " " not in each}
        forms |= {_single(each) for each in forms} | {_bare(each) for each in forms}
        first = text[piece.start : piece.start + 1]
        found.append(
            Token(
                piece.word,
                frozenset(each for each in forms if each),
                piece.start,
                piece.end,
                odd=not known and not piece.emoji,
                capital=first.isupper() and not begins,
            )
        )
        begins = False
    return _with_runs(found)


def _with_runs(tokens: Sequence[Token]) -> list[Token]:
    """``tokens`` with each run of three and more single letters read as one word."""
    made: list[Token] = []
    run: list[Token] = []
    for token in tokens:
        if len(token.word) == 1 and token.word.isalnum():
            run.append(token)
            continue
        made += _as_one(run)
        run = []
        made.append(token)
    return made + _as_one(run)


def _as_one(run: Sequence[Token]) -> list[Token]:
    if len(run) < 3:
        return list(run)
    word = "".join(each.word for each in run)
    forms = frozenset((word, unmasked(word)))
    return [Token(word, forms, run[0].start, run[-1].end, odd=True, capital=False)]


def _single(word: str) -> str:
    """A word without its ending s ("daves", "keyworkers"); short ones as they are."""
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _bare(word: str) -> str:
    """A word without an ending 's or '."""
    return word.partition("'")[0]


def roles_in(tokens: Sequence[Token]) -> list[tuple[int, int, str]]:
    """Where the words name a role: first word, word after the last, name of the role."""
    found: list[tuple[int, int, str]] = []
    for role in roles():
        for phrase in role.phrases:
            found += [(start, end, role.name) for start, end in _places(tokens, phrase)]
    return sorted(set(found))


def _places(tokens: Sequence[Token], phrase: Sequence[str]) -> Iterator[tuple[int, int]]:
    length = len(phrase)
    joined = "".join(phrase)
    for start, token in enumerate(tokens):
        if length > 1 and joined in token.forms:
            yield start, start + 1
        if not reads(token, phrase[0]):
            continue
        rest = tokens[start + 1 : start + length]
        if len(rest) == length - 1 and all(map(reads, rest, phrase[1:])):
            yield start, start + length


def reads(token: Token, word: str) -> bool:
    """Whether a word may be read as this one, slips of the thumb included."""
    if word in token.forms:
        return True
    if not token.odd or len(word) < _SHORTEST_SLIP or len(token.word) > _LONGEST:
        return False
    most = 2 if len(word) >= _SHORTEST_TWO_SLIPS else 1
    return any(is_slip(each, word, most) for each in token.forms)


def is_slip(typed: str, word: str, most: int) -> bool:
    """Whether at most so many letters are missing, added, wrong or swapped with the next."""
    if abs(len(typed) - len(word)) > most:
        return False
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(word, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            swapped = i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other
            row.append(min(cost, earlier[j - 2] + 1) if swapped else cost)
        if min(row) > most:
            return False
    return row[-1] <= most


@lru_cache
def roles() -> tuple[Role, ...]:
    """The reviewed roles.

    Raises:
        ScreeningFailed: the file is missing or broken.
    """
    return tuple(_role(each) for each in _document("roles.toml")["role"])


@lru_cache
def name_lists() -> Mapping[str, Any]:
    """The reviewed lists on names (dialogs/concerns/names.toml).

    Raises:
        ScreeningFailed: the file is missing or broken.
    """
    return _document("names.toml")


def _document(name: str) -> Mapping[str, Any]:
    try:
        file = files("dialogs") / "concerns" / name
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ModuleNotFoundError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScreeningFailed(f"the words of the conflict rule are broken: {error}") from error


def _role(table: Mapping[str, Any]) -> Role:
    could_be = tuple(table["could_be"])
    if table.keys() - _KEYS or not _COULD_BE.issuperset(could_be):
        raise ScreeningFailed(f"the role {table['name']!r} has an unknown key or value")
    phrases = (*table["en"].split(), *table["cy"].split())
    return Role(
        name=table["name"],
        could_be=cast("tuple[CouldBe, ...]", could_be),
        phrases=tuple(tuple(each.split("_")) for each in phrases),
        examples=tuple(table["for"]),
        counterexamples=tuple(table["against"]),
    )
