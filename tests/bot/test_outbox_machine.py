"""Whatever a provider does, and whenever a sender dies: no text twice, in order, none for ever."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.undelivered import RETRY_FOR
from dialogs.texts import reply
from storage.tables import RelatedMessage
from tests.bot.cast import amina, make_guarded, put_question
from tests.bot.phone import DEATH_AFTER, DEATH_BEFORE, DOUBT_AFTER, DOUBT_BEFORE, RETRY, FakePhone
from tests.bot.sending import Status, other_address, report, send, with_channels
from tests.bot.world import World

KEYS = ("m1", "m2", "m3", "m3b", "m3c", "around", "going_on", "help", "anyone_hurting", "halfway")
"""One line each time, so that a repetition is seen; `danger` is the safety reply."""
FAULTS = (None, None, RETRY, DOUBT_BEFORE, DOUBT_AFTER, DEATH_BEFORE, DEATH_AFTER)
END = ("sent", "failed", "dropped")


class Outbox(RuleBasedStateMachine):
    """One young person with two phones, a provider that lists, and senders that die."""

    made: Callable[[], World]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).made()
        self.telegram = FakePhone("telegram")
        with_channels(self.world, self.world.phone, self.telegram)
        self.child = amina(self.world)
        other_address(self.world, self.child, "telegram", "4711")
        self.queued: list[str] = []
        self.failed: set[str] = set()
        self.is_guarded = False
        self.after_guarded = 0
        self.senders = 0

    def teardown(self) -> None:
        """Then everything comes to an end within the hours, once the provider is well."""
        self.world.phone.next.clear()
        self._rounds(3)
        self.world.clock.move(RETRY_FOR + timedelta(minutes=1))
        self._rounds(6)
        states = [each.state for each in self.world.outbox(self.child)]
        assert set(states) <= set(END), states

    def _rounds(self, count: int) -> None:
        for _ in range(count * 4):
            self._send()
            self.world.clock.move(timedelta(minutes=5))

    def _send(self) -> None:
        self.senders += 1
        send(self.world, f"sender {self.senders}")

    @rule()
    def queue(self) -> None:
        left = [key for key in KEYS if key not in self.queued]
        if left and not self.is_guarded:
            self.queued.append(left[0])
            put_question(self.world, self.child, left[0])

    @rule()
    def queue_safety(self) -> None:
        if "danger" not in self.queued and not self.is_guarded:
            self.queued.append("danger")
            put_question(self.world, self.child, "danger")

    @rule(fault=st.sampled_from(FAULTS))
    def send_one_round(self, fault: Any) -> None:
        self.world.phone.next.clear()
        if fault is not None:
            self.world.phone.next.append(fault)
        self._send()

    @rule(seconds=st.sampled_from((1, 6, 16, 40, 300)))
    def wait(self, seconds: int) -> None:
        self.world.clock.move(timedelta(seconds=seconds))

    @rule(
        data=st.data(),
        said=st.sampled_from(
            [("sent", ""), ("delivered", ""), ("failed", "30008"), ("failed", "30006")]
        ),
        times=st.integers(1, 3),
    )
    def say_later(self, data: st.DataObject, said: tuple[Status, str], times: int) -> None:
        if not self.world.phone.accepted:
            return
        message = data.draw(st.sampled_from(self.world.phone.accepted))
        for _ in range(times):
            if said[0] == "failed":
                self.failed.add(message.provider_id)
            reference = message.reference
            report(self.world, message.provider_id, *said, reference=reference)

    @rule()
    def guard(self) -> None:
        if not self.is_guarded and len(self.queued) > 3:
            self.is_guarded = True
            make_guarded(self.world, self.child)
            self.after_guarded = len(self.world.phone.tried) + len(self.telegram.tried)

    @invariant()
    def never_twice(self) -> None:
        """Only what the provider said had failed is there again."""
        for key in self.queued:
            body = reply(key, {}).body
            held = [each for each in self.world.phone.accepted if each.body == body]
            assert sum(each.provider_id not in self.failed for each in held) <= 1, key

    @invariant()
    def in_order(self) -> None:
        seen = [each.body for each in self.world.phone.accepted]
        first = [body for number, body in enumerate(seen) if body not in seen[:number]]
        ordinary = [key for key in self.queued if key != "danger"]
        order = [reply(key, {}).body for key in ordinary]
        found = [body for body in first if body in order]
        assert found == [body for body in order if body in found]

    @invariant()
    def nothing_after_guarded(self) -> None:
        if self.is_guarded:
            tried = len(self.world.phone.tried) + len(self.telegram.tried)
            assert tried == self.after_guarded

    @invariant()
    def at_most_one_copy(self) -> None:
        copies = [each.of_message_id for each in self.world.rows(RelatedMessage)]
        assert len(copies) == len(set(copies)) <= 1
        assert len(self.telegram.accepted) <= 1


@pytest.mark.slow
def test_the_outbox_keeps_its_promises_whatever_happens(next_world: Callable[[], World]) -> None:
    Outbox.made = staticmethod(next_world)
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=quiet
        ),
    )
