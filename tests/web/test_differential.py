"""The conflict rule, proved from outside: with the case or without it, they are told the same."""

import json
from dataclasses import dataclass
from difflib import ndiff

import pytest

from tests.web.conftest import MakeService, both_kinds
from tests.web.two_worlds import ROLES, Seen, World, build, crawl, kept_ids


@dataclass(frozen=True, slots=True)
class Two:
    """The world in which the child tells, and the one in which they never do."""

    told: World
    untold: World


@pytest.fixture
def two(make_service: MakeService) -> Two:
    return Two(build(make_service(), tells=True), build(make_service(), tells=False))


def differences(told: dict[str, Seen], untold: dict[str, Seen]) -> dict[str, list[str]]:
    """By address: what a reader is told in one world only."""
    found: dict[str, list[str]] = {}
    for path in told.keys() | untold.keys():
        one, other = (_lines(each.get(path)) for each in (told, untold))
        changed = [each for each in ndiff(one, other) if each[:2] in ("- ", "+ ")]
        if changed:
            found[path] = changed[:12]
    return found


def _lines(seen: Seen | None) -> list[str]:
    if seen is None:
        return ["not reached"]
    head = (seen.status, seen.etag, seen.location, seen.statements)
    return [str(head), *seen.body.splitlines()]


@pytest.mark.slow
def test_whoever_it_may_concern_is_told_the_same_in_both_worlds(two: Two) -> None:
    guessed = kept_ids(two.told)
    assert len([each for each in guessed if each.startswith("/escalations")]) >= 3

    told_the_same(two, "named", "duty_worker", guessed)
    told_the_same(two, "named", "advocate", guessed)


@both_kinds
@pytest.mark.full
def test_so_is_everybody_of_their_home_in_every_role(two: Two) -> None:
    guessed = kept_ids(two.told)

    for who in ("named", "colleagues"):
        for role in ROLES:
            told_the_same(two, who, role, guessed)


def told_the_same(two: Two, who: str, role: str, guessed: tuple[str, ...]) -> None:
    """The same pages, bytes, entity tags and numbers of statements, from anywhere they get."""
    told = crawl(two.told, getattr(two.told, who)[role], guessed)
    untold = crawl(two.untold, getattr(two.untold, who)[role], guessed)

    assert len(told) > 15
    different = differences(told, untold)
    assert not different, f"{who} {role}: " + json.dumps(different, indent=1)


@pytest.mark.slow
def test_somebody_else_is_told(two: Two) -> None:
    """Without this the other test would pass in a service that shows nobody anything."""
    guessed = kept_ids(two.told)

    told = crawl(two.told, two.told.cast.dee, guessed)
    untold = crawl(two.untold, two.untold.cast.dee, guessed)

    different = differences(told, untold)
    assert {"/inbox", "/inbox/live", guessed[0]} <= different.keys()
    assert told[guessed[0]].status == 200
