"""Whether this release may take over an installation: nobody in it is left without a way on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlmodel import Session

from bot.claims import false_claims, numbers_findings
from bot.settings import Settings
from dialogs.check import Finding, Report, check_script
from dialogs.interview import STATES
from dialogs.numbers import all_numbers
from dialogs.position import Position
from dialogs.texts import Script, load
from storage.people import list_interviews


def check_language(
    language: str, settings: Settings, today: date, *, approved: bool = False
) -> tuple[Report, tuple[Finding, ...]]:
    """The texts of a language held against the rules and against what is so here.

    Args:
        language: a language that has texts.
        settings: of this installation.
        today: the day from which the age of a number's last check is counted.
        approved: the approval register of this language is complete.

    Returns:
        The report, and the numbers that no text may name in production any more.
    """
    script = load(language)
    report = check_script(script, false_claims(settings))
    stale = numbers_findings(settings, today, _numbers_in(script), approved=approved)
    return report, tuple(
        Finding("numbers.toml", each.key, f"{each.number} {each.why}") for each in stale
    )


def stranded_conversations(session: Session) -> Iterable[tuple[UUID, str]]:
    """Interviews that stand where this release has no state: their id and the state's name.

    A position that cannot be read at all counts as stranded.
    """
    for interview in list_interviews(session):
        try:
            state = Position.from_json(interview.position).state
        except (KeyError, TypeError, ValueError):
            state = "unreadable"
        if state not in STATES:
            yield interview.id, state


def _numbers_in(script: Script) -> set[str]:
    known = {number.key for number in all_numbers()}
    lines = script.lines.values()
    needs = (each.needs for line in lines for each in (*line.texts, *line.again))
    return known.intersection(*[frozenset[str]().union(*needs)])
