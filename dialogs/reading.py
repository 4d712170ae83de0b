"""What a young person's text says to the conversation: a command, a plain answer, or words.

A command is the whole message, or its whole first or last clause, that can mean nothing else; so
"stop", "dont wanna say" and "was at my nans. gotta go" are read, and "stop him" and "i want it to
stop" stay what they are: words (docs/practice.md PR-25, PR-26). Reading changes nothing that is
stored.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CONTROLS = ("busy", "stop", "finish", "later", "skip")
"""Commands that move the conversation; of several in one turn the first of these counts."""
INFOS = ("help", "person", "how", "who", "cost", "secret", "delete", "rude")
"""Commands that are answered where the conversation stands."""
COMMANDS = frozenset(CONTROLS) | frozenset(INFOS)
WISHES = ("talk", "meet", "shorter", "longer", "topics", "show")
"""Wishes about the conversation: another way, another length, another part, what they said."""
SIGNS = ("someone_else", "wrong_number", "adult")
"""Signs about who writes, for a person to look at; style alone is never one (practice.md 5.2)."""
_BY_CLAUSE = {
    **dict.fromkeys(
        ("busy", "later", "skip", "person", "how", "who", "cost", "secret", "delete"), 2
    ),
    **dict.fromkeys(("talk", "meet", "wrong_number", "adult", "rude"), 2),
    **dict.fromkeys(("stop", "finish", "shorter", "longer", "topics", "show", "someone_else"), 3),
}
"""Commands that a clause of a longer message can be, and how many words they need for it."""
_OPENED = (
    *CONTROLS,
    "thats_all",
    "elsewhere",
    "adult",
    *(wish for wish in WISHES if wish != "longer"),
)
"""Kinds that may follow a yes, a no or an idk; "no longer" is no wish for more."""
_LONGEST_COMMAND = 100
_CLAUSES = re.compile(r"[.,;:!?\n\r]+|\s[-–—]+\s")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_NOT_WORDS = re.compile(r"[\W_]+")
_RUNS = re.compile(r"([a-z])\1+")
_PART = re.compile(r"<(\w+)>")
_NEVER = re.compile(r"(?!)")
_FOLDER = files("dialogs") / "texts"


@dataclass(frozen=True, slots=True)
class _Rules:
    words: Mapping[str, str]
    joined: re.Pattern[str]
    joined_to: Mapping[str, str]
    emoji: Mapping[str, str]
    signs: re.Pattern[str]
    kinds: re.Pattern[str]
    telling: re.Pattern[str]
    plain_no: re.Pattern[str]
    plain_yes: re.Pattern[str]
    hedged: re.Pattern[str]
    numbers: Mapping[str, int]
    choice: re.Pattern[str]


def read(words: str, language: str = "en") -> str:
    """The kind of a text.

    The rules of the language come first, then the English ones: English is understood everywhere.

    Returns:
        A command (`COMMANDS`, or "thats_all" and "elsewhere": a wish to finish or to wait, in some
        states only), one of `WISHES` or `SIGNS`, or "yes", "no", "partly", "unsure", "nothing",
        "confused", "greeting", "thanks", "more", or "words" when it is none of these.
    """
    if words.strip() and not words.strip(" ?!"):
        return "confused" if "?" in words else "words"
    kinds = (_read(words, rules) for rules in _rules_for(language))
    return next((kind for kind in kinds if kind), "words")


def spelt(words: str, language: str = "en") -> str:
    """The text in small letters and full words, without signs, double letters as one.

    This is the spelling over which the patterns of reading_*.toml and topics_*.toml are written.
    """
    return _spell(words, _rules_for(language)[0])


def says_word(words: str, word: str) -> bool:
    """Whether a short text gives the check word, in any case and spacing, with little around it."""
    said, wanted = _bare(words).split(), _bare(word)
    if not wanted or len(said) > 4 + len(wanted.split()):
        return False
    return f" {wanted} " in f" {' '.join(said)} " or "".join(said) == wanted.replace(" ", "")


def holds_word(words: str, word: str) -> bool:
    """Whether a text of any length holds a word, in any case: for a word that means danger."""
    wanted = _bare(word)
    return bool(wanted) and f" {wanted} " in f" {_bare(words)} "


def way_of(words: str, language: str = "en") -> str | None:
    """Which of text, talk and meet is asked for; None when that is not clear."""
    ways = (_way(_spell(words, rules)) for rules in _rules_for(language))
    return next((way for way in ways if way), None)


def choice_of(words: str, language: str = "en") -> int | None:
    """The number chosen by a text that is such a choice and nothing else ("2.", "the second one").

    Returns:
        1 to 10; None when no one number is plainly chosen ("2 of them", "1 or 2").
    """
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in _bare(words))
    if len(plain) > _LONGEST_COMMAND:
        return None
    for rules in _rules_for(language):
        match = rules.choice.fullmatch(plain)
        if match:
            return rules.numbers[match["number"]]
    return None


_WAYS = {
    "talk": re.compile(r" (talk|talking|call|cal|phone|fone|ring|speak|voice|calling|caling|2) "),
    "meet": re.compile(r" (met|meting|in person|face|fac|se|visit|come|mete|3) "),
    "text": re.compile(r" (text|texting|texts|here|type|typing|chat|1) "),
}
"""The spelling is that of `_spell`: double letters are single."""
_NOT_WISHED = re.compile(
    r" (not|no|dont|dont want to|instead of|rather than|cant|hate)"
    r"( do| want| to| like| a| on| the)*"
    r" (text|texting|talk|talking|cal|cals|caling|phone|ring|speak|speaking|met|meting|se)(?= )"
)


_WISHED = re.compile(
    r" (want|wana|rather|prefer|like|can|could|can we|may|please|better|easier|lets|il|wil) "
)
_LONGEST_PLAIN_WAY = 5
"""A longer text with "phone" or "here" in it is a story, unless it says that it is a wish."""


def _way(plain: str) -> str | None:
    if len(plain.split()) > _LONGEST_PLAIN_WAY and not _WISHED.search(f" {plain} "):
        return None
    padded = _NOT_WISHED.sub(" ", f" {plain} ")
    wished = [way for way, pattern in _WAYS.items() if pattern.search(padded)]
    return wished[0] if len(wished) == 1 else None


def _read(words: str, rules: _Rules) -> str | None:
    plain = _spell(words, rules)
    kind = _kind(plain, rules)
    if kind is None and not rules.telling.search(plain):
        kind = _command_clause(words, rules)
    return kind or _plain_start(plain, rules)


def _bare(words: str) -> str:
    text = unicodedata.normalize("NFKC", words).casefold()
    return _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", text)).strip()


def _spell(words: str, rules: _Rules) -> str:
    text = unicodedata.normalize("NFKC", words).casefold()
    text = rules.signs.sub(lambda match: f" {rules.emoji[match[0]]} ", text)
    tokens = _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", text)).split()
    known = rules.words
    spelt = [known.get(token) or known.get(single := _once(token)) or single for token in tokens]
    return rules.joined.sub(lambda match: rules.joined_to[match[0]], " ".join(spelt))


def _once(text: str) -> str:
    return _RUNS.sub(r"\1", text)


def _kind(plain: str, rules: _Rules) -> str | None:
    if not plain or len(plain) > _LONGEST_COMMAND:
        return None
    match = rules.kinds.fullmatch(plain)
    return match.lastgroup if match else None


def _command_clause(words: str, rules: _Rules) -> str | None:
    clauses = [clause for clause in _CLAUSES.split(words) if clause.strip()]
    if len(clauses) < 2:
        return None
    for clause in (clauses[-1], clauses[0]):
        spelt = _spell(clause[: 2 * _LONGEST_COMMAND], rules)
        kind = _kind(spelt, rules)
        if kind in _BY_CLAUSE and len(spelt.split()) >= _BY_CLAUSE[kind]:
            return kind
    return None


def _plain_start(plain: str, rules: _Rules) -> str | None:
    """A yes or no with more behind it; "no one was there" is no no, and "yes but" is not plain."""
    if rules.plain_no.match(plain):
        return "words" if " yes" in plain else "no"
    if rules.plain_yes.match(plain):
        return "partly" if rules.hedged.search(plain) else "yes"
    return None


@cache
def _rules_for(language: str) -> tuple[_Rules, ...]:
    """The rules of a language, if it has some, and the English ones."""
    found = (_rules_of(name) for name in dict.fromkeys((language, "en")) if name.isalnum())
    return tuple(rules for rules in found if rules is not None)


@cache
def _rules_of(language: str) -> _Rules | None:
    path = _FOLDER / f"reading_{language}.toml"
    return _compile(tomllib.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def _compile(data: Mapping[str, Any]) -> _Rules:
    """A section that a language leaves out is empty; its words for yes and no are in [words]."""
    words = {typed: _once(meant) for typed, meant in data.get("words", {}).items()}
    joined = {_once(typed): _once(meant) for typed, meant in data.get("joined", {}).items()}
    emoji, numbers = data.get("emoji", {}), data.get("numbers", {})
    return _Rules(
        words=words,
        joined=_any_of(joined, after=r"(?= |$)"),
        joined_to=joined,
        emoji=emoji,
        signs=_any_of(map(re.escape, emoji), before="", after=""),
        kinds=_kinds_pattern(data),
        telling=_any_of(data.get("telling", ())),
        plain_no=re.compile(rf"no\b(?! {_any_of(data.get('not_no', ())).pattern})"),
        plain_yes=re.compile(r"yes\b"),
        hedged=_any_of(data.get("hedges", ())),
        numbers=numbers,
        choice=_choice_pattern(data),
    )


def _any_of(words: Iterable[str], before: str = r"\b", after: str = r"\b") -> re.Pattern[str]:
    found = sorted(map(_once, words), key=len, reverse=True)
    return re.compile(f"{before}(?:{'|'.join(found)}){after}") if found else _NEVER


def _choice_pattern(data: Mapping[str, Any]) -> re.Pattern[str]:
    if not data.get("numbers"):
        return _NEVER
    around = {
        name: "|".join(data.get(name, ())) or "(?!)" for name in ("before_number", "after_number")
    }
    return re.compile(
        f"(?:(?:{around['before_number']}) )*(?P<number>{'|'.join(data['numbers'])})"
        f"(?: (?:{around['after_number']}))*"
    )


def _kinds_pattern(data: Mapping[str, Any]) -> re.Pattern[str]:
    """One pattern for all kinds; the name of the group that matched is the kind."""
    filler = _any_of(data.get("fillers", ()), before="", after="").pattern
    opener = _any_of(data.get("openers", ()), before="", after="").pattern
    parts = data.get("parts", {})
    kinds = []
    for kind, patterns in data.get("kinds", {}).items():
        front = f"(?:(?:{filler}|{opener}) )*?" if kind in _OPENED else f"(?:{filler} )*?"
        bodies = (_PART.sub(lambda part: f"(?:{parts[part[1]]})", each) for each in patterns)
        body = "|".join(_uncaptured(_once(each)) for each in bodies)
        kinds.append(f"(?P<{kind}>{front}(?:{body}))")
    return re.compile(f"(?:{'|'.join(kinds)})(?: {filler})*") if kinds else _NEVER


def _uncaptured(pattern: str) -> str:
    return re.sub(r"\((?!\?)", "(?:", pattern)
