"""A text comes in, a question goes out, a disclosure reaches a person: all of it for real."""

import pytest

from tests.journeys.conftest import DEE, FIRST_POSTGRES, FIRST_SQLITE, RETURNED
from tests.journeys.service import RunningService, eventually

pytestmark = pytest.mark.slow

AMINA = "+447700900123"
CANARY = "zebra-lantern-quilt"


def invited(service: RunningService, *more: str) -> dict[str, str]:
    entered: dict[str, str] = service.json(
        "episodes", "add", "--name", "Amina", "--phone", AMINA, "--returned-at", RETURNED,
        "--invite", "--texting-agreed-by", "ade@northmoor.example", "--now", *more,
    )  # fmt: skip
    return entered


def text_until(service: RunningService, words: str, expected: str) -> None:
    """Text, and wait until a new text that holds ``expected`` has reached the phone."""
    before = len(service.received(AMINA))
    assert service.text(words, AMINA) == 200
    eventually(lambda: any(expected in each for each in service.received(AMINA)[before:]))


def test_an_interview_and_a_disclosure(service: RunningService) -> None:
    ids = invited(service)
    service.start("serve")
    service.start("worker")
    assert eventually(lambda: service.get("/health/ready") == 200)

    assert "Is now a good time?" in eventually(lambda: service.received(AMINA))[0]
    text_until(service, "yes", "just you")
    text_until(service, "yeah", "TEXT, TALK or MEET")
    text_until(service, "text", "safe where you are")
    text_until(service, "yes", "going on")
    text_until(service, f"my dad hits me with a belt {CANARY}", "Thank you for telling me")

    alert = eventually(lambda: service.received(DEE))[0]
    assert CANARY not in alert
    assert "Amina" not in alert
    (escalation,) = service.json("escalations", "list")
    assert escalation["priority"] == "P2"
    assert "ABU" in escalation["categories"]
    assert escalation["interview_id"] == ids["interview_id"]
    for reason in escalation["because"]:
        assert reason["text"] == reason["message"][reason["start"] : reason["end"]]

    shown = service.json("interviews", "show", ids["interview_id"])
    assert [each["text"] for each in shown["messages"] if each["direction"] == "in"] == [
        "yes", "yeah", "text", "yes", f"my dad hits me with a belt {CANARY}",
    ]  # fmt: skip
    answers = {each["question"]: each["text"] for each in shown["answers"]}
    assert answers["going_on"] == f"my dad hits me with a belt {CANARY}"
    assert CANARY not in service.log.read_text()
    assert AMINA not in service.log.read_text()
    assert "sound" in service.run("audit", "verify")


@pytest.mark.parametrize("database_kind", FIRST_POSTGRES)
def test_the_same_text_twice_is_one(service: RunningService) -> None:
    ids = invited(service)
    service.start("serve")
    sid = "SM" + "7" * 32
    assert {service.text("hello", AMINA, MessageSid=sid) for _ in range(3)} == {200}
    shown = service.json("interviews", "show", ids["interview_id"])
    assert [each["text"] for each in shown["messages"] if each["direction"] == "in"] == ["hello"]


@pytest.mark.parametrize("database_kind", FIRST_SQLITE)
def test_a_stranger_gets_a_safe_text_and_no_more(service: RunningService) -> None:
    service.start("serve")
    service.start("worker")
    stranger = "+447700900555"
    assert service.text("who is this", stranger) == 200
    assert "999" in eventually(lambda: service.received(stranger))[0]
    assert service.text("i took all the pills", stranger) == 200
    (escalation,) = eventually(lambda: service.json("escalations", "list"))
    assert escalation["priority"] == "P1"
    assert len(service.received(stranger)) == 1
