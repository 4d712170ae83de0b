"""Is the script fit to be sent? The table is walked, and every line is held against the rules.

Nothing here is a matter of taste: each finding names the rule of docs/practice.md that it breaks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dialogs.interview import ENDED, NEXT, OPEN, PHASES, PROMPTED, STATES, accepts, rows
from dialogs.readability import ReadingAge, reading_age, sentences, words
from dialogs.sms import is_gsm7, segments
from dialogs.texts import Line, Script, load

COMMANDS = ("skip", "later", "busy", "help", "person", "how", "who", "stop", "finish")
SAMPLE_FACTS = {
    "service": "the Listen Line",
    "name": "Ade",
    "employer": "Northfield Voices",
    "next_read": "9am on Monday",
    "worker": "Dee",
    "role": "duty worker",
    "time": "16:05",
}
"""Made-up facts, as long as real ones, for counting."""
LONGEST_SENTENCE, HIGHEST_READING_AGE, MOST_SEGMENTS = 15, 4.0, 2

CARRIER_WORDS = frozenset(
    {"stop", "end", "quit", "cancel", "unsubscribe", "stopall", "revoke", "optout"}
)
"""The carrier acts on these and the child is gone: never invited (PR-26)."""
CANNED_WORDS = frozenset({"HELP", "INFO", "START", "UNSTOP"})
"""A carrier may answer these itself: never taught (PR-26)."""
CASE_NOUNS = re.compile(
    r"\b(missing|police|council|social|interview|carer|foster|report|crime|case|school|home)\w*",
    re.I,
)
"""What gives a child away before the identity check (PR-10)."""
LABELS = re.compile(
    r"\b(abscond\w*|promiscuous|streetwise|lifestyle|prostitut\w*|attention.seeking|manipulative|"
    r"hard to reach|refus\w+ to engage|runaway|naughty|drug runner|money mule|own risk)\b", re.I
)  # fmt: skip
"""Words that label a child (PR-56)."""
PROMISES = re.compile(
    r"\b(confidential|our secret|won't tell|won't get in trouble|it will stop|promise you|"
    r"why did you|confess|honest)\b", re.I
)  # fmt: skip
"""What is never promised, and questions that sound like blame (PR-22, PR-39)."""
A_PERSON_KNOWS = re.compile(
    r"\b(person|someone|they)\b[^.]*\b(has|have) (now )?read\b|\bis deciding\b"
)
KNOWING_LINES = frozenset({"person_read", "person_deciding"})
"""Sent only after a named person's acknowledgement is stored (PR-40)."""
COUNTED = re.compile(r"\b(\d+) short questions")
_PHONE = re.compile(r"\b\d{3,}(?: \d{3,})*\b|\b55\b")
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

    states: int
    transitions: int
    unreachable: tuple[str, ...]
    dead_ends: tuple[str, ...]
    missing_commands: tuple[tuple[str, str], ...]
    untranslated: tuple[str, ...]
    reading_age: Mapping[str, ReadingAge]
    segments: Mapping[str, int]
    unverified_numbers: tuple[str, ...]
    approved: bool
    findings: tuple[Finding, ...]


def check_script(script: Script | None = None) -> Report:
    """Walk the table and hold every line of a script (the English one) against the rules."""
    script = script or load()
    file = f"{script.language}.toml"
    unreachable, dead_ends, missing = walk()
    ages = {phase: reading_age(text) for phase, text in _by_phase(script).items()}
    unverified = _unverified_numbers(script)
    untranslated = tuple(sorted(set(load().lines) - set(script.lines)))
    findings = [
        *(Finding("interview.py", state, "cannot be reached") for state in unreachable),
        *(Finding("interview.py", state, "no way to an end") for state in dead_ends),
        *(Finding("interview.py", state, f"{trigger} is refused") for state, trigger in missing),
        *(Finding(file, key, "has no text") for key in untranslated),
        *_state_findings(script, file),
        *(Finding(file, key, said) for key, said in _line_findings(script)),
    ]
    if script.language == "en":
        findings += [
            Finding(file, phase, f"is too hard to read: {age.ari:.1f}, {age.coleman_liau:.1f}")
            for phase, age in ages.items()
            if max(age.ari, age.coleman_liau) > HIGHEST_READING_AGE
        ]
    if script.approved:
        findings += [Finding("numbers.toml", number, "was never verified") for number in unverified]
    return Report(
        states=len(STATES),
        transitions=len(rows()),
        unreachable=unreachable,
        dead_ends=dead_ends,
        missing_commands=missing,
        untranslated=untranslated,
        reading_age=ages,
        segments={key: _most_segments(line) for key, line in script.lines.items()},
        unverified_numbers=unverified,
        approved=script.approved,
        findings=tuple(findings),
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


def _line_findings(script: Script) -> Iterable[tuple[str, str]]:
    known = reviewed_words(script.language)
    for key, line in script.lines.items():
        for variant in (*line.texts, *line.again):
            body = variant.template.format_map(SAMPLE_FACTS)
            for rule in _RULES:
                for message in rule(line, body):
                    yield key, message
            plain = re.sub(r"\{\w+\}", " ", variant.template)
            for word in words(plain):
                if not word.isdigit() and word.casefold().strip("'") not in known:
                    yield key, f"{word} is not on the list of reviewed words (PR-29)"


def _fits(line: Line, body: str) -> Iterable[str]:
    if not is_gsm7(body):
        yield "leaves the basic SMS alphabet (PR-54)"
    if segments(body) > MOST_SEGMENTS:
        yield f"needs {segments(body)} segments (PR-54)"
    for sentence in sentences(body):
        if len(words(sentence)) > LONGEST_SENTENCE:
            yield f"a sentence of {len(words(sentence))} words (PR-29)"
    if body.count("?") > 1:
        yield "more than one question (PR-22)"


def _invites(line: Line, body: str) -> Iterable[str]:
    for word in words(body):
        if word.casefold() in CARRIER_WORDS or word in CANNED_WORDS:
            yield f"invites {word}, on which a carrier acts (PR-26)"


def _says(line: Line, body: str) -> Iterable[str]:
    if line.exposure in ("bland", "general") and (found := CASE_NOUNS.search(body)):
        yield f"says {found[0]} before the identity check (PR-10)"
    for pattern, rule in ((LABELS, "PR-56"), (PROMISES, "PR-39")):
        if found := pattern.search(body):
            yield f"says {found[0]} ({rule})"
    if line.key not in KNOWING_LINES and A_PERSON_KNOWS.search(body):
        yield "says that a person knows (PR-40)"


def _is_true(line: Line, body: str) -> Iterable[str]:
    questions = len(NEXT) - len({"way", "keep_private_what"})
    if (counted := COUNTED.search(body)) and int(counted[1]) != questions:
        yield f"counts {counted[1]} questions, there are {questions} (PR-53)"
    for number in _PHONE.findall(body):
        entry = numbers().get(number)
        if entry is None:
            yield f"names {number}, which is not in numbers.toml"
        elif entry["open_note"] not in body:
            yield f"names {number} without its hours: {entry['open_note']}"


_RULES: tuple[Callable[[Line, str], Iterable[str]], ...] = (_fits, _invites, _says, _is_true)


@cache
def numbers() -> Mapping[str, Mapping[str, str]]:
    """Every number that a text may name, with name, hours and the day it was last verified."""
    source = (files("dialogs") / "numbers.toml").read_text(encoding="utf-8")
    return {entry["number"]: entry for entry in tomllib.loads(source)["numbers"].values()}


@cache
def reviewed_words(language: str) -> frozenset[str]:
    """The words that texts may use; empty for a language without a list."""
    path = files("dialogs") / "texts" / f"words_{language}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _unverified_numbers(script: Script) -> tuple[str, ...]:
    named = {
        number
        for line in script.lines.values()
        for variant in (*line.texts, *line.again)
        for number in _PHONE.findall(variant.template)
    }
    known = numbers()
    return tuple(sorted(n for n in named if not known.get(n, {}).get("last_verified")))


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
