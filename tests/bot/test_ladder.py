"""Getting a person, again and again (I-04, G-07, G-09), and never leaving a child in the dark."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.escalations import acknowledge
from bot.ladder import climb, tell_waiting_children
from storage.tables import Alert
from tests.bot.cast import DEE_NUMBER, ade, amina, dee, make_guarded
from tests.bot.detector import COMPLAINT, DANGER, HARM
from tests.bot.world import START, World


def alerted_at(world: World) -> list[datetime]:
    return sorted(each.at for each in world.rows(Alert))


@pytest.mark.slow
def test_a_p1_repeats_every_five_minutes_for_a_day_and_never_drifts(sqlite_world: World) -> None:
    """A worker that looks every few seconds, sometimes late; each step within 30 s of the plan."""
    world, chance = sqlite_world, random.Random(7)
    child = amina(world)
    dee(world)
    world.text(child, DANGER)
    until = START + timedelta(hours=24)
    while world.clock.service_now() < until:
        world.clock.move(timedelta(seconds=chance.uniform(10, 29)))
        climb(world.service)
        found = world.escalation(child)
        assert found.next_alert_at is not None
        ahead = found.next_alert_at - world.clock.service_now()
        assert timedelta(0) < ahead <= timedelta(minutes=5)

    times = alerted_at(world)
    plan = [START + number * timedelta(minutes=5) for number in range(24 * 12 + 1)]
    assert len(times) in (len(plan), len(plan) - 1)
    late = [at - planned for at, planned in zip(times, plan, strict=False)]
    assert max(late) <= timedelta(seconds=30)
    assert min(late) >= timedelta(0)


def test_a_dead_worker_makes_no_flood_of_alerts_when_it_is_back(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    dee(sqlite_world)
    sqlite_world.text(child, DANGER)
    sqlite_world.wait(hours=2)

    assert len(alerted_at(sqlite_world)) == 2
    sqlite_world.wait(minutes=5)
    assert len(alerted_at(sqlite_world)) == 3


def test_an_acknowledgement_ends_the_alerts(world: World) -> None:
    child = amina(world)
    worker = dee(world)
    world.text(child, DANGER)
    world.wait(minutes=6)
    acknowledge(world.service, world.escalation(child).id, worker)
    world.wait(minutes=8)

    assert len(world.heard(DEE_NUMBER)) == 2, "later their silence is a reason of its own"


def test_a_p2_pages_at_once_and_again_after_an_hour_but_not_at_night(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    world.text(child, HARM)
    for _ in range(24):
        world.wait(hours=1)

    hours = [(at - START) // timedelta(hours=1) for at in alerted_at(world)]
    assert hours == [0, 1, 2, 3, 4, 16, 17, 18, 19, 20, 21, 22, 23, 24]


def test_a_p3_pages_nobody_and_has_a_timer(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    dee(sqlite_world)
    sqlite_world.text(child, COMPLAINT)
    sqlite_world.wait(hours=60)

    assert sqlite_world.heard(DEE_NUMBER) == []
    monday_noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert sqlite_world.escalation(child).next_alert_at == monday_noon


def test_a_p3_that_rises_is_paged_as_what_it_became(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    dee(sqlite_world)
    sqlite_world.text(child, COMPLAINT)
    sqlite_world.text(child, DANGER)
    sqlite_world.run()

    assert len(sqlite_world.heard(DEE_NUMBER)) == 1
    in_five = sqlite_world.clock.service_now() + timedelta(minutes=5)
    assert sqlite_world.escalation(child).next_alert_at == in_five


def test_everybody_on_duty_with_a_number_is_alerted_and_nobody_else(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    dee(world, "Jo Hart", "+447700900203")
    dee(world, "Kit Moss", None)
    ade(world)
    world.text(child, HARM)
    world.run()

    reached = {each.address for each in world.phone.accepted} - {child.address}
    assert reached == {DEE_NUMBER, "+447700900203"}


def test_with_nobody_to_reach_the_child_hears_the_truth_and_the_escalation_says_so(
    world: World,
) -> None:
    child = amina(world)
    ade(world)
    world.text(child, HARM)
    world.run()

    found = world.escalation(child)
    assert world.kinds(found) == ["hit", "nobody_reachable"]
    assert found.next_alert_at is not None
    assert "no_one_there" in world.keys_sent(child)
    said = " ".join(world.heard(child))
    assert "trying to get a real person" not in said

    dee(world)
    world.wait(hours=1)
    assert len(world.heard(DEE_NUMBER)) == 1, "somebody who comes on duty is alerted"
    assert world.kinds(found).count("nobody_reachable") == 1


def told(world: World, texts: list[str]) -> list[str]:
    return [each for each in texts if "answered me" in each]


def test_a_waiting_child_is_told_after_ten_minutes_and_at_most_every_twenty(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    world.text(child, DANGER)
    world.wait(minutes=9, seconds=59)
    assert told(world, world.heard(child)) == []

    minutes = 10
    when = list[int]()
    for _ in range(45):
        before = len(told(world, world.heard(child)))
        world.wait(minutes=2) if when or minutes > 10 else world.wait(seconds=1)
        world.text(child, "are you there")
        world.wait(seconds=30)
        if len(told(world, world.heard(child))) > before:
            when.append(minutes)
        minutes = minutes + 2 if when else minutes

    said = told(world, world.heard(child))
    moments = [each.at for each in world.messages(child, "out") if each.text_key == "not_yet"]
    assert len(said) >= 3
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    assert min(gaps) >= timedelta(minutes=20)
    assert moments[0] - START <= timedelta(minutes=10, seconds=1)
    assert all(one != two for one, two in pairwise(said))


def test_a_silent_child_is_told_once(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    dee(sqlite_world)
    sqlite_world.text(child, DANGER)
    for _ in range(20):
        sqlite_world.wait(minutes=10)

    assert sqlite_world.keys_sent(child).count("not_yet") == 1


@pytest.mark.parametrize("said", [HARM, COMPLAINT])
def test_less_than_a_p1_tells_nobody_that_nobody_came(sqlite_world: World, said: str) -> None:
    child = amina(sqlite_world)
    sqlite_world.text(child, said)
    sqlite_world.wait(minutes=30)
    sqlite_world.text(child, "are you there")
    sqlite_world.wait(seconds=20)

    assert sqlite_world.dispositions(child) == ["turn", "turn"]
    assert "not_yet" not in sqlite_world.keys_sent(child)


def test_a_doubt_that_becomes_a_p1_has_waited_only_since_then(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    dee(sqlite_world)
    sqlite_world.text(child, COMPLAINT)
    sqlite_world.wait(minutes=30)
    sqlite_world.text(child, DANGER)
    sqlite_world.wait(minutes=9)
    before = sqlite_world.keys_sent(child).count("not_yet")
    sqlite_world.wait(minutes=2)

    assert (before, sqlite_world.keys_sent(child).count("not_yet")) == (0, 1)


def test_a_guarded_child_is_told_nothing(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    dee(sqlite_world)
    sqlite_world.text(child, DANGER)
    sqlite_world.run()
    make_guarded(sqlite_world, child)
    sqlite_world.wait(minutes=11)

    assert "not_yet" not in sqlite_world.keys_sent(child)
    assert "child_told" not in sqlite_world.kinds(sqlite_world.escalation(child))


def test_two_workers_climb_once(world: World) -> None:
    from tests.bot.together import at_once

    child = amina(world)
    dee(world)
    world.text(child, DANGER)
    world.clock.move(timedelta(minutes=11))
    at_once(4, lambda _: climb(world.service))
    at_once(4, lambda _: tell_waiting_children(world.service))

    assert len(world.rows(Alert)) == 2
    assert world.keys_sent(child).count("not_yet") == 1
