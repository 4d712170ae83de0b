"""Is the script fit to be sent? The table is walked, the plan held, and every line linted.

Findings name the file and the key, and the rule of docs/practice.md that is broken.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dialogs.coverage import unmapped
from dialogs.interview import ENDED, OPEN, PHASES, PROMPTED, STATES, accepts, rows
from dialogs.lint import SAMPLE_FACTS, lint, parity
from dialogs.position import SCRIPT_VERSION, STATE_ALIASES
from dialogs.readability import ReadingAge, reading_age
from dialogs.sms import segments
from dialogs.texts import DEFAULT_LANGUAGE, Line, Script, load

__all__ = ["SAMPLE_FACTS", "Finding", "Report", "check_script", "stranded", "walk"]

COMMANDS = ("skip", "later", "busy", "help", "person", "how", "who", "stop", "finish")
HIGHEST_READING_AGE = 4.0
_UNPROMPTED_LINES = {
    "not_started": "hello", "busy": "busy", "paused": "later", "after_danger": "danger",
    "after_own_act": "own_act", "finished": "goodbye", "declined": "declined",
    "closed_unsafe": "bland_close",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule, and where."""

    file: str
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `check_script` saw; fit to be sent when there is no finding."""

    language: str
    version: str
    states: int
    transitions: int
    unreachable: tuple[str, ...]
    dead_ends: tuple[str, ...]
    missing_commands: tuple[tuple[str, str], ...]
    untranslated: tuple[str, ...]
    reading_age: Mapping[str, ReadingAge]
    segments: Mapping[str, int]
    findings: tuple[Finding, ...]


def check_script(
    script: Script | None = None, false_claims: Mapping[str, str] | None = None
) -> Report:
    """Walk the table and hold every line of a script (the English one) against the rules.

    Args:
        script: the texts of one language.
        false_claims: what the settings make untrue, each with what to change (bot/claims.py).
    """
    script = script or load()
    file = f"{script.language}.toml"
    unreachable, dead_ends, missing = walk()
    ages = {phase: reading_age(text) for phase, text in _by_phase(script).items()}
    untranslated = tuple(sorted(set(load().lines) - set(script.lines)))
    findings = [
        *(Finding("interview.py", state, "cannot be reached") for state in unreachable),
        *(Finding("interview.py", state, "no way to an end") for state in dead_ends),
        *(Finding("interview.py", state, f"{trigger} is refused") for state, trigger in missing),
        *(Finding("released.toml", state, said) for state, said in stranded()),
        *(Finding("coverage.py", topic, "is asked nowhere") for topic in unmapped()),
        *(Finding(file, key, "has no text") for key in untranslated),
        *_state_findings(script, file),
        *(Finding(file, key, said) for key, said in lint(script)),
        *_untrue(script, file, false_claims or {}),
    ]
    if script.language == DEFAULT_LANGUAGE:
        findings += _too_hard(ages, file)
    else:
        findings += [Finding(file, key, said) for key, said in parity(script, load())]
    return Report(
        language=script.language,
        version=script.version,
        states=len(STATES),
        transitions=len(rows()),
        unreachable=unreachable,
        dead_ends=dead_ends,
        missing_commands=missing,
        untranslated=untranslated,
        reading_age=ages,
        segments={key: _most_segments(line) for key, line in script.lines.items()},
        findings=tuple(dict.fromkeys(findings)),
    )


def walk() -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """States that nothing leads to, states that lead to no end, and commands that are refused."""
    edges = {(source, dest) for _, source, dest, _ in rows()}
    reached = _closure({"not_started"}, edges)
    ending = _closure(set(ENDED), {(dest, source) for source, dest in edges})
    missing = tuple(
        (state, trigger) for state in OPEN for trigger in COMMANDS if not accepts(state, trigger)
    )
    unreachable = tuple(state for state in STATES if state not in reached)
    return unreachable, tuple(state for state in STATES if state not in ending), missing


def stranded() -> Iterable[tuple[str, str]]:
    """States of a released version at which a conversation could not go on under this one.

    A release that leaves one behind is refused: its new name belongs into STATE_ALIASES. The
    version that is current must be listed with all its states, so that the next one is held to it.
    """
    versions = released()
    for version, states in versions.items():
        for state in states:
            if STATE_ALIASES.get(state, state) not in STATES:
                yield state, f"of version {version} has no place in this version"
    for state in STATES:
        if state not in versions.get(SCRIPT_VERSION, ()):
            yield state, f"is not written down as a state of version {SCRIPT_VERSION}"


@cache
def released() -> Mapping[str, tuple[str, ...]]:
    """The states of every version that was ever released, by version."""
    source = (files("dialogs") / "released.toml").read_text(encoding="utf-8")
    return {version: tuple(states) for version, states in tomllib.loads(source)["states"].items()}


def _closure(start: set[str], edges: set[tuple[str, str]]) -> set[str]:
    found = set(start)
    while new := {dest for source, dest in edges if source in found} - found:
        found |= new
    return found


def _state_findings(script: Script, file: str) -> Iterable[Finding]:
    asking = {line.asks for line in script.lines.values()}
    for state in STATES:
        if state in PROMPTED and state not in asking:
            yield Finding(file, state, "no line puts this question")
        line = _UNPROMPTED_LINES.get(state)
        if line and line not in script.lines:
            yield Finding(file, state, f"no line {line}")
    for key, line_found in script.lines.items():
        if line_found.asks and line_found.asks not in STATES:
            yield Finding(file, key, f"asks {line_found.asks}, which is no state")
        if line_found.phase not in (*PHASES, "asides"):
            yield Finding(file, key, f"phase {line_found.phase} does not exist")


def _untrue(script: Script, file: str, false_claims: Mapping[str, str]) -> Iterable[Finding]:
    for key, line in script.lines.items():
        for claim in line.claims:
            if claim in false_claims:
                yield Finding(file, key, false_claims[claim])


def _too_hard(ages: Mapping[str, ReadingAge], file: str) -> list[Finding]:
    return [
        Finding(file, phase, f"is too hard to read: {age.ari:.1f}, {age.coleman_liau:.1f}")
        for phase, age in ages.items()
        if max(age.ari, age.coleman_liau) > HIGHEST_READING_AGE
    ]


def _by_phase(script: Script) -> Mapping[str, str]:
    phases: dict[str, list[str]] = {}
    for line in script.lines.values():
        for variants in (line.texts, line.again):
            if variants:
                body = variants[0].template.format_map(SAMPLE_FACTS)
                phases.setdefault(line.phase, []).append(body)
    return {phase: " ".join(bodies) for phase, bodies in phases.items()}


def _most_segments(line: Line) -> int:
    variants = (*line.texts, *line.again)
    return max(segments(variant.template.format_map(SAMPLE_FACTS)) for variant in variants)
