"""The figures that screening is judged by: what each counts, its target, and regression limits."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""Standard deviations of a two-sided 95 % interval."""
HARM = ("immediate", "same_day")


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n` messages."""

    hits: int
    n: int

    @property
    def percent(self) -> float | None:
        """Hits of a hundred; None of no messages at all."""
        return 100 * self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson score interval, in percent; 0 to 100 of no messages."""
        if not self.n:
            return (0.0, 100.0)
        share, spread = self.hits / self.n, _Z * _Z / self.n
        middle = share + spread / 2
        half = _Z * sqrt(share * (1 - share) / self.n + spread / self.n / 4)
        low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
        return (100 * max(0.0, low), 100 * min(1.0, high))


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure: the percentage of messages of `severities` that get priority `to` or above.

    `target` is a floor where harm is found and, with `ceiling`, the most false alarms.
    """

    key: str
    words: str
    severities: tuple[str, ...]
    to: int
    target: float | None = None
    ceiling: bool = False


HEADLINES = (
    Headline("immediate_flagged", "immediate, P1 or P2", ("immediate",), 2, 85),
    Headline("immediate_p1", "immediate, as P1", ("immediate",), 1, 60),
    Headline("same_day_flagged", "same day, P1 or P2", ("same_day",), 2, 78),
    Headline("either_raised", "either, P3 counted", HARM, 3, 93),
    Headline("doubt_raised", "doubt, P3 or above", ("doubt",), 3),
    Headline("ordinary_p1", "ordinary, P1", ("none",), 1, 1, ceiling=True),
    Headline("ordinary_flagged", "ordinary, P1 or P2", ("none",), 2, 5, ceiling=True),
    Headline("ordinary_raised", "ordinary, with P3", ("none",), 3, 20, ceiling=True),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured of a headline."""

    headline: Headline
    share: Share

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None when there is none, or nothing to measure it on."""
        if self.headline.target is None or self.share.percent is None:
            return None
        return _keeps(self, self.headline.target)


class MalformedLimits(Exception):
    """The file of regression figures is not one."""


def limits(content: str) -> Mapping[str, float]:
    """The regression figures of a TOML file: percentages under [at_least] and [at_most].

    Raises:
        MalformedLimits: not TOML, no figure at all, a name that is no headline or stands under the
            wrong heading, or no percentage.
    """
    try:
        document = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise MalformedLimits(f"not TOML: {error}") from None
    if other := document.keys() - {"at_least", "at_most"}:
        raise MalformedLimits(f"only [at_least] and [at_most] may stand there, not {min(other)}")
    found: dict[str, float] = {}
    for heading, rows in document.items():
        if not isinstance(rows, dict):
            raise MalformedLimits(f"{heading} is no table")
        known = {each.key for each in HEADLINES if each.ceiling == (heading == "at_most")}
        for key, value in rows.items():
            if key not in known:
                raise MalformedLimits(f"[{heading}] {key} is none of {', '.join(sorted(known))}")
            found[key] = _percentage(key, value)
    if not found:
        raise MalformedLimits("there is no figure in it")
    return found


def broken(figures: Iterable[Figure], limit: Mapping[str, float]) -> list[str]:
    """One sentence for each figure that is worse than its limit, or that cannot be measured."""
    return [
        _sentence(each, limit[each.headline.key])
        for each in figures
        if each.headline.key in limit and not _keeps(each, limit[each.headline.key])
    ]


def _percentage(key: str, value: object) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 <= float(str(value)) <= 100:
        raise MalformedLimits(f"{key} is no percentage from 0 to 100")
    return float(str(value))


def _keeps(figure: Figure, limit: float) -> bool:
    percent = figure.share.percent
    if percent is None:
        return False
    return percent <= limit if figure.headline.ceiling else percent >= limit


def _sentence(figure: Figure, limit: float) -> str:
    headline, percent = figure.headline, figure.share.percent
    if percent is None:
        return f"{headline.key}: there is no such message to measure it on"
    side = "at most" if headline.ceiling else "at least"
    return (
        f"{headline.key}: {percent:.2f} % ({figure.share.hits} of {figure.share.n}),"
        f" should be {side} {limit:g} %"
    )
