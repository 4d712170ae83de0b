"""Screening, for those who review and measure it: no settings, keys or database are needed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Any

import click

from dialogs.interview import STATES
from dialogs.screening import Match, Screening, ScreeningFailed, screen
from dialogs.screening_curve import Point, curve, thresholds_for
from dialogs.screening_evaluation import evaluate, judge
from dialogs.screening_labels import Labelled, MalformedLabels, distinct, labelled
from dialogs.screening_report import curve_report, plain, plain_curve, report, visible
from dialogs.screening_targets import MalformedLimits, broken, limits
from dialogs.screening_weighing import thresholds
from web.commands.printing import as_json, print_json
from web.presenting import CATEGORIES, PRIORITIES

_FILES = click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)


class WrongInput(click.ClickException):
    """A file that was named cannot be read as what it should be."""

    exit_code = 2


@click.group("screen")
def screening() -> None:
    """Screening: what it says of a message, and how well it does."""


@screening.command("evaluate")
@_FILES
@click.option(
    "--misses",
    default=20,
    show_default=True,
    type=click.IntRange(min=0),
    help="How many messages to print of each kind that is wrong.",
)
@click.option(
    "--at-least",
    "limits_file",
    metavar="FILE.toml",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Percentages under [at_least] and [at_most]; exit 1 when a figure is worse.",
)
@as_json
def screen_evaluate(
    paths: tuple[Path, ...], misses: int, limits_file: Path | None, json_wanted: bool
) -> None:
    """Measure screening on labelled messages; a folder is all its .jsonl files.

    The messages that it gets wrong are PRINTED with their texts: this is for authored messages,
    or such as a person has removed identifiers from.
    """
    limit = _limits(limits_file)
    evaluation = evaluate(judge(_messages(paths), _screened), _score)
    worse = broken(evaluation.figures, limit)
    if json_wanted:
        print_json({**plain(evaluation, misses), "worse_than_the_limits": worse})
    else:
        click.echo(report(evaluation, misses))
    for sentence in worse:
        click.echo(f"worse than {limits_file}: {sentence}", err=True)
    if worse:
        sys.exit(1)


@screening.command("curve")
@_FILES
@click.option("--at", "at", type=float, multiple=True, help="Also this threshold; may be repeated.")
@as_json
def screen_curve(paths: tuple[Path, ...], at: tuple[float, ...], json_wanted: bool) -> None:
    """Print what each threshold of the score costs in false alarms, and what it finds."""
    points: list[Point] = [
        (_score(each.found), each.message.severity) for each in judge(_messages(paths), _screened)
    ]
    if all(score == -inf for score, _ in points):
        raise click.ClickException("this detector gives no score")
    names = _set_here()
    rows = curve(points, (*thresholds_for(points), *names, *at))
    if json_wanted:
        print_json(plain_curve(rows, names))
    else:
        click.echo(curve_report(rows, names))


@screening.command("check")
def screen_check() -> None:
    """Say whether all that screening needs is there and undamaged; exit 1 when it is not."""
    click.echo(f"Screening works. Detector {_screened(Labelled('ok', ('ok',), 'none')).detector}")


@screening.command("text")
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True)
@click.option(
    "--asked", metavar="STATE", multiple=True, help="The question that it may answer; repeatable."
)
@click.option("--language", default="en", show_default=True, help="What the young person writes.")
@click.option("--after-risk", is_flag=True, help="An earlier risk is still open.")
@as_json
def screen_text(
    texts: tuple[str, ...],
    asked: tuple[str, ...],
    language: str,
    after_risk: bool,
    json_wanted: bool,
) -> None:
    """Say what screening makes of one thought, and why; several TEXTs are one split thought."""
    for state in asked:
        if state not in STATES:
            raise click.BadParameter(f"{state} is no state of the interview", param_hint="--asked")
    message = Labelled(
        "typed", texts, "none", asked=asked, language=language, after_risk=after_risk
    )
    found = _screened(message)
    if json_wanted:
        print_json(_plain(found))
    else:
        click.echo("\n".join(_in_words(found, len(texts))))


def _screened(message: Labelled) -> Screening:
    try:
        return screen(message.texts, message.asked, message.language, message.after_risk)
    except ScreeningFailed as failed:
        raise click.ClickException(f"cannot screen: {failed}") from None


def _score(found: Screening) -> float:
    return -inf if found.score is None else found.score


def _set_here() -> dict[float, str]:
    """The thresholds of the score that are set, with what they decide."""
    limits_set = thresholds()
    return {limits_set.doubt: "P3 as set", limits_set.unasked.unruled: "P2 as set"}


def _messages(paths: tuple[Path, ...]) -> list[Labelled]:
    try:
        messages = distinct(
            message for path in _each(paths) for message in labelled(_read(path), str(path))
        )
    except MalformedLabels as malformed:
        raise WrongInput(str(malformed)) from None
    if not messages:
        raise WrongInput(f"{', '.join(map(str, paths))}: no message in it")
    return messages


def _each(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
        elif inside := sorted(path.glob("*.jsonl")):
            yield from inside
        else:
            raise WrongInput(f"{path}: no .jsonl file in it")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongInput(f"{path}: {error.strerror}") from None


def _limits(path: Path | None) -> Mapping[str, float]:
    if path is None:
        return {}
    try:
        return limits(_read(path).decode())
    except (MalformedLimits, UnicodeDecodeError) as malformed:
        raise WrongInput(f"{path}: {malformed}") from None


def _in_words(found: Screening, texts: int) -> Iterator[str]:
    if found.priority is None:
        yield "Nothing found. That never means that all is well."
    else:
        yield f"{PRIORITIES[found.priority]}; {found.certainty}" + (
            "; the child's own act" if found.own_act else ""
        )
        for code in found.categories:
            yield f"  {code}  {CATEGORIES.get(code, '')}".rstrip()
    if found.because:
        yield "Because:"
    for match in found.because:
        yield f"  {match.category.ljust(4)} {match.rule}"
        yield f"       {_place(match, texts)}"
    yield f"Detector {found.detector}"


def _place(match: Match, texts: int) -> str:
    which = f" of text {match.text_index + 1}" if texts > 1 else ""
    return f'"{visible(match.text)}" at {match.start} to {match.end}{which}'


def _plain(found: Screening) -> dict[str, Any]:
    return {
        "priority": found.priority,
        "categories": list(found.categories),
        "certainty": found.certainty,
        "own_act": found.own_act,
        "because": [
            {
                "category": each.category,
                "rule": each.rule,
                "text_index": each.text_index,
                "text": each.text,
                "start": each.start,
                "end": each.end,
            }
            for each in found.because
        ],
        "detector": found.detector,
    }


COMMANDS = (screening,)
