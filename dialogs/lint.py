"""What every line of a script is held against: nothing here is a matter of taste.

Each rule names the rule of docs/practice.md that a line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

from dialogs.hearing import kind_of
from dialogs.numbers import longest_facts
from dialogs.readability import sentences, words
from dialogs.reading import choice_of
from dialogs.sms import is_gsm7, segments
from dialogs.texts import DEFAULT_LANGUAGE, Line, Script

SAMPLE_FACTS = {
    "service": "the Listen Line",
    "name": "Ade",
    "employer": "Northfield Voices",
    "next_read": "9am on Monday",
    "returned_on": "Wednesday",
    "worker": "Dee",
    "role": "duty worker",
    "time": "4:05pm on Monday",
    "first": "3",
    "left": "9",
    "cost": "costs the same as any text",
    "next_shift": "10:30am on Wednesday",
    **longest_facts(),
}
"""Made-up facts, as long as real ones, for counting; numbers with their longest note."""
LONGEST_SENTENCE, MOST_SEGMENTS, LONGEST_BUTTON = 15, 2, 20

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
CLAIMED = {
    "person_reads_all": re.compile(r"\breads? (it )?all\b|\breads what you write\b", re.I),
    "not_police_or_carer": re.compile(r"police or your carer"),
    "social_worker_gets_report": re.compile(r"social worker"),
    "carer_gets_part": re.compile(r"carer, they"),
    "kept_long": re.compile(r"for a long time"),
    "can_ask_to_see": re.compile(r"\bask\b.* to see (it|what we keep)"),
    "cannot_delete": re.compile(r"can't delete"),
    "must_pass_on_risk": re.compile(r"we (must|have to) (still )?(pass|tell) "),
    "crime_may_be_passed_on": re.compile(r"\bcrime\b"),
    "no_trouble_from_us": re.compile(r"\bin trouble\b"),
    "checks_each_text": re.compile(r"check each text"),
    "duty_day_and_night": re.compile(r"day or night"),
    "tells_what_happens_next": re.compile(r"tell you what happens next"),
}
"""Sentences about us: a line that says one names its claim, so that a setting can refute it."""
_DIGITS = re.compile(r"\b(?!18\b)\d{2,}")
"""A number to call; 18 is an age."""

Rule = Callable[[Line, str], Iterable[str]]


def lint(script: Script) -> Iterable[tuple[str, str]]:
    """Every broken rule as (key of the line, what is wrong)."""
    known = reviewed_words(script.language)
    for key, line in script.lines.items():
        for variant in (*line.texts, *line.again):
            body = variant.template.format_map(SAMPLE_FACTS)
            for rule in _RULES if script.language == DEFAULT_LANGUAGE else _RULES_ANYWHERE:
                for message in rule(line, body):
                    yield key, message
            plain = re.sub(r"\{\w+\}", " ", variant.template)
            if found := _DIGITS.search(plain):
                yield key, f"writes {found[0]} out; put its placeholder (dialogs/numbers.toml)"
            for word in _not_reviewed(plain, known):
                yield key, f"{word} is not on the list of reviewed words (PR-29)"
        for message in _buttons(line, script.language, known):
            yield key, message


def _not_reviewed(plain: str, known: frozenset[str]) -> Iterable[str]:
    for word in words(plain) if known else ():
        if not word.isdigit() and word.casefold().strip("'") not in known:
            yield word


def _buttons(line: Line, language: str, known: frozenset[str]) -> Iterable[str]:
    """A button is read like a text, and pressing it means what typing its words would."""
    for says, label in line.buttons:
        if len(label) > LONGEST_BUTTON or len(says.encode()) > LONGEST_BUTTON:
            yield f"has a button of more than {LONGEST_BUTTON} signs"
        if choice_of(says, language) is None and (
            kind_of(says, line.asks or "", language=language) in ("words", "confused")
        ):
            yield f"has a button {label} that says {says}, which means nothing there"
        for rule in (_invites, _says):
            for spoken in (says, label):
                yield from rule(line, spoken)
        for word in _not_reviewed(label, known):
            yield f"{word} is not on the list of reviewed words (PR-29)"


def parity(script: Script, original: Script) -> Iterable[tuple[str, str]]:
    """Where a language differs from the English in more than its words."""
    for word in sorted(set(original.words) - set(script.words)):
        yield word, "is not among its [words]"
    for key in sorted(set(script.lines) - set(original.lines)):
        yield key, "is no line of the English script"
    for key in sorted(set(script.lines) & set(original.lines)):
        for said in _differences(script.lines[key], original.lines[key]):
            yield key, said


def _differences(here: Line, there: Line) -> Iterable[str]:
    for name in ("phase", "exposure", "asks", "safety", "claims"):
        if getattr(here, name) != getattr(there, name):
            yield f"has another {name} than the English line"
    if len(here.buttons) != len(there.buttons):
        yield "has other buttons than the English line"
    if bool(here.again) != bool(there.again):
        yield "has a second wording in one language only"
    known = frozenset[str]().union(*(each.needs for each in (*there.texts, *there.again)))
    for variant in (*here.texts, *here.again):
        if not variant.needs <= known:
            yield f"names {', '.join(sorted(variant.needs - known))}, the English does not"


@cache
def reviewed_words(language: str) -> frozenset[str]:
    """The words that texts may use; empty for a language without a list."""
    path = files("dialogs") / "texts" / f"words_{language}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _fits(_line: Line, body: str) -> Iterable[str]:
    if not is_gsm7(body):
        yield "leaves the basic SMS alphabet (PR-54)"
    if segments(body) > MOST_SEGMENTS:
        yield f"needs {segments(body)} segments (PR-54)"
    for sentence in sentences(body):
        if len(words(sentence)) > LONGEST_SENTENCE:
            yield f"a sentence of {len(words(sentence))} words (PR-29)"
    if body.count("?") > 1:
        yield "more than one question (PR-22)"


def _invites(_line: Line, body: str) -> Iterable[str]:
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


def _claims(line: Line, body: str) -> Iterable[str]:
    for claim, pattern in CLAIMED.items():
        if pattern.search(body) and claim not in line.claims:
            yield f"claims {claim} and does not say so (PR-53)"


_RULES_ANYWHERE: tuple[Rule, ...] = (_fits, _invites)
_RULES: tuple[Rule, ...] = (*_RULES_ANYWHERE, _says, _claims)
