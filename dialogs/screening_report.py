"""An evaluation as plain text of at most 80 columns, and as values for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from textwrap import wrap
from typing import Any

from dialogs.screening_curve import Threshold
from dialogs.screening_evaluation import WEAK_BELOW, WEAK_FROM, Evaluation, Judged, Misses, Row
from dialogs.screening_result import Screening
from dialogs.screening_targets import Figure, Share

WIDTH = 80
_NAME = 24
_INTERVAL_WIDTH = 16
_INTERVAL = "95 % interval".rjust(_INTERVAL_WIDTH)


def visible(text: str) -> str:
    """A text that is safe to print: signs without a shape and control signs by their number."""
    return "".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in text)


def rules(found: Screening) -> tuple[str, ...]:
    """Why a result is what it is: each category and rule once, in the order of the reasons."""
    return tuple(dict.fromkeys(f"{each.category} {each.rule}" for each in found.because))


def report(evaluation: Evaluation, most: int) -> str:
    """The evaluation to read.

    Args:
        evaluation: its figures.
        most: how many messages to print of each kind that is wrong.
    """
    return "\n".join(_lines(evaluation, most))


def _lines(evaluation: Evaluation, most: int) -> Iterator[str]:
    yield f"{evaluation.messages} messages"
    for detector in evaluation.detectors:
        yield from _wrapped(f"detector {detector}")
    harm = [each for each in evaluation.figures if not each.headline.ceiling]
    yield from ("", *_title("Recall by severity"))
    yield _cells("", "n", "found", _INTERVAL)
    yield from (_figure(each) for each in harm)
    for kind, rows in sorted(evaluation.recall.items(), key=lambda each: each[0] != "category"):
        yield from ("", *_title(f"Recall by {kind}, immediate and same day"))
        yield from _recall_table(rows)
        if kind == "category":
            yield f"category among those given, of all at P1 or P2: {_share(evaluation.named)}"
    yield from ("", *_title("False alarms in 100 ordinary messages"))
    yield _cells("", "n", "alarms", _INTERVAL)
    yield from (_figure(each) for each in evaluation.figures if each.headline.ceiling)
    for kind, rows in evaluation.alarms.items():
        yield from ("", *_title(f"False alarms by {kind}, ordinary messages"))
        yield from _alarm_table(rows)
    yield from ("", *_weak(evaluation))
    yield from ("", *_title("Worst misses, then false alarms"))
    for misses in evaluation.misses:
        yield from _missed(misses, most)
    yield from ("", *_title("Targets"))
    yield from (_target(each) for each in evaluation.figures if each.headline.target is not None)


def _title(words: str) -> tuple[str, str]:
    return words, "-" * len(words)


def _cells(name: str, *cells: str) -> str:
    shown = visible(name)
    if len(shown) > _NAME:
        shown = shown[: _NAME - 3] + "..."
    return (shown.ljust(_NAME) + "".join(cell.rjust(9) for cell in cells)).rstrip()


def _percent(share: Share) -> str:
    return "-" if share.percent is None else f"{share.percent:.1f} %"


def _interval(share: Share) -> str:
    low, high = share.interval
    return (f"{low:.1f} to {high:.1f}" if share.n else "-").rjust(_INTERVAL_WIDTH)


def _share(share: Share) -> str:
    return f"{_percent(share)} ({share.hits} of {share.n})"


def _figure(figure: Figure) -> str:
    share = figure.share
    return _cells(figure.headline.words, str(share.n), _percent(share), _interval(share))


def _recall_table(rows: Sequence[Row]) -> Iterator[str]:
    named = any(row.named for row in rows)
    yield _cells("", "n", "P1/P2", _INTERVAL, "with P3", *(("named",) if named else ()))
    for row in rows:
        last = (_percent(row.named),) if row.named else ()
        flagged = row.flagged
        cells = (str(flagged.n), _percent(flagged), _interval(flagged), _percent(row.raised))
        yield _cells(row.name, *cells, *last)


def _alarm_table(rows: Sequence[Row]) -> Iterator[str]:
    yield _cells("", "n", "P1", "P1/P2", _INTERVAL, "with P3")
    for row in rows:
        flagged = row.flagged
        percents = (_percent(row.p1), _percent(flagged), _interval(flagged), _percent(row.raised))
        yield _cells(row.name, str(flagged.n), *percents)


def _weak(evaluation: Evaluation) -> Iterator[str]:
    what = f"Categories, voices, styles of {WEAK_FROM} or more under {WEAK_BELOW:g} %"
    yield from _title(what)
    if not evaluation.weak:
        yield "none"
    for kind, row in evaluation.weak:
        yield f"{kind} {visible(row.name)}: {_share(row.flagged)}"


def _missed(misses: Misses, most: int) -> Iterator[str]:
    total = len(misses.judged)
    shown = f", the first {most}" if total > most > 0 else ""
    yield f"\n{misses.words}: {total}{shown}"
    for each in misses.judged[:most]:
        yield from _miss(each)


def _miss(each: Judged) -> Iterator[str]:
    yield from _wrapped(f"{each.message.id}: " + " // ".join(each.message.texts), "  ")
    expected = [" or ".join(codes) for codes in each.message.categories]
    yield from _wrapped(
        f"got {_got(each.found)}" + (f"; expected {', '.join(expected)}" if expected else ""),
        "      ",
    )
    if each.found.because:
        yield from _wrapped(f"by {'; '.join(rules(each.found))}", "      ")


def _got(found: Screening) -> str:
    if found.priority is None:
        return "nothing"
    return f"P{found.priority} {', '.join(found.categories)}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return wrap(
        visible(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )


def _target(figure: Figure) -> str:
    headline = figure.headline
    side = "<=" if headline.ceiling else ">="
    met = {True: "met", False: "NOT met", None: "not measured"}[figure.met]
    return (
        f"{headline.words:<22}{side} {headline.target:g} %".ljust(34)
        + _percent(figure.share).rjust(8)
        + f"  {met}"
    )


def curve_report(rows: Sequence[Threshold], names: Mapping[float, str]) -> str:
    """The table of thresholds: how many messages of each kind count; `names` says which are set."""
    lines = [
        "Of 100 messages of each kind, how many score at the threshold or above.",
        "",
        "".join(
            title.rjust(11)
            for title in ("threshold", "ordinary", "immediate", "same day", "either", "doubt")
        ),
    ]
    for row in rows:
        shares = (row.alarms, row.immediate, row.same_day, row.either, row.doubt)
        cells = "".join(_percent(each).rjust(11) for each in shares)
        lines.append(f"{row.at:11.4g}{cells}  {names.get(row.at, '')}".rstrip())
    return "\n".join(lines)


def plain(evaluation: Evaluation, most: int) -> dict[str, Any]:
    """The same as values that JSON has; percentages as numbers, None where nothing was measured."""
    return {
        "messages": evaluation.messages,
        "detectors": list(evaluation.detectors),
        "figures": {
            each.headline.key: {
                **_plain_share(each.share),
                "target": each.headline.target,
                "at": "most" if each.headline.ceiling else "least",
                "met": each.met,
            }
            for each in evaluation.figures
        },
        "recall": {kind: _plain_rows(rows) for kind, rows in evaluation.recall.items()},
        "category_named": _plain_share(evaluation.named),
        "false_alarms": {kind: _plain_rows(rows) for kind, rows in evaluation.alarms.items()},
        "weak": [{"kind": kind, **_plain_row(row)} for kind, row in evaluation.weak],
        "misses": [
            {
                "what": misses.words,
                "count": len(misses.judged),
                "messages": [_plain_miss(each) for each in misses.judged[:most]],
            }
            for misses in evaluation.misses
        ],
    }


def plain_curve(rows: Iterable[Threshold], names: Mapping[float, str]) -> list[dict[str, Any]]:
    """The table of thresholds for JSON, which knows no infinity: a threshold of it is None."""
    return [
        {
            "threshold": row.at if isfinite(row.at) else None,
            "name": names.get(row.at),
            "ordinary": _plain_share(row.alarms),
            "immediate": _plain_share(row.immediate),
            "same_day": _plain_share(row.same_day),
            "either": _plain_share(row.either),
            "doubt": _plain_share(row.doubt),
        }
        for row in rows
    ]


def _plain_share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"hits": share.hits, "n": share.n, "percent": share.percent, "interval": [low, high]}


def _plain_rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [_plain_row(row) for row in rows]


def _plain_row(row: Row) -> dict[str, Any]:
    shares = {"p1": row.p1, "flagged": row.flagged, "raised": row.raised, "named": row.named}
    found = {key: _plain_share(share) for key, share in shares.items() if share is not None}
    return {"name": row.name, **found}


def _plain_miss(each: Judged) -> dict[str, Any]:
    message, found = each.message, each.found
    return {
        "id": message.id,
        "texts": list(message.texts),
        "severity": message.severity,
        "expected": [list(codes) for codes in message.categories],
        "priority": found.priority,
        "categories": list(found.categories),
        "rules": list(rules(found)),
    }
