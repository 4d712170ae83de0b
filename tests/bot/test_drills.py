"""Drills: when and to whom, how they are timed, what a missed one does, what they leave behind."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.channel_checks import Answer
from bot.drill_rules import chosen_from, is_by_day, moments_in
from bot.drill_text import ADDRESS, NAME, OF_PERSONS, WORDS
from bot.drills import FAILED, MISSED, UNANSWERED, announce, call_off, run_now, sweep_drills
from bot.escalations import NotPossible, acknowledge
from bot.inbox import read_escalation
from bot.inbox_list import open_page, recently_closed, summaries
from bot.settings import Settings
from bot.tasks import open_tasks
from dialogs.screening import screen
from storage.alarms import open_alarms
from storage.inbox import Chosen
from storage.links import people_to_choose
from storage.people import known_people
from storage.tables import (
    Alert,
    Drill,
    DrillAlert,
    Escalation,
    LineAlert,
    OutboxEntry,
    Staff,
    YoungPerson,
)
from tests.bot import cast
from tests.bot.detector import DANGER, HARM
from tests.bot.world import World

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WEEK = MONDAY.date()
HOUR = 3600


@pytest.fixture
def world(
    database_kind: str, settings_for: Callable[[str], Settings], open_world: Callable[..., World]
) -> World:
    """A Monday at ten; the real detector, since a drill is there to test it."""
    world = open_world(settings_for(database_kind), detector=_Screens())
    world.clock.now = MONDAY
    return world


class _Screens:
    """The real detector, and ours for a sentence of these tests."""

    def __init__(self) -> None:
        self.deaf = False

    def __call__(self, texts: Any, *more: Any, **options: Any) -> Any:
        return screen(["ok"] if self.deaf else texts, *more, **options)


def tick(world: World, **delta: float) -> None:
    """Time passes, and then the worker's loops do what is due."""
    world.clock.move(timedelta(**delta))
    sweep_drills(world.service)
    world.run()
    sweep_drills(world.service)


def drills_of(world: World, target: str = "sink") -> list[Drill]:
    """Those that were begun or missed, in order."""
    found = [each for each in world.rows(Drill) if each.target == target and each.ended_at]
    return sorted(found, key=lambda each: each.seq)


def alarms(world: World) -> list[tuple[str, str]]:
    """What is wrong with drills."""
    with world.reading() as session:
        found = [(each.kind, each.detail) for each in open_alarms(session)]
    return [each for each in found if each[0].startswith("drill")]


def due_now(world: World, drill: Drill) -> None:
    """To the moment that was drawn by lot."""
    world.clock.now = drill.due_at


def announced(world: World, at: datetime | None = None) -> tuple[Staff, Drill]:
    """Dee is on duty in an announced week; its drill is due at ``at``."""
    dee = cast.dee(world)
    drill = announce(world.service, WEEK, dee.id)
    with world.service.database.write() as session:
        drill = session.merge(drill)
        drill.due_at = at or MONDAY
        session.add(drill)
    return dee, drill


def test_every_hour_one_goes_to_nobody_and_is_timed(world: World) -> None:
    cast.dee(world)
    tick(world)
    assert drills_of(world) == []

    for _ in range(3):
        tick(world, hours=1)

    passed = drills_of(world)
    assert [each.state for each in passed] == ["passed"] * 3
    for each in passed:
        times = (each.started_at, each.received_at, each.detected_at, each.alerted_at)
        assert all(times)
        assert each.timer_set
        assert each.acknowledged_at is None
    assert [each.is_drill for each in world.rows(Escalation)] == [True] * 3
    assert len(world.rows(DrillAlert)) == 3
    assert all("DRILL" in each.body for each in world.rows(DrillAlert))
    assert (world.rows(Alert), world.rows(LineAlert), alarms(world)) == ([], [], [])
    assert world.heard(cast.DEE_NUMBER) == []


def test_nights_and_weekends_go_to_nobody_too(world: World) -> None:
    cast.dee(world)
    world.clock.now = MONDAY - timedelta(days=1, hours=8)  # Sunday, two at night
    tick(world)
    tick(world, hours=1)

    assert [each.state for each in drills_of(world)] == ["passed"]
    assert world.rows(Alert) == []


def test_nothing_of_a_drill_is_seen_or_sent(world: World) -> None:
    cast.dee(world)
    tick(world)
    tick(world, hours=1)
    tick(world, minutes=30)

    (person,) = world.rows(YoungPerson)
    assert person.is_drill
    replies = [each for each in world.rows(OutboxEntry) if each.young_person_id == person.id]
    assert replies
    assert {each.state for each in replies} == {"dropped"}
    assert world.heard(ADDRESS) == []
    service = world.service
    assert [*summaries(service), *recently_closed(service), *open_tasks(service)] == []
    page = open_page(service, Chosen())
    assert (page.found, page.counts.open, page.counts.waiting) == ([], 0, 0)
    with world.reading() as session:
        assert list(people_to_choose(session)) == []
        assert list(known_people(session, service.phone_channel)) == []


def test_while_it_goes_on_the_inbox_stays_quiet(world: World) -> None:
    tick(world)
    world.clock.move(timedelta(hours=1))
    sweep_drills(world.service)

    assert world.escalation().state == "raised"
    page = open_page(world.service, Chosen())
    assert (page.found, page.counts.open) == ([], 0)


def test_a_text_from_that_number_that_no_drill_sent_is_taken_seriously(world: World) -> None:
    cast.dee(world)
    tick(world)
    tick(world, hours=1)

    world.text(ADDRESS, "i took loads of pills")
    world.run()

    assert [each.is_drill for each in world.escalations()] == [True, False]
    assert len(world.rows(Alert)) > 0


@pytest.mark.parametrize(
    ("broken", "reason"),
    [("deaf", "not_detected"), ("no_sender", "no_alert"), ("refused", "not_received")],
)
def test_one_that_does_not_come_through_is_an_alarm_until_one_passes(
    world: World, monkeypatch: pytest.MonkeyPatch, broken: str, reason: str
) -> None:
    tick(world)
    world.clock.move(timedelta(hours=1))
    if broken == "deaf":
        world.detector.deaf = True  # type: ignore[attr-defined]
    if broken == "refused":
        monkeypatch.setattr("bot.drills.send_text", lambda *_: "")
    sweep_drills(world.service)
    if broken != "no_sender":
        world.run()
    world.clock.move(timedelta(seconds=61))
    sweep_drills(world.service)

    (failed,) = drills_of(world)
    assert (failed.state, failed.reason) == ("failed", reason)
    assert alarms(world) == [(FAILED, "sink")]
    assert all(each.state == "closed" for each in world.escalations())
    monkeypatch.undo()
    world.detector.deaf = False  # type: ignore[attr-defined]
    tick(world, hours=1)
    assert [each.state for each in drills_of(world)] == ["failed", "passed"]
    assert alarms(world) == []


def test_an_alert_that_comes_late_has_failed(world: World) -> None:
    tick(world)
    world.clock.move(timedelta(hours=1))
    sweep_drills(world.service)
    world.clock.move(timedelta(seconds=61))
    world.run()
    sweep_drills(world.service)

    assert [(each.state, each.reason) for each in drills_of(world)] == [("failed", "late")]


def test_a_door_that_is_shut_fails_at_once(world: World) -> None:
    settings = world.settings.model_copy(
        update={"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_sms_from": "+44"}
    )
    object.__setattr__(world.service, "settings", settings)

    def shut(_method: str, url: str, _body: bytes, _headers: dict[str, str]) -> Answer:
        assert url == "https://listen.example/webhooks/twilio/message"
        return Answer(403)

    run_now(world.service, shut)

    assert [(each.state, each.reason) for each in drills_of(world)] == [("failed", "refused_403")]
    assert alarms(world) == [(FAILED, "sink")]


def test_one_that_nobody_began_is_missed_and_an_alarm(world: World) -> None:
    tick(world)
    tick(world, hours=1, minutes=11)

    assert [(each.state, each.reason) for each in drills_of(world)] == [
        ("missed", "nobody_began_it")
    ]
    assert alarms(world) == [(MISSED, "sink")]
    tick(world, hours=1)
    assert alarms(world) == []


def test_drills_can_be_turned_off(world: World) -> None:
    tick(world)
    settings = world.settings.model_copy(update={"drill_every_minutes": 0})
    object.__setattr__(world.service, "settings", settings)
    tick(world, hours=2)

    assert [each.state for each in world.rows(Drill)] == ["cancelled"]


def test_two_workers_begin_it_once(
    world: World, open_world: Callable[..., World], settings_for: Callable[[str], Settings]
) -> None:
    tick(world)
    other = open_world(world.settings, clock=world.clock, detector=_Screens())
    world.clock.move(timedelta(hours=1))
    sweep_drills(world.service)
    sweep_drills(other.service)
    sweep_drills(world.service)

    assert len(world.rows(Escalation)) == 1


def test_one_to_a_person_says_so_and_is_timed_to_the_answer(world: World) -> None:
    dee, drill = announced(world)
    cast.staff(world, "Mo Lindqvist", "manager", "+447700900202")
    tick(world)

    alerts = world.rows(Alert)
    assert {each.staff_id for each in alerts} == {dee.id}
    assert all("DRILL" in each.body for each in alerts)
    assert any("DRILL" in body for body in world.heard(cast.DEE_NUMBER))
    page = open_page(world.service, Chosen())
    assert [each.is_drill for each in page.found] == [True]

    world.clock.move(timedelta(minutes=2))
    acknowledge(world.service, world.escalation().id, dee)
    tick(world, seconds=1)

    (done,) = drills_of(world, "person")
    assert (done.id, done.state) == (drill.id, "passed")
    assert (done.started_at, done.acknowledged_at) == (MONDAY, MONDAY + timedelta(minutes=2))
    assert world.escalation().state == "closed"
    assert recently_closed(world.service) == []
    assert [world.heard(each) for each in OF_PERSONS if world.heard(each)] == []


def test_the_page_of_one_to_a_person_is_not_full_of_those_to_nobody(world: World) -> None:
    tick(world)
    for _ in range(2):
        tick(world, hours=1)
    announced(world, at=world.clock.now)
    tick(world)

    found = next(each for each in world.escalations() if each.state == "raised")
    detail = read_escalation(world.service, found.id, "command")
    assert detail is not None
    assert [each.text for each in detail.messages if each.direction == "in"] == [WORDS]


def test_nobody_else_and_no_line_is_asked_when_it_is_not_answered(world: World) -> None:
    dee, _ = announced(world)
    cast.staff(world, "Mo Lindqvist", "manager", "+447700900202")
    tick(world)
    for _ in range(11):
        tick(world, seconds=30)

    (done,) = drills_of(world, "person")
    assert (done.state, done.reason) == ("failed", "unanswered")
    assert alarms(world) == [(UNANSWERED, "person")]
    assert {each.staff_id for each in world.rows(Alert)} == {dee.id}
    assert world.rows(LineAlert) == []
    assert world.escalation().state == "closed"


@pytest.mark.parametrize("words", [DANGER, HARM])
def test_while_a_real_case_is_open_nobody_is_tested(world: World, words: str) -> None:
    _dee, _ = announced(world)
    child = cast.amina(world)
    world.text(child, "i took loads of pills" if words == DANGER else "my uncle hits me")
    world.run()
    real = world.escalation(child)
    assert real.priority == (1 if words == DANGER else 2)
    tick(world)

    (drill,) = [each for each in world.rows(Drill) if each.target == "person"]
    assert (drill.state, drill.reason, drill.postponed) == ("planned", "risk_open", 1)
    assert drill.due_at == MONDAY + timedelta(hours=1)
    tick(world, hours=1)
    (drill,) = [each for each in world.rows(Drill) if each.target == "person"]
    assert drill.postponed == 2
    # To nobody it goes all the same: just now it must be known that the line works.
    assert [each.state for each in drills_of(world)] == ["passed"]

    with world.service.database.write() as session:
        found = session.merge(world.escalation(child))
        found.acknowledged_at = found.closed_at = world.clock.now
        session.add(found)
    tick(world, hours=1)
    assert [each.state for each in world.rows(Drill) if each.target == "person"] == ["running"]


def test_a_drill_by_night_waits_for_the_day(world: World) -> None:
    announced(world, at=MONDAY + timedelta(hours=9))
    world.clock.now = MONDAY + timedelta(hours=9)  # seven in the evening
    tick(world)

    (drill,) = [each for each in world.rows(Drill) if each.target == "person"]
    assert (drill.state, drill.postponed) == ("planned", 0)
    assert drill.due_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert world.rows(Alert) == []


def test_without_an_announced_week_nobody_is_tested(world: World) -> None:
    dee = cast.dee(world)
    tick(world)
    for _ in range(24):
        tick(world, hours=1)
    assert world.rows(Alert) == []

    drill = announce(world.service, WEEK + timedelta(weeks=1), dee.id)
    assert drill.week == date(2026, 11, 30)
    assert date(2026, 11, 30) <= drill.due_at.date() < date(2026, 12, 5)
    with pytest.raises(NotPossible):
        announce(world.service, WEEK + timedelta(weeks=2), dee.id)
    call_off(world.service, dee.id)
    due_now(world, drill)
    tick(world)
    assert world.rows(Alert) == []
    with pytest.raises(NotPossible):
        call_off(world.service, dee.id)
    assert world.audit_is_sound()


def test_a_week_that_went_by_is_missed_and_an_alarm(world: World) -> None:
    announced(world)
    world.clock.now = MONDAY + timedelta(weeks=1)
    tick(world)

    (missed,) = drills_of(world, "person")
    assert missed.state == "missed"
    assert (MISSED, "person") in alarms(world)
    assert world.rows(Alert) == []


def test_a_week_without_a_working_day_cannot_be_announced(world: World) -> None:
    dee = cast.dee(world)
    world.clock.now = MONDAY + timedelta(days=4, hours=8)  # Friday, six in the evening

    for week in (WEEK, WEEK + timedelta(days=1), WEEK - timedelta(weeks=1)):
        with pytest.raises(NotPossible):
            announce(world.service, week, dee.id)


@pytest.mark.parametrize(
    ("moment", "by_day"),
    [
        ("2026-11-23T08:00+00:00", True),
        ("2026-11-23T07:59+00:00", False),
        ("2026-11-23T17:54+00:00", True),
        ("2026-11-23T17:55+00:00", False),
        ("2026-11-22T12:00+00:00", False),
        ("2026-12-25T12:00+00:00", False),
        ("2026-07-20T07:00+00:00", True),
    ],
    ids=["eight", "before", "late", "too late to answer", "Sunday", "Christmas", "summer time"],
)
def test_by_day_is_working_days_from_eight_to_six(moment: str, by_day: bool) -> None:
    assert is_by_day(datetime.fromisoformat(moment), "england") == by_day


def test_the_moment_is_drawn_from_the_whole_week() -> None:
    moments = moments_in(WEEK, MONDAY, "england")

    assert {each.weekday() for each in moments} == {0, 1, 2, 3, 4}
    assert min(moments) > MONDAY
    assert len({chosen_from(moments) for _ in range(50)}) > 5


def test_only_one_goes_on_at_a_time(world: World) -> None:
    run_now(world.service)

    with pytest.raises(NotPossible):
        run_now(world.service)
    assert NAME.startswith("DRILL")
