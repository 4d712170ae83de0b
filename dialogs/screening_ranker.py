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
from functools import lru_cache
from math import log, sqrt

from dialogs.normalise import OTHER_LETTER
from dialogs.screening_features import BUCKETS, features, word_bucket
from dialogs.screening_lexicon import ScreeningFailed
from dialogs.screening_sealed import sealed

MODEL = "screening.model"
_LONG, _STEP = 60, 30
_FEWEST_WORDS = 2
_SPREAD = 1.5
_USUAL_LENGTH = 2.5


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
        best: dict[str, float] = {}
        for part in _parts(words):
            for name, score in self._scores_of(features(part), heads).items():
                best[name] = max(score, best.get(name, score))
        return best

    def _scores_of(self, buckets: Sequence[int], heads: Sequence[str]) -> dict[str, float]:
        rarity = self.rarity
        size = sqrt(sum([rarity[bucket] for bucket in buckets])) or 1.0
        found = {}
        for name in heads:
            head = self.heads[name]
            weights = head.weights
            total = sum([weights[bucket] for bucket in buckets])
            found[name] = total * head.scale / size + head.bias
        return found

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


def _parts(words: Sequence[str]) -> list[Sequence[str]]:
    """The thought, or its overlapping parts of sixty words: one line in a long one still counts."""
    if len(words) <= _LONG:
        return [words]
    return [words[start : start + _LONG] for start in range(0, len(words) - _STEP, _STEP)]


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
