"""The authored messages of the repository, and pairs among them that are too alike."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from dialogs.screening_labels import Labelled, labelled

ROOT = Path(__file__).parents[2]
TRAINING = "dialogs/ranker/voices"
TEST = "tests/dialogs/screening_voices"
_WORD = re.compile(r"[\w']+")


@cache
def voices(folder: str) -> tuple[Labelled, ...]:
    """Every message of a folder; none when it does not exist."""
    return tuple(
        message
        for path in sorted((ROOT / folder).glob("*.jsonl"))
        for message in labelled(path.read_bytes(), f"{folder}/{path.name}")
    )


def words(message: Labelled) -> list[str]:
    return _WORD.findall(" ".join(message.texts).lower())


def exact_duplicates(messages: Sequence[Labelled]) -> Iterator[str]:
    first: dict[tuple[str, ...], Labelled] = {}
    for message in messages:
        key = tuple(text.strip().lower() for text in message.texts)
        if (same := first.setdefault(key, message)) is not message:
            yield f"{same.id} and {message.id}: {' // '.join(message.texts)}"


def openings_over(messages: Sequence[Labelled], most: int) -> Iterator[str]:
    """Four-word openings that more than `most` messages have."""
    opened: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for message in messages:
        if len(written := words(message)) >= 4:
            opened[tuple(written[:4])].append(message.id)
    for opening, ids in opened.items():
        if len(ids) > most:
            yield f"{' '.join(opening)!r} opens {', '.join(ids)}"


def alike(messages: Sequence[Labelled], percent: int) -> Iterator[str]:
    """Pairs of two or more different words that share more than `percent` of all their words.

    Sets that share over four fifths share one of the rarest words of each: of n words more than
    n * percent / 100 are shared, so that not all the others are outside. Only these are compared.
    """
    sets = [(message, frozenset(words(message))) for message in messages]
    common = Counter(word for _, own in sets for word in own)
    by_word: dict[str, list[tuple[Labelled, frozenset[str]]]] = defaultdict(list)
    for message, own in sets:
        if len(own) < 2:
            continue
        rarest = sorted(own, key=lambda word: (common[word], word))
        telling = rarest[: len(own) - len(own) * percent // 100]
        met = {other.id: (other, its) for word in telling for other, its in by_word[word]}
        for other, its in met.values():
            if 100 * len(own & its) > percent * len(own | its):
                yield f"{other.id} and {message.id}: {' // '.join(message.texts)}"
        for word in telling:
            by_word[word].append((message, own))
