"""Whatever happens in whatever order, these stay true (docs/reliability.md, invariants)."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.channels import Pin
from bot.escalations import acknowledge
from storage.tables import Disposition, Escalation, OutboxEntry
from tests.bot.cast import amina, dee, make_guarded, put_question
from tests.bot.detector import DANGER, HARM, SOONER, SPLIT_HARM, UNSURE
from tests.bot.phone import (
    BROKEN,
    DEATH_AFTER,
    DEATH_BEFORE,
    DOUBT_AFTER,
    DOUBT_BEFORE,
    OPTED_OUT,
    RETRY,
    Killed,
)
from tests.bot.world import World

SAID = (
    "hi", "yes", "no", "skip", "busy", "later", "finish", "person", "help", "text", "marigold",
    "we had a row", "idk", "", "stop texting me", DANGER, HARM, UNSURE, SOONER, *SPLIT_HARM,
)  # fmt: skip
FAULTS = (RETRY, DOUBT_BEFORE, DOUBT_AFTER, DEATH_BEFORE, DEATH_AFTER, BROKEN, OPTED_OUT)


def _die() -> None:
    raise Killed


def _dying_turn(*_: object) -> object:
    raise Killed


class Pipeline(RuleBasedStateMachine):
    """One young person, one duty worker, and everything that can go wrong between them."""

    made: Callable[[], World]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).made()
        self.child = amina(self.world, "safe_now", check_word="marigold")
        self.worker = dee(self.world)
        self.number = 0
        self.was_guarded_at = 0

    @rule(said=st.sampled_from(SAID), opt_out=st.sampled_from([False] * 9 + [True]))
    def texts(self, said: str, opt_out: bool) -> None:
        self.world.text(self.child, said, opt_out=opt_out)

    @rule(said=st.sampled_from(SAID))
    def is_screened_by_a_process_that_dies(self, said: str) -> None:
        self.world.detector.fault = _die
        with pytest.raises(Killed):
            self.world.text(self.child, said)
        self.world.detector.fault = None

    @rule(said=st.sampled_from(["", "busy", "look"]), is_pin=st.booleans())
    def sends_a_picture_or_a_pin(self, said: str, is_pin: bool) -> None:
        if is_pin:
            self.world.text(self.child, said, pin=Pin("51.5", "-0.1"))
        else:
            self.world.text(self.child, said, media=("picture",))

    @rule(fault=st.sampled_from(FAULTS))
    def has_a_provider_in_trouble(self, fault: object) -> None:
        self.world.phone.next.append(fault)  # type: ignore[arg-type]

    @rule(seconds=st.sampled_from([0, 1, 5, 20, 21, 65, 130, 600, 1300, 90_000]))
    def waits(self, seconds: int) -> None:
        self.world.clock.move(timedelta(seconds=seconds))
        self._work()

    @rule()
    def has_a_worker_that_dies_in_its_turn(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.turns.take_turn", _dying_turn)
            self._work()

    @rule()
    def has_somebody_looking_while_a_question_waits(self) -> None:
        self._work()
        if not {"waiting", "in_doubt", "claimed"} & {
            each.state for each in self.world.outbox(self.child)
        }:
            put_question(self.world, self.child, "going_on")
            make_guarded(self.world, self.child)

    @rule()
    def is_acknowledged(self) -> None:
        for found in self.world.escalations():
            if found.state == "raised":
                acknowledge(self.world.service, found.id, self.worker)

    def _work(self) -> None:
        self.number += 1
        try:
            self.world.run(f"worker {self.number}")
        except Killed:
            return

    @invariant()
    def nothing_a_child_wrote_is_left_alone(self) -> None:
        """I-02, once the workers had their chance: a disposition, or somebody is being called."""
        disposed = {each.message_id for each in self.world.rows(Disposition)}
        left = [each for each in self.world.messages(self.child) if each.id not in disposed]
        old = self.world.clock.machine_now() - timedelta(seconds=121)
        if not any(each.machine_at < old for each in left):
            return
        for _ in range(6):
            self.world.clock.move(timedelta(seconds=16))
            self._work()
        assert "" not in self.world.dispositions(self.child) or self.world.escalations()

    @invariant()
    def whoever_nobody_has_acknowledged_has_a_timer(self) -> None:
        for found in self.world.rows(Escalation):
            assert (found.next_alert_at is not None) is (found.state == "raised")

    @invariant()
    def no_question_waits_twice(self) -> None:
        waiting = {
            each.message_id
            for each in self.world.outbox(self.child)
            if each.state in ("waiting", "claimed", "in_doubt")
        }
        asked = Counter(
            each.text_key
            for each in self.world.messages(self.child, "out")
            if each.id in waiting and each.question and each.exposure == "case"
        )
        assert all(count == 1 for count in asked.values()), asked

    @invariant()
    def nothing_but_bland_texts_leave_while_guarded(self) -> None:
        sent = len(self.world.heard(self.child))
        if self.world.conversation(self.child).contact != "guarded":
            self.was_guarded_at = sent
            return
        states = {each.message_id: each.state for each in self.world.rows(OutboxEntry)}
        held = [
            each
            for each in self.world.messages(self.child, "out")
            if states.get(each.id) == "waiting" and each.exposure != "bland"
        ]
        self._work()
        states = {each.message_id: each.state for each in self.world.rows(OutboxEntry)}
        still_guarded = self.world.conversation(self.child).contact == "guarded"
        if still_guarded:
            assert "sent" not in {states[each.id] for each in held}

    @invariant()
    def the_audit_chain_is_whole(self) -> None:
        assert self.world.audit_is_sound()

    def teardown(self) -> None:
        """At the end everything works again, and everything is dealt with."""
        self.world.phone.next.clear()
        for _ in range(8):
            self.world.clock.move(timedelta(minutes=3))
            self._work()
        assert "" not in self.world.dispositions(self.child)


@pytest.mark.slow
def test_the_pipeline_keeps_its_promises(next_world: Callable[[], World]) -> None:
    Pipeline.made = staticmethod(next_world)
    run_state_machine_as_test(
        Pipeline,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
