"""The learned layer: how much a thought reads like the disclosures of the authored data.

A linear model over parts of words, words and pairs of words (screening_features), trained offline
by scripts/train_ranker.py from dialogs/ranker/voices and nothing else; dialogs/ranker/MODEL_CARD.md
says what it is good for. It is read from one small file and needs nothing but this module.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from math import log, sqrt
from operator import add

from dialogs.normalise import OTHER_LETTER
from dialogs.screening_features import (
    BUCKETS,
    pair_features,
    structure_buckets,
    word_bucket,
    word_features,
)
from dialogs.screening_lexicon import ScreeningFailed
from dialogs.screening_sealed import sealed
from dialogs.screening_structure_words import Mention, chosen, vocabulary

MODEL = "screening.model"
_LONG, _STEP = 60, 30
_FEWEST_WORDS = 2
_SPREAD = 1.5
_USUAL_LENGTH = 2.5

Weights = Sequence[float]
"""A number for each bucket."""


@dataclass(frozen=True, slots=True)
class Head:
    """One question the model answers: a weight for each bucket, and where nothing is said."""

    weights: memoryview
    scale: float
    bias: float


@dataclass(frozen=True, slots=True)
class Ranker:
    """A model as its file holds it; `weighing` are the numbers of screening_weighing."""

    version: str
    rarity: array[float]
    heads: Mapping[str, Head]
    weighing: Mapping[str, Mapping[str, float]]

    def scores(self, words: Sequence[str], heads: Sequence[str]) -> dict[str, float]:
        """What each head makes of a thought, in log odds; of a long one its most telling part.

        Args:
            words: of the thought (screening_features.plain_words).
            heads: names of heads; one that the model lacks is a KeyError.
        """
        return Weighed(words, self).scores(heads)

    def knows(self, words: Sequence[str]) -> bool:
        """Whether there is enough to read: two words, half of them seen before.

        It does not guess at other languages, nor at what a bare "yes" means.
        """
        known = sum(
            self.rarity[word_bucket(word)] > 0 and OTHER_LETTER not in word for word in words
        )
        return known * 2 >= len(words) >= _FEWEST_WORDS


def length_of(words: Sequence[str]) -> float:
    """How long a thought is beside a usual one: 0 at twelve words, at most 1.5 either way."""
    length = log(max(1, min(len(words), _LONG))) - _USUAL_LENGTH
    return max(-_SPREAD, min(_SPREAD, length))


class Weighed:
    """The words of one thought, looked up once for any number of heads.

    A score is that of `screening_features.features` of a part. Parts overlap, so what each word
    weighs with its pairs is summed from the beginning of the thought, and a part is a difference.

    Args:
        words: of the thought.
        model: what they weigh.
        within: a thought that these words stand in from `start` on, with all looked up there.
        start: where they do.
    """

    def __init__(
        self, words: Sequence[str], model: Ranker, within: Weighed | None = None, start: int = 0
    ) -> None:
        self.words, self.model = words, model
        self._looked: _Looked = within._looked if within else _Looked(words)
        self._parts = [(start + begin, start + end) for begin, end in _parts(len(words))]

    def scores(self, heads: Sequence[str]) -> dict[str, float]:
        """What each head makes of the thought (Ranker.scores)."""
        found = {}
        for name in heads:
            head = self.model.heads[name]
            found[name] = max(
                [
                    total * head.scale / size + head.bias
                    for total, size in zip(self._sums(head.weights), self._sizes, strict=True)
                ]
            )
        return found

    def gains(self, name: str) -> list[float]:
        """What each word of a whole thought weighs for a head, with its pairs with those after."""
        return self._looked.gains(self.model.heads[name].weights)

    @cached_property
    def _told(self) -> list[list[int]]:
        """The buckets of the structure of each part."""
        return [self._looked.told(start, end) for start, end in self._parts]

    @cached_property
    def _sizes(self) -> list[float]:
        return [sqrt(size) or 1.0 for size in self._sums(self.model.rarity)]

    def _sums(self, weights: Weights) -> list[float]:
        """What each part weighs: without the pairs that reach over its end, and with its tokens."""
        before = self._looked.before(weights)
        weight = weights.__getitem__
        found = []
        for (start, end), told in zip(self._parts, self._told, strict=True):
            total = before[end] - before[start] + sum(map(weight, told))
            for apart, pairs in enumerate(self._looked.pairs, 1):
                total -= sum(map(weight, pairs[max(start, end - apart) : end]))
            found.append(total)
        return found


class _Looked:
    """What the words of a whole thought weigh and say, for its parts and its texts alike."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._before: dict[int, list[float]] = {}
        self._told: dict[tuple[str, ...], list[int]] = {}

    @cached_property
    def pairs(self) -> list[list[int]]:
        return pair_features(self._words)

    @cached_property
    def _of_word(self) -> dict[str, Sequence[int]]:
        return word_features(self._words)

    @cached_property
    def _candidates(self) -> list[Mention]:
        return vocabulary().candidates(self._words)

    def gains(self, weights: Weights) -> list[float]:
        weight = weights.__getitem__
        known = {word: sum(map(weight, buckets)) for word, buckets in self._of_word.items()}
        found: list[float] = [known[word] for word in self._words]
        for pairs in self.pairs:
            found[: len(pairs)] = map(add, found, map(weight, pairs))
        return found

    def before(self, weights: Weights) -> list[float]:
        """What all words before each place weigh together."""
        known = self._before.get(id(weights))
        if known is None:
            known = self._before[id(weights)] = [0.0, *accumulate(self.gains(weights))]
        return known

    def told(self, start: int, end: int) -> list[int]:
        """The buckets of the structure of some of the words; the same words are read once."""
        part = tuple(self._words[start:end])
        known = self._told.get(part)
        if known is None:
            said = chosen(self._candidates, start, end)
            known = self._told[part] = structure_buckets(part, said)
        return known


def _parts(length: int) -> list[tuple[int, int]]:
    """Where the thought begins and ends, or where each of its overlapping parts of sixty words.

    So one line in a long thought still counts.
    """
    if length <= _LONG:
        return [(0, length)]
    return [(start, min(length, start + _LONG)) for start in range(0, length - _STEP, _STEP)]


def ranker(name: str = MODEL) -> Ranker:
    """The model of this package, read once.

    Raises:
        ScreeningFailed: its file is missing, damaged or made for other features.
    """
    found = read_once(name)
    if isinstance(found, Ranker):
        return found
    raise ScreeningFailed(found)


@lru_cache
def read_once(name: str = MODEL) -> Ranker | str:
    """The model, or what is wrong with it: a broken one fails every text at once, not slowly."""
    try:
        return parse(sealed(name))
    except ScreeningFailed as failure:
        return str(failure)


def parse(content: bytes) -> Ranker:
    """The model in the bytes of its file: a line of JSON, then arrays, deflated.

    Raises:
        ScreeningFailed: they are damaged or made for other features.
    """
    try:
        front, _, packed = content.partition(b"\n")
        header = json.loads(front)
        body = zlib.decompress(packed)
        if zlib.crc32(body) != header["check"] or header["buckets"] != BUCKETS:
            raise ScreeningFailed("the ranker is damaged or made for other features")
        rarity = array("f", (step * header["rarity_step"] for step in body[:BUCKETS]))
        arrays = memoryview(body).cast("b")
        heads = {
            head["name"]: Head(
                arrays[BUCKETS * place : BUCKETS * (place + 1)], head["scale"], head["bias"]
            )
            for place, head in enumerate(header["heads"], 1)
        }
        return Ranker(header["version"], rarity, heads, header["weighing"])
    except (ValueError, LookupError, TypeError, zlib.error) as error:
        raise ScreeningFailed("the ranker is damaged") from error
