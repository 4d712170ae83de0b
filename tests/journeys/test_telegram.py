"""Telegram as an operator sets it up: a link, the webhook or the fetching, an interview."""

from collections.abc import Iterator

import pytest

from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import SECRET, TOKEN
from tests.journeys.conftest import DEE
from tests.journeys.service import RunningService, eventually
from tests.journeys.test_webhook_to_person import AMINA, invited

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"])]

CANARY = "zebra-lantern-quilt"


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


class Chat:
    """Amina's chat with the bot, from her side."""

    def __init__(self, service: RunningService, server: TelegramServer) -> None:
        self.service, self.server = service, server

    def write(self, words: str, expected: str) -> str:
        """Write, and give the next message that holds ``expected``."""
        before = len(self.server.sent)
        self.server.write(words)
        return self._answer(before, expected)

    def press(self, label: str, expected: str) -> str:
        before = len(self.server.sent)
        self.server.press(label)
        return self._answer(before, expected)

    def _answer(self, before: int, expected: str) -> str:
        if self.server.webhook:
            assert set(self.server.deliver()) == {200}
        return eventually(
            lambda: next(
                (each.text for each in self.server.sent[before:] if expected in each.text), ""
            )
        )


def set_up(service: RunningService, telegram: TelegramServer, how: str) -> None:
    service.environment |= {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_RECEIVE": how,
    }
    off = ["--off"] if how == "polling" else []
    said = service.run("telegram", "webhook", *off)
    assert (
        said == f"Telegram posts updates {'nowhere' if off else 'to ' + telegram.webhook['url']}.\n"
    )


@pytest.mark.parametrize("how", ["webhook", pytest.param("polling", marks=pytest.mark.full)])
def test_an_interview_and_a_disclosure(
    service: RunningService, telegram: TelegramServer, how: str
) -> None:
    set_up(service, telegram, how)
    ids = invited(service)
    service.start("serve")
    service.start("worker")
    eventually(lambda: service.received(AMINA))
    link = service.run(
        "telegram",
        "link",
        "--young-person",
        ids["young_person_id"],
        "--by",
        "ade@northmoor.example",
    ).splitlines()[0]

    chat = Chat(service, telegram)
    chat.write(f"/start {link.partition('=')[2]}", "good time")
    chat.press("Yes", "just you")
    chat.press("Yes", "TEXT, TALK or MEET")
    chat.press("Text", "safe where you are")
    chat.press("Yes", "going on")
    chat.write(f"my dad hits me with a belt {CANARY}", "Thank you for telling me")

    alert = eventually(lambda: service.received(DEE))[0]
    assert CANARY not in alert
    shown = service.json("interviews", "show", ids["interview_id"])
    assert [each["text"] for each in shown["messages"] if each["direction"] == "in"] == [
        "/start", "YES", "YES", "TEXT", "YES", f"my dad hits me with a belt {CANARY}",
    ]  # fmt: skip
    assert len(service.received(AMINA)) == 1, "the conversation went on where she wrote last"
    assert telegram.called("answerCallbackQuery")
    logged = service.log.read_text()
    for secret in (CANARY, TOKEN, SECRET, link.partition("=")[2]):
        assert secret not in logged


@pytest.mark.full
def test_a_wrong_command_says_so_in_one_line(
    service: RunningService, telegram: TelegramServer
) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    words = ("telegram", "link", "--young-person", nobody, "--by")
    assert service.run(*words, "ade@northmoor.example", code=1) == ""

    set_up(service, telegram, "webhook")
    assert service.run(*words, "who@northmoor.example", code=1) == ""
    assert service.run(*words, "ade@northmoor.example", code=1) == ""
