"""A detector that hangs costs a person a look, at once; receiving goes on (F-33, G-27)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event
from typing import NoReturn
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from bot import screening_in_time
from bot.alarms import open_alarms
from bot.in_time import MOST_HUNG, Screenings, TooLate
from bot.receive import receive
from bot.screening_in_time import warm_up
from bot.service import Service
from bot.settings import Settings
from dialogs.screening import Screening, ScreeningFailed
from storage import messages as words
from storage.tables import Escalation
from tests.bot.cast import AMINA_NUMBER, amina, dee
from tests.bot.detector import DANGER, HARM
from tests.bot.phone import Killed
from tests.bot.world import World, inbound

PATIENCE_S = 30.0
NOTHING = Screening(None, (), (), "clear", False, "test-1")


@pytest.fixture
def go_on() -> Iterator[Event]:
    """What hangs, hangs until this is set."""
    event = Event()
    yield event
    event.set()


@pytest.fixture
def hasty(world: World) -> Service:
    """The service of the same process, with hardly any patience for its detector."""
    settings = world.settings.model_copy(update={"screening_budget_seconds": 0.01})
    return replace(world.service, settings=settings)


def hang(world: World, until: Event) -> Event:
    """Let every screening wait; returns what is set when one has returned."""
    returned = Event()

    def wait() -> None:
        until.wait(PATIENCE_S)
        returned.set()

    world.detector.fault = wait
    return returned


def alarms(world: World) -> list[str]:
    return [alarm.kind for alarm, _ in open_alarms(world.service)]


def test_the_budget_is_two_seconds_and_below_the_deadline() -> None:
    settings = Settings()

    assert settings.screening_budget_seconds == 2
    assert settings.screening_budget_seconds < settings.screening_deadline_seconds


def test_a_text_whose_screening_hangs_is_for_a_person_at_once(
    world: World, hasty: Service, go_on: Event
) -> None:
    child = amina(world)
    dee(world)
    hang(world, go_on)

    receipt = receive(hasty, inbound(AMINA_NUMBER, DANGER))

    found = world.escalation(child)
    assert (found.priority, world.kinds(found)) == (1, ["not_screened"])
    assert world.screening(receipt).state == "not_screened"
    (message,) = world.messages(child)
    assert words.body_of(world.service.vault, message) == DANGER
    world.run()
    assert world.keys_sent(child), "the young person is answered all the same"


def test_what_comes_too_late_is_dropped_and_logged_by_its_id_only(
    world: World, hasty: Service, go_on: Event
) -> None:
    child = amina(world)
    dee(world)
    hang(world, go_on)
    with capture_logs() as logged:
        receipt = receive(hasty, inbound(AMINA_NUMBER, DANGER))
        go_on.set()
        _until_nobody_hangs(hasty)

    late = [each for each in logged if each["event"] == "screening came too late"]
    assert late == [
        {
            "event": "screening came too late",
            "log_level": "warning",
            "message_id": str(receipt.message_id),
        }
    ]
    assert world.kinds(world.escalation(child)) == ["not_screened"]
    assert world.screening(receipt).state == "not_screened"


def test_hung_screenings_do_not_pile_up(world: World, hasty: Service, go_on: Event) -> None:
    amina(world)
    hang(world, go_on)
    for _ in range(MOST_HUNG + 5):
        receive(hasty, inbound(AMINA_NUMBER, HARM))

    assert len(world.detector.heard) == MOST_HUNG, "the others were not begun"
    assert world.kinds(world.escalation()).count("not_screened") == MOST_HUNG + 5
    assert alarms(world) == ["screening_hangs"]


def test_when_one_returns_texts_are_screened_again_and_the_alarm_is_cleared(
    world: World, hasty: Service, go_on: Event
) -> None:
    child = amina(world)
    hang(world, go_on)
    for _ in range(MOST_HUNG):
        receive(hasty, inbound(AMINA_NUMBER, HARM))
    assert alarms(world) == ["screening_hangs"]

    go_on.set()
    _until_nobody_hangs(hasty)
    world.detector.fault = None
    receipt = world.text(child, DANGER)

    assert world.screening(receipt).state == "screened"
    assert alarms(world) == []


def _until_nobody_hangs(service: Service) -> None:
    """Wait for the threads that were let go."""
    running = service.screenings
    with running.returned:
        assert running.returned.wait_for(lambda: not running.left_behind, PATIENCE_S)


def test_what_the_detector_raises_is_raised_where_it_is_waited_for() -> None:
    def die() -> NoReturn:
        raise Killed

    def fail() -> NoReturn:
        raise ScreeningFailed("broken")

    running = Screenings()
    with pytest.raises(Killed):
        running.run(die, PATIENCE_S)
    with pytest.raises(ScreeningFailed):
        running.run(fail, PATIENCE_S)
    assert running.run(lambda: NOTHING, PATIENCE_S) is NOTHING


def test_one_that_fails_too_late_counts_no_longer_either(go_on: Event) -> None:
    running = Screenings()

    def fail() -> NoReturn:
        go_on.wait(PATIENCE_S)
        raise ZeroDivisionError

    with pytest.raises(TooLate):
        running.run(fail, 0.01, uuid4())
    assert running.left_behind == 1
    go_on.set()
    with running.returned:
        assert running.returned.wait_for(lambda: not running.left_behind, PATIENCE_S)


def _broken(world: World) -> Callable[[], None]:
    def fail() -> NoReturn:
        raise ScreeningFailed("the lexicon is empty")

    return fail


def test_a_process_that_cannot_load_its_detector_starts_and_says_so(world: World) -> None:
    world.detector.fault = _broken(world)

    assert warm_up(world.service) is False
    assert alarms(world) == ["cannot_screen"]

    world.detector.fault = None
    assert warm_up(world.service) is True
    assert alarms(world) == []


def test_a_process_starts_even_when_its_detector_hangs(
    world: World, go_on: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening_in_time, "LOADS_WITHIN_S", 0.01)
    hang(world, go_on)

    assert warm_up(world.service) is False
    assert alarms(world) == ["cannot_screen"]
    assert world.rows(Escalation) == []
