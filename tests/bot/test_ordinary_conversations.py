"""Ordinary interviews held with the real bot: they answer everything it asks, to the end."""

from collections.abc import Iterator

import pytest

from bot.clock import SetClock
from bot.rehearsal import A_MOMENT, START, Rehearsal, YoungPersonHere, rehearse
from tests.dialogs.ordinary_interviews import Interview, interviews

pytestmark = pytest.mark.slow

HELD = (2, 4, 12, 16, 19, 35, 38, 47, 51, 70)
"""Their numbers: chatty and terse, a pause, a change of mind, Welsh, and some with a secret."""
CHECKED = {"after_disclosure": "yes", "carry_on": "1"}
"""What is asked when screening was woken; this test is not about that."""
MOST_TEXTS = 40


@pytest.mark.parametrize(
    "interview",
    [each for each in interviews() if each.number in HELD],
    ids=lambda interview: str(interview.number),
)
def test_an_ordinary_interview_is_complete(interview: Interview) -> None:
    clock = SetClock(START)
    with rehearse(YoungPersonHere(language=interview.language), clock) as rehearsal:
        states = list(_held(interview, rehearsal, clock))

        assert rehearsal.state() == "finished", (interview.number, states)


def _held(interview: Interview, rehearsal: Rehearsal, clock: SetClock) -> Iterator[str]:
    """Answer whatever is asked; gives the states in which they wrote."""
    left = list(interview.answers)
    rehearsal.run_due()
    for _ in range(MOST_TEXTS):
        state = rehearsal.state()
        if state == "finished":
            return
        yield state
        told = next((each for each in left if each.state == state), None)
        if told is not None:
            left.remove(told)
        elif state not in CHECKED:
            return
        for text in told.texts if told is not None else (CHECKED[state],):
            clock.now += A_MOMENT
            rehearsal.hear(text)
        clock.now += A_MOMENT
        if rehearsal.is_settling():
            rehearsal.settle(clock)
        else:
            rehearsal.run_due()
