"""Who does what to whom in a thought, as far as the order of its words says.

No grammar: a doer stands before the act and the one it is done to after it; "by" turns that round.
Each place is looked at a fixed number of times, so the work grows in step with the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dialogs.normalise import BREAK
from dialogs.screening_structure_words import Fits, Mention, one_of

HARMS = frozenset(("hurt", "rough", "touch", "force", "threaten", "lock"))
"""Acts that are harm when they are done to somebody."""

_DOERS: dict[str, Fits] = {"he": "he", "she": "she", "they": "either"}
_DONE_TO: dict[str, Fits] = {"him": "he", "her": "she", "them": "either"}
_OWNERS: dict[str, Fits] = {"his": "he", "her": "she", "their": "either"}
_SELF_DONE_TO = frozenset(("me", "us", "myself", "ourselves"))
_BESIDE = one_of("with to at from for by of about off on near after behind")
"""After these somebody is no doer ("went to my nans and slept")."""
_BETWEEN = one_of("my his her their our the a an some this that your another and")
_PASSIVE = one_of("is was were been being be got get gets getting am are")
_NOT = one_of("not never no nobody noone none nothing without neither nor hardly")
_ME = frozenset(("me", "us", "i", "my"))
_BACK, _AHEAD, _NOT_BACK = 9, 4, 3


class Person(NamedTuple):
    """Somebody at `start` to `end`; `doer` when they can be the one who does what follows."""

    start: int
    end: int
    who: str
    doer: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """An act at `place`, who does it ("" when not told), to whom ("" too), and whether denied."""

    place: int
    act: str
    who: str
    to: str
    denied: bool

    @property
    def harm(self) -> bool:
        """Whether it is harm, done to somebody."""
        return self.act in HARMS


def people(words: Sequence[str], mentions: Sequence[Mention]) -> list[Person]:
    """Everybody a thought speaks of, in order; a pronoun is the last one named who fits it."""
    named = {found.start: found for found in mentions if found.group.kind == "who"}
    bodies = {
        found.start
        for found in mentions
        if (found.group.kind, found.group.name) == ("thing", "body")
    }
    last: dict[Fits, str] = {"he": "he", "she": "she", "either": "they"}
    result: list[Person] = []
    covered = 0
    for place, word in enumerate(words):
        found = named.get(place)
        if found is not None:
            result.append(_named(words, found))
            _remember(last, found)
            covered = found.end
        elif place >= covered:
            person = _pronoun(words, place, word, last, place + 1 in named, place + 1 in bodies)
            if person is not None:
                result.append(person)
    return result


def _named(words: Sequence[str], found: Mention) -> Person:
    done_to = words[found.start] in _SELF_DONE_TO and found.end == found.start + 1
    return Person(found.start, found.end, found.group.name, not (done_to or _beside(words, found)))


def _beside(words: Sequence[str], found: Mention) -> bool:
    place = found.start - 1
    if place >= 0 and words[place] in _BETWEEN and words[place] != "and":
        place -= 1
    return place >= 0 and words[place] in _BESIDE


def _remember(last: dict[Fits, str], found: Mention) -> None:
    """A later "he" may be this one; the child who writes and nobody are never meant by it."""
    if found.group.name in ("self", "nobody", "robot"):
        return
    last["either"] = found.group.name
    if found.fits != "she":
        last["he"] = found.group.name
    if found.fits != "he":
        last["she"] = found.group.name


def _pronoun(
    words: Sequence[str],
    place: int,
    word: str,
    last: dict[Fits, str],
    before_name: bool,
    before_body: bool,
) -> Person | None:
    if word in _DOERS:
        return Person(place, place + 1, last[_DOERS[word]], True)
    if before_body and (word == "my" or word in _OWNERS):
        who = "self" if word == "my" else last[_OWNERS[word]]
        return Person(place, place + 2, who, False)
    if word in _DONE_TO and not (before_name and word == "her"):
        return Person(place, place + 1, last[_DONE_TO[word]], False)
    return None


def deeds(
    words: Sequence[str], mentions: Sequence[Mention], everybody: Sequence[Person]
) -> list[Deed]:
    """The acts of a thought in order, each with its doer and the one it is done to."""
    starting = {person.start: person for person in everybody}
    acts = [found for found in mentions if found.group.kind == "act"]
    objects: set[int] = set()
    result: list[Deed] = []
    for found in acts:
        before = _before(words, found.start, starting, objects)
        after = _after(words, found.end, starting)
        if after is not None and (found.group.done or found.group.name == "say"):
            objects.add(after.start)
        result.append(_deed(words, found, before, after))
    return result


def _before(
    words: Sequence[str], start: int, starting: dict[int, Person], objects: set[int]
) -> Person | None:
    """The nearest possible doer in the same sentence."""
    for place in range(start - 1, max(-1, start - 1 - _BACK), -1):
        if words[place] == BREAK:
            return None
        person = starting.get(place)
        if person is not None and person.doer and place not in objects:
            return person
    return None


def _after(words: Sequence[str], end: int, starting: dict[int, Person]) -> Person | None:
    """The first one named right after the act."""
    for place in range(end, min(len(words), end + _AHEAD)):
        if words[place] == BREAK or (words[place] == "and" and place > end):
            return None
        person = starting.get(place)
        if person is not None:
            # "he hit me i cried": who does the next thing is not the one this was done to
            return None if words[place] in ("i", "he", "she", "they", "we") else person
    return None


def _deed(
    words: Sequence[str], found: Mention, before: Person | None, after: Person | None
) -> Deed:
    who = before.who if before else ""
    to = ""
    if found.group.done:
        # "keeps me in" is one phrase with its "me"
        within = not _ME.isdisjoint(words[found.start : found.end])
        to = "self" if within else after.who if after else ""
        if _passive(words, found.start, before):
            by = "by" in words[found.end : found.end + 3]
            to = "self" if before is None or _and_me(words, before) else who
            who = after.who if by and after else "someone"
    denied = _denied(words, found.start) or who == "nobody"
    return Deed(found.start, found.group.name, who, to, denied)


def _passive(words: Sequence[str], start: int, before: Person | None) -> bool:
    """Whether "is" or "got" stands between somebody and what is done to them.

    Not the "is" of "mum is bloke", which is how "mums bloke" is read.
    """
    between = max(0, start - 2, before.end if before else 0)
    return not words[start].endswith("ing") and not _PASSIVE.isdisjoint(words[between:start])


def _and_me(words: Sequence[str], before: Person) -> bool:
    close = words[max(0, before.start - 3) : before.start]
    return "and" in close and not _ME.isdisjoint(close)


def _denied(words: Sequence[str], start: int) -> bool:
    """A "not" close before, in the same sentence."""
    close = words[max(0, start - _NOT_BACK) : start]
    for word in reversed(close):
        if word == BREAK:
            return False
        if word in _NOT:
            return True
    return False
