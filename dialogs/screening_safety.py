"""What the safety lexicons find in a thought, added to what screening found without them.

They only add. A text that a person must look at because no lexicon reads it stays so, and what is
found here says that the words come from a list that no speaker has checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dialogs.normalise_scripts import BREAK, Word, quick_words, scripts, words_of
from dialogs.safety_lexicon import (
    GATE,
    Item,
    Pattern,
    SafetyLexicon,
    SafetyRule,
    safety_lexicons,
)
from dialogs.screening_languages import LANGUAGES
from dialogs.screening_lexicon import CATEGORIES, lexicon
from dialogs.screening_result import Match, Screening


@dataclass(frozen=True, slots=True)
class _Sign:
    """One rule of one lexicon that holds, and the words of the thought that hold it up."""

    language: str
    rule: SafetyRule
    words: tuple[Word, ...]


def with_safety(result: Screening, texts: Sequence[str], language: str) -> Screening:
    """`result` with what the safety lexicons find in the thought.

    Args:
        result: what screening found without them.
        texts: the thought as typed.
        language: what the young person writes in; the lexicons for it read everything, the others
            texts in their own letters, and in Latin letters only words that no English text has.

    Raises:
        ScreeningFailed: a safety lexicon is missing or broken.
    """
    readers = dict(_readers(texts, language))
    if not readers:
        return result
    written = {script for text in texts for script in scripts(text)}
    thought = [words_of(text, index) for index, text in enumerate(texts)]
    signs: list[_Sign] = []
    versions: list[str] = []
    for code, reads_all in readers.items():
        safety = safety_lexicons()[code]
        found = list(_signs(safety, thought, own=reads_all))
        signs += found
        if found or reads_all or safety.script in written:
            versions.append(safety.version)
    return _joined(replace(result, detector=",".join((result.detector, *versions))), signs, texts)


def _readers(texts: Sequence[str], language: str) -> Iterator[tuple[str, bool]]:
    """The codes of the lexicons that read the thought, and whether with all their words."""
    lexicons, spoken = safety_lexicons(), _tags(language)
    written = {script for text in texts for script in scripts(text)}
    gated = {code for text in texts for code in _at_the_gate(quick_words(text))}
    for code, safety in lexicons.items():
        own = bool(spoken & safety.tags)
        if own or safety.script in written or code in gated:
            yield code, own


def _tags(language: str) -> frozenset[str]:
    tag = language.lower().replace("_", "-")
    return frozenset((tag, tag.split("-")[0]))


def _at_the_gate(words: Sequence[str]) -> Iterator[str]:
    gate = _gate()
    for word in words:
        if word in gate:
            yield from gate[word]
        stem = word[:GATE] + "*"
        if stem in gate:
            yield from gate[stem]


@lru_cache
def _gate() -> Mapping[str, frozenset[str]]:
    """The words in Latin letters without which no pattern holds, and the codes they lead to."""
    found: dict[str, frozenset[str]] = {}
    for code, safety in safety_lexicons().items():
        for key in safety.gate(_english_and_welsh()):
            found[key] = found.get(key, frozenset()) | {code}
    return found


def _signs(safety: SafetyLexicon, thought: Sequence[list[Word]], *, own: bool) -> Iterator[_Sign]:
    """The texts joined are read as one, then each alone, where a text ends a sentence."""
    views = [[word for words in thought for word in words]]
    views += thought if len(thought) > 1 else []
    held: set[str] = set()
    for view in views:
        words = _run_together(view, safety.joins) if safety.joins else view
        beginning = _beginning(safety, frozenset([word.word for word in words]), own=own)
        for place, word in enumerate(words):
            for rule, pattern in beginning.get(word.word, ()):
                if rule.name in held:
                    continue
                end = _end_of(pattern, words, place, safety)
                if end is not None and (own or not pattern.latin or _strange(words[place:end])):
                    held.add(rule.name)
                    yield _Sign(safety.language, rule, tuple(words[place:end]))


def _beginning(
    safety: SafetyLexicon, said: frozenset[str], *, own: bool
) -> dict[str, list[tuple[SafetyRule, Pattern]]]:
    """The patterns that may begin at each of the words said, of those that all items occur of."""
    occurs: dict[int, bool] = {}
    found: dict[str, list[tuple[SafetyRule, Pattern]]] = {}
    for word in said:
        for rule, pattern in safety.beginning(word):
            if pattern.own and not own:
                continue
            if id(pattern) not in occurs:
                occurs[id(pattern)] = all(_said(item, said) for item in pattern.items)
            if occurs[id(pattern)]:
                found.setdefault(word, []).append((rule, pattern))
    return found


def _said(item: Item, said: frozenset[str]) -> bool:
    """Whether any of the words may be taken by `item`."""
    if item.reach or not said.isdisjoint(item.words):
        return True
    return bool(item.stems) and any(word.startswith(item.stems) for word in said)


def _strange(words: Sequence[Word]) -> bool:
    """Whether at least half of `words` are no English or Welsh ones ("so we went to")."""
    known = sum(not word.marks and word.word in _english_and_welsh() for word in words)
    return known * 2 <= len(words)


@lru_cache
def _english_and_welsh() -> frozenset[str]:
    """The words of both, as they stand in the plain copy."""
    spellings = [lexicon(language).spelling for language in LANGUAGES]
    listed = " ".join(word for each in spellings for word in (*each.known, *each.variants))
    return frozenset(quick_words(listed))


def _run_together(words: Sequence[Word], joins: frozenset[str]) -> list[Word]:
    """`words` with those of `joins` written on to the next ("می خواهم": "میخواهم")."""
    found: list[Word] = []
    for word in words:
        before = found[-1] if found else word
        alone = before.word not in joins or before.text_index != word.text_index
        if alone or before is word or word.word == BREAK:
            found.append(word)
        else:
            found[-1] = word._replace(word=before.word + word.word, start=before.start)
    return found


def _end_of(
    pattern: Pattern, words: Sequence[Word], place: int, safety: SafetyLexicon
) -> int | None:
    """Where the pattern that begins at `place` ends; None when it does not hold there."""
    before = words[place - 1].word if place else BREAK
    if before in safety.negations or (pattern.opens and before != BREAK):
        return None
    return _walk(pattern, 0, words, place, safety.negations)


def _walk(
    pattern: Pattern, step: int, words: Sequence[Word], place: int, negations: frozenset[str]
) -> int | None:
    if step == len(pattern.items):
        ended = place == len(words) or words[place].word == BREAK
        return place if ended or not pattern.closes else None
    item = pattern.items[step]
    for skipped in range(item.reach + 1):
        if place + skipped >= len(words):
            return None
        word = words[place + skipped]
        if item.reach:
            end = _walk(pattern, step + 1, words, place + skipped, negations)
            if end is not None:
                return end
            if word.word == BREAK or word.word in negations:
                return None
        elif item.takes(word):
            return _walk(pattern, step + 1, words, place + 1, negations)
    return None


def _joined(result: Screening, signs: Sequence[_Sign], texts: Sequence[str]) -> Screening:
    """`result` and `signs` as one, the more urgent first."""
    if not signs:
        return result
    ordered = sorted(
        signs, key=lambda sign: (sign.rule.priority, CATEGORIES.index(sign.rule.category))
    )
    first = ordered[0].rule.priority
    matches = tuple(_matches(ordered, texts))
    codes = tuple(sign.rule.category for sign in ordered)
    if result.priority is not None and result.priority < first:
        categories = tuple(dict.fromkeys((*result.categories, *codes)))
        return replace(result, categories=categories, because=(*result.because, *matches))
    leading = {sign.rule.certainty for sign in ordered if sign.rule.priority == first}
    alike = result.priority == first
    clear = "clear" in leading or (alike and result.certainty == "clear")
    return replace(
        result,
        priority=first,
        categories=tuple(dict.fromkeys((*codes, *result.categories))),
        because=(*matches, *result.because),
        certainty="clear" if clear else "unsure",
        own_act=result.own_act and alike,
    )


def _matches(signs: Sequence[_Sign], texts: Sequence[str]) -> Iterator[Match]:
    """One match for each reason and text; languages that share the words share the match."""
    shared: dict[tuple[str, str, int, int, int], list[str]] = {}
    for sign in signs:
        for index in dict.fromkeys(word.text_index for word in sign.words):
            spans = [word for word in sign.words if word.text_index == index]
            key = (sign.rule.category, sign.rule.name, index, spans[0].start, spans[-1].end)
            shared.setdefault(key, []).append(sign.language)
    for (category, name, index, start, end), languages in shared.items():
        rule = f"{name} ({' or '.join(languages)} word list, not checked by a speaker)"
        yield Match(category, rule, index, texts[index][start:end], start, end)
