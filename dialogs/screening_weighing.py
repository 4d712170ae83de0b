"""How the layers are put together: what the lexicon found, and what the ranker makes of the words.

Layers only add to one another. A rule that is sure enough stands by itself; any other rule is at
least a doubt (P3), and counts for more as the ranker hears harm as well. What a thought weighs is
log odds at which the ordinary messages of every length are as many as the disclosures; from which
weight on somebody is paged is a setting (dialogs/ranker/thresholds.toml).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from dialogs.screening_lexicon import ScreeningFailed
from dialogs.screening_ranker import Weighed, length_of
from dialogs.screening_sealed import sealed
from dialogs.screening_views import Finding

THRESHOLDS = "thresholds.toml"
HEADS = ("harm", "now")
NOTHING = -9.0
"""What a thought weighs that the ranker has no say in: only rules that stand count."""
_MOST_RULES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """From which weight a thought is paged for, by how it came.

    ``rule``: a rule that usually stands gives its own priority. ``ruled`` and ``unruled``: the
    weight itself is for today, where a rule finds something urgent and where none does.
    """

    rule: float
    ruled: float
    unruled: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which weight a thought is a doubt (P3), for now (P1), clear, and paged for.

    What a question asks invites words that sound near to harm, so more is needed of an answer; less
    of it where the question was about harm (``questions``). What falls short is a doubt, for the
    list. ``sure``: a thought is clear and not unsure; the reply to the child depends on it.
    """

    doubt: float
    now: float
    sure: float
    unasked: Bar
    answer: Bar
    about_harm: Bar
    questions: frozenset[str]

    def bar(self, asked: Collection[str]) -> Bar:
        """What is needed of a thought that may answer any of these states."""
        if not asked:
            return self.unasked
        return self.answer if self.questions.isdisjoint(asked) else self.about_harm


@dataclass(frozen=True, slots=True)
class Weight:
    """What a thought weighs: as harm at all, and as harm that cannot wait."""

    harm: float
    now: float


def thresholds() -> Thresholds:
    """The thresholds of this package, read once.

    Raises:
        ScreeningFailed: the file is missing, damaged or incomplete.
    """
    found = read_once()
    if isinstance(found, Thresholds):
        return found
    raise ScreeningFailed(found)


@lru_cache
def read_once() -> Thresholds | str:
    """The thresholds, or what is wrong with them."""
    try:
        table = tomllib.loads(sealed(THRESHOLDS).decode())
        questions = frozenset(map(str, table["about_harm"].pop("questions")))
        levels = _numbers(table["thresholds"])
        return Thresholds(
            doubt=levels["doubt"],
            now=levels["now"],
            sure=levels["sure"],
            unasked=Bar(**_numbers(table["unasked"])),
            answer=Bar(**_numbers(table["answer"])),
            about_harm=Bar(**_numbers(table["about_harm"])),
            questions=questions,
        )
    except ScreeningFailed as failure:
        return str(failure)
    except (LookupError, TypeError, ValueError, AttributeError):
        return "the thresholds cannot be read"


def _numbers(table: Mapping[str, object]) -> dict[str, float]:
    numbers = {name: float(str(value)) for name, value in table.items()}
    if not all(map(isfinite, numbers.values())):
        raise ValueError("a threshold is a number")
    return numbers


def weigh(thought: Weighed, findings: Sequence[Finding]) -> Weight:
    """What a thought weighs by its words and the rules that hold in it."""
    model = thought.model
    if not model.knows(thought.words):
        return Weight(NOTHING, NOTHING)
    evidence = evidence_of(thought.words, thought.scores(HEADS), findings)
    return Weight(_sum(model.weighing["harm"], evidence), _sum(model.weighing["now"], evidence))


def evidence_of(
    words: Sequence[str], scores: Mapping[str, float], findings: Sequence[Finding]
) -> dict[str, float]:
    """Everything that is weighed, by name; the weighing is trained on just these numbers."""
    length = length_of(words)
    urgent = [found for found in findings if found.priority <= 2]
    evidence = {
        "one": 1.0,
        "length": length,
        "clear": float(any(found.rule.certainty == "clear" for found in urgent)),
        "unsure": float(any(found.rule.certainty == "unsure" for found in urgent)),
        "rules": float(min(len(urgent), _MOST_RULES)),
        "urgent": float(any(found.priority == 1 for found in urgent)),
    }
    evidence |= {f"rule:{found.rule.name}": 1.0 for found in urgent}
    for name in HEADS:
        evidence[name] = scores.get(name, 0.0)
        evidence[f"{name}*length"] = evidence[name] * length
    return evidence


def _sum(weighing: Mapping[str, float], evidence: Mapping[str, float]) -> float:
    return sum(weighing.get(name, 0.0) * value for name, value in evidence.items())


def level(weight: Weight, limits: Thresholds, bar: Bar, *, ruled: bool) -> int | None:
    """The priority that a weight comes to; None below a doubt.

    Args:
        weight: of the thought.
        limits: the thresholds.
        bar: those of them that hold for how the thought came.
        ruled: whether a rule finds something urgent in it.
    """
    if weight.harm >= (bar.ruled if ruled else bar.unruled):
        return 1 if weight.now >= limits.now else 2
    return 3 if weight.harm >= limits.doubt else None
