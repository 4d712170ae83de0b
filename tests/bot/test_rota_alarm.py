"""An empty shift is an alarm; at every moment somebody is on duty or an alarm stands."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bot.alarms import standing
from bot.escalations import NotPossible
from bot.rota_alarm import sweep_rota
from storage.tables import ServiceAlarm, Shift
from tests.bot.cast import dee, staff
from tests.bot.rotas import independent, names, shift
from tests.bot.world import START, World

MANAGER_NUMBER = "+447700900401"


def alarms(world: World) -> set[tuple[str, str]]:
    """What stands after a sweep."""
    sweep_rota(world.service)
    found = standing(world.service)
    return {(each.kind, each.detail) for each in found if each.kind.startswith("rota")}


def test_an_empty_shift_is_told_a_day_before_and_when_it_is_there_and_clears_itself(
    world: World,
) -> None:
    one, two = dee(world), dee(world, "Sam Whitlock", "+447700900203")
    staff(world, "Mo Farrow", "manager", MANAGER_NUMBER)
    shift(world, one, "15:00", "15:00")
    assert alarms(world) == {("rota_gap", "main")}, "it ends in 23 hours, and nobody follows"
    world.run()
    assert "Nobody is on duty within the next 24 hours" in world.heard(MANAGER_NUMBER)[0]
    shift(world, two, "15:00", "15:00", START.date() + timedelta(days=1))
    assert alarms(world) == set()

    world.clock.move(timedelta(hours=47))
    assert alarms(world) == {("rota_empty", "main")}
    assert sweep_rota(world.service) == 0, "it is raised once, not each time"
    shift(world, one, "15:00", "20:00", world.clock.service_now().date())
    assert alarms(world) == {("rota_gap", "main")}
    assert {each.kind for each in world.rows(ServiceAlarm)} == {"rota_gap", "rota_empty"}


def test_somebody_whom_no_alert_would_reach_is_nobody(sqlite_world: World) -> None:
    shift(sqlite_world, dee(sqlite_world, phone=None), "15:00", "15:00", weeks=1)

    assert alarms(sqlite_world) == {("rota_empty", "main")}


def test_an_independent_ladder_without_anybody_is_an_alarm_once_there_is_one(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    dee(world)
    assert alarms(world) == set()
    independent(world, "Ida Cole", phone=None)
    assert alarms(world) == {("rota_empty", "independent")}


def test_at_every_moment_somebody_is_on_duty_or_an_alarm_stands(sqlite_world: World) -> None:
    """Drawn shifts round the night on which the clocks go back, walked from edge to edge."""
    world, chance = sqlite_world, random.Random(6)
    world.clock.now = datetime(2027, 10, 29, 12, tzinfo=UTC)
    people = [dee(world, f"Pat{each} Reed", f"+4477009002{each}") for each in range(10, 16)]
    for number in range(30):
        day = world.clock.now.date() + timedelta(days=number % 5)
        times = (f"{chance.randrange(24):02}:30", f"{chance.randrange(24):02}:00")
        with suppress(NotPossible):
            shift(world, chance.choice(people), *times, day, position=chance.choice([1, 2]))
    edges = {at for each in world.rows(Shift) for at in (each.starts_at, each.ends_at)}
    seen = set()
    for at in sorted(edges):
        for moment in (at - timedelta(minutes=1), at):
            world.clock.now = moment
            with_nobody = names(world) == []
            assert (("rota_empty", "main") in alarms(world)) == with_nobody, moment
            seen.add(with_nobody)
    assert len(edges) > 20
    assert seen == {True, False}
