"""Thirty simulated days of escalations that nobody acknowledges for hours: every step on time.

The clock jumps from one due moment to the next, a little late each time, as a busy worker would be.
"""

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest

from bot.escalations import acknowledge, raise_escalation
from bot.ladder import climb
from bot.ladder_reopen import reopen_idle
from bot.ladder_table import ladder_of
from bot.settings import Settings
from storage import escalations as records
from storage import people
from storage.escalations import Hit, next_timer
from storage.ladders import add_line
from storage.tables import Alert, Escalation, EscalationEvent, LineAlert, Staff
from tests.bot.cast import dee, staff
from tests.bot.world import START, World

LATEST = timedelta(seconds=30)
IDLE = {1: timedelta(minutes=15), 2: timedelta(hours=4)}
"""After how long without an action, or an outcome, an acknowledgement does not count."""
OPEN_WORLD = Callable[..., World]
Row = TypeVar("Row", Alert, LineAlert, EscalationEvent)


@dataclass(frozen=True, slots=True)
class Size:
    days: int
    escalations: int
    longest_h: float


SHORT = Size(days=2, escalations=16, longest_h=1.5)
FULL = Size(days=30, escalations=500, longest_h=24)

sizes = pytest.mark.parametrize(
    "size", [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.full)]
)
kinds = pytest.mark.parametrize(
    "database_kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)


class Month:
    """Who raises what when, and who acknowledges it in the end; P1 and P2 by turns."""

    def __init__(self, world: World, size: Size) -> None:
        self.world, self.size, self.chance = world, size, random.Random(30)
        self.people = [
            dee(world),
            dee(world, "Jo Hart", "+447700900203"),
            staff(world, "Mo Lindqvist", "manager", "+447700900204"),
        ]
        now = world.clock.service_now()
        with world.service.database.write() as session:
            add_line(
                session, "staffed", "Night line", "+441632960001", now,
                agreed_on=now.date(), agreed_with="R Marsh",
            )  # fmt: skip
        self.raising: list[tuple[datetime, int]] = sorted(
            (START + self._within(size.days * 24), 1 + number % 2)
            for number in range(size.escalations)
        )
        self.answering: list[tuple[datetime, int, UUID]] = []
        self.checks: list[datetime] = []
        self.ids: list[UUID] = []
        self.late: list[timedelta] = []

    def _within(self, hours: float) -> timedelta:
        return timedelta(seconds=self.chance.uniform(0, hours * 3600))

    def run(self) -> None:
        until = START + timedelta(days=self.size.days + 2)
        while (moment := self._next()) is not None and moment <= until:
            late = timedelta(seconds=self.chance.uniform(0, 25))
            self.world.clock.now = max(self.world.clock.now, moment + late)
            now = self.world.clock.now
            while self.raising and self.raising[0][0] <= now:
                self._raise(self.raising.pop(0)[1])
            self.checks = [each for each in self.checks if each > now]
            reopen_idle(self.world.service)
            while self.answering and self.answering[0][0] <= now:
                self._acknowledge(heapq.heappop(self.answering)[2])
            self._note_lateness()
            climb(self.world.service)

    def _next(self) -> datetime | None:
        with self.world.reading() as session:
            timer = next_timer(session)
        first = [self.raising[0][0]] if self.raising else []
        first += [self.answering[0][0]] if self.answering else []
        first += [min(self.checks)] if self.checks else []
        return min([*first, *([timer] if timer else [])], default=None)

    def _raise(self, priority: int) -> None:
        world, child = self.world, uuid4()
        now, number = world.clock.now, len(self.ids)
        world.service.vault.new_owner(child)
        new = people.NewYoungPerson(
            id=child, channel="sms", address=f"+4477009{number:05d}", name="A child", confirmed=True
        )
        with world.service.database.write() as session:
            people.add_young_person(session, world.service.vault, new, now)
            hit = Hit("hit", priority, detail={"categories": ["ABU"], "because": []})
            found = raise_escalation(world.service, session, child, None, hit)
        self.ids.append(found.id)
        self._answer_later(found.id)

    def _answer_later(self, escalation_id: UUID) -> None:
        at = self.world.clock.now + self._within(self.size.longest_h)
        heapq.heappush(self.answering, (at, len(self.answering), escalation_id))

    def _acknowledge(self, escalation_id: UUID) -> None:
        """A named person says so; one in five of them then does nothing, once."""
        world = self.world
        acknowledge(world.service, escalation_id, self.chance.choice(self.people))
        with world.service.database.write() as session:
            found = records.escalation(session, escalation_id)
            assert found is not None
            if found.reopened == 0 and self.chance.random() < 0.2:
                self._answer_again(found)
                return
            found.first_action_at = found.outcome_at = world.clock.now
            session.add(found)

    def _answer_again(self, found: Escalation) -> None:
        reopens = self.world.clock.now + IDLE[found.priority]
        self.checks.append(reopens)
        again = reopens + timedelta(minutes=1) + self._within(1)
        heapq.heappush(self.answering, (again, len(self.ids) * 1000, found.id))

    def _note_lateness(self) -> None:
        now = self.world.clock.now
        with self.world.reading() as session:
            due = records.alerts_due(session, now)
        self.late += [now - each.next_alert_at for each in due if each.next_alert_at]


@sizes
@kinds
@pytest.mark.slow
def test_every_step_is_on_time_and_none_ends_without_a_person(
    database_kind: str,
    size: Size,
    settings_for: Callable[[str], Settings],
    open_world: OPEN_WORLD,
) -> None:
    world = open_world(settings_for(database_kind))
    month = Month(world, size)
    month.run()

    assert month.late
    assert max(month.late) <= LATEST, "a sweep came late"
    found: list[Escalation] = world.rows(Escalation)
    assert len(found) == size.escalations
    assert all(each.acknowledged_by for each in found), "one ended without a person"
    reopened = [each for each in found if each.reopened]
    assert reopened
    alerts, to_lines = by_escalation(world.rows(Alert)), by_escalation(world.rows(LineAlert))
    events = by_escalation(world.rows(EscalationEvent))
    for each in found:
        _on_plan(world, each, alerts[each.id], to_lines[each.id], events[each.id], month.people)


def by_escalation(rows: list[Row]) -> defaultdict[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for each in rows:
        found[each.escalation_id].append(each)
    return found


def _on_plan(
    world: World,
    found: Escalation,
    alerts: list[Alert],
    to_lines: list[LineAlert],
    events: list[EscalationEvent],
    cast: list[Staff],
) -> None:
    """Each rung was reached within thirty seconds of its plan, from the beginning and again."""
    own = sorted(each.at for each in alerts)
    begins = [found.raised_at, *_at(events, "reopened")]
    ends = _at(events, "acknowledged")
    again = [later - ended for later, ended in zip(begins[1:], ends, strict=False)]
    assert all(timedelta(0) <= each - IDLE[found.priority] <= LATEST for each in again)
    with world.reading() as session:
        ladder = ladder_of(session, "england", None, "main", found.priority)
    for begun, ended in zip(begins, ends, strict=True):
        taken = sorted({at for at in own if begun <= at <= ended})
        plan: list[datetime] = []
        while (moment := ladder.planned(len(plan), begun)) <= ended - LATEST:
            plan.append(moment)
        assert len(taken) in (len(plan), len(plan) + 1)
        gaps = [at - planned for at, planned in zip(taken, plan, strict=False)]
        assert all(timedelta(0) <= gap <= LATEST for gap in gaps)
        if found.priority == 1 and len(plan) >= 4:
            assert {each.staff_id for each in alerts} == {each.id for each in cast}
            assert to_lines


def _at(events: list[EscalationEvent], kind: str) -> list[datetime]:
    # PostgreSQL may begin to read a large table anywhere.
    return sorted(each.at for each in events if each.kind == kind)
