"""Screening: does this thought tell of harm, and how fast must a person look?

A layered lexicon (docs/screening.md). Layers can only raise: a harmless word after a risk cancels
nothing. Priorities say how fast a person must look, never how much a child is at risk
(docs/practice.md 6.1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from dialogs.normalise import unread_share
from dialogs.screening_languages import (
    WELSH,
    needs_a_reader,
    reads_welsh,
    unknown_words,
)
from dialogs.screening_lattice import END, START, Edge, Lattice
from dialogs.screening_lexicon import (
    CATEGORIES,
    Lexicon,
    LookAlike,
    Raise,
    Rule,
    ScreeningFailed,
    lexicon,
)
from dialogs.screening_machine import MOST_ENDS, incoming, retrace
from dialogs.screening_result import Match, Screening
from dialogs.screening_safety import with_safety
from dialogs.screening_spelling import Spelling

__all__ = ["Match", "Screening", "ScreeningFailed", "screen"]

VERSION = "lexicon-1"
_NEGATORS = frozenset(("not", "never", "nobody", "noone", "neither"))
_CARRIERS = frozenset(
    {"being", "getting", "ever", "been", "going", "to", "really", "even", "get", "be", "a", "want"}
    | {"has", "is", "was", "have", "had", "did", "would", "trying", "actually", "one", "any"}
    | {"yn", "wedi", "cael", "isio", "trio", "rili", "ei", "fy"}
)
_CLOSING = " \t\r\n.!;…"
_UNREADABLE = "cannot read this"
_NO_LEXICON = "written in a language that the computer does not read"


@dataclass(frozen=True, slots=True)
class _Finding:
    """One rule that holds, with its priority after raising and the words that hold it up."""

    rule: Rule
    priority: int
    categories: tuple[str, ...]
    edges: tuple[Edge, ...]


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
    readers = _readers(texts, language)
    findings: dict[str, _Finding] = {}
    for words in readers:
        for finding in _found_in_views(texts, words, frozenset(asked), after_risk):
            known = findings.get(finding.rule.name)
            if known is None or finding.priority < known.priority:
                findings[finding.rule.name] = finding
    detector = ",".join(map(_named, readers))
    result = _result(list(findings.values()), texts, detector) if findings else None
    unread = [
        Match("TEC", _NO_LEXICON, index, text, 0, len(text))
        for index, text in enumerate(texts)
        if needs_a_reader(text, asked, language)
    ]
    if result is None and not unread:
        result = _unreadable(texts, [words.spelling for words in readers], detector)
    else:
        result = _with_unread(result, unread, detector)
    return with_safety(result, texts, language)


def _readers(texts: Sequence[str], language: str) -> tuple[Lexicon, ...]:
    english, welsh = lexicon(), lexicon(WELSH)
    mixed = reads_welsh(texts, language, welsh.own_words, english.spelling)
    return (english, welsh) if mixed else (english,)


def _named(words: Lexicon) -> str:
    return f"{words.version or VERSION}+{words.fingerprint}"


def _found_in_views(
    texts: Sequence[str], words: Lexicon, asked: frozenset[str], after_risk: bool
) -> Iterator[_Finding]:
    """The thought as a whole, then (when split) each text, so that whole-message rules see both.

    What closes the last sentence is left out: "no." answers a question just as "no" does.
    """
    closed = [text.rstrip(_CLOSING) for text in texts]
    whole = [*texts[:-1], *closed[-1:]]
    yield from _View(words.spelling.lattice(whole), words).findings(asked, after_risk)
    if len(texts) < 2:
        return
    for place, text in enumerate(closed):
        yield from _View(words.spelling.lattice([text], place), words).findings(asked, after_risk)


class _View:
    """One reading of the thought against the whole lexicon."""

    def __init__(self, lattice: Lattice, words: Lexicon) -> None:
        self._words = words
        self._arriving = incoming(lattice)
        self._ends = words.program.ends(lattice)
        self._spared: list[tuple[LookAlike, int, int]] = []

    def findings(self, asked: frozenset[str], after_risk: bool) -> list[_Finding]:
        self._spared = list(self._spans_of_lookalikes(asked))
        found = [
            _Finding(entry, self._priority(entry, after_risk), (entry.category, *entry.also), edges)
            for pattern, entry in self._occurring(Rule)
            if isinstance(entry, Rule) and (not entry.asked or entry.asked & asked)
            if (edges := self._held(pattern, entry))
        ]
        raises = [entry for _, entry in self._occurring(Raise) if isinstance(entry, Raise)]
        return [_raised(finding, raises) for finding in found]

    def _occurring(self, kind: type) -> Iterator[tuple[int, Rule | LookAlike | Raise]]:
        for pattern in self._ends:
            if isinstance(self._words.entries[pattern], kind):
                yield pattern, self._words.entries[pattern]

    @staticmethod
    def _priority(rule: Rule, after_risk: bool) -> int:
        if after_risk and rule.after_risk is not None:
            return min(rule.priority, rule.after_risk)
        return rule.priority

    def _spans_of_lookalikes(self, asked: frozenset[str]) -> Iterator[tuple[LookAlike, int, int]]:
        for pattern, entry in self._occurring(LookAlike):
            if isinstance(entry, LookAlike) and (not entry.asked or entry.asked & asked):
                for end in self._ends[pattern]:
                    edges = self._edges(pattern, end)
                    yield entry, edges[0].source, edges[-1].target

    def _edges(self, pattern: int, end: int) -> list[Edge]:
        return retrace(self._words.program.patterns[pattern], end, self._arriving)

    def _held(self, pattern: int, rule: Rule) -> tuple[Edge, ...]:
        """The first occurrence that no negation and no look-alike takes away."""
        ends = self._ends[pattern]
        for end in ends:
            edges = self._edges(pattern, end)
            if self._stands(edges, rule):
                return tuple(edges)
        if len(ends) >= MOST_ENDS:
            return tuple(self._edges(pattern, ends[-1]))
        return ()

    def _stands(self, edges: list[Edge], rule: Rule) -> bool:
        first, last = edges[0].source, edges[-1].target
        for lookalike, start, end in self._spared:
            if (
                start < last
                and first < end
                and (not lookalike.spares or rule.category in lookalike.spares)
            ):
                return False
        return rule.negation == "keep" or not self._negated(first)

    def _negated(self, node: int, reach: int = 4) -> bool:
        """Whether a negation stands right before `node`, small words between them allowed for."""
        for edge in self._arriving.get(node, ()):
            if edge.word in _NEGATORS:
                return True
            if edge.word == "one" and any(
                before.word == "no" for before in self._arriving.get(edge.source, ())
            ):
                return True
            if reach and edge.word in _CARRIERS and self._negated(edge.source, reach - 1):
                return True
        return False


def _raised(finding: _Finding, raises: Sequence[Raise]) -> _Finding:
    """`finding` with what else the thought says taken in; it can only become more urgent."""
    for change in raises:
        if not change.categories & set(finding.categories):
            continue
        if change.to is not None and finding.priority <= 2:
            finding = replace(finding, priority=min(finding.priority, change.to))
        if change.adds and change.adds not in finding.categories and finding.priority <= 2:
            finding = replace(finding, categories=(*finding.categories, change.adds))
    return finding


def _result(findings: list[_Finding], texts: Sequence[str], detector: str) -> Screening:
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


def _matches(finding: _Finding, texts: Sequence[str]) -> Iterator[Match]:
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


def _unreadable(texts: Sequence[str], spellings: Sequence[Spelling], detector: str) -> Screening:
    """Nothing found: P3 when most of it is in letters or words the lexicon cannot read."""
    unread = [
        (index, text)
        for index, text in enumerate(texts)
        if _mostly_foreign(text) or _strange(text, spellings)
    ]
    because = tuple(Match("TEC", _UNREADABLE, index, text, 0, len(text)) for index, text in unread)
    if not because:
        return Screening(None, (), (), "clear", False, detector)
    return Screening(3, ("TEC",), because, "unsure", False, detector)


def _mostly_foreign(text: str) -> bool:
    foreign, letters = unread_share(text)
    return letters > 0 and foreign * 2 > letters


def _strange(text: str, spellings: Sequence[Spelling]) -> bool:
    """Another language in Latin letters: of at least six longer words, four in five unknown."""
    unknown, longer = unknown_words(text, spellings)
    return longer >= 6 and unknown * 5 >= longer * 4
