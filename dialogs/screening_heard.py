"""What the ranker hears in a thought, and why: the words that count most, and the nearest examples.

The reason given is never a number: it is an authored message that a person can compare with the
young person's own words, shown beside the part of these that weighs most.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from dialogs.screening_features import PlainWord, pair_buckets
from dialogs.screening_lexicon import CATEGORIES, ScreeningFailed
from dialogs.screening_ranker import Ranker, Weighed
from dialogs.screening_result import Match
from dialogs.screening_sealed import sealed

EXAMPLES = "nearest.jsonl"
_SPAN = 10
_MOST_CATEGORIES = 2
_CATEGORY = "category:"
_OWN = "own"


@dataclass(frozen=True, slots=True)
class Example:
    """One authored disclosure that reasons may name."""

    id: str
    text: str
    category: str
    buckets: frozenset[int]


def categories_of(thought: Weighed) -> tuple[str, ...]:
    """The likeliest categories of a disclosure: one, and a second that is likely by itself."""
    heads = [name for name in thought.model.heads if name.startswith(_CATEGORY)]
    scores = thought.scores(heads)
    ranked = sorted(heads, key=lambda name: (-scores[name], name))
    likely = [name for place, name in enumerate(ranked) if place == 0 or scores[name] > 0]
    codes = [name.removeprefix(_CATEGORY) for name in likely[:_MOST_CATEGORIES]]
    return tuple(code for code in codes if code in CATEGORIES)


def is_own_act(thought: Weighed) -> bool:
    """Whether a disclosure reads like one of what the young person did themselves."""
    return thought.scores((_OWN,))[_OWN] > 0


def reason(
    texts: Sequence[str], found: Sequence[PlainWord], thought: Weighed, category: str
) -> Match:
    """Why the ranker hears harm: the words that weigh most, and the example most like the thought.

    Args:
        texts: the thought as typed; it has words.
        found: its words as they are read.
        thought: the same words weighed.
        category: the category the reason is given for; an example of it is taken if one is near.

    Raises:
        ScreeningFailed: the examples are missing or damaged.
    """
    first, last = _heaviest(found, thought.gains("harm"))
    index = found[first].text_index
    start, end = found[first].start, found[last].end
    rule = nearest(thought.words, category, thought.model)
    return Match(category, rule, index, texts[index][start:end], start, end)


def nearest(words: Sequence[str], category: str, model: Ranker) -> str:
    """The example most like a thought, as a reason is worded."""
    rarity, mine = model.rarity, pair_buckets(words)
    size = sqrt(sum([rarity[bucket] for bucket in mine])) or 1.0
    common: dict[int, float] = {}
    holding = _holding()
    for bucket in mine:
        for place in holding.get(bucket, ()):
            common[place] = common.get(place, 0.0) + rarity[bucket]
    best, example = 0.0, None
    listed = examples()
    for place in sorted(common):
        likeness = common[place] / size
        likeness /= sqrt(sum([rarity[bucket] for bucket in listed[place].buckets])) or 1.0
        if listed[place].category == category:
            likeness *= 1.5
        if likeness > best:
            best, example = likeness, listed[place]
    if example is None:
        return "reads like other disclosures"
    return f"reads like “{example.text}” ({example.id})"


@lru_cache(maxsize=1)
def _holding() -> Mapping[int, Sequence[int]]:
    """The places of the examples that each bucket occurs in."""
    found: dict[int, list[int]] = {}
    for place, example in enumerate(examples()):
        for bucket in example.buckets:
            found.setdefault(bucket, []).append(place)
    return found


def examples() -> tuple[Example, ...]:
    """The authored disclosures that reasons may name, read once.

    Raises:
        ScreeningFailed: the file is missing or damaged.
    """
    found = read_once()
    if isinstance(found, str):
        raise ScreeningFailed(found)
    return found


@lru_cache
def read_once() -> tuple[Example, ...] | str:
    """The examples, or what is wrong with them."""
    try:
        lines = sealed(EXAMPLES).decode().split("\n")
        return tuple(_example(json.loads(line)) for line in lines if line)
    except ScreeningFailed as failure:
        return str(failure)
    except (ValueError, LookupError, TypeError, AttributeError):
        return "the examples cannot be read"


def _example(row: Mapping[str, str]) -> Example:
    buckets = pair_buckets(row["words"].split())
    return Example(row["id"], row["text"], row["category"], buckets)


def _heaviest(found: Sequence[PlainWord], gains: Sequence[float]) -> tuple[int, int]:
    """The run of at most ten words within one text that weighs most as harm: first and last."""
    best, run = float("-inf"), (0, 0)
    for first, begin in enumerate(found):
        total = 0.0
        for last in range(first, min(len(found), first + _SPAN)):
            if found[last].text_index != begin.text_index:
                break
            total += gains[last]
            if total > best and found[last].end > begin.start:
                best, run = total, (first, last)
    return run
