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
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CONTROLS = ("busy", "stop", "finish", "later", "skip")
"""Commands that move the conversation; of several in one turn the first of these counts."""
INFOS = ("help", "person", "how", "who")
"""Commands that are answered where the conversation stands."""
COMMANDS = frozenset(CONTROLS) | frozenset(INFOS)
_BY_CLAUSE = {
    "busy": 2,
    "later": 2,
    "skip": 2,
    "person": 2,
    "how": 2,
    "who": 2,
    "stop": 3,
    "finish": 3,
}
"""Commands that a clause of a longer message can be, and how many words they need for it."""
_LONGEST_COMMAND = 100
_CLAUSES = re.compile(r"[.,;:!?\n\r]+|\s[-–—]+\s")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_NOT_WORDS = re.compile(r"[\W_]+")
_RUNS = re.compile(r"([a-z])\1+")


@dataclass(frozen=True, slots=True)
class _Rules:
    words: Mapping[str, str]
    joined: re.Pattern[str]
    joined_to: Mapping[str, str]
    emoji: Mapping[str, str]
    kinds: re.Pattern[str]
    telling: re.Pattern[str]
    plain_no: re.Pattern[str]
    plain_yes: re.Pattern[str]
    hedged: re.Pattern[str]


def read(words: str, language: str = "en") -> str:
    """The kind of a text.

    Returns:
        A command (`COMMANDS`, or "thats_all" and "elsewhere": a wish to finish or to wait, in some
        states only), or "yes", "no", "partly", "unsure", "nothing", "confused", "greeting", or
        "words" when it is none of these.
    """
    rules = _rules(language)
    if words.strip() and not words.strip(" ?!"):
        return "confused" if "?" in words else "words"
    plain = _spell(words, rules)
    kind = _kind(plain, rules)
    if kind is None and not rules.telling.search(plain):
        kind = _command_clause(words, rules)
    return kind or _plain_start(plain, rules) or "words"


def says_word(words: str, word: str) -> bool:
    """Whether a short text gives the check word, in any case and spacing, with little around it."""
    said, wanted = _bare(words).split(), _bare(word)
    if not wanted or len(said) > 4 + len(wanted.split()):
        return False
    return f" {wanted} " in f" {' '.join(said)} " or "".join(said) == wanted.replace(" ", "")


def way_of(words: str, language: str = "en") -> str | None:
    """Which of text, talk and meet is asked for; None when that is not clear."""
    plain = _NOT_WISHED.sub(" ", f" {_spell(words, _rules(language))} ")
    wished = [way for way, pattern in _WAYS.items() if pattern.search(plain)]
    return wished[0] if len(wished) == 1 else None


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


def _bare(words: str) -> str:
    text = unicodedata.normalize("NFKC", words).casefold()
    return _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", text)).strip()


def _spell(words: str, rules: _Rules) -> str:
    """The text in small letters and full words, without signs, double letters as one."""
    text = unicodedata.normalize("NFKC", words).casefold()
    for sign, meaning in rules.emoji.items():
        if sign in text:
            text = text.replace(sign, f" {meaning} ")
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
def _rules(language: str) -> _Rules:
    """The rules of a language, or the English ones: English words are understood everywhere."""
    folder = files("dialogs") / "texts"
    path = folder / f"reading_{language}.toml"
    if not language.isalnum() or not path.is_file():
        path = folder / "reading_en.toml"
    return _compile(tomllib.loads(path.read_text(encoding="utf-8")))


def _compile(data: Mapping[str, Any]) -> _Rules:
    words = {typed: _once(meant) for typed, meant in data["words"].items()}
    joined = {_once(typed): _once(meant) for typed, meant in data["joined"].items()}
    return _Rules(
        words=words,
        joined=re.compile(r"\b(?:" + "|".join(joined) + r")(?= )"),
        joined_to=joined,
        emoji=data["emoji"],
        kinds=_kinds_pattern(data),
        telling=_any_of(data["telling"]),
        plain_no=re.compile(r"no\b(?! (?:" + "|".join(map(_once, data["not_no"])) + r")\b)"),
        plain_yes=re.compile(r"yes\b"),
        hedged=_any_of(data["hedges"]),
    )


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(_once, words)) + r")\b")


def _kinds_pattern(data: Mapping[str, Any]) -> re.Pattern[str]:
    """One pattern for all kinds; the name of the group that matched is the kind."""
    filler = "(?:" + "|".join(sorted(map(_once, data["fillers"]), key=len, reverse=True)) + ")"
    opener = "(?:" + "|".join(map(_once, data["openers"])) + ")"
    kinds = []
    for kind, patterns in data["kinds"].items():
        wish = kind in (*CONTROLS, "elsewhere")
        front = f"(?:(?:{filler}|{opener}) )*?" if wish else f"(?:{filler} )*?"
        body = "|".join(_uncaptured(_once(pattern)) for pattern in patterns)
        kinds.append(f"(?P<{kind}>{front}(?:{body})(?: {filler})*)")
    return re.compile("|".join(kinds))


def _uncaptured(pattern: str) -> str:
    return re.sub(r"\((?!\?)", "(?:", pattern)
