"""What a worker writes to a young person: texts to tap, and what to think about before sending.

The texts are data that a safeguarding lead approves, held to the rules of the script's own lines
(docs/practice.md PR-22, PR-26, PR-29, PR-39, PR-54, PR-56). Warnings never block: whoever speaks
with a young person may know better.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from dialogs.lint import MOST_SEGMENTS, lint
from dialogs.sms import segments
from dialogs.texts import DEFAULT_LANGUAGE, SCRIPT_VERSION, Script, TextsError, parse

KINDS: Final = frozenset({"promise", "blame", "label", "picture", "length"})
_FOLDER = files("dialogs") / "quick_texts"
_SPACE: Final = r"[\s\-]+"


@dataclass(frozen=True, slots=True)
class Group:
    """Texts to tap that belong together."""

    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to think about: why, and where in the words, counted in code points."""

    kind: str
    say: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    say: str
    words: re.Pattern[str]


def quick_texts(language: str, facts: Mapping[str, str]) -> tuple[Group, ...]:
    """The texts to tap in a language, or the English ones where there are none.

    Args:
        language: of the young person.
        facts: numbers for the placeholders; a text that needs an unknown one is left out.
    """
    return tuple(
        Group(name, tuple(_filled(templates, facts))) for name, templates in _groups(language)
    )


def _filled(templates: Iterable[str], facts: Mapping[str, str]) -> Iterator[str]:
    for template in templates:
        if all(facts.get(name) for name in re.findall(r"\{(\w+)\}", template)):
            yield template.format_map(facts)


def warnings_of(words: str) -> tuple[Warned, ...]:
    """What to think about before these words are sent, in the order in which it stands there."""
    plain = words.replace("’", "'")
    found = [
        Warned(rule.kind, rule.say, match.start(), match.end())
        for rule in _rules()
        for match in rule.words.finditer(plain)
    ]
    if (count := segments(words)) > MOST_SEGMENTS:
        say = f"This goes out as {count} texts. Shorter is easier to read: one thing at a time."
        found.append(Warned("length", say, 0, 0))
    return tuple(sorted(found, key=lambda each: (each.start, -each.end)))


def broken_rules(language: str) -> Iterable[tuple[str, str]]:
    """Every rule that a text to tap breaks, as (the text, what is wrong)."""
    script = as_script(language)
    for key, wrong in lint(script):
        yield script.lines[key].texts[0].template, wrong


@cache
def as_script(language: str) -> Script:
    """The texts to tap as lines of a script, so that they are read and checked as those are.

    Raises:
        TextsError: the file is broken.
    """
    data = _data(f"{language}.toml")
    texts = [text for group in data["group"] for text in group["texts"]]
    lines = "\n".join(
        f"[lines.q{number}]\nphase = 'safety'\nexposure = 'private'\ntexts = [{_quoted(text)}]"
        for number, text in enumerate(texts)
    )
    return parse(f'version = "{SCRIPT_VERSION}"\n{lines}', language)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@cache
def _groups(language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    known = language.isascii() and language.isalnum() and (_FOLDER / f"{language}.toml").is_file()
    as_script(language if known else DEFAULT_LANGUAGE)
    data = _data(f"{language if known else DEFAULT_LANGUAGE}.toml")
    return tuple((group["name"], tuple(group["texts"])) for group in data["group"])


@cache
def _rules() -> tuple[_Rule, ...]:
    rules = []
    for each in _data("warnings.toml")["warning"]:
        if each["kind"] not in KINDS:
            raise TextsError(f"warnings.toml: unknown kind {each['kind']}")
        phrases = "|".join(sorted(map(_pattern, each["words"]), key=len, reverse=True))
        rules.append(_Rule(each["kind"], each["say"], re.compile(rf"\b(?:{phrases})\b", re.I)))
    return tuple(rules)


def _pattern(phrase: str) -> str:
    words = [re.escape(word).replace(r"\*", r"\w*") for word in re.split(r"[\s-]+", phrase)]
    return _SPACE.join(words)


def _data(name: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TextsError(f"{name}: {error}") from error
