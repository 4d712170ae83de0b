"""Stage two: turns of one conversation are strictly in series, whoever dies (F-10, F-11, F-32)."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest

from bot.clock import SetClock
from bot.turns import LEASE, take_due_turns
from dialogs.position import Position
from dialogs.turn import take_turn
from storage import conversations, people
from storage.tables import Answer
from tests.bot.cast import amina, dee
from tests.bot.detector import HARM
from tests.bot.phone import Killed
from tests.bot.together import at_once
from tests.bot.world import START, World


class Poisoned:
    """Lets the dialogue raise whenever a text says so."""

    def __init__(self) -> None:
        self.tried = 0
        self.error: BaseException = ZeroDivisionError("the words of a child")

    def __call__(self, *arguments: object) -> object:
        heard = arguments[1]
        if any("poison" in each.words for each in heard.texts):  # type: ignore[attr-defined]
            self.tried += 1
            raise self.error
        return take_turn(*arguments)  # type: ignore[arg-type]


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> Poisoned:
    dialogue = Poisoned()
    monkeypatch.setattr("bot.turns.take_turn", dialogue)
    return dialogue


def _try_again(world: World) -> None:
    """A failed turn ends a worker's round; these are its next ones."""
    for _ in range(5):
        world.run()


def test_two_workers_never_take_the_same_turn(world: World) -> None:
    children = [amina(world, number=f"+4477009004{index:02}") for index in range(6)]
    for child in children:
        world.text(child, "skip")

    taken = at_once(4, lambda number: take_due_turns(world.service, f"worker {number}"))

    assert sum(taken) == 6
    for child in children:
        assert world.dispositions(child) == ["turn"]
        assert world.keys_sent(child) == ["help"]


def test_two_processes_never_take_the_same_turn(
    world: World, open_world: Callable[..., World]
) -> None:
    other = open_world(world.settings)
    children = [amina(world, number=f"+4477009004{index:02}") for index in range(4)]
    for child in children:
        world.text(child, "skip")

    taken = at_once(2, lambda number: take_due_turns((world, other)[number].service, f"w{number}"))

    assert sum(taken) == 4
    assert [world.keys_sent(child) for child in children] == [["help"]] * 4


def test_a_dead_workers_turn_is_taken_when_its_lease_runs_out(
    world: World, poisoned: Poisoned
) -> None:
    child = amina(world)
    poisoned.error = Killed()
    world.text(child, "poison")
    world.clock.move(timedelta(seconds=20))
    with pytest.raises(Killed):
        take_due_turns(world.service, "dead")
    assert world.keys_sent(child) == []

    poisoned.error = ZeroDivisionError()
    world.clock.move(LEASE)
    assert take_due_turns(world.service, "alive") == 0
    assert poisoned.tried == 1, "the lease has not run out yet"

    world.clock.move(timedelta(seconds=1))
    take_due_turns(world.service, "alive")
    assert poisoned.tried == 2


def test_a_lease_is_machine_time_and_no_demo_clock_ends_it(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    world.text(child, "skip")
    clock = SetClock(START)
    with world.service.database.write() as session:
        assert conversations.claim(
            session, child.id, "other", START, clock.machine_now(), clock.machine_now() + LEASE
        )
    with world.reading() as session:
        tomorrow = START + timedelta(days=1)
        assert conversations.due(session, tomorrow, START) == []
        assert conversations.due(session, tomorrow, tomorrow) == [child.id]


def test_a_turn_that_raises_three_times_is_put_aside_and_escalated(
    world: World, poisoned: Poisoned, capsys: pytest.CaptureFixture[str]
) -> None:
    child = amina(world)
    dee(world)
    world.text(child, "poison")
    world.wait(seconds=20)
    _try_again(world)

    assert poisoned.tried == 3
    assert world.dispositions(child) == ["held"]
    found = world.escalation(child)
    assert (found.priority, world.kinds(found)) == (2, ["turn_failed"])
    assert world.codes(found) == {"TEC"}
    printed = capsys.readouterr().out
    assert "ZeroDivisionError" in printed
    assert "the words of a child" not in printed

    world.text(child, "we had a row")
    world.wait(seconds=20)
    assert world.dispositions(child) == ["held", "turn"]
    assert world.interview(child).state == "help"


def test_a_poisoned_turn_stops_nobody_elses(sqlite_world: World, poisoned: Poisoned) -> None:
    world = sqlite_world
    poor, other = amina(world), amina(world, number="+447700900103")
    world.text(poor, "poison skip")
    world.text(other, "skip")
    world.wait(seconds=20)
    _try_again(world)

    assert world.dispositions(other) == ["turn"]
    assert poisoned.tried == 3


def test_a_turn_that_fails_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers, dispositions, position and replies commit together or not at all (K08)."""
    child = amina(world)
    before = world.interview(child)

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr("bot.turns._repeat_not_yet", die)
    world.text(child, "skip")
    with pytest.raises(Killed):
        take_due_turns(world.service, "dead")

    assert world.keys_sent(child) == []
    assert world.outbox(child) == []
    assert world.dispositions(child) == [""]
    assert world.rows(Answer) == []
    assert world.interview(child).version == before.version

    monkeypatch.undo()
    world.wait(seconds=16)
    assert world.keys_sent(child) == ["help"]


def test_a_text_that_comes_during_a_turn_gets_a_turn_of_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = amina(world, "safe_now")
    threads = list[Thread]()

    def take_turn_while_a_text_comes(*arguments: object) -> object:
        if not threads:
            threads.append(Thread(target=world.text, args=(child, "we had a row")))
            threads[0].start()
            # SQLite makes it wait for this turn to end; on PostgreSQL its words are kept already.
            threads[0].join(0.2)
        return take_turn(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.turns.take_turn", take_turn_while_a_text_comes)
    world.text(child, "yes")
    take_due_turns(world.service, "worker")
    threads[0].join(30)

    assert world.dispositions(child) == ["turn", ""]
    world.wait(seconds=20)
    assert world.dispositions(child) == ["turn", "turn"]
    assert world.interview(child).state == "help"


def test_a_position_is_saved_only_over_the_one_that_was_loaded(world: World) -> None:
    child = amina(world)
    stale = world.interview(child)
    position = Position("help").to_json()
    with world.service.database.write() as session:
        assert people.save_position(session, stale, position)
    with world.service.database.write() as session:
        assert not people.save_position(session, stale, Position("way").to_json())

    assert world.interview(child).state == "help"


def test_an_interview_that_moved_on_during_its_turn_is_tried_again(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = sqlite_world
    child = amina(world)
    answers = iter([False])
    save = people.save_position
    monkeypatch.setattr(
        "bot.turns.people.save_position",
        lambda *given, **moments: next(answers, None) is None and save(*given, **moments),
    )
    world.text(child, "skip")
    _try_again(world)

    assert world.keys_sent(child) == ["help"]
    assert world.dispositions(child) == ["turn"]


def test_coming_back_after_days_asks_first_and_goes_on_in_place(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world, "safe_now")
    world.wait(days=3)
    world.text(child, "hi")
    world.run()
    assert world.interview(child).state == "recheck"
    world.text(child, "yes")
    world.run()

    assert world.interview(child).state == "safe_now"
    assert world.keys_sent(child)[-1] == "safe_now"


def test_a_lease_keeps_its_conversation_and_no_other(sqlite_world: World) -> None:
    world = sqlite_world
    one, two = amina(world), amina(world, number="+447700900103")
    for child in (one, two):
        world.text(child, HARM)
    with world.service.database.write() as session:
        assert conversations.claim(session, one.id, "slow", START, START, START + LEASE) == 1
        assert conversations.claim(session, one.id, "quick", START, START, START + LEASE) is None
        assert conversations.claim(session, two.id, "quick", START, START, START + LEASE) == 1
