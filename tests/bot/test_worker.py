"""The loops of the worker, that it says it is there, and what is shown while a turn settles."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import worker
from bot.alarms import SILENT_AFTER, note_worker, worker_is_there
from bot.channels import Report
from bot.reconcile import reconcile
from bot.typing_shown import EVERY_S, show_typing
from storage.tables import ServiceAlarm
from tests.bot.cast import amina, make_guarded
from tests.bot.phone import FakePhone
from tests.bot.provider import FakeProvider
from tests.bot.world import Child, World, inbound


@pytest.fixture
def telegram(world: World) -> FakeProvider:
    provider = FakeProvider("telegram")
    world.phone = provider
    world.service = replace(world.service, channels={"telegram": provider})
    return provider


def writes(world: World, child: Child, words: str = "well it started when") -> None:
    from bot.receive import receive

    receive(world.service, replace(inbound(child.address, words), channel="telegram"))


def rounds(world: World) -> dict[str, tuple[Callable[[], int], float]]:
    return {name: (work, rest) for name, work, rest in worker._provider_loops(world.service)}


def test_while_a_turn_settles_they_see_that_somebody_is_there(
    world: World, telegram: FakeProvider
) -> None:
    child = amina(world)

    writes(world, child)

    assert show_typing(world.service) == 1
    assert telegram.typing == [child.address]
    world.wait(seconds=20)
    assert world.dispositions(child) == ["turn"]
    assert show_typing(world.service) == 0, "it is answered"
    assert EVERY_S >= 5


def test_nothing_is_shown_on_a_phone_that_may_be_watched(
    world: World, telegram: FakeProvider
) -> None:
    child = amina(world)
    writes(world, child)
    make_guarded(world, child)

    assert show_typing(world.service) == 0
    assert telegram.typing == []


def test_nothing_is_shown_where_it_cannot_be(world: World) -> None:
    provider = FakeProvider("sms")
    world.service = replace(world.service, channels={"sms": provider})
    world.text(amina(world), "well it started when")

    assert show_typing(world.service) == 0
    world.service = replace(world.service, channels={"telegram": FakePhone("telegram")})
    assert show_typing(world.service) == 0
    assert provider.typing == []


def test_a_step_asks_no_provider(world: World) -> None:
    provider = FakeProvider("sms")
    provider.listed = [Report("sms", "SM1", "sent")]
    world.service = replace(world.service, channels={"sms": provider})

    world.run()

    assert provider.asked_since == []


def test_twilio_is_asked_every_five_minutes_and_telegram_watched_every_minute(
    world: World,
) -> None:
    sms, telegram = FakeProvider("sms"), FakeProvider("telegram")
    world.service = replace(world.service, channels={"sms": sms, "telegram": telegram})
    found = rounds(world)

    assert {name: rest for name, (_, rest) in found.items()} == {
        "reconcile": 300,
        "watch": 300,
        "typing": EVERY_S,
        "watch-telegram": 60,
    }
    sms.listed = [inbound("+447700900101")]
    for work, _ in found.values():
        assert work() == 0, "whatever it found, it waits its time out"
    assert len(sms.asked_since) == 1
    assert reconcile(world.service) == 0


def test_by_polling_updates_are_fetched_and_no_webhook_is_watched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = world.settings.model_copy(update={"telegram_receive": "polling"})
    world.service = replace(
        world.service, settings=settings, channels={"telegram": FakeProvider("telegram")}
    )
    monkeypatch.setattr("bot.telegram_polling.poll_once", lambda _: 7)

    found = rounds(world)

    assert set(found) == {"reconcile", "watch", "typing", "telegram"}
    assert found["telegram"][0]() == 7, "while there is something, it asks again at once"


def test_a_rehearsal_asks_nobody(world: World, tmp_path: object) -> None:
    settings = world.settings.model_copy(update={"demo_folder": tmp_path})
    world.service = replace(world.service, settings=settings)

    assert rounds(world) == {}


def test_any_number_of_workers_say_that_they_are_there_in_one_row(world: World) -> None:
    assert not worker_is_there(world.service)
    for _ in range(3):
        note_worker(world.service)
        world.clock.move(timedelta(seconds=15))
    assert worker_is_there(world.service)
    assert len(world.rows(ServiceAlarm)) == 1

    world.clock.move(SILENT_AFTER)
    assert not worker_is_there(world.service)
    own = {name: rest for name, _, rest in worker._own_loops(world.service, "me")}
    assert own["beat"] * 4 <= SILENT_AFTER.total_seconds()
