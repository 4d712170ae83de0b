"""Whoever joins, takes over and leaves: one voice at a time, and no reply comes late."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot import joining
from bot.escalation_changes import NotPossible
from bot.escalations import acknowledge
from bot.joining import holder_of
from storage.tables import ConversationHold, HoldText, OutboxEntry
from tests.bot.cast import amina, dee, put_question
from tests.bot.detector import HARM
from tests.bot.phone import DOUBT_AFTER, DOUBT_BEFORE, RETRY
from tests.bot.world import World

WORDS = ("ok", "yes", "no", "are you real", "i dont know what to do", HARM)
LINES = ("around", "going_on", "help", "danger")
FAULTS = (None, None, None, RETRY, DOUBT_BEFORE, DOUBT_AFTER)
WORKERS = st.integers(0, 1)


class Conversation(RuleBasedStateMachine):
    """One young person, two workers who do as they like, and a computer with much to say."""

    made: Callable[[], World]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).made()
        self.child = amina(self.world)
        self.workers = (dee(self.world), dee(self.world, "Kim Abara", "+447700900203"))
        self.world.text(self.child, HARM)
        self.world.run()
        self.escalation_id = self.world.escalation(self.child).id
        acknowledge(self.world.service, self.escalation_id, self.workers[0])
        self.world.run()
        self.known: list[UUID] = [uuid4(), uuid4()]
        """The hold that each worker last had."""
        self.before: set[UUID] = set()
        """What the computer had queued when somebody joined and had not left: it never leaves."""
        self.seen = len(self.world.phone.accepted)
        self.wrote = 0

    @rule(words=st.sampled_from(WORDS))
    def the_child_texts(self, words: str) -> None:
        self.world.text(self.child, words)
        self.world.clock.move(timedelta(seconds=25))
        held = self.holder() is not None
        self._step()
        if held and self.holder() is not None:
            assert self.world.dispositions(self.child)[-1] in ("held", "")

    @rule(line=st.sampled_from(LINES), fault=st.sampled_from(FAULTS))
    def the_computer_speaks(self, line: str, fault: object) -> None:
        if self.holder() is None:
            put_question(self.world, self.child, line)
        if fault is not None:
            self.world.phone.next.append(fault)  # type: ignore[arg-type]

    @rule()
    def all_is_sent(self) -> None:
        self._step()

    @rule(minutes=st.sampled_from((1, 6, 11, 70)))
    def time_passes(self, minutes: int) -> None:
        self._step()
        self.world.clock.move(timedelta(minutes=minutes))
        self._step()

    @rule(who=WORKERS)
    def somebody_joins(self, who: int) -> None:
        self._acknowledged(who)
        before, own = self.holder(), self.workers[who].id
        self._join(who, None, allowed=before in (None, own), again=before == own)

    @rule(who=WORKERS)
    def somebody_takes_over(self, who: int) -> None:
        self._acknowledged(who)
        other, before = self.known[1 - who], self.holder()
        there = before == self.workers[1 - who].id or before == self.workers[who].id
        self._join(who, other, allowed=there, again=before == self.workers[who].id)

    @rule(who=WORKERS)
    def somebody_writes(self, who: int) -> None:
        may = self.holder() == self.workers[who].id
        self.wrote += 1
        act = self._try(
            lambda: joining.write(
                self.world.service,
                self.escalation_id,
                self.workers[who],
                self.known[who],
                f"words {self.wrote}",
            )
        )
        assert act == may

    @rule(who=WORKERS)
    def somebody_hands_back(self, who: int) -> None:
        may = self.holder() == self.workers[who].id
        worker, hold = self.workers[who], self.known[who]
        assert may == self._try(
            lambda: joining.hand_back(self.world.service, self.escalation_id, worker, hold)
        )

    @invariant()
    def one_voice_at_a_time(self) -> None:
        holds = self.world.rows(ConversationHold)
        assert sum(each.ended_at is None for each in holds) <= 1
        texts = {each.message_id: each for each in self.world.rows(HoldText)}
        entries = {each.id: each for each in self.world.rows(OutboxEntry)}
        sent = {
            entries[each.reference].message_id
            for each in self.world.phone.accepted
            if each.reference in entries
        }
        assert not {each for each in self.before & sent if each not in texts}

    def holder(self) -> UUID | None:
        with self.world.reading() as session:
            return holder_of(session, self.child.id)

    def _step(self) -> None:
        """All that is due; while somebody is there, only their texts and those about them leave."""
        there = [each for each in self.world.rows(ConversationHold) if each.ended_at is None]
        self.world.run()
        fresh = self.world.phone.accepted[self.seen :]
        self.seen = len(self.world.phone.accepted)
        still = [each for each in self.world.rows(ConversationHold) if each.ended_at is None]
        if not there or [each.id for each in there] != [each.id for each in still]:
            return
        texts = {each.message_id: each.hold_id for each in self.world.rows(HoldText)}
        entries = {each.id: each.message_id for each in self.world.rows(OutboxEntry)}
        for each in fresh:
            message_id = entries.get(each.reference)
            if message_id is not None:
                assert texts.get(message_id) == there[0].id, each.body

    def _acknowledged(self, who: int) -> None:
        found = next(
            each for each in self.world.escalations(self.child) if each.id == self.escalation_id
        )
        if found.state == "raised":
            acknowledge(self.world.service, found.id, self.workers[who])

    def _join(self, who: int, instead_of: UUID | None, *, allowed: bool, again: bool) -> None:
        waiting = self._unsent()

        def come() -> None:
            self.known[who] = joining.join(
                self.world.service, self.escalation_id, self.workers[who], instead_of
            )

        assert self._try(come) == allowed
        if allowed and not again:
            self.before |= waiting

    def _unsent(self) -> set[UUID]:
        """What is queued and no provider has taken."""
        taken = {each.reference for each in self.world.phone.accepted}
        return {
            each.message_id
            for each in self.world.rows(OutboxEntry, OutboxEntry.message_id.is_not(None))  # type: ignore[union-attr]
            if each.id not in taken
        }

    @staticmethod
    def _try(act: Callable[[], object]) -> bool:
        try:
            act()
        except NotPossible:
            return False
        return True


@pytest.mark.slow
def test_one_voice_at_a_time(next_world: Callable[[], World]) -> None:
    class Here(Conversation):
        made = staticmethod(next_world)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=6,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
