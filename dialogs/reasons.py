"""Suggests reason codes (docs/reasons.md) for a sentence, each with the words that speak for it.

For the advocate only: a person codes, and nothing here is ever applied by itself. The engine is
that of screening: reviewed rules (reasons.toml) beside a learned model (scripts/train_reasons.py).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp, sqrt

from dialogs.reasons_rules import Reasons, reasons
from dialogs.screening_features import PlainWord, features_by_word, pair_buckets, plain_pieces
from dialogs.screening_heard import Example
from dialogs.screening_lattice import END, START
from dialogs.screening_lexicon import ScreeningFailed, lexicon
from dialogs.screening_ranker import Head, Ranker, ranker
from dialogs.screening_views import Finding

MODEL, EXAMPLES, THRESHOLDS = "reasons.model", "reasons_nearest.jsonl", "reasons_thresholds.toml"
OTHER, UNTOLD = "O1", "O2"
MOST = 5
"""No more suggestions for one sentence than an advocate can weigh at a glance."""
HALF = 0.5
"""Where the young person says that they do not know, the model alone must be as sure as this."""
_SPAN = 8


@dataclass(frozen=True, slots=True)
class Because:
    """Why a code is suggested: `words == text[start:end]`, in code points of the sentence.

    `rule` says in plain words what was looked for, or which authored message it reads like.
    """

    code: str
    label: str
    words: str
    start: int
    end: int
    rule: str


def suggest(text: str) -> tuple[Because, ...]:
    """The codes that `text` speaks for, the surest first; none where no reason is told.

    A rule that holds is enough; what only the model hears must be sure enough (`thresholds`).
    "Another reason" (O1) and "don't know" (O2) are suggested only where no other code is.

    Args:
        text: a sentence of the young person, as typed.

    Raises:
        ScreeningFailed: rules, model, examples or thresholds are missing or damaged.
    """
    known, model, limits = reasons(), ranker(MODEL), thresholds()
    held = known.found_in(text)
    found = plain_pieces([text], lexicon().spelling)
    scores = _scores([each.word for each in found], model)
    sure = {
        code: sureness(model.weighing.get(code, {}), scores.get(code, 0.0), code in held)
        for code in known.by_code
    }
    heard = limits if scores else {}
    return tuple(
        _because(code, text, held.get(code), found, known, model)
        for code in chosen(sure, held, heard)
    )


def chosen(
    sure: Mapping[str, float], held: Collection[str], limits: Mapping[str, float]
) -> list[str]:
    """The codes to suggest, the surest first.

    Args:
        sure: how sure each code is (`sureness`).
        held: the codes whose rule holds.
        limits: how sure a code must be that no rule names; one that is not listed needs its rule.
    """
    least = HALF if UNTOLD in held else 0.0
    likely = [
        code
        for code, value in sure.items()
        if code in held or (code in limits and value >= max(limits[code], least))
    ]
    ranked = sorted(likely, key=lambda code: -sure[code])
    told = [code for code in ranked if code not in (OTHER, UNTOLD)]
    return told[:MOST] or [code for code in (UNTOLD, OTHER) if code in ranked][:1]


def sureness(weighing: Mapping[str, float], score: float, rule: bool) -> float:
    """How likely a code is, from 0 to 1, by what its head and its rule say together."""
    total = weighing.get("one", 0.0) + weighing.get("head", 0.0) * score
    total += weighing.get("rule", 0.0) * rule
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@lru_cache
def thresholds() -> Mapping[str, float]:
    """How sure each code that has a head must be (dialogs/ranker/reasons_thresholds.toml).

    Raises:
        ScreeningFailed: the file is missing or incomplete.
    """
    try:
        file = files("dialogs") / "ranker" / THRESHOLDS
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        return {code: float(value) for code, value in document["thresholds"].items()}
    except (OSError, ModuleNotFoundError, LookupError, TypeError, ValueError) as error:
        raise ScreeningFailed("the thresholds for reasons cannot be read") from error


@lru_cache
def examples() -> Mapping[str, Sequence[Example]]:
    """The authored messages of each code that a suggestion may name, read once.

    Raises:
        ScreeningFailed: the file is missing or damaged.
    """
    found: dict[str, list[Example]] = {}
    try:
        file = files("dialogs") / "ranker" / EXAMPLES
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            buckets = pair_buckets(row["words"].split())
            example = Example(row["id"], row["text"], row["code"], buckets)
            found.setdefault(example.category, []).append(example)
    except (OSError, ModuleNotFoundError, ValueError, KeyError, TypeError) as error:
        raise ScreeningFailed("the examples of reasons cannot be read") from error
    return found


def _scores(words: Sequence[str], model: Ranker) -> dict[str, float]:
    """What the heads make of the words; nothing of words the model has never seen."""
    return model.scores(words, list(model.heads)) if model.knows(words) else {}


def _because(
    code: str,
    text: str,
    held: Finding | None,
    found: Sequence[PlainWord],
    known: Reasons,
    model: Ranker,
) -> Because:
    reason = known.by_code[code]
    if held is not None:
        edges = [edge for edge in held.edges if edge.word not in (START, END)]
        start, end = min(each.start for each in edges), max(each.end for each in edges)
        return Because(code, reason.label, text[start:end], start, end, f"says: {reason.rule}")
    first, last = heaviest(found, model.heads[code])
    start, end = found[first].start, found[last].end
    rule = nearest([each.word for each in found], examples().get(code, ()), model)
    return Because(code, reason.label, text[start:end], start, end, rule)


def nearest(words: Sequence[str], among: Sequence[Example], model: Ranker) -> str:
    """The example most like a sentence, as a reason is worded."""
    mine = pair_buckets(words)
    best, example = 0.0, None
    for each in among:
        common = sum(model.rarity[bucket] for bucket in mine & each.buckets)
        likeness = common / sqrt(sum(model.rarity[bucket] for bucket in each.buckets) or 1.0)
        if likeness > best:
            best, example = likeness, each
    if example is None:
        return "reads like other messages with this code"
    return f"reads like “{example.text}” ({example.id})"


def heaviest(found: Sequence[PlainWord], head: Head) -> tuple[int, int]:
    """The run of at most eight words that weighs most for a head: its first and last place."""
    weights = head.weights
    gains = [
        sum(weights[bucket] for bucket in buckets)
        for buckets in features_by_word([each.word for each in found])
    ]
    best, run = float("-inf"), (0, 0)
    for first, begin in enumerate(found):
        total = 0
        for last in range(first, min(len(found), first + _SPAN)):
            total += gains[last]
            if total > best and found[last].end > begin.start:
                best, run = total, (first, last)
    return run
