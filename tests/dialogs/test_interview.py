import pytest

from dialogs import interview
from dialogs.check import COMMANDS, released, walk
from dialogs.interview import (
    ENDED,
    LISTENING,
    MACHINE,
    OPEN,
    PHASES,
    PROMPTED,
    STATES,
    InterviewError,
    Step,
    accepts,
    fire,
    rows,
)
from dialogs.plan import QUESTIONS
from dialogs.position import STATE_ALIASES


def test_state_names_are_for_ever() -> None:
    assert set(released()) == {"1", "2"}
    for states in released().values():
        assert {STATE_ALIASES.get(state, state) for state in states} <= set(STATES)
    assert len(STATES) == len(set(STATES))


def test_every_source_and_destination_exists() -> None:
    named = {state for _, source, dest, _ in rows() for state in (source, dest)}

    assert named == set(STATES)


def test_every_state_is_reached_ends_and_takes_every_command() -> None:
    assert walk() == ((), (), ())


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("trigger", COMMANDS)
def test_every_open_state_obeys_every_command(state: str, trigger: str) -> None:
    for guarded in (False, True):
        step = Step(state, guarded=guarded, begun=True)
        assert fire(step, trigger) in STATES


@pytest.mark.parametrize("state", LISTENING)
@pytest.mark.parametrize("trigger", ["disclosed", "danger", "own_act", "busy"])
def test_harm_and_a_watched_phone_are_heard_everywhere(state: str, trigger: str) -> None:
    assert fire(Step(state), trigger) not in ENDED


def test_the_last_guard_of_each_choice_is_open() -> None:
    """Else every row of a choice could refuse, and leave a child without a way on."""
    guards: dict[tuple[str, str], list[object]] = {}
    for trigger, source, _, guard in rows():
        guards.setdefault((trigger, source), []).append(guard)

    closed = {pair for pair, found in guards.items() if found[-1] is not None}

    assert closed
    for trigger, source in closed:
        for state in (*QUESTIONS, "finished"):
            step = Step(source, resume=state, planned=state, begun=True, asked_again=True)
            assert fire(step, trigger) == state


def test_the_machine_has_no_callback_and_no_model() -> None:
    assert MACHINE.models == []
    for event in MACHINE.events.values():
        for transition in (each for found in event.transitions.values() for each in found):
            assert not [*transition.before, *transition.after, *transition.prepare]
    assert not any(state.on_enter or state.on_exit for state in MACHINE.states.values())


def test_a_refused_trigger_is_an_error_not_silence() -> None:
    with pytest.raises(InterviewError):
        fire(Step("going_on"), "right_word")
    with pytest.raises(InterviewError):
        fire(Step("going_on"), "no such trigger")
    with pytest.raises(InterviewError):
        fire(Step("closed_unsafe"), "busy")


def test_a_refusal_by_every_guard_is_an_error() -> None:
    step = Step("just_you", resume="a state that no version had")

    with pytest.raises(InterviewError):
        fire(step, "yes")


def test_phases_hold_each_state_once_and_questions_ask() -> None:
    assert sum(len(states) for states in PHASES.values()) == len(STATES)
    assert set(QUESTIONS) < PROMPTED
    assert accepts("hello", "yes")
    assert not accepts("finished", "skip")
    assert interview.ENDED.isdisjoint(OPEN)
