"""What a threshold of the score would cost and find: false alarms against recall."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from dialogs.screening_targets import HARM, Share

RATES = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 20.0)
"""The false alarms in a hundred ordinary messages for which a threshold is looked up."""

Point = tuple[float | None, str]
"""The score of a message (None: the detector gives none) and its severity."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What happens when every score of `at` or above counts."""

    at: float
    alarms: Share
    immediate: Share
    same_day: Share
    either: Share
    doubt: Share


def curve(points: Iterable[Point], thresholds: Iterable[float]) -> tuple[Threshold, ...]:
    """The consequences of each threshold, the highest threshold first."""
    kinds = (("none",), ("immediate",), ("same_day",), HARM, ("doubt",))
    scores: dict[tuple[str, ...], list[float]] = {severities: [] for severities in kinds}
    for score, severity in points:
        for severities, column in scores.items():
            if severity in severities:
                column.append(_number(score))
    columns = [sorted(column) for column in scores.values()]
    return tuple(
        Threshold(at, *(_at_or_above(column, at) for column in columns))
        for at in sorted(set(thresholds), reverse=True)
    )


def thresholds_for(points: Sequence[Point], rates: Iterable[float] = RATES) -> tuple[float, ...]:
    """For each rate the lowest score of a message at which no more than that many are false alarms.

    Args:
        points: scores and severities.
        rates: false alarms in a hundred ordinary messages.

    Returns:
        Without repeats; none where no message has a score, and none for a rate that even the
        highest score exceeds.
    """
    known = sorted({_number(score) for score, _ in points} - {-inf})
    ordinary = sorted(_number(score) for score, severity in points if severity == "none")
    found = (_lowest(known, ordinary, rate) for rate in rates)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _lowest(known: Sequence[float], ordinary: Sequence[float], rate: float) -> float | None:
    allowed = len(ordinary) * rate / 100
    # Alarms only become fewer as the threshold rises: the first that is high enough is the lowest.
    fits = bisect_left(
        known, True, key=lambda at: len(ordinary) - bisect_left(ordinary, at) <= allowed
    )
    return known[fits] if fits < len(known) else None


def _number(score: float | None) -> float:
    return -inf if score is None else score


def _at_or_above(column: Sequence[float], at: float) -> Share:
    return Share(len(column) - bisect_left(column, at), len(column))
