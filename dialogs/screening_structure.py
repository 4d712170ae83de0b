"""What a thought says beside its words: who does what to whom, when, where, and how it is told.

Not a judgement: the ranker learns from `tokens`, and a duty worker is shown `words_for_worker`
beside the young person's own words. Read from plain words (dialogs.screening_features), with the
reviewed lists of dialogs/structure/*.toml; the work grows in step with the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dialogs.normalise import BREAK
from dialogs.screening_structure_deeds import Deed, Person, deeds, people
from dialogs.screening_structure_words import Mention, one_of, vocabulary

About = Literal["self", "other_child", "adult", "none"]
Negated = Literal["no", "plain", "hint"]
Tense = Literal["past", "now", "coming", "habitual", "unsaid"]

_ADULTS = frozenset(("family", "carer", "worker", "older"))
_SUFFERED = frozenset(("cry", "scared", "ill", "selfharm", "die", "hide", "overdose", "marry"))
_NO_JOKE = frozenset(("thing:weapon", "thing:pills", "when:now", "act:scared", "act:hide"))
_TENSES: tuple[tuple[Tense, frozenset[str]], ...] = (
    ("now", frozenset(("when:now",))),
    ("coming", frozenset(("when:tonight", "when:soon"))),
    ("habitual", frozenset(("when:always",))),
    ("past", frozenset(("when:recent", "when:past"))),
    ("coming", frozenset(("turn:coming",))),
)
_WERE = frozenset(("was", "were", "did", "had", "went"))
_ASKING = frozenset(
    ("what", "who", "when", "where", "why", "how", "is", "are", "do", "can", "will")
)
_CLOCK = re.compile(r"\d{1,2}(?:[:.]?\d\d)?(?:am|pm)|oclock")
_UNITS = one_of("second seconds minute minutes min mins hour hours day days week weeks")
_BY = frozenset(("at", "by", "till", "until", "before"))
_GROWN = range(18, 80)
_AGED = frozenset(("is", "are", "was", "aged", "about", "like"))
_NEAR = 3


@dataclass(frozen=True)
class Structure:
    """What is told, in names of the groups of dialogs/structure/*.toml.

    `actors` are in the order they are first named. `negated` is "plain" only where all harm told
    is denied and nothing hints that the denial is not the whole of it. `figure` is only a
    candidate: a person may still be meant. `flow` is everything mentioned, in order.
    """

    actors: tuple[str, ...]
    about: About
    negated: Negated
    tense: Tense
    when: tuple[str, ...]
    where: tuple[str, ...]
    question: bool
    conditional: bool
    reported: bool
    figure: bool
    deeds: tuple[Deed, ...]
    flow: tuple[str, ...]


def structure(words: Sequence[str], mentions: Sequence[Mention] | None = None) -> Structure:
    """Read a thought; any words at all have a structure, an empty one if need be.

    Args:
        words: as `screening_features.plain_words` gives them, sentence breaks as ".".
        mentions: what the words say, where that is known already.
    """
    if mentions is None:
        mentions = vocabulary().mentions(words)
    everybody = people(words, mentions)
    done = tuple(deeds(words, mentions, everybody))
    flow = tuple(f"{found.group.kind}:{found.group.name}" for found in mentions)
    said = frozenset(flow)
    reported = "turn:reported" in said
    clock = tuple(_clock_times(words))
    when = dict.fromkeys((*_phrases(words, mentions, "when"), *clock))
    return Structure(
        actors=_actors(words, everybody),
        about=_about(done, said),
        negated=_negated(done, said),
        tense=_tense(words, said, bool(clock)),
        when=tuple(when),
        where=_of_kind(flow, "where"),
        question="turn:ask" in said or _asks(words),
        conditional="turn:if" in said,
        reported=reported,
        figure="figure:speech" in said and not (reported or said & _NO_JOKE),
        deeds=done,
        flow=flow,
    )


def _phrases(words: Sequence[str], mentions: Sequence[Mention], kind: str) -> Iterator[str]:
    for found in mentions:
        if found.group.kind == kind:
            yield " ".join(words[found.start : found.end])


def _of_kind(flow: Sequence[str], kind: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(name.partition(":")[2] for name in flow if name.startswith(kind + ":"))
    )


def _actors(words: Sequence[str], everybody: Sequence[Person]) -> tuple[str, ...]:
    named = [(person.start, person.who) for person in everybody]
    named += [(place, "older") for place in _grown_ages(words)]
    return tuple(dict.fromkeys(who for _, who in sorted(named)))


def _grown_ages(words: Sequence[str]) -> Iterator[int]:
    """Where somebody is said to be of age ("hes 31"); "im 31 minutes late" is none."""
    for place, word in enumerate(words):
        if place and word.isdecimal() and len(word) == 2 and words[place - 1] in _AGED:
            after = words[place + 1] if place + 1 < len(words) else BREAK
            if int(word) in _GROWN and after not in _UNITS and words[place - 2] != "i":
                yield place


def _clock_times(words: Sequence[str]) -> Iterator[str]:
    """Times by the clock, and how long it is till then ("at 8pm", "in 2 days")."""
    for place, word in enumerate(words):
        if word == "in" and place + 2 < len(words) and words[place + 2] in _UNITS:
            yield " ".join(words[place : place + 3])
        elif word in _BY and place + 1 < len(words) and _is_time(words[place + 1]):
            yield f"{word} {words[place + 1]}"


def _is_time(word: str) -> bool:
    return _CLOCK.fullmatch(word) is not None or (word.isdecimal() and len(word) in (1, 2))


def _tense(words: Sequence[str], said: frozenset[str], clock: bool) -> Tense:
    for tense, names in _TENSES:
        if said & names:
            return tense
    if _WERE.intersection(words):
        return "past"
    return "coming" if clock else "unsaid"


def _about(done: Sequence[Deed], said: frozenset[str]) -> About:
    """Whom the harm told is done to; what somebody suffers counts when nobody does it.

    One who is only "she" or "they" is taken for another child.
    """
    hurt = [deed.to for deed in done if deed.harm and deed.to]
    hurt += [deed.who or "self" for deed in done if deed.act in _SUFFERED]
    if "turn:asking_for" in said and "self" not in hurt:
        return "other_child"
    if not hurt:
        return "none"
    if "self" in hurt:
        return "self"
    return "adult" if _ADULTS.issuperset(hurt) else "other_child"


def _negated(done: Sequence[Deed], said: frozenset[str]) -> Negated:
    harms = [deed for deed in done if deed.harm]
    denied = [deed for deed in harms if deed.denied]
    if "turn:hint" in said:
        return "hint"
    if not denied:
        return "no"
    return "plain" if len(denied) == len(harms) else "hint"


def _asks(words: Sequence[str]) -> bool:
    """A sentence that begins as questions do; young people rarely write the mark."""
    return any(
        word in _ASKING and (place == 0 or words[place - 1] == BREAK)
        for place, word in enumerate(words)
    )


def tokens(words: Sequence[str], mentions: Sequence[Mention] | None = None) -> list[str]:
    """What the structure of a thought gives the ranker to learn from, each token once.

    Names ("who:family"), how it is told ("neg:plain", "tense:coming"), doer with act and act with
    whom it is done to ("who:family+act:hurt+to:self"), and names that stand close after one
    another ("who:older>where:vehicle").
    """
    told = structure(words, mentions)
    return list(dict.fromkeys((*_told(told), *_acts(told), *_ordered(told))))


def _told(told: Structure) -> Iterator[str]:
    yield from told.flow
    yield from (f"who:{who}" for who in told.actors)
    yield f"about:{told.about}"
    yield f"tense:{told.tense}"
    if told.negated != "no":
        yield f"neg:{told.negated}"
    for name in ("question", "conditional", "reported", "figure"):
        if getattr(told, name):
            yield name


def _acts(told: Structure) -> Iterator[str]:
    for deed in told.deeds:
        act = ("not:" if deed.denied else "act:") + deed.act
        yield f"who:{deed.who}+{act}"
        yield f"{act}+{told.tense}"
        if deed.to:
            yield f"{act}+to:{deed.to}"
            yield f"who:{deed.who}+{act}+to:{deed.to}"


def _ordered(told: Structure) -> Iterator[str]:
    for place, first in enumerate(told.flow):
        for second in told.flow[place + 1 : place + 1 + _NEAR]:
            yield f"{first}>{second}"


_WHO_WORDS = {
    "family": "a family member",
    "sibling": "a brother or sister",
    "child": "a younger child",
    "carer": "a carer or staff",
    "worker": "a teacher, police or other worker",
    "partner": "a partner",
    "friend": "a friend",
    "peer": "other young people",
    "older": "an older person",
    "stranger": "a stranger or somebody online",
}
_ABOUT_WORDS = {"other_child": "about another child", "adult": "about an adult being harmed"}
_TENSE_WORDS = {"now": "now", "coming": "coming", "habitual": "again and again", "past": "past"}


def words_for_worker(told: Structure) -> tuple[str, ...]:
    """Short plain phrases for a duty worker: how it is told, never what to think of it."""
    found = [_WHO_WORDS[who] for who in told.actors if who in _WHO_WORDS]
    if told.about in _ABOUT_WORDS:
        found.append(_ABOUT_WORDS[told.about])
    if told.tense in _TENSE_WORDS:
        # "now: right now" says nothing more, "coming: tonight" does
        when = ", ".join(told.when) if told.tense in ("coming", "past") else ""
        found.append(": ".join(filter(None, (_TENSE_WORDS[told.tense], when))))
    ways = (
        (told.question, "said as a question"),
        (told.conditional, "said with an if"),
        (told.reported, "tells what somebody said"),
        (told.negated == "plain", "denied"),
        (told.negated == "hint", "denied or made small in part"),
        (told.figure, "may be a figure of speech"),
    )
    return (*found, *(phrase for is_so, phrase in ways if is_so))
