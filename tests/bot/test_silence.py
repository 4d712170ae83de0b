"""Silence after a disclosure is itself an alert (docs/practice.md 6.1 and 6.3, SIL)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot.clock import SetClock
from bot.escalations import Outcome, acknowledge, close, record_outcome
from bot.rehearsal import START, Rehearsal, YoungPersonHere, rehearse
from bot.silence import TELLING, next_silence, sweep_silence
from dialogs.position import Position
from storage import people, silences
from tests.bot.cast import amina, dee
from tests.bot.detector import COMPLAINT, CUTTING, DANGER, HARM, SOONER
from tests.bot.together import at_once
from tests.bot.world import Child, World

pytestmark = pytest.mark.slow

DONE = Outcome(
    "no further action",
    "she is home",
    "the team",
    "REF-1",
    "yes",
    "Dee, by text",
    "none: she is home",
)


def silences_of(world: World, child: Child) -> list[int | None]:
    """The priority of every silence that was raised, in order."""
    return [
        hit.priority
        for found in world.escalations(child)
        for hit in world.events(found)
        if hit.kind == "hit" and "SIL" in world.detail_of(found, hit)["categories"]
    ]


def stand_at(world: World, child: Child, state: str) -> None:
    """Whatever the dialogue made of what they told, they stand here."""
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        position = Position.from_json(interview.position).to_json() | {"state": state}
        assert people.save_position(session, interview, position)


def told(world: World, said: str, state: str = "after_disclosure") -> Child:
    """A young person who has just said this, and was answered."""
    child = amina(world)
    dee(world)
    world.says(child, said)
    stand_at(world, child, state)
    return child


@pytest.mark.parametrize(
    ("said", "state", "minutes", "priority"),
    [
        (DANGER, "after_danger", 15, 1),
        (HARM, "after_disclosure", 60, 2),
        (f"{HARM} {SOONER}", "after_disclosure", 15, 2),
        (HARM, "after_own_act", 60, 2),
    ],
)
def test_a_silence_is_raised_once_when_it_has_lasted(
    world: World, said: str, state: str, minutes: int, priority: int
) -> None:
    child = told(world, said, state)
    (last,) = world.messages(child)

    world.wait(minutes=minutes, seconds=-21)
    assert silences_of(world, child) == []
    world.wait(seconds=1)
    assert silences_of(world, child) == [priority]
    (because,) = world.detail(world.escalation(child), "hit")["because"]
    assert because["message_id"] == str(last.id)
    assert because["category"] == "SIL"

    with world.reading() as session:
        assert next_silence(session) is None
    world.wait(days=2)
    assert silences_of(world, child) == [priority]


def test_the_dialogue_itself_brings_them_there(world: World) -> None:
    children = [amina(world, number=f"+4477009004{index:02}") for index in range(2)]
    dee(world)
    for child, said in zip(children, (DANGER, HARM), strict=True):
        world.says(child, said)
        assert world.interview(child).state in TELLING

    world.wait(hours=1)
    assert [silences_of(world, child) for child in children] == [[1], [2]]


def test_each_further_text_begins_a_silence_of_its_own(world: World) -> None:
    child = told(world, HARM)
    world.wait(minutes=59)
    world.says(child, "um")
    stand_at(world, child, "after_disclosure")
    world.wait(minutes=59)
    assert silences_of(world, child) == []

    world.wait(minutes=1)
    assert silences_of(world, child) == [2]
    world.says(child, "still here")
    stand_at(world, child, "after_disclosure")
    world.wait(minutes=60)
    assert silences_of(world, child) == [2, 2]


@pytest.mark.parametrize("state", ["carry_on", "help", "paused", "busy", "finished"])
def test_who_has_moved_on_is_not_silent(sqlite_world: World, state: str) -> None:
    child = told(sqlite_world, HARM, state)
    sqlite_world.wait(hours=5)

    assert silences_of(sqlite_world, child) == []


def test_who_tells_after_the_end_is_watched_too(world: World) -> None:
    child = told(world, HARM)
    with world.service.database.write() as session:
        interview = people.current_interview(session, child.id)
        assert interview is not None
        now = world.service.clock.service_now()
        people.save_position(session, interview, interview.position, ended_at=now)
    world.wait(hours=1)

    assert silences_of(world, child) == [2]


def test_a_note_for_tomorrow_is_no_disclosure(sqlite_world: World) -> None:
    child = told(sqlite_world, COMPLAINT)
    sqlite_world.wait(hours=5)

    assert silences_of(sqlite_world, child) == []


def test_a_life_is_at_risk_where_the_urgent_part_was_about_it(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    world.says(child, CUTTING)
    world.says(child, f"{HARM} {SOONER}")
    stand_at(world, child, "after_disclosure")
    assert world.escalation(child).priority == 1
    world.wait(minutes=15)

    assert silences_of(world, child) == [2]


def test_the_newest_open_escalation_says_how_long(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    worker = dee(world)
    world.says(child, HARM)
    acknowledge(world.service, world.escalation(child).id, worker)
    world.says(child, DANGER)
    stand_at(world, child, "after_danger")
    world.wait(minutes=15)

    assert silences_of(world, child) == [1]


def test_an_acknowledgement_alone_does_not_end_the_watch(world: World) -> None:
    child = told(world, DANGER, "after_danger")
    acknowledge(world.service, world.escalation(child).id, dee(world, name="Sam Reed"))
    world.wait(minutes=15)

    # Nothing was done in these minutes either, so that it climbs again.
    found = world.escalation(child)
    assert (found.state, found.reopened) == ("raised", 1)
    assert silences_of(world, child) == [1]


@pytest.mark.parametrize("closed", [False, True])
def test_what_a_person_has_done_since_ends_it(sqlite_world: World, closed: bool) -> None:
    world = sqlite_world
    child = told(world, HARM)
    found, worker = world.escalation(child).id, dee(world, name="Sam Reed")
    acknowledge(world.service, found, worker)
    record_outcome(world.service, found, worker, DONE)
    if closed:
        close(world.service, found, worker)
    world.wait(hours=2)
    assert silences_of(world, child) == []


def test_a_text_after_the_outcome_begins_it_again(sqlite_world: World) -> None:
    world = sqlite_world
    child = told(world, HARM)
    found, worker = world.escalation(child).id, dee(world, name="Sam Reed")
    acknowledge(world.service, found, worker)
    record_outcome(world.service, found, worker, DONE)
    world.wait(minutes=5)
    world.says(child, "um")
    stand_at(world, child, "after_disclosure")
    world.wait(hours=1)

    assert silences_of(world, child) == [2]


def test_two_workers_raise_it_once(world: World) -> None:
    child = told(world, HARM)
    world.clock.move(timedelta(hours=1))

    assert sorted(at_once(2, lambda _number: sweep_silence(world.service))) == [0, 1]
    assert silences_of(world, child) == [2]


def test_who_writes_while_it_is_swept_is_not_silent(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = sqlite_world
    child = told(world, HARM)
    world.clock.move(timedelta(hours=1))
    look = silences.quiet_in

    def then_they_write(*arguments: object) -> object:
        found = look(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(silences, "quiet_in", look)
        world.text(child, "im ok")
        return found

    monkeypatch.setattr(silences, "quiet_in", then_they_write)
    assert sweep_silence(world.service) == 0
    assert silences_of(world, child) == []


def test_a_silence_says_nothing_to_the_phone(world: World) -> None:
    child = told(world, HARM)
    sent = world.keys_sent(child)
    world.wait(minutes=61)

    assert silences_of(world, child) == [2]
    assert world.keys_sent(child) == sent


def test_a_look_costs_one_statement_and_no_scan(sqlite_world: World) -> None:
    world = sqlite_world
    told(world, HARM)
    seen: list[tuple[str, Any]] = []
    engine = world.service.database.engine

    def note(_conn: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        if sql.startswith("SELECT"):
            seen.append((sql, parameters))

    event.listen(engine, "before_cursor_execute", note)
    sweep_silence(world.service)
    event.remove(engine, "before_cursor_execute", note)

    ((sql, parameters),) = seen
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
    steps = [row[-1] for row in plan]
    assert "SEARCH escalation USING INDEX ix_escalation_inbox (priority<?)" in steps
    assert [step for step in steps if step.startswith("SCAN")] == []


def test_a_rehearsal_comes_to_the_silence_and_shows_it() -> None:
    clock = SetClock(START)
    with rehearse(YoungPersonHere(), clock) as rehearsal:
        rehearsal.run_due()
        _say(rehearsal, clock, "yes")
        _say(rehearsal, clock, "my dad hits me")
        rehearsal.new_raised()
        with rehearsal.service.database.read() as session:
            due = next_silence(session)
        assert due is not None
        for _ in rehearsal.wait(clock, timedelta(hours=2)):
            pass

        (raised,) = rehearsal.new_raised()
        assert "SIL" in raised.categories


def _say(rehearsal: Rehearsal, clock: SetClock, words: str) -> None:
    rehearsal.hear(words)
    rehearsal.run_due()
    rehearsal.settle(clock)
