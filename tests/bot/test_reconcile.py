"""What the webhooks missed is found once, whoever else takes it (F-36, G-20, T-08, T-11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.alarms import open_alarms, raise_alarm
from bot.channels import Inbound, Report
from bot.receive import receive
from bot.reconcile import LEFT_TO_WEBHOOK, OVERLAP, WINDOW, Memory, reconcile, watch_webhooks
from storage import messages as words
from storage.tables import AlarmText, Message, ProviderReport
from tests.bot.cast import AMINA_NUMBER, MAX_NUMBER, amina, dee, put_question
from tests.bot.detector import HARM
from tests.bot.provider import DOWN, FakeProvider, provider_of
from tests.bot.together import at_once
from tests.bot.world import World, inbound


@pytest.fixture
def provider(world: World) -> FakeProvider:
    return provider_of(world)


def written(world: World, said: str, sender: str = AMINA_NUMBER, **ago: float) -> Inbound:
    """A text as the provider lists it, written so long ago."""
    sent_at = world.clock.machine_now() - timedelta(**ago)
    return replace(inbound(sender, said), sent_at=sent_at)


def kinds(world: World) -> set[tuple[str, str]]:
    return {(alarm.kind, alarm.detail) for alarm, _ in open_alarms(world.service)}


def bodies(world: World) -> list[str]:
    found = world.rows(Message, Message.direction == "in")
    return [words.body_of(world.service.vault, each) for each in found]


def test_a_missed_text_is_kept_screened_escalated_and_answered(
    world: World, provider: FakeProvider
) -> None:
    child = amina(world)
    dee(world)
    provider.listed = [written(world, HARM, minutes=5)]

    assert reconcile(world.service) == 1
    world.run()

    assert bodies(world) == [HARM]
    assert world.kinds(world.escalation(child))[0] == "hit"
    assert world.keys_sent(child)
    assert kinds(world) == {("webhooks_missed", "sms")}


def test_what_is_kept_is_left_alone_and_a_webhook_that_comes_later_changes_nothing(
    world: World, provider: FakeProvider
) -> None:
    child = amina(world)
    before, after = written(world, "one", minutes=5), written(world, "two", minutes=4)
    provider.listed = [before, after]
    receive(world.service, replace(before, sent_at=None, raw=b"Body=one"))

    assert reconcile(world.service) == 1
    assert receive(world.service, replace(after, raw=b"Body=two")).duplicate
    assert reconcile(world.service) == 0

    assert bodies(world) == ["one", "two"]
    world.run()
    assert len(world.messages(child)) == 2


def test_two_workers_at_once_take_it_once(world: World, provider: FakeProvider) -> None:
    amina(world)
    provider.listed = [written(world, f"text {number}", minutes=5) for number in range(8)]

    taken = at_once(4, lambda _: reconcile(world.service))

    assert sum(taken) == 8
    assert sorted(bodies(world)) == [f"text {number}" for number in range(8)]


def test_a_text_that_has_just_been_written_is_left_to_its_webhook_for_a_round(
    world: World, provider: FakeProvider
) -> None:
    amina(world)
    provider.listed = [written(world, "hi", seconds=44)]

    assert reconcile(world.service) == 0
    assert bodies(world) == []
    world.clock.move(timedelta(seconds=1))
    assert reconcile(world.service) == 1


@pytest.mark.parametrize("kind", ["webhook_moved", "refused"])
def test_where_webhooks_are_known_not_to_come_it_is_taken_at_once(
    world: World, provider: FakeProvider, kind: str
) -> None:
    amina(world)
    raise_alarm(world.service, kind, "sms" if kind == "webhook_moved" else "twilio")
    provider.listed = [written(world, "hi", seconds=1)]

    assert reconcile(world.service) == 1
    assert ("webhooks_missed", "sms") not in kinds(world), "it may still have come"


def test_without_the_providers_time_it_is_taken(world: World, provider: FakeProvider) -> None:
    amina(world)
    provider.listed = [inbound(AMINA_NUMBER, "hi")]

    assert reconcile(world.service) == 1


def test_a_report_settles_a_send(world: World, provider: FakeProvider) -> None:
    child = amina(world)
    put_question(world, child, "going_on")
    world.run()
    (entry,) = world.outbox(child)
    provider.listed = [Report("sms", entry.provider_id or "", "delivered")]

    reconcile(world.service)
    reconcile(world.service)

    (kept,) = world.rows(ProviderReport)
    assert (kept.status, kept.applied) == ("delivered", True)


def test_one_bad_item_stops_nothing_and_is_tried_again(
    world: World, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    child, memory = amina(world), Memory()
    bad, good = written(world, "bad", minutes=3), written(world, "good", minutes=2)
    provider.listed = [bad, Report("sms", "SM1", "sent"), good]

    def fail_on_bad(service: object, each: Inbound) -> object:
        if each.text == "bad":
            raise ZeroDivisionError
        return receive(world.service, each)

    with monkeypatch.context() as patch:
        patch.setattr("bot.reconcile.receive", fail_on_bad)
        assert reconcile(world.service, memory) == 1
    assert bodies(world) == ["good"]
    assert ("not_taken", "sms") in kinds(world)
    assert memory.complete == {}, "the next round looks back as far again"

    assert reconcile(world.service, memory) == 1
    assert ("not_taken", "sms") not in kinds(world)
    world.run()
    assert len(world.messages(child)) == 2


def test_a_start_looks_back_two_days_and_a_later_round_not_so_far(
    world: World, provider: FakeProvider
) -> None:
    memory, start = Memory(), world.clock.now

    reconcile(world.service, memory)
    world.clock.move(timedelta(minutes=5))
    reconcile(world.service, memory)
    provider.down = DOWN
    world.clock.move(timedelta(hours=3))
    reconcile(world.service, memory)
    reconcile(world.service)

    five_past = start + timedelta(minutes=5)
    assert provider.asked_since == [
        start - WINDOW,
        start - OVERLAP,
        five_past - OVERLAP,
        world.clock.now - WINDOW,
    ]


def test_after_an_outage_of_a_week_no_more_than_two_days_are_asked_for(
    world: World, provider: FakeProvider
) -> None:
    memory = Memory()
    reconcile(world.service, memory)
    world.clock.move(timedelta(days=7))

    reconcile(world.service, memory)

    assert provider.asked_since[-1] == world.clock.now - WINDOW


@pytest.mark.parametrize("error", [DOWN, ZeroDivisionError()])
def test_a_provider_that_cannot_be_asked_twice_is_an_alarm_until_it_can(
    world: World, provider: FakeProvider, error: Exception
) -> None:
    amina(world)
    memory = Memory()
    provider.listed = [written(world, "first", minutes=5), written(world, "second", minutes=4)]
    provider.down, provider.down_after = error, 1

    assert reconcile(world.service, memory) == 1, "what came before it broke off is kept"
    assert ("cannot_ask", "sms") not in kinds(world)
    reconcile(world.service, memory)
    assert ("cannot_ask", "sms") in kinds(world)

    provider.down = None
    assert reconcile(world.service, memory) == 1
    assert ("cannot_ask", "sms") not in kinds(world)
    provider.down = error
    reconcile(world.service, memory)
    assert ("cannot_ask", "sms") not in kinds(world), "once is not twice in a row"


def test_one_provider_that_is_down_does_not_stop_another(world: World) -> None:
    amina(world)
    down, up = FakeProvider("whatsapp"), FakeProvider("sms")
    down.down = DOWN
    world.service = replace(world.service, channels={"whatsapp": down, "sms": up})
    up.listed = [written(world, "hi", minutes=5)]

    assert reconcile(world.service) == 1


def test_the_alarm_of_missed_texts_is_over_after_an_hour_without(
    world: World, provider: FakeProvider
) -> None:
    amina(world)
    provider.listed = [written(world, "hi", minutes=5)]
    reconcile(world.service)
    world.clock.move(timedelta(minutes=50))
    provider.listed.append(written(world, "again", minutes=5))
    reconcile(world.service)

    world.clock.move(timedelta(minutes=59))
    reconcile(world.service)
    assert ("webhooks_missed", "sms") in kinds(world)
    world.clock.move(timedelta(minutes=1))
    reconcile(world.service)
    assert kinds(world) == set()


def test_a_channel_that_cannot_be_asked_is_passed_over(world: World) -> None:
    assert reconcile(world.service) == 0
    assert watch_webhooks(world.service) == 0


def test_a_text_of_somebody_unknown_is_taken_too(world: World, provider: FakeProvider) -> None:
    provider.listed = [written(world, "hi", MAX_NUMBER, minutes=5)]

    assert reconcile(world.service) == 1
    world.run()
    assert world.heard(MAX_NUMBER)


def test_a_webhook_that_was_moved_is_an_alarm_until_it_is_back(
    world: World, provider: FakeProvider
) -> None:
    dee(world)
    assert watch_webhooks(world.service) == 0
    provider.say("wrong")
    assert watch_webhooks(world.service) == 1
    assert kinds(world) == {("webhook_moved", "sms")}
    world.run()
    assert len(world.rows(AlarmText)) == 1, "whoever can mend it is texted"

    provider.say("unknown")
    watch_webhooks(world.service)
    provider.down = ZeroDivisionError()
    watch_webhooks(world.service)
    assert kinds(world) == {("webhook_moved", "sms")}, "not knowing is not being right"

    provider.down = None
    provider.say("ok")
    assert watch_webhooks(world.service) == 0
    assert kinds(world) == set()


def test_only_the_channels_that_are_named_are_watched(world: World, provider: FakeProvider) -> None:
    provider.say("wrong")

    assert watch_webhooks(world.service, ["telegram"]) == 0
    assert watch_webhooks(world.service, ["sms"]) == 1


def test_six_minutes_are_enough_for_a_text_at_the_worst_moment() -> None:
    from bot.worker import RECONCILE_S

    assert timedelta(seconds=RECONCILE_S) + LEFT_TO_WEBHOOK < timedelta(minutes=6)
