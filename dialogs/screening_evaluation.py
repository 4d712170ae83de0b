"""How well screening does on labelled messages: recall, false alarms, weak groups, worst misses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dialogs.screening_labels import Labelled
from dialogs.screening_result import Screening
from dialogs.screening_targets import HARM, HEADLINES, Figure, Share

WEAK_FROM, WEAK_BELOW = 25, 65.0
"""A category, voice or style of so many messages is named when less than this share is flagged."""
WEAK_KINDS = ("category", "voice", "style")
_LENGTHS = ((4, "1-4"), (8, "5-8"), (14, "9-14"), (25, "15-25"))
_LONGEST = "26+"
_BANDS = (*(name for _, name in _LENGTHS), _LONGEST)

Screen = Callable[[Labelled], Screening]
Score = Callable[[Screening], float]


@dataclass(frozen=True, slots=True)
class Judged:
    """One message with what screening made of it."""

    message: Labelled
    found: Screening

    def reaches(self, priority: int) -> bool:
        """Whether it got this priority or a more urgent one."""
        return self.found.priority is not None and self.found.priority <= priority

    def names(self, expected: Sequence[str]) -> bool:
        """Whether one of these codes is among those that it got."""
        return not set(expected).isdisjoint(self.found.categories)


@dataclass(frozen=True, slots=True)
class Row:
    """One group of messages: how many get P1, P1 or P2, and anything.

    `named`: of those at P1 or P2, how many got the category of the group; None where that does not
    apply.
    """

    name: str
    p1: Share
    flagged: Share
    raised: Share
    named: Share | None = None


@dataclass(frozen=True, slots=True)
class Misses:
    """Messages that are wrong in one way, the worst first."""

    words: str
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that `screen evaluate` prints.

    `recall` has rows of immediate and same-day messages, `alarms` of ordinary ones, by kind of
    group ("category", "style", ...). `weak` names the groups under the rule for weak ones.
    """

    messages: int
    detectors: tuple[str, ...]
    figures: tuple[Figure, ...]
    recall: Mapping[str, tuple[Row, ...]]
    named: Share
    alarms: Mapping[str, tuple[Row, ...]]
    weak: tuple[tuple[str, Row], ...]
    misses: tuple[Misses, ...]


_WRONG = (
    ("Immediate, nothing found", "immediate", None),
    ("Immediate, only P3", "immediate", 3),
    ("Same day, nothing found", "same_day", None),
    ("Same day, only P3", "same_day", 3),
    ("Immediate, only P2", "immediate", 2),
    ("Doubt, nothing found", "doubt", None),
    ("Ordinary, P1", "none", 1),
    ("Ordinary, P2", "none", 2),
    ("Ordinary, P3", "none", 3),
)
"""What can be wrong with a result, the worst first."""


def judge(messages: Iterable[Labelled], screen: Screen) -> list[Judged]:
    """Every message with its result."""
    return [Judged(message, screen(message)) for message in messages]


def evaluate(judged: Sequence[Judged], score: Score) -> Evaluation:
    """All figures of `judged`.

    Args:
        judged: messages with their results.
        score: how likely harm is by a result, greater for more; among equally wrong ones, harm with
            the least score and ordinary messages with the greatest come first.
    """
    harm = [each for each in judged if each.message.severity in HARM]
    ordinary = [each for each in judged if each.message.severity == "none"]
    recall = {kind: _rows(harm, of) for kind, of in _KINDS.items()}
    recall["category"] = _categories(harm)
    return Evaluation(
        messages=len(judged),
        detectors=tuple(sorted({each.found.detector for each in judged})),
        figures=_figures(judged),
        recall=recall,
        named=_named(harm),
        alarms={kind: _rows(ordinary, _KINDS[kind]) for kind in ("length", "style", "voice")},
        weak=tuple((kind, row) for kind in WEAK_KINDS for row in recall[kind] if _is_weak(row)),
        misses=tuple(_misses(judged, score)),
    )


def _figures(judged: Sequence[Judged]) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            headline,
            _reaching(
                [e for e in judged if e.message.severity in headline.severities], headline.to
            ),
        )
        for headline in HEADLINES
    )


def _reaching(judged: Sequence[Judged], priority: int) -> Share:
    return Share(sum(each.reaches(priority) for each in judged), len(judged))


def _is_weak(row: Row) -> bool:
    percent = row.flagged.percent
    return percent is not None and row.flagged.n >= WEAK_FROM and percent < WEAK_BELOW


def length_band(message: Labelled) -> str:
    """How long a message is, in words as they are spaced."""
    words = sum(len(text.split()) for text in message.texts)
    return next((name for most, name in _LENGTHS if words <= most), _LONGEST)


_KINDS: Mapping[str, Callable[[Labelled], str]] = {
    "style": lambda message: message.style,
    "about": lambda message: message.about,
    "own act": lambda message: "own act" if message.own_act else "not an own act",
    "length": length_band,
    "voice": lambda message: message.voice,
}
"""How messages are put into groups; "" where the file does not say."""


def _rows(judged: Sequence[Judged], of: Callable[[Labelled], str]) -> tuple[Row, ...]:
    groups: dict[str, list[Judged]] = {}
    for each in judged:
        groups.setdefault(of(each.message), []).append(each)
    names = [name for name in _BANDS if name in groups] if of is length_band else sorted(groups)
    return tuple(_row(name or "not given", groups[name]) for name in names)


def _row(name: str, judged: Sequence[Judged], named: Share | None = None) -> Row:
    p1, flagged, raised = (_reaching(judged, priority) for priority in (1, 2, 3))
    return Row(name, p1, flagged, raised, named)


def _categories(harm: Sequence[Judged]) -> tuple[Row, ...]:
    groups: dict[tuple[str, ...], list[Judged]] = {}
    for each in harm:
        for expected in each.message.categories:
            groups.setdefault(expected, []).append(each)
    rows = []
    for expected, judged in sorted(groups.items()):
        flagged = [each for each in judged if each.reaches(2)]
        named = Share(sum(each.names(expected) for each in flagged), len(flagged))
        rows.append(_row(" or ".join(expected), judged, named))
    return tuple(rows)


def _named(harm: Sequence[Judged]) -> Share:
    """Of the messages at P1 or P2 that have a category, how many got one of theirs."""
    flagged = [each for each in harm if each.reaches(2) and each.message.categories]
    hits = [each for each in flagged if any(map(each.names, each.message.categories))]
    return Share(len(hits), len(flagged))


def _misses(judged: Sequence[Judged], score: Score) -> Iterator[Misses]:
    for words, severity, priority in _WRONG:
        wrong = [
            each
            for each in judged
            if each.message.severity == severity and each.found.priority == priority
        ]
        wrong.sort(key=lambda each: score(each.found), reverse=severity == "none")
        yield Misses(words, tuple(wrong))
