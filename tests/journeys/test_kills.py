"""SIGKILL at any moment: nothing is lost, nothing is asked twice, a waiting text is answered."""

import random
import threading

import pytest

from tests.journeys.conftest import FIRST_POSTGRES, FIRST_SQLITE
from tests.journeys.service import RunningService, eventually
from tests.journeys.test_webhook_to_person import AMINA, invited

pytestmark = pytest.mark.slow

TALK = {
    "yes": "just you",
    "yeah": "TEXT, TALK or MEET",
    "text": "safe where you are",
    "yep": "going on",
    "we had a row": "What would help",
    "more time with nan": "may have upset you",
    "finish": "You can talk to Childline",
}
"""What the young person texts, and how the last text of the answer can be told."""


@pytest.mark.parametrize("database_kind", FIRST_POSTGRES)
def test_a_worker_killed_between_and_during_turns(service: RunningService) -> None:
    chance = random.Random(8)
    ids = invited(service, "--length", "short")
    service.start("serve")
    service.start("worker")
    eventually(lambda: service.received(AMINA))
    for words, then in TALK.items():
        before = len(service.received(AMINA))
        assert service.text(words, AMINA) == 200
        # At a different point of receive, turn and deliver each time.
        if chance.random() < 0.5:
            threading.Event().wait(chance.choice([0.0, 0.1, 0.3, 0.6]))
            service.kill("worker")
            service.start("worker")
        _answered(service, before, then)
    _nothing_lost_nothing_twice(service, ids)


@pytest.mark.parametrize("database_kind", FIRST_SQLITE)
def test_the_web_killed_while_texts_come_in(service: RunningService) -> None:
    ids = invited(service, "--length", "short")
    service.start("serve")
    service.start("worker")
    eventually(lambda: service.received(AMINA))
    for words, then in TALK.items():
        before = len(service.received(AMINA))
        sid = f"SM{hash((words, before)) & (2**128 - 1):032x}"
        if before % 2:
            service.kill("serve")
            assert service.text(words, AMINA, MessageSid=sid) == 0
            service.start("serve")
        # As the poll, or the provider's own second try, would.
        assert service.text(words, AMINA, MessageSid=sid) == 200
        _answered(service, before, then)
    _nothing_lost_nothing_twice(service, ids)


def _answered(service: RunningService, before: int, expected: str) -> None:
    """Within 30 seconds of the restart the waiting text has its whole answer."""
    eventually(lambda: any(expected in each for each in service.received(AMINA)[before:]))


def _nothing_lost_nothing_twice(service: RunningService, ids: dict[str, str]) -> None:
    shown = service.json("interviews", "show", ids["interview_id"])
    inbound = [each["text"] for each in shown["messages"] if each["direction"] == "in"]
    assert inbound == list(TALK)
    assert shown["state"] == "finished"
    texts = service.received(AMINA)
    questions = [each for each in texts if each.rstrip().endswith("?") or "Reply" in each]
    assert len(questions) == len(set(questions)), "a question was asked twice"
    outbound = [each["text"] for each in shown["messages"] if each["direction"] == "out"]
    assert texts == outbound
