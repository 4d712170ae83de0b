"""Names of people and places as young people type them: short, misspelt, beside a title."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dialogs.concerns_words import Token, is_slip, name_lists
from dialogs.normalise import pieces
from dialogs.screening_lexicon import lexicon

_SHORTEST_SLIP, _SHORTEST_TWO_SLIPS = 4, 8
_LONGEST = 24
_FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Name:
    """One name of somebody, or of a home; ``key`` says whose."""

    key: str
    name: str
    is_place: bool


@dataclass(frozen=True)
class Names:
    """Every word of every name, with whose it is."""

    words: Mapping[str, tuple[Name, ...]]
    initials: Mapping[str, tuple[Name, ...]]
    slips: Mapping[str, tuple[str, ...]]

    @staticmethod
    @lru_cache(maxsize=8)
    def of(names: tuple[Name, ...]) -> Names:
        """The names of a directory, ready to be looked for; kept, as directories rarely change."""
        words: dict[str, dict[Name, None]] = {}
        initials: dict[str, dict[Name, None]] = {}
        for name in names:
            parts = _parts(name)
            for part in parts:
                for form in _forms(part, is_place=name.is_place):
                    words.setdefault(form, {})[name] = None
            if parts and not name.is_place:
                initials.setdefault(parts[-1][0], {})[name] = None
        slips: dict[str, list[str]] = {}
        for word in words:
            for less in _shortened(word, _slips_in(word)):
                slips.setdefault(less, []).append(word)
        return Names(
            {word: tuple(found) for word, found in words.items()},
            {letter: tuple(found) for letter, found in initials.items()},
            {less: tuple(found) for less, found in slips.items()},
        )

    def within(
        self, tokens: Sequence[Token], beside: Collection[int], *, doubtful: bool
    ) -> Iterator[tuple[int, int, Name]]:
        """Where the words name somebody: first word, word after the last, whose name.

        Args:
            tokens: the words of a text.
            beside: the places right before and after a role ("key worker mark").
            doubtful: take ordinary words that are names too for names wherever they stand.
        """
        for place, token in enumerate(tokens):
            titled = place > 0 and tokens[place - 1].word in _titles()
            sure = doubtful or titled or token.capital or place in beside
            words = (each for each in self._read(token) if sure or not _is_ordinary(each))
            yield from ((place, place + 1, name) for each in words for name in self.words[each])
            if titled and len(token.word) == 1:
                initial = self.initials.get(token.word, ())
                yield from ((place - 1, place + 1, name) for name in initial)
            apart = self._in_two(tokens, place)
            yield from ((place, place + 2, name) for each in apart for name in self.words[each])

    def _read(self, token: Token) -> set[str]:
        """The words of names that a word may stand for."""
        found = {form for form in token.forms if form in self.words}
        found |= {plain for form in token.forms if (plain := _pressed(form)) in self.words}
        if not token.odd or len(token.word) > _LONGEST:
            return found
        for form in token.forms:
            for less in _shortened(form, _slips_in(form)):
                for word in self.slips.get(less, ()):
                    if is_slip(form, word, _slips_in(word)):
                        found.add(word)
        return found

    def _in_two(self, tokens: Sequence[Token], place: int) -> set[str]:
        """A name with a space slipped into it ("da ve")."""
        if place + 1 >= len(tokens):
            return set()
        word = tokens[place].word + tokens[place + 1].word
        is_one = len(word) >= _SHORTEST_SLIP and word in self.words
        odd = tokens[place].odd or tokens[place + 1].odd
        return {word} if is_one and odd else set()


def _parts(name: Name) -> list[str]:
    """The words of a name that can name somebody."""
    plain = frozenset(name_lists()["plain_words_of_places"].split()) if name.is_place else ()
    cut = [each.word for each in pieces(name.name, {}) if not each.is_break]
    words = [part for word in cut for part in word.split("'") if len(part) >= _FEWEST_LETTERS]
    return [each for each in words if each not in plain]


def _forms(word: str, *, is_place: bool) -> frozenset[str]:
    """A word of a name with its short and long forms, each also with letters pressed together."""
    return frozenset((word,)) if is_place else frozenset((word,)) | _same().get(word, frozenset())


@lru_cache
def _same() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in name_lists()["same"]:
        family = frozenset(line.split())
        for name in family:
            found[name] = found.get(name, frozenset()) | family
    return found


@lru_cache
def _titles() -> frozenset[str]:
    return frozenset(name_lists()["titles"].split())


def _is_ordinary(word: str) -> bool:
    """Whether a name is a word of everyday language too ("will", "grace")."""
    return lexicon().spelling.spelt(word)


def _slips_in(word: str) -> int:
    if len(word) < _SHORTEST_SLIP:
        return 0
    return 2 if len(word) >= _SHORTEST_TWO_SLIPS else 1


def _shortened(word: str, most: int) -> frozenset[str]:
    """A word and all that is left of it without at most so many letters."""
    found = {word}
    for _ in range(most):
        found |= {each[:at] + each[at + 1 :] for each in found for at in range(len(each))}
    return frozenset(found)


def _pressed(word: str) -> str:
    """A word without letters held down ("daaave"); one as short as "ann" stays as it is."""
    made = [letter for at, letter in enumerate(word) if at < 1 or word[at - 1] != letter]
    return "".join(made) if len(made) < len(word) - 1 else word
