"""A detector that knows ten sentences, so that these tests do not hang on the lexicon."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal

from dialogs.screening import Match, Screening

DANGER = "he has a knife at the door"
HARM = "my uncle hurts me"
SPLIT_HARM = ("he makes me", "do stuff", "with his mates")
UNSURE = "its a bit weird with coach"
OWN_ACT = "i nicked a car"
SUICIDE = "i want to end it all"
CUTTING = "i cut sometimes"
MISSING = "im out and not going back"
SEXUAL = "he touched me"
COUNTY = "im running a line for them"
COMPLAINT = "i want to complain"
SOONER = "tonight"
"""Says nothing by itself, and makes any harm told in the same thought a P1."""


@dataclass(frozen=True, slots=True)
class Known:
    """What one sentence amounts to."""

    priority: int
    category: str
    certainty: Literal["clear", "unsure"] = "clear"
    own_act: bool = False


_SENTENCES = {
    DANGER: Known(1, "IMM"),
    HARM: Known(2, "ABU"),
    " ".join(SPLIT_HARM): Known(2, "CSE"),
    UNSURE: Known(2, "LAD", "unsure"),
    OWN_ACT: Known(2, "CCE", own_act=True),
    SUICIDE: Known(1, "SUI"),
    CUTTING: Known(2, "SUI"),
    MISSING: Known(2, "MIS"),
    SEXUAL: Known(2, "SEX"),
    COUNTY: Known(2, "CCE"),
    COMPLAINT: Known(3, "CPL"),
}
_ANSWERS = {
    ("safe_now", "no"): Known(1, "IMM"),
    ("anyone_hurting", "yes"): Known(2, "ABU"),
}


class Detector:
    """Screens like the real one; `fault` is called first and may raise or wait."""

    def __init__(self) -> None:
        self.fault: Callable[[], None] | None = None
        self.heard: list[tuple[tuple[str, ...], frozenset[str], bool]] = []

    def __call__(
        self,
        texts: Sequence[str],
        asked: Collection[str] = (),
        language: str = "en",
        after_risk: bool = False,
    ) -> Screening:
        self.heard.append((tuple(texts), frozenset(asked), after_risk))
        if self.fault is not None:
            self.fault()
        found = [*_told(texts), *_answered(texts, asked)]
        if any(SOONER in text for text in texts):
            found = [(replace(known, priority=1), matches) for known, matches in found]
        return _screening(found)


Found = list[tuple[Known, list[Match]]]


def _told(texts: Sequence[str]) -> Found:
    joined = " ".join(texts)
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    found: Found = []
    for sentence, known in _SENTENCES.items():
        first = joined.find(sentence)
        if first < 0:
            continue
        last = first + len(sentence)
        matches = [
            Match(known.category, sentence, index, text[start:end], start, end)
            for index, text in enumerate(texts)
            if (start := max(first - starts[index], 0))
            < (end := min(last - starts[index], len(text)))
        ]
        found.append((known, matches))
    return found


def _answered(texts: Sequence[str], asked: Collection[str]) -> Found:
    last = len(texts) - 1
    return [
        (known, [Match(known.category, f"{word} to {state}", last, word, 0, len(word))])
        for (state, word), known in _ANSWERS.items()
        if state in asked and texts and texts[-1] == word
    ]


def _screening(found: Found) -> Screening:
    if not found:
        return Screening(None, (), (), "clear", False, "test-1")
    found.sort(key=lambda each: each[0].priority)
    first = found[0][0]
    return Screening(
        priority=first.priority,
        categories=tuple(dict.fromkeys(known.category for known, _ in found)),
        because=tuple(match for _, matches in found for match in matches),
        certainty=first.certainty,
        own_act=first.own_act,
        detector="test-1",
    )
