"""Entering an episode, and when the first text may go out (PR-02, PR-07 to PR-09)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.invitations import (
    Invitation,
    NewEpisode,
    NotEntered,
    NotInvited,
    enter_episode,
    local_moment,
)
from storage.tables import (
    AuditEntry,
    Message,
    MissingEpisode,
    OutboxEntry,
    ReturnInterview,
    YoungPerson,
)
from tests.bot.cast import AMINA_NUMBER, MAX_NUMBER, ade
from tests.bot.entering import AGREED, AT_ONCE, at, enter
from tests.bot.world import START, Child, World


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-11-20T21:30", "2026-11-20T21:30+00:00"),
        ("2026-07-20T21:30", "2026-07-20T20:30+00:00"),
        ("2026-07-20T21:30Z", "2026-07-20T21:30+00:00"),
        ("2026-07-20T21:30+05:00", "2026-07-20T16:30+00:00"),
        ("2026-10-25T01:30Z", "2026-10-25T01:30+00:00"),
        ("2026-10-25T01:30+01:00", "2026-10-25T00:30+00:00"),
        ("2026-10-25T00:59:59", "2026-10-24T23:59:59+00:00"),
        ("2026-10-25T02:00", "2026-10-25T02:00+00:00"),
        ("2026-03-29T02:00", "2026-03-29T01:00+00:00"),
    ],
)
def test_a_moment_as_people_write_it(written: str, utc: str) -> None:
    assert local_moment(written) == datetime.fromisoformat(utc)
    assert local_moment(f" {written} ").tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    ["2026-10-25T01:00", "2026-10-25T01:30", "2026-10-25T01:59:59", "2026-03-29T01:30", "friday"],
)
def test_an_hour_that_came_twice_or_never_is_refused_and_not_guessed(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        local_moment(written)


def test_a_first_text_goes_out_and_starts_the_interview(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.run()

    assert world.keys_sent(child) == ["hello"]
    assert world.interview(child).state == "hello"
    assert world.interview(child).invited_at == START
    (told,) = world.rows(MissingEpisode)
    assert told.due_at - told.returned_at == timedelta(hours=72)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-20T20:59:59+00:00", "2026-11-20T20:59:59+00:00"),
        ("2026-11-20T21:00:00+00:00", "2026-11-21T08:00:00+00:00"),
        ("2026-11-20T07:59:59+00:00", "2026-11-20T08:00:00+00:00"),
        ("2026-07-20T20:00:00+00:00", "2026-07-21T07:00:00+00:00"),
        ("2026-07-20T06:30:00+00:00", "2026-07-20T07:00:00+00:00"),
        ("2026-03-28T22:00:00+00:00", "2026-03-29T07:00:00+00:00"),
        ("2026-10-24T21:00:00+00:00", "2026-10-25T08:00:00+00:00"),
    ],
)
def test_it_keeps_the_quiet_hours_of_london(sqlite_world: World, now: str, leaves: str) -> None:
    world = at(sqlite_world, now)
    ade(world)
    child = enter(world, AGREED)
    (entry,) = world.outbox(child)

    assert entry.due_at == datetime.fromisoformat(leaves)
    world.run()
    assert bool(world.heard(child)) is (now == leaves)
    world.clock.now = entry.due_at
    world.run()
    assert len(world.heard(child)) == 1


def test_somebody_may_override_the_quiet_hours_and_that_is_audited(sqlite_world: World) -> None:
    world = at(sqlite_world, "2026-11-20T23:00:00+00:00")
    ade(world)
    child = enter(world, AT_ONCE)
    world.run()

    assert len(world.heard(child)) == 1
    invited = [each for each in world.rows(AuditEntry) if each.action == "invite"]
    assert [each.detail["quiet_hours"] for each in invited] == ["overridden"]
    assert world.audit_is_sound()


def test_who_writes_in_the_night_is_answered_in_the_night(world: World) -> None:
    """The first text waits for the morning; an answer does not, and the first text is not sent."""
    at(world, "2026-11-20T22:00:00+00:00")
    ade(world)
    child = enter(world, AGREED)
    world.text(child, "hi is anyone there")
    world.run()

    assert len(world.heard(child)) == 1
    world.wait(hours=12)
    assert len(world.heard(child)) == 1
    assert [each.state for each in world.outbox(child)] == ["dropped", "sent"]


@pytest.mark.parametrize(
    ("invitation", "settings", "said"),
    [
        (Invitation(None), {}, "--texting-agreed-by"),
        (AGREED, {"allow_draft_script": False}, "ALLOW_DRAFT_SCRIPT"),
    ],
)
def test_without_agreement_or_approval_all_is_stored_and_nothing_sent(
    world: World, invitation: Invitation, settings: dict[str, object], said: str
) -> None:
    ade(world)
    world.service = replace(world.service, settings=world.settings.model_copy(update=settings))
    with pytest.raises(NotInvited, match=said):
        enter(world, invitation)

    (person,) = world.rows(YoungPerson)
    (interview,) = world.rows(ReturnInterview)
    assert (interview.state, interview.invited_at) == ("not_started", None)
    assert world.tasks(Child(person.id, AMINA_NUMBER)) == ["texting_not_agreed"]
    assert world.rows(OutboxEntry) == world.rows(Message) == []


def test_a_draft_may_go_out_in_the_demo(sqlite_world: World) -> None:
    from pathlib import Path

    world = sqlite_world
    ade(world)
    demo = {"allow_draft_script": False, "demo_folder": Path("demo")}
    world.service = replace(world.service, settings=world.settings.model_copy(update=demo))

    assert world.keys_sent(enter(world, AGREED)) == ["hello"]


def test_agreed_by_nobody_we_know_stores_nothing(sqlite_world: World) -> None:
    with pytest.raises(NotEntered, match="nobody on the staff"):
        enter(sqlite_world, AGREED)

    assert sqlite_world.rows(YoungPerson) == []


def test_a_known_number_is_refused_naming_whose_it_is(world: World) -> None:
    child = enter(world)
    with pytest.raises(NotEntered, match=str(child.id)):
        enter(world, phone="+44 7700 900101")

    assert len(world.rows(YoungPerson)) == len(world.rows(MissingEpisode)) == 1


def test_another_episode_joins_the_open_interview(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    again = enter_episode(
        world.service, NewEpisode(START, young_person_id=child.id), "command", AGREED
    )

    assert again.interview_id == world.interview(child).id
    assert len(world.rows(MissingEpisode)) == 2
    assert world.keys_sent(child) == ["hello"], "and is invited once"


def test_agreeing_texting_later_confirms_the_number(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world)
    assert world.conversation(child).contact == "unverified"
    enter_episode(world.service, NewEpisode(START, young_person_id=child.id), "command", AGREED)

    assert world.conversation(child).contact == "open"


def test_after_an_interview_has_ended_the_next_episode_has_its_own(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.text(child, "no")
    world.run()
    first = world.interview(child)
    assert first.ended_at is not None
    world.wait(days=1)
    again = enter_episode(
        world.service, NewEpisode(START, young_person_id=child.id), "command", AGREED
    )

    assert again.interview_id != first.id
    assert world.keys_sent(child).count("hello") == 2


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"name": None}, "name and phone"),
        ({"phone": None}, "name and phone"),
        ({"phone": "0800 FLOWERS"}, "not a telephone number"),
        ({"young_person_id": "11111111-1111-4111-8111-111111111111"}, "no young person"),
    ],
)
def test_what_cannot_be_entered_is_refused_whole(
    sqlite_world: World, details: dict[str, Any], said: str
) -> None:
    from uuid import UUID

    if "young_person_id" in details:
        details = {"young_person_id": UUID(details["young_person_id"])}
    with pytest.raises(NotEntered, match=said):
        enter(sqlite_world, **details)

    assert sqlite_world.rows(YoungPerson) == sqlite_world.rows(MissingEpisode) == []


def test_another_number_for_a_known_child_is_refused(sqlite_world: World) -> None:
    child = enter(sqlite_world)
    with pytest.raises(NotEntered, match="not the number"):
        enter(sqlite_world, young_person_id=child.id, phone=MAX_NUMBER)


def test_a_shared_phone_makes_both_unverified(world: World) -> None:
    ade(world)
    first = enter(world, AGREED)
    assert world.conversation(first).contact == "open"
    second = enter(world, AGREED, name="Sami", shared_phone=True)

    assert first.id != second.id
    assert [world.conversation(each).contact for each in (first, second)] == ["unverified"] * 2


def test_texting_that_nobody_agreed_makes_no_open_conversation(sqlite_world: World) -> None:
    assert sqlite_world.conversation(enter(sqlite_world)).contact == "unverified"
