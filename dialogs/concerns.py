"""Whether a thought may be about one of our own: staff, a carer, a home, a teacher, an officer.

Any doubt is a hit (docs/practice.md 6.1, the conflict rule): a first name, a nickname, a slip of
the thumb, "night staff", the name of the home. It finds more than there is, and on purpose: what
is kept from one person too many still reaches the independent people, what is shown to the person
it accuses cannot be taken back. Pure: the directory is an argument.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from dialogs.concerns_names import Name, Names
from dialogs.concerns_words import CouldBe, Token, roles, roles_in, tokens_of
from dialogs.screening_features import plain_words
from dialogs.screening_lexicon import lexicon
from dialogs.screening_structure import structure

ALWAYS = "LAD"
"""An allegation about somebody in a position of trust: it concerns somebody, named or not."""
UNNAMED = "unnamed"
"""The role of somebody of whom nothing is said but that they are one of those people."""
_ACTORS = {"carer": "home_staff", "worker": UNNAMED}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, by every name that they go by, and the team they are in."""

    id: UUID
    names: tuple[str, ...]
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A home or team, by its names."""

    team_id: UUID
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody whom words may be about."""

    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a thought speaks of somebody: ``texts[text_index][start:end]``."""

    kind: Literal["person", "place", "role"]
    key: str
    text_index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom a thought may be about, and where it says so.

    ``roles`` are those of dialogs/concerns/roles.toml, and UNNAMED.
    """

    people: frozenset[UUID]
    teams: frozenset[UUID]
    roles: frozenset[str]
    mentions: tuple[Mention, ...]

    @property
    def could_be(self) -> frozenset[CouldBe]:
        """Who of the directory may be meant by the roles."""
        known = {each.name: each.could_be for each in roles()}
        doubt: tuple[CouldBe, ...] = ("home",)
        return frozenset(each for role in self.roles for each in known.get(role, doubt))


def may_concern(
    texts: Sequence[str], categories: Collection[str], directory: Directory
) -> Concern | None:
    """Whom a thought in which screening found something may be about.

    Args:
        texts: the thought as typed, what came shortly before it included.
        categories: what screening found; an allegation (LAD) always concerns somebody.
        directory: who works here and where.

    Returns:
        None when nothing in it can be taken for one of our own.

    Raises:
        ScreeningFailed: a file that this needs is missing or broken. Whoever calls takes any
            exception for a hit.
    """
    told = mentions(texts, directory, doubtful=ALWAYS in categories)
    role_names = {each.key for each in told if each.kind == "role"}
    role_names |= _actors(texts, role_names)
    if ALWAYS in categories and not role_names and not told:
        role_names = {UNNAMED}
    people = frozenset(UUID(each.key) for each in told if each.kind == "person")
    teams = frozenset(UUID(each.key) for each in told if each.kind == "place")
    if not (people or teams or role_names):
        return None
    return Concern(people, teams, frozenset(role_names), tuple(told))


def mentions(
    texts: Sequence[str], directory: Directory, *, doubtful: bool = False
) -> list[Mention]:
    """Everybody whom the texts may speak of, in order.

    Args:
        texts: one thought.
        directory: who works here and where.
        doubtful: take names that are ordinary words too ("will", "mark") for names wherever they
            stand.
    """
    names = Names.of(_named(directory))
    found: list[Mention] = []
    for index, text in enumerate(texts):
        tokens = tokens_of(text)
        said = roles_in(tokens)
        beside = {place for start, end, _ in said for place in (start - 1, end)}
        found += [_mention("role", name, index, tokens, a, b) for a, b, name in said]
        found += [
            _mention("place" if name.is_place else "person", name.key, index, tokens, a, b)
            for a, b, name in names.within(tokens, beside, doubtful=doubtful)
        ]
    return list(dict.fromkeys(found))


def _named(directory: Directory) -> tuple[Name, ...]:
    people = (
        Name(str(person.id), name, is_place=False)
        for person in directory.people
        for name in person.names
    )
    places = (
        Name(str(place.team_id), name, is_place=True)
        for place in directory.places
        for name in place.names
    )
    return (*people, *places)


def _mention(
    kind: Literal["person", "place", "role"],
    key: str,
    index: int,
    tokens: Sequence[Token],
    start: int,
    end: int,
) -> Mention:
    return Mention(kind, key, index, tokens[start].start, tokens[end - 1].end)


def _actors(texts: Sequence[str], known: Collection[str]) -> set[str]:
    """Carers and workers that only the structure layer hears; none where a role says more."""
    actors = structure(plain_words(texts, lexicon().spelling)).actors
    found = {_ACTORS[each] for each in actors if each in _ACTORS}
    return set() if known else found
