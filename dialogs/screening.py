"""Screening: does this thought tell of harm, and how fast must a person look?

A layered lexicon (docs/screening.md). Layers can only raise: a harmless word after a risk cancels
nothing. Priorities say how fast a person must look, never how much a child is at risk
(docs/practice.md 6.1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from dialogs.normalise import unread_share
from dialogs.screening_languages import WELSH, needs_a_reader, reads_welsh
from dialogs.screening_lattice import END, START
from dialogs.screening_lexicon import CATEGORIES, Lexicon, ScreeningFailed, lexicon
from dialogs.screening_result import Match, Screening
from dialogs.screening_safety import with_safety
from dialogs.screening_views import Finding, Thought

__all__ = ["Match", "Screening", "ScreeningFailed", "screen"]

VERSION = "lexicon-1"
_UNREADABLE = "cannot read this"
_NO_LEXICON = "written in a language that the computer does not read"


def screen(
    texts: Sequence[str],
    asked: Collection[str] = (),
    language: str = "en",
    after_risk: bool = False,
) -> Screening:
    """Look for signs of harm in one thought.

    Args:
        texts: the thought as typed, possibly split over several texts.
        asked: the states whose question it may answer; each counts, the most urgent reading wins.
        language: what the young person writes in. Every text is read with the English lexicon, one
            in Welsh or with Welsh words with the Welsh one too; in any other language a text that
            is no plain reply is itself a reason for a person to look (P3 TEC). Words for danger
            of some other languages are found beside that (dialogs/screening_safety.py).
        after_risk: an earlier risk in this conversation is still open.

    Returns:
        Priority 1 (now) to 3 (next working day) or None, with categories (docs/practice.md 6.3) and
        every reason as a span of the original.

    Raises:
        ScreeningFailed: the lexicon is missing, empty or broken.
    """
    lexicons = _lexicons(texts, language)
    thought = Thought(texts, lexicons)
    findings = thought.findings(frozenset(asked), after_risk)
    detector = ",".join(map(_named, lexicons))
    result = _result(findings, texts, detector) if findings else None
    unread = [
        Match("TEC", _NO_LEXICON, index, text, 0, len(text))
        for index, text in enumerate(texts)
        if needs_a_reader(text, asked, language)
    ]
    if result is None and not unread:
        result = _unreadable(texts, thought, detector)
    else:
        result = _with_unread(result, unread, detector)
    return with_safety(result, texts, language)


def _lexicons(texts: Sequence[str], language: str) -> tuple[Lexicon, ...]:
    english, welsh = lexicon(), lexicon(WELSH)
    mixed = reads_welsh(texts, language, welsh.own_words, english.spelling)
    return (english, welsh) if mixed else (english,)


def _named(words: Lexicon) -> str:
    return f"{words.version or VERSION}+{words.fingerprint}"


def _result(findings: list[Finding], texts: Sequence[str], detector: str) -> Screening:
    findings.sort(key=lambda finding: (finding.priority, CATEGORIES.index(finding.rule.category)))
    first = findings[0].priority
    leading = [finding.rule for finding in findings if finding.priority == first]
    return Screening(
        priority=first,
        categories=tuple(
            dict.fromkeys(code for finding in findings for code in finding.categories)
        ),
        because=tuple(match for finding in findings for match in _matches(finding, texts)),
        certainty="clear" if any(rule.certainty == "clear" for rule in leading) else "unsure",
        own_act=any(rule.own_act for rule in leading),
        detector=detector,
    )


def _matches(finding: Finding, texts: Sequence[str]) -> Iterator[Match]:
    """One match for each text that the words of the finding lie in."""
    spans: dict[int, tuple[int, int]] = {}
    for edge in finding.edges:
        if edge.word in (START, END):
            continue
        start, end = spans.get(edge.text_index, (edge.start, edge.end))
        spans[edge.text_index] = (min(start, edge.start), max(end, edge.end))
    for index, (start, end) in spans.items():
        yield Match(
            finding.rule.category, finding.rule.name, index, texts[index][start:end], start, end
        )


def _with_unread(result: Screening | None, unread: list[Match], detector: str) -> Screening:
    """`result` with the texts that no lexicon reads as one more reason, the least urgent one."""
    if result is None:
        return Screening(3, ("TEC",), tuple(unread), "unsure", False, detector)
    if not unread:
        return result
    categories = tuple(dict.fromkeys((*result.categories, "TEC")))
    return replace(result, categories=categories, because=(*result.because, *unread))


def _unreadable(texts: Sequence[str], thought: Thought, detector: str) -> Screening:
    """Nothing found: P3 when most of it is in letters or words the lexicon cannot read."""
    unread = [
        (index, text)
        for index, text in enumerate(texts)
        if _mostly_foreign(text) or _strange(thought.unknown_words(text))
    ]
    because = tuple(Match("TEC", _UNREADABLE, index, text, 0, len(text)) for index, text in unread)
    if not because:
        return Screening(None, (), (), "clear", False, detector)
    return Screening(3, ("TEC",), because, "unsure", False, detector)


def _mostly_foreign(text: str) -> bool:
    foreign, letters = unread_share(text)
    return letters > 0 and foreign * 2 > letters


def _strange(counted: tuple[int, int]) -> bool:
    """Another language in Latin letters: of at least six longer words, four in five unknown."""
    unknown, longer = counted
    return longer >= 6 and unknown * 5 >= longer * 4
