"""Reminders: few, at a good time, and the same for every episode."""

from datetime import date, datetime

import pytest

from bot import prompts
from bot.reminders import remind
from bot.worker import step
from dialogs.interview import STATES
from storage import contacts, people
from storage.tables import HumanTask
from tests.bot.cast import ade
from tests.bot.detector import HARM
from tests.bot.entering import AGREED, AT_ONCE, at, enter
from tests.bot.prompting import DAY, offers, put_in
from tests.bot.together import at_once
from tests.bot.world import START, World

pytestmark = pytest.mark.slow


def test_silence_gets_two_reminders_and_then_a_person(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.run()
    for _ in range(8 * 8):
        world.wait(hours=3)

    assert offers(world) == [
        ("invitation", START),
        ("reminder", START + DAY),
        ("reminder", START + 2 * DAY),
    ]
    assert world.keys_sent(child) == ["hello", "reminder", "reminder"]
    (task,) = world.rows(HumanTask, HumanTask.young_person_id == child.id)
    assert (task.kind, task.created_at) == ("no_reply", START + 3 * DAY)


def test_silence_is_no_refusal(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    before = world.interview(child)
    world.run()
    for _ in range(30):
        world.wait(days=1)

    assert world.interview(child).position == before.position
    assert world.interview(child).ended_at is None
    assert "declined" not in world.tasks(child)


def test_the_reminder_says_nothing_and_a_yes_to_it_goes_on(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.run()
    world.wait(days=1)
    reminder = world.messages(child, "out")[-1]
    assert (reminder.text_key, reminder.exposure) == ("reminder", "bland")

    world.says(child, "yes")
    assert world.interview(child).state == "just_you"


@pytest.mark.parametrize("state", ["way", "safe_now", "going_on", "keep_private", "paused"])
def test_in_the_middle_too_a_yes_leads_to_a_fresh_check_and_a_no_is_heard(
    sqlite_world: World, state: str
) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    put_in(
        world, child, state, last_at=START.isoformat(), checked=True, told=["way"],
        asked=["safe_now", "going_on", "keep_private"], resume="going_on",
    )  # fmt: skip
    world.wait(days=1)
    assert world.interview(child).state == "hello"

    assert world.says(child, "yes")
    position = world.interview(child).position
    assert position["state"] == "just_you"
    assert position["resume"] == (state if state != "paused" else "going_on")
    assert world.says(child, "later")
    world.wait(days=1)
    assert world.says(child, "no")
    assert world.interview(child).state == "declined"


@pytest.mark.parametrize("state", ["check_word", "just_you", "recheck"])
@pytest.mark.parametrize(("word", "asked"), [(None, "just_you"), ("marmalade", "check_word")])
def test_a_check_that_was_left_open_begins_anew(
    sqlite_world: World, state: str, word: str | None, asked: str
) -> None:
    """A yes to "is now a good time" is not heard as the word, nor as "just me", nor lost."""
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED, check_word=word)
    world.run()
    put_in(world, child, state, resume="going_on", checked=False, asked=["going_on"])
    world.wait(days=1)

    assert world.says(child, "yes")
    position = world.interview(child).position
    assert (position["state"], position["resume"]) == (asked, "going_on")
    assert position["wrong_words"] == 0


@pytest.mark.parametrize(
    ("said", "reminded"),
    [("later", True), ("yes", True), ("busy", False), ("no", False)],
)
def test_who_stopped_on_the_way_is_reminded_but_not_who_said_no_or_is_not_alone(
    sqlite_world: World, said: str, reminded: bool
) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.text(child, said)
    world.run()
    world.wait(days=1)

    assert (world.keys_sent(child)[-1] == "reminder") is reminded
    world.wait(days=4)
    assert ("no_reply" in world.tasks(child)) is False, "one day at a time"


@pytest.mark.parametrize("state", STATES)
def test_which_states_are_reminded_of(sqlite_world: World, state: str) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    put_in(world, child, state)
    world.wait(days=1)
    resting = {
        "not_started", "busy", "after_disclosure", "after_danger", "after_own_act", "carry_on",
        "finished", "declined", "closed_unsafe", "follow_up", "follow_up_word", "chat_was",
    }  # fmt: skip

    assert ("reminder" in world.keys_sent(child)) is (state not in resting)


def test_a_no_holds_after_a_disclosure_too(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    put_in(world, child, "paused", said_no=True)
    world.wait(days=3)

    assert world.keys_sent(child) == ["hello"]


def test_what_they_write_starts_the_day_again(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    world.wait(hours=23)
    world.says(child, "later")
    world.wait(hours=23)
    assert "reminder" not in world.keys_sent(child)
    world.wait(hours=1)
    assert world.keys_sent(child)[-1] == "reminder"


def test_a_reminder_keeps_the_times_of_day(sqlite_world: World) -> None:
    """Invited on Friday at 20:30, with a wish for the hour from seven: reminded on Sunday."""
    world = at(sqlite_world, "2026-11-20T19:30+00:00")
    ade(world)
    enter(world, AGREED, prompts_from="19:00", prompts_until="20:00")
    world.run()
    for _ in range(2 * 24 * 3):
        world.wait(minutes=30)

    assert offers(world) == [
        ("invitation", datetime.fromisoformat("2026-11-20T19:30+00:00")),
        ("reminder", datetime.fromisoformat("2026-11-21T19:30+00:00")),
        ("reminder", datetime.fromisoformat("2026-11-22T19:30+00:00")),
    ]


@pytest.mark.parametrize(
    ("invited", "reminded"),
    [
        ("2026-11-17T08:10+00:00", "2026-11-18T08:10+00:00"),
        ("2026-11-17T20:55+00:00", "2026-11-18T20:55+00:00"),
        # A text of Sunday noon: lessons are on when the day is over.
        ("2026-11-22T12:00+00:00", "2026-11-23T15:30+00:00"),
        # An override in the night: the day is over in the quiet hours.
        ("2026-11-20T02:00+00:00", "2026-11-21T08:00+00:00"),
    ],
)
def test_a_reminder_waits_for_the_end_of_school_or_night(
    sqlite_world: World, invited: str, reminded: str
) -> None:
    world = at(sqlite_world, invited)
    ade(world)
    enter(world, AT_ONCE)
    world.run()
    while len(offers(world)) < 2:
        world.wait(minutes=30)

    assert offers(world)[1] == ("reminder", datetime.fromisoformat(reminded))


def test_nobody_is_reminded_who_may_be_watched_or_cannot_be_reached(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    with world.service.database.write() as session:
        people.conversation_of(session, child.id).contact = "guarded"
    world.wait(days=2)
    with world.service.database.write() as session:
        people.conversation_of(session, child.id).contact = "open"
        contact = contacts.contact_of(session, people.conversation_of(session, child.id))
        contact.unreachable_at = world.clock.service_now()
    world.wait(days=2)
    assert world.keys_sent(child) == ["hello"]

    with world.service.database.write() as session:
        contact = contacts.contact_of(session, people.conversation_of(session, child.id))
        contact.unreachable_at = None
    world.run()
    assert world.keys_sent(child) == ["hello", "reminder"]


def test_who_turns_18_meanwhile_is_a_task_once(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED, born_on=date(2008, 11, 21))
    world.run()
    for _ in range(5):
        world.wait(days=1)

    assert world.keys_sent(child) == ["hello"]
    assert world.tasks(child) == ["is_adult"]


def test_while_a_person_looks_into_a_risk_no_reminder_goes_out(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, AGREED)
    world.run()
    world.text(child, HARM)
    world.run()
    put_in(world, child, "paused")
    world.wait(days=3)

    assert world.escalations(child)
    assert "reminder" not in world.keys_sent(child)


def test_two_workers_at_once_remind_once(world: World) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.run()
    world.clock.move(DAY)
    at_once(4, lambda _number: remind(world.service))
    world.run()

    assert world.keys_sent(child) == ["hello", "reminder"]
    world.clock.move(2 * DAY)
    at_once(4, lambda _number: remind(world.service))
    world.clock.move(2 * DAY)
    at_once(4, lambda _number: remind(world.service))
    assert world.tasks(child) == ["no_reply"]


def test_a_worker_that_dies_on_the_way_leaves_nothing_half_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ade(world)
    child = enter(world, AGREED)
    world.run()
    world.clock.move(DAY)

    def die(*_arguments: object, **_details: object) -> None:
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(prompts, "add_offer", die)
        with pytest.raises(SystemExit):
            remind(world.service)
    assert world.keys_sent(child) == ["hello"]
    with monkeypatch.context() as killed:
        killed.setattr("bot.worker.deliver_due", die)
        with pytest.raises(SystemExit):
            step(world.service, "killed")
    assert len(world.heard(child)) == 1
    world.run()
    assert len(world.heard(child)) == 2
    assert [kind for kind, _ in offers(world)] == ["invitation", "reminder"]
