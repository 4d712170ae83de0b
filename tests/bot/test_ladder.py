"""Getting a person, again and again (I-04, G-07, G-09), and never leaving a child in the dark."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.escalations import acknowledge
from bot.ladder import climb, tell_waiting_children
from storage import escalations as records
from storage.tables import Alert
from tests.bot.cast import DEE_NUMBER, ade, amina, dee, make_guarded, staff
from tests.bot.detector import COMPLAINT, DANGER, HARM, SEXUAL
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


def hours_alerted(world: World, said: str) -> list[float]:
    dee(world)
    world.text(amina(world), said)
    for _ in range(48):
        world.wait(minutes=30)
    return [(at - START) / timedelta(hours=1) for at in alerted_at(world)]


def test_a_p2_pages_by_day_and_not_by_night_unless_harm_could_recur(sqlite_world: World) -> None:
    hours = hours_alerted(sqlite_world, SEXUAL)

    # From 16:00: a repeat, and once an hour; silent from 21:00; from 08:00 it begins anew.
    assert hours == [0, 0.5, 1, 2, 3, 4, 16, 16.5, 17, 18, 19, 20, 21, 22, 23, 24]


def test_a_p2_of_harm_that_could_recur_tonight_pages_through_the_night(
    sqlite_world: World,
) -> None:
    assert hours_alerted(sqlite_world, HARM) == [0, 0.5, *range(1, 25)]


def test_a_p2_pages_by_night_while_the_child_is_texting(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    world.clock.move(timedelta(hours=8))
    world.text(child, SEXUAL)
    world.run()
    world.wait(minutes=30)
    assert len(alerted_at(world)) == 2
    world.wait(minutes=31)

    assert len(alerted_at(world)) == 2
    eight = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    assert world.escalation(child).next_alert_at == eight


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


def test_the_first_on_duty_is_alerted_and_ten_minutes_later_the_second(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    dee(world, "Jo Hart", "+447700900203")
    dee(world, "Kit Moss", None)
    ade(world)
    world.text(child, DANGER)
    when: dict[str, int] = {}
    for minute in range(11):
        world.run()
        for each in world.phone.accepted:
            when.setdefault(each.address, minute)
        world.clock.move(timedelta(minutes=1))

    assert {DEE_NUMBER: 0, "+447700900203": 10}.items() <= when.items()
    assert set(when) - {child.address} == {DEE_NUMBER, "+447700900203"}
    assert "ladder_step" in world.kinds(world.escalation(child))


def test_an_acknowledgement_without_action_reopens_a_p1_after_fifteen_minutes(
    world: World,
) -> None:
    child = amina(world)
    worker, manager = dee(world), staff(world, "Mo Lindqvist", "manager", "+447700900204")
    world.text(child, DANGER)
    world.run()
    acknowledge(world.service, world.escalation(child).id, worker)
    world.wait(minutes=14, seconds=59)
    assert world.escalation(child).state == "acknowledged"
    world.wait(seconds=1)

    found = world.escalation(child)
    assert (found.state, found.reopened, found.next_alert_at) == (
        "raised",
        1,
        world.clock.service_now() + timedelta(minutes=5),
    )
    assert world.detail(found, "reopened")["acknowledged_by"] == str(worker.id)
    assert len(world.heard(DEE_NUMBER)) == 2
    assert len(world.heard("+447700900204")) == 1, "the manager hears of it at once"
    acknowledge(world.service, found.id, manager)
    with world.service.database.write() as session:
        again = records.escalation(session, found.id)
        assert again is not None
        again.first_action_at = world.clock.service_now()
        session.add(again)
    world.wait(hours=3)
    assert world.escalation(child).state == "acknowledged"


def test_a_reopened_one_joins_another_that_is_unacknowledged_already(sqlite_world: World) -> None:
    world = sqlite_world
    child, worker = amina(world), dee(world)
    world.text(child, DANGER)
    world.run()
    acknowledge(world.service, world.escalation(child).id, worker)
    world.wait(minutes=10)
    world.text(child, COMPLAINT)
    world.wait(minutes=5)

    first, second = world.escalations(child)
    assert (first.state, first.reopened) == ("acknowledged", 1)
    assert (second.state, second.priority) == ("raised", 1)


def test_a_p2_without_an_outcome_reopens_after_four_hours(sqlite_world: World) -> None:
    child, worker = amina(sqlite_world), dee(sqlite_world)
    sqlite_world.text(child, HARM)
    sqlite_world.run()
    acknowledge(sqlite_world.service, sqlite_world.escalation(child).id, worker)
    sqlite_world.wait(hours=3, minutes=59)
    before = sqlite_world.escalations(child)[0].reopened
    sqlite_world.wait(minutes=1)

    # Their silence has raised another one in between: that is the one that climbs.
    first, second = sqlite_world.escalations(child)
    assert (before, first.reopened, second.state) == (0, 1, "raised")


def test_passed_on_by_who_cannot_act_the_next_people_are_asked_at_once(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    dee(world, "Jo Hart", "+447700900203")
    world.text(child, DANGER)
    world.wait(minutes=2)
    planned = world.escalation(child).next_alert_at
    with world.service.database.write() as session:
        found = records.escalation(session, world.escalation(child).id)
        assert found is not None
        found.next_alert_at = world.clock.service_now()
        session.add(found)
    world.run()

    assert len(world.heard("+447700900203")) == 1
    assert world.escalation(child).next_alert_at == planned


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
