"""SIGKILL while a young person writes by WhatsApp or Telegram: as by text message (test_kills)."""

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from tests.fakes.telegram_server import TelegramServer
from tests.fakes.twilio_texts import WHATSAPP_NUMBER
from tests.journeys.service import RunningService, eventually
from tests.journeys.test_kills import TALK
from tests.journeys.test_telegram import set_up, telegram
from tests.journeys.test_webhook_to_person import AMINA, invited

__all__ = ["telegram"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.full,
    pytest.mark.parametrize("database_kind", ["sqlite"]),
]

Write = Callable[[str], object]
Heard = Callable[[], list[str]]


def talk(service: RunningService, write: Write, heard: Heard) -> int:
    """The interview, with a worker that dies at points of chance; returns how often it died."""
    chance, deaths = random.Random(9), 0
    for words, then in TALK.items():
        before = len(heard())
        write(words)
        if chance.random() < 0.5:
            threading.Event().wait(chance.choice([0.0, 0.1, 0.3, 0.6]))
            service.kill("worker")
            service.start("worker")
            deaths += 1
        _answered(heard, before, then)
    assert deaths
    return deaths


def _answered(heard: Heard, before: int, expected: str) -> None:
    eventually(lambda: any(expected in each for each in heard()[before:]))


def nothing_lost(service: RunningService, ids: dict[str, str], heard: list[str], also: int) -> None:
    """All that came in is kept, and all that was said was heard, with so many repeats at most."""
    shown = service.json("interviews", "show", ids["interview_id"])
    texts = [each for each in shown["messages"] if each["direction"] == "in"]
    assert [each["text"] for each in texts][-len(TALK) :] == list(TALK)
    assert shown["state"] == "finished"
    said = [each["text"] for each in shown["messages"] if each["direction"] == "out"]
    said = [each for each in said if each in heard or each not in service.received(AMINA)]
    assert list(dict.fromkeys(heard)) == list(dict.fromkeys(said))
    repeats = Counter(heard) - Counter(said)
    assert sum(repeats.values()) <= also
    assert all(times == 1 for times in repeats.values()), "at most one repeat of a send in doubt"


@pytest.mark.full
def test_whatsapp_can_be_asked_so_nothing_comes_twice(service: RunningService) -> None:
    phone, sender = f"whatsapp:{AMINA}", f"whatsapp:{WHATSAPP_NUMBER}"
    service.environment["TWILIO_WHATSAPP_FROM"] = WHATSAPP_NUMBER
    ids = invited(service, "--length", "short", "--born", "2011-05-30")
    service.run(
        "people", "add-contact", ids["young_person_id"], "--channel", "whatsapp",
        "--phone", AMINA, "--confirmed-by", "ade@northmoor.example",
    )  # fmt: skip
    service.start("serve")
    service.start("worker")
    eventually(lambda: service.received(AMINA))

    def write(words: str) -> None:
        assert service.text(words, phone, To=sender) == 200

    write("hello")
    _answered(lambda: service.received(phone), 0, "good time")
    talk(service, write, lambda: service.received(phone))
    nothing_lost(service, ids, service.received(phone), 0)


def test_telegram_cannot_be_asked_so_a_death_repeats_one_text_at_most(
    service: RunningService, telegram: TelegramServer
) -> None:
    set_up(service, telegram, "webhook")
    ids = invited(service, "--length", "short")
    service.start("serve")
    service.start("worker")
    eventually(lambda: service.received(AMINA))
    link = service.run(
        "telegram", "link", "--young-person", ids["young_person_id"],
        "--by", "ade@northmoor.example",
    ).splitlines()[0]  # fmt: skip

    def heard() -> list[str]:
        return [each.text for each in telegram.sent]

    def write(words: str) -> None:
        telegram.write(words)
        assert set(telegram.deliver()) == {200}

    write(f"/start {link.partition('=')[2]}")
    eventually(lambda: any("good time" in each for each in heard()))
    deaths = talk(service, write, heard)
    nothing_lost(service, ids, heard(), deaths)
