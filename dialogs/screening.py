"""Screening: does this thought tell of harm, and how fast must a person look?

A lexicon and a learned ranker (docs/screening.md). Layers can only raise: a harmless word after a
risk cancels nothing. Priorities say how fast a person must look, never how much a child is at risk
(docs/practice.md 6.1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from dialogs.normalise import unread_share
from dialogs.screening_effort import readable
from dialogs.screening_features import PlainReader, PlainWord, joined
from dialogs.screening_heard import categories_of, examples, is_own_act, reason
from dialogs.screening_languages import WELSH, needs_a_reader, reads_welsh
from dialogs.screening_lattice import END, START
from dialogs.screening_lexicon import CATEGORIES, Lexicon, ScreeningFailed, lexicon
from dialogs.screening_masks import unmasked_text
from dialogs.screening_ranker import Weighed, ranker
from dialogs.screening_result import Match, Screening
from dialogs.screening_safety import with_safety
from dialogs.screening_sealed import fingerprint
from dialogs.screening_structure import structure, words_for_worker
from dialogs.screening_views import Finding, Thought
from dialogs.screening_weighing import NOTHING, Bar, Thresholds, Weight, level, thresholds, weigh

__all__ = ["Match", "Screening", "ScreeningFailed", "screen"]

VERSION = "lexicon-2"
_RANKER = "ranker-1"
_BARE_ANSWER, _FEW_WORDS = 4, 6
"""What so few words mean depends on the question; the rules for answers know it."""
_UNREADABLE = "cannot read this"
_CUT_SHORT = "too long and too disguised for the computer to read: a person must look"
_TOO_LONG = "too long for the computer to read to the full: a person must look"
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
        ScreeningFailed: any file that screening needs is missing, empty or broken.
    """
    examples()  # needed for some texts only, yet without them every text fails alike
    whole, (texts, too_long) = texts, readable(texts)
    read = [unmasked_text(text) for text in texts]
    lexicons = _lexicons(read, language)
    thought = Thought(read, lexicons)
    findings = thought.findings(frozenset(asked), after_risk)
    reader = PlainReader(lexicons[0].spelling)
    plain = [reader.text(thought.cut(text), index) for index, text in enumerate(read)]
    result = _together(texts, plain, findings, lexicons, asked, after_risk=after_risk)
    unread = [
        Match("TEC", _NO_LEXICON, index, text, 0, len(text))
        for index, text in enumerate(whole)
        if needs_a_reader(text, asked, language)
    ]
    if result.priority is None and not unread:
        result = _unreadable(texts, read, thought, result)
    else:
        result = _with_unread(result, unread)
    result = with_safety(result, texts, language)
    result = _with_cut_short(result, whole, _CUT_SHORT, sorted(thought.cut_short))
    return _with_told(_with_cut_short(result, whole, _TOO_LONG, too_long), plain)


def _together(
    texts: Sequence[str],
    plain: Sequence[Sequence[PlainWord]],
    findings: Sequence[Finding],
    lexicons: Sequence[Lexicon],
    asked: Collection[str],
    *,
    after_risk: bool,
) -> Screening:
    """What the rules and the ranker make of the thought together; neither lowers the other."""
    model, limits = ranker(), thresholds()
    bar = limits.bar(asked)
    detector = ",".join((*map(_named, lexicons), f"{_RANKER}+{fingerprint()}"))
    whole = Weighed([each.word for each in joined(plain)], model)
    weight = _weight(whole, plain, findings)
    length = sum(len(text.split()) for text in texts)
    bare = bool(asked) and length <= _BARE_ANSWER
    heard = _heard(weight, limits, bar, findings, bare=bare, few=length <= _FEW_WORDS)
    alone = bare or weight.harm == NOTHING
    supported = alone or weight.harm >= bar.rule
    given = [
        _given(each, alone=alone, supported=supported, after_risk=after_risk) for each in findings
    ]
    found = [priority for priority in (heard, *given) if priority is not None]
    if not found:
        return Screening(None, (), (), "clear", False, detector, weight.harm)
    priority = min(found)
    result = _result(findings, texts, priority, detector, weight.harm)
    if heard != priority or _explained(findings, heard):
        return result
    return _with_heard(result, texts, joined(plain), whole, weight.harm >= limits.sure)


def _weight(
    whole: Weighed, plain: Sequence[Sequence[PlainWord]], findings: Sequence[Finding]
) -> Weight:
    """Of the texts as one, or of the one that weighs most."""
    weights = [weigh(whole, findings)]
    start = 0
    for index, text in enumerate(plain if len(plain) > 1 else ()):
        inside = [each for each in findings if _is_in(each, index)]
        alone = Weighed([each.word for each in text], whole.model, whole, start)
        weights.append(weigh(alone, inside))
        start += len(text) + 1  # the break between two texts
    return Weight(max(each.harm for each in weights), max(each.now for each in weights))


def _is_in(finding: Finding, text_index: int) -> bool:
    return any(edge.text_index == text_index for edge in finding.edges)


def _heard(
    weight: Weight,
    limits: Thresholds,
    bar: Bar,
    findings: Sequence[Finding],
    *,
    bare: bool,
    few: bool,
) -> int | None:
    """The priority of the weight; of a few words less is made of it than the rules make.

    What a bare answer means, the rules for answers know; and how urgent plain words are, the rules
    that hold them.
    """
    ruled = min((each.priority for each in findings), default=3)
    if bare and weight.harm < limits.sure:
        return None
    heard = level(weight, limits, bar, ruled=ruled < 3)
    return 2 if few and heard == 1 and ruled == 2 else heard


def _given(finding: Finding, *, alone: bool, supported: bool, after_risk: bool) -> int:
    """The priority that a rule gives, a doubt at least.

    Its own where it always stands, where there is nothing else to weigh, or where it means more
    after a risk; else where it usually stands and the other words do not speak against it.
    """
    rule = finding.rule
    if alone or rule.stands == "always" or (after_risk and rule.after_risk is not None):
        return finding.priority
    return finding.priority if rule.stands == "usually" and supported else 3


def _explained(findings: Sequence[Finding], heard: int | None) -> bool:
    """Whether rules that hold say why the thought weighs so much."""
    return any(finding.priority <= (heard or 3) for finding in findings)


def _with_heard(
    result: Screening,
    texts: Sequence[str],
    found: Sequence[PlainWord],
    thought: Weighed,
    sure: bool,
) -> Screening:
    """`result` with what the ranker heard where no rule says it."""
    categories = categories_of(thought)
    match = reason(texts, found, thought, categories[0])
    return replace(
        result,
        categories=tuple(dict.fromkeys((*categories, *result.categories))),
        because=(match, *result.because),
        certainty="clear" if sure else "unsure",
        own_act=result.own_act or is_own_act(thought),
    )


def _lexicons(texts: Sequence[str], language: str) -> tuple[Lexicon, ...]:
    english, welsh = lexicon(), lexicon(WELSH)
    mixed = reads_welsh(texts, language, welsh.own_words, english.spelling)
    return (english, welsh) if mixed else (english,)


def _named(words: Lexicon) -> str:
    return f"{words.version or VERSION}+{words.fingerprint}"


def _result(
    findings: Sequence[Finding], texts: Sequence[str], priority: int, detector: str, score: float
) -> Screening:
    """What the rules say, at the priority that all layers come to."""
    by_urgency = sorted(
        findings, key=lambda each: (each.priority, CATEGORIES.index(each.rule.category))
    )
    leading = [each.rule for each in by_urgency if each.priority == by_urgency[0].priority]
    return Screening(
        priority=priority,
        categories=tuple(dict.fromkeys(code for each in by_urgency for code in each.categories)),
        because=tuple(match for each in by_urgency for match in _matches(each, texts)),
        certainty="clear" if any(rule.certainty == "clear" for rule in leading) else "unsure",
        own_act=any(rule.own_act for rule in leading),
        detector=detector,
        score=score,
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


def _with_unread(result: Screening, unread: Sequence[Match]) -> Screening:
    """`result` with the texts that no lexicon reads as one more reason, the least urgent one."""
    if not unread:
        return result
    return replace(
        result,
        priority=result.priority or 3,
        categories=tuple(dict.fromkeys((*result.categories, "TEC"))),
        because=(*result.because, *unread),
        certainty="unsure" if result.priority is None else result.certainty,
    )


def _with_cut_short(
    result: Screening, texts: Sequence[str], why: str, cut_short: Sequence[int]
) -> Screening:
    """`result` with the texts that were too much to read in full: P2, whatever was found."""
    if not cut_short:
        return result
    unread = [Match("TEC", why, at, texts[at], 0, len(texts[at])) for at in cut_short]
    found = _with_unread(result, unread)
    lifted = result.priority is None or result.priority > 2
    certainty = "unsure" if lifted else found.certainty
    return replace(found, priority=min(2, found.priority or 2), certainty=certainty)


def _unreadable(
    texts: Sequence[str], read: Sequence[str], thought: Thought, result: Screening
) -> Screening:
    """Nothing found: P3 when most of it is in letters or words the lexicon cannot read."""
    unread = [
        Match("TEC", _UNREADABLE, index, text, 0, len(text))
        for index, text in enumerate(texts)
        if _mostly_foreign(text) or _strange(thought.unknown_words(read[index]))
    ]
    return _with_unread(result, unread)


def _with_told(result: Screening, plain: Sequence[Sequence[PlainWord]]) -> Screening:
    """`result`, where anything was found, with how it is told."""
    if result.priority is None:
        return result
    words = [each.word for each in joined(plain)]
    return replace(result, told=words_for_worker(structure(words)))


def _mostly_foreign(text: str) -> bool:
    foreign, letters = unread_share(text)
    return letters > 0 and foreign * 2 > letters


def _strange(counted: tuple[int, int]) -> bool:
    """Another language in Latin letters: of at least six longer words, four in five unknown."""
    unknown, longer = counted
    return longer >= 6 and unknown * 5 >= longer * 4
