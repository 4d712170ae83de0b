"""Every word the bot sends, from dialogs/texts/<language>.toml.

Each sentence hangs on a fact: a line has variants, and the first one whose placeholders are all
known is sent, so a missing fact takes its sentence away (docs/practice.md PR-19, PR-53). A file is
read once and refused as a whole when a line is broken; nothing is found out while a child waits.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any, get_args

from dialogs.numbers import WEEKDAYS, Notes, facts_for
from dialogs.position import SCRIPT_VERSION, Exposure, Reply

__all__ = ["SCRIPT_VERSION", "Line", "Script", "TextsError", "load", "parse", "reply"]

FACTS = frozenset({
    "service", "name", "employer", "next_read", "returned_on", "worker", "role", "time",
    "first", "left", "cost", "next_shift",
})  # fmt: skip
"""What a text may hold that is not always known: about us, this child, or what is still to come."""
ALWAYS_KNOWN = frozenset({"emergency", "childline", "missing_line"})
"""Numbers that hold everywhere; the others are facts of a nation (dialogs/numbers.toml)."""
PLACEHOLDERS = FACTS | ALWAYS_KNOWN | {"shout", "silent_code", "mental_health"}
KEYS = frozenset({
    "phase", "exposure", "texts", "again", "asks", "safety", "claims", "buttons",
})  # fmt: skip
"""What may be said of a line."""
DEFAULT_LANGUAGE = "en"
_FOLDER: Traversable = files("dialogs") / "texts"


class TextsError(ValueError):
    """A file of texts is broken, or a line in it does not exist."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording, and the facts it needs."""

    template: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the script.

    `again` is its wording for the second time running, `claims` what it says about us that a
    setting could make false (bot/claims.py), `buttons` answers that can be pressed where there are
    buttons, as pairs of what pressing one says and how it reads.
    """

    key: str
    phase: str
    exposure: Exposure
    texts: tuple[Variant, ...]
    again: tuple[Variant, ...] = ()
    asks: str | None = None
    safety: bool = False
    claims: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """The texts of one language; `words` are those that facts are made of: days, hours, roles."""

    language: str
    version: str
    lines: Mapping[str, Line]
    words: Mapping[str, str]


def reply(
    key: str,
    facts: Mapping[str, str],
    language: str = DEFAULT_LANGUAGE,
    asks: str | None = None,
    *,
    again: bool = False,
    lead: str | None = None,
) -> Reply:
    """The line `key`, ready to be sent.

    Args:
        key: a line of en.toml.
        facts: what is known for placeholders; absent or empty is unknown. Numbers that are not
            given are taken with the note that they may be shut.
        language: one without a script is answered in English (docs/practice.md PR-34).
        asks: the state whose question this puts, if not the line's own.
        again: the wording for the second time running, where the line has one.
        lead: a line to put in front, in the same text.

    Raises:
        TextsError: there is no such line.
    """
    script = load(language)
    line = script.lines.get(key)
    if line is None:
        raise TextsError(f"{script.language}.toml has no line {key}")
    facts = {**_numbers(script.language), **facts}
    body = _fill(line.again if again and line.again else line.texts, facts)
    if lead:
        body = f"{_fill(script.lines[lead].texts, facts)} {body}"
    return Reply(
        key,
        body,
        line.exposure,
        asks or line.asks,
        safety=line.safety,
        choices=line.buttons,
    )


def notes_of(language: str = DEFAULT_LANGUAGE) -> Notes:
    """What a text in this language says of a number that nobody may answer."""
    words = words_of(language)
    return Notes(f" ({words['shut_now']})", f" ({words['may_be_shut']})")


@cache
def _numbers(language: str) -> Mapping[str, str]:
    everywhere = facts_for(notes=notes_of(language))
    return {name: everywhere[name] for name in ALWAYS_KNOWN}


@cache
def load(language: str = DEFAULT_LANGUAGE) -> Script:
    """The script of a language, or the English one where there is none."""
    if not has_texts(language):
        return load(DEFAULT_LANGUAGE)
    source = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return parse(source, language)


def words_of(language: str = DEFAULT_LANGUAGE) -> Mapping[str, str]:
    """Days, hours and roles in a language; what it lacks is English."""
    return {**load().words, **load(language).words}


def moment_in_words(hour: int, minute: int, weekday: int, language: str = DEFAULT_LANGUAGE) -> str:
    """A moment in a child's words: "9am on Monday", "4:30pm on Friday".

    Args:
        hour: 0 to 23, local time.
        minute: 0 to 59.
        weekday: 0 is Monday.
        language: one without a script is answered in English.
    """
    words = words_of(language)
    half = words["am"] if hour < 12 else words["pm"]
    clock = f"{hour % 12 or 12}{f':{minute:02d}' if minute else ''}{half}"
    return words["moment"].format(clock=clock, day=words[WEEKDAYS[weekday]])


def has_texts(language: str) -> bool:
    """Whether there is a script in a language: a code that is no code could name any file."""
    code = language.isascii() and language.isalnum()
    return code and (_FOLDER / f"{language}.toml").is_file()


def parse(source: str, language: str) -> Script:
    """Read and check the texts of one language.

    Raises:
        TextsError: no TOML; an unknown placeholder, exposure or key; a line without text; a last
            variant that needs a fact; a safety line with no second wording; another version than
            the script's.
    """
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise TextsError(f"{language}.toml: {error}") from error
    if data.get("version") != SCRIPT_VERSION:
        raise TextsError(f"{language}.toml is not of version {SCRIPT_VERSION}")
    lines = {key: _line(key, fields, language) for key, fields in data.get("lines", {}).items()}
    return Script(language, SCRIPT_VERSION, lines, data.get("words", {}))


def _line(key: str, fields: Mapping[str, Any], language: str) -> Line:
    where = f"{language}.toml, {key}"
    unknown = set(fields) - KEYS
    if unknown:
        raise TextsError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    if fields.get("exposure") not in get_args(Exposure):
        raise TextsError(f"{where}: exposure must be bland, general, private or case")
    texts = _variants(fields.get("texts", ()), where)
    again = _variants(fields["again"], where) if "again" in fields else ()
    if fields.get("safety") and not again:
        raise TextsError(f"{where}: a safety text needs a second wording")
    return Line(
        key=key,
        phase=fields["phase"],
        exposure=fields["exposure"],
        texts=texts,
        again=again,
        asks=fields.get("asks"),
        safety=bool(fields.get("safety")),
        claims=tuple(fields.get("claims", ())),
        buttons=_buttons(fields.get("buttons", ()), where),
    )


def _buttons(pairs: Iterable[Any], where: str) -> tuple[tuple[str, str], ...]:
    found = []
    for pair in pairs:
        match pair:
            case [str(says), str(label)] if says and label:
                found.append((says, label))
            case _:
                raise TextsError(f"{where}: a button is what it says and how it reads")
    if len({says for says, _ in found}) < len(found):
        raise TextsError(f"{where}: two buttons say the same")
    return tuple(found)


def _variants(templates: list[str], where: str) -> tuple[Variant, ...]:
    if not templates:
        raise TextsError(f"{where}: no text")
    variants = tuple(Variant(template, _placeholders(template, where)) for template in templates)
    if variants[-1].needs - ALWAYS_KNOWN:
        raise TextsError(f"{where}: the last text must need no fact")
    return variants


def _placeholders(template: str, where: str) -> frozenset[str]:
    try:
        names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise TextsError(f"{where}: {error}") from error
    if not names <= PLACEHOLDERS:
        raise TextsError(f"{where}: unknown placeholder {', '.join(sorted(names - PLACEHOLDERS))}")
    return frozenset(names)


def _fill(variants: tuple[Variant, ...], facts: Mapping[str, str]) -> str:
    for variant in variants:
        if all(facts.get(name) for name in variant.needs):
            return variant.template.format_map(facts) if variant.needs else variant.template
    raise TextsError("a line has no text that needs no fact")
