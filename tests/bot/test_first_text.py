"""When the first text may come, to whom a person comes first, and how many are too many."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from bot.invitations import NewEpisode, NotInvited, enter_episode
from storage.tables import (
    InterviewEpisode,
    MissingEpisode,
    Offer,
    OutboxEntry,
    ReturnInterview,
    YoungPerson,
)
from tests.bot.cast import AMINA_NUMBER, ade
from tests.bot.entering import AGREED, another, at, decline, enter
from tests.bot.prompting import offers
from tests.bot.together import at_once
from tests.bot.world import START, Child, World


@pytest.mark.parametrize(
    ("now", "details", "leaves"),
    [
        ("2026-11-20T10:00+00:00", {}, "2026-11-20T15:30+00:00"),
        ("2026-11-20T10:00+00:00", {"school_time_ok": True}, "2026-11-20T10:00+00:00"),
        (
            "2026-11-20T16:00+00:00",
            {"prompts_from": "22:00", "prompts_until": "23:30"},
            "2026-11-20T22:00+00:00",
        ),
    ],
)
def test_it_waits_for_the_end_of_school_and_for_the_times_they_chose(
    sqlite_world: World, now: str, details: dict[str, Any], leaves: str
) -> None:
    world = at(sqlite_world, now)
    ade(world)
    child = enter(world, AGREED, **details)
    (entry,) = world.outbox(child)

    assert entry.due_at == datetime.fromisoformat(leaves)
    (offer,) = world.rows(Offer)
    assert (offer.kind, offer.due_at, offer.message_id) == (
        "invitation",
        entry.due_at,
        entry.message_id,
    )


@pytest.mark.parametrize(
    ("details", "task", "said"),
    [
        ({"born_on": date(2013, 11, 21)}, "person_first", "under 13.*--text-wanted"),
        ({"needs_support": True}, "person_first", "hard for them.*--text-wanted"),
        ({"born_on": date(2008, 11, 20)}, "is_adult", "18 or older"),
        ({"born_on": date(2008, 11, 20), "text_wanted": True}, "is_adult", "18 or older"),
    ],
)
def test_for_some_a_person_comes_first(
    world: World, details: dict[str, Any], task: str, said: str
) -> None:
    ade(world)
    with pytest.raises(NotInvited, match=said):
        enter(world, AGREED, **details)

    (person,) = world.rows(YoungPerson)
    (interview,) = world.rows(ReturnInterview)
    assert (interview.state, interview.invited_at) == ("not_started", None)
    assert world.tasks(Child(person.id, AMINA_NUMBER)) == [task]
    assert world.rows(OutboxEntry) == []
    (offer,) = world.rows(Offer)
    assert (offer.kind, offer.outcome, offer.message_id) == ("invitation", task, None)


@pytest.mark.parametrize(
    "details",
    [
        {"born_on": date(2013, 11, 21), "text_wanted": True},
        {"needs_support": True, "text_wanted": True},
        {"born_on": date(2013, 11, 20)},
        {"born_on": date(2008, 11, 21)},
    ],
)
def test_who_asked_to_text_or_is_old_enough_gets_the_text(
    sqlite_world: World, details: dict[str, Any]
) -> None:
    ade(sqlite_world)
    child = enter(sqlite_world, AGREED, **details)

    assert sqlite_world.keys_sent(child) == ["hello"]
    assert sqlite_world.tasks(child) == []


def test_the_age_for_texts_is_a_setting(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    eleven = {"person_first_under": 11}
    world.service = replace(world.service, settings=world.settings.model_copy(update=eleven))

    child = enter(world, AGREED, born_on=date(2014, 1, 1))
    assert world.keys_sent(child) == ["hello"]


def test_a_fourth_text_inside_seven_days_is_a_call_by_a_person(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.run()
    decline(world, child)
    for _ in range(2):
        world.wait(days=2)
        another(world, child)
        decline(world, child)
    world.wait(days=2)
    with pytest.raises(NotInvited, match="3 texts in 7 days"):
        another(world, child)

    assert world.keys_sent(child).count("hello") == 3
    assert "too_many_prompts" in world.tasks(child)
    assert len(world.rows(MissingEpisode)) == 4, "all is stored"
    assert world.interview(child).invited_at is None
    # The first of the three is seven days old a day later: the open interview is offered again.
    world.wait(days=1)
    another(world, child)
    assert world.keys_sent(child).count("hello") == 4


@pytest.mark.parametrize(
    ("said", "state"), [("busy", "busy"), ("later", "paused"), ("yes", "just_you")]
)
def test_missing_again_in_the_middle_joins_and_asks_nothing_anew(
    world: World, said: str, state: str
) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.text(child, said)
    world.run()
    assert world.interview(child).state == state
    before = world.interview(child), world.keys_sent(child)
    world.wait(hours=1)
    another(world, child)

    assert (world.interview(child), world.keys_sent(child)) == before
    assert len(world.rows(InterviewEpisode)) == 2
    assert len(offers(world)) == 1


def test_who_wrote_before_the_invitation_is_not_interrupted_by_one(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world)
    world.says(child, "hello")
    before = world.keys_sent(child)
    another(world, child)

    assert world.keys_sent(child) == before
    assert offers(world) == []


def test_two_who_enter_at_once_do_not_get_past_the_limit(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    decline(world, child)
    another(world, child)
    decline(world, child)

    def enter_once(_number: int) -> bool:
        try:
            new = NewEpisode(START, young_person_id=child.id)
            enter_episode(world.service, new, "command", AGREED)
        except NotInvited:
            return False
        return True

    at_once(4, enter_once)
    assert len(offers(world)) == 3
    assert world.keys_sent(child).count("hello") == 3
