"""Two sweepers: the one that says outside that all is well, and the one that looks by itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.alarms import note_worker
from bot.escalations import acknowledge
from bot.heartbeat import say_all_is_well
from bot.settings import Settings, SettingsUnsafe
from bot.watch import Watch, teller
from storage.tables import ServiceAlarm
from storage.watching import ReadOnly
from tests.bot.cast import amina, dee
from tests.bot.detector import DANGER
from tests.bot.world import World
from tests.fakes.alert_servers import Posts, free_port, web_server


class Told:
    """Whom the watch tells; ``deaf`` while nobody can be told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[str, ...]]] = []
        self.deaf = False

    def __call__(self, says: str, codes: Sequence[str]) -> bool:
        if not self.deaf:
            self.heard.append((says, tuple(codes)))
        return not self.deaf


Watching = Callable[[World], tuple[Watch, Told]]


@pytest.fixture
def watching() -> Watching:
    def make(world: World) -> tuple[Watch, Told]:
        told = Told()
        return Watch(world.settings, world.clock, told), told

    return make


def pass_time(world: World, watch: Watch, seconds: int) -> None:
    """The worker is dead; the watch looks every ten seconds, as it does by default."""
    for _ in range(seconds // 10):
        world.clock.move(timedelta(seconds=10))
        watch.look()


def test_with_the_worker_dead_somebody_is_told_within_a_minute(
    world: World, watching: Watching
) -> None:
    watch, told = watching(world)
    child, worker = amina(world), dee(world)
    note_worker(world.service)
    world.run()
    assert watch.look() == []
    world.text(child, DANGER)
    pass_time(world, watch, 50)

    says, codes = told.heard[0]
    found = world.escalation(child)
    assert (codes, found.reference in says) == (("unsent",), True)
    assert "Amina" not in says
    pass_time(world, watch, 20)
    assert told.heard[-1][1] == ("no_worker", "unsent")
    before = len(told.heard)
    pass_time(world, watch, 300)
    assert len(told.heard) == before + 1, "an overdue timer is new"
    pass_time(world, watch, 300)
    assert len(told.heard) == before + 2, "and then every five minutes"

    acknowledge(world.service, found.id, worker)
    note_worker(world.service)
    watch.look()
    assert "All is well again." in told.heard[-1][0]
    watch.close()


def test_a_timer_overdue_by_a_minute_or_missing_is_told(
    sqlite_world: World, watching: Watching
) -> None:
    world, (watch, told) = sqlite_world, watching(sqlite_world)
    child = amina(world)
    dee(world)
    world.text(child, DANGER)
    world.run()
    world.clock.move(timedelta(minutes=5, seconds=61))
    note_worker(world.service)
    watch.look()

    assert told.heard[0][1] == ("overdue",)
    watch.close()


def test_who_could_not_be_told_is_told_at_the_next_look(
    sqlite_world: World, watching: Watching
) -> None:
    watch, told = watching(sqlite_world)
    told.deaf = True
    watch.look()
    told.deaf = False
    watch.look()

    assert told.heard[0][1] == ("no_worker",)
    watch.close()


def test_a_watch_that_cannot_see_says_so(sqlite_world: World, tmp_path: Path) -> None:
    told = Told()
    nowhere = {"database_url": f"sqlite:///{tmp_path / 'gone' / 'words.sqlite'}"}
    watch = Watch(sqlite_world.settings.model_copy(update=nowhere), sqlite_world.clock, told)
    watch.look()

    assert told.heard[0][1] == ("blind",)
    watch.close()


def test_the_watch_cannot_write(world: World) -> None:
    database = ReadOnly(world.settings.database_url)
    with pytest.raises(DBAPIError), database.read() as session:
        session.connection().execute(text("DELETE FROM service_alarm"))
    database.close()


def test_a_watch_that_could_tell_nobody_does_not_start(sqlite_world: World) -> None:
    with pytest.raises(SettingsUnsafe, match="could tell nobody"):
        teller(sqlite_world.settings)


def with_watch(world: World, port: int) -> None:
    address = {"watch_url": f"http://127.0.0.1:{port}/ping"}
    settings: Settings = world.settings.model_copy(update=address)
    world.service = replace(world.service, settings=settings)


def test_all_is_well_is_said_only_after_a_clean_sweep(sqlite_world: World) -> None:
    world, posts = sqlite_world, Posts(200)
    with web_server(posts) as port:
        with_watch(world, port)
        assert say_all_is_well(world.service)
        child = amina(world)
        dee(world)
        world.text(child, DANGER)
        world.clock.move(timedelta(seconds=61))
        assert not say_all_is_well(world.service), "an alert waits unsent"
        world.run()
        assert say_all_is_well(world.service)
        world.clock.move(timedelta(minutes=6))
        assert not say_all_is_well(world.service), "a timer is overdue"
    assert len(posts.got) == 2


def test_an_alarm_stands_while_nobody_outside_hears(sqlite_world: World) -> None:
    world = sqlite_world

    def alarms() -> list[str]:
        return [each.kind for each in world.rows(ServiceAlarm) if each.cleared_at is None]

    with_watch(world, free_port())
    assert not say_all_is_well(world.service)
    assert alarms() == ["heartbeat"]
    with web_server(Posts(200)) as port:
        with_watch(world, port)
        assert say_all_is_well(world.service)
    assert alarms() == []
