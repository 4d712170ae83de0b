"""Sending by Telegram, against a Bot API over HTTP; its answers are read by the library's types."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.channels import Choice, Outbound, Provider, SendFailed, SendInDoubt
from bot.channels.telegram import Telegram
from bot.channels.telegram_flood import Flood
from tests.fakes.telegram_handler import Fault
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import ACCOUNT, CHAT, SECRET, TOKEN

SITE = "https://listen.example.org"


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as running:
        yield running


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def telegram(server: TelegramServer, seconds: Seconds) -> Telegram:
    return made(server.url, flood=Flood(seconds))


def made(
    url: str, token: str = TOKEN, *, flood: Flood | None = None, wait_s: float = 5.0
) -> Telegram:
    return Telegram(
        token,
        site=SITE,
        name_chat=lambda chat: f"chat-{chat % 100}",
        api_url=url,
        flood=flood or Flood(),
        timeouts_s=(2.0, wait_s),
    )


def outbound(body: str = "hello", chat: object = CHAT, *choices: Choice) -> Outbound:
    return Outbound(str(chat), body, uuid4(), choices=choices)


def test_it_is_a_provider(telegram: Telegram) -> None:
    assert isinstance(telegram, Provider)
    assert (telegram.name, telegram.account) == ("telegram", ACCOUNT)
    assert telegram.find(outbound(), datetime.now(UTC), ()) is None
    assert list(telegram.recent(datetime.now(UTC))) == []


def test_words_go_out_as_they_are(telegram: Telegram, server: TelegramServer) -> None:
    words = "<b>is it *you*?</b> https://x.example \U0001f62d شلونك"

    sent = telegram.send(outbound(words))

    (message,) = server.sent
    assert message.text == words
    assert message.chat == str(CHAT)
    assert "parse_mode" not in message.asked
    assert '"is_disabled": true' in message.asked["link_preview_options"]
    assert "protect_content" not in message.asked
    assert sent.provider_id == f"chat-1:{message.message_id}"


def test_choices_are_buttons_that_say_what_typing_says(
    telegram: Telegram, server: TelegramServer
) -> None:
    four = [Choice("1", "Before you went"), Choice("2", "Being away"), Choice("YES", "Yes")]

    telegram.send(outbound("Pick one.", CHAT, *four, Choice("x" * 65, "too long")))

    assert server.sent[0].buttons == {"Before you went": "1", "Being away": "2", "Yes": "YES"}


@pytest.mark.parametrize(
    ("status", "said", "code", "retry", "trouble"),
    [
        (403, "Forbidden: bot was blocked by the user", "telegram_blocked", "never", "opted_out"),
        (403, "Forbidden: bot can't initiate", "telegram_blocked", "never", "opted_out"),
        (403, "Forbidden: user is deactivated", "telegram_no_chat", "never", "opted_out"),
        (400, "Bad Request: chat not found", "telegram_no_chat", "never", "opted_out"),
        (400, "Bad Request: message is too long", "telegram_refused", "never", "our_fault"),
        (401, "Unauthorized", "telegram_token", "backoff", "our_fault"),
        (404, "Not Found", "telegram_token", "backoff", "our_fault"),
        (429, "Too Many Requests", "telegram_flood", "backoff", "none"),
    ],
)
def test_what_a_refusal_means(
    telegram: Telegram,
    server: TelegramServer,
    status: int,
    said: str,
    code: str,
    retry: str,
    trouble: str,
) -> None:
    server.fail("sendMessage", Fault(status, said))

    with pytest.raises(SendFailed) as failed:
        telegram.send(outbound("a canary"))

    assert (failed.value.code, failed.value.retry, failed.value.trouble) == (code, retry, trouble)
    assert server.sent == []
    assert TOKEN not in str(failed.value)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_a_5xx_nobody_can_tell(
    telegram: Telegram, server: TelegramServer, status: int
) -> None:
    server.fail("sendMessage", Fault(status, "Bad Gateway"))

    with pytest.raises(SendInDoubt, match=f"http_{status}"):
        telegram.send(outbound())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset="before"),
        Fault(reset="after"),
        Fault(delay_s=5.0),
        Fault(answer=b"{"),
        Fault(answer=b"[]"),
        Fault(answer=b'{"ok":true,"result":{}}'),
        Fault(status=302),
    ],
)
def test_a_broken_answer_leaves_it_in_doubt(server: TelegramServer, fault: Fault) -> None:
    server.fail("sendMessage", fault)

    with pytest.raises(SendInDoubt):
        made(server.url, wait_s=0.5).send(outbound())

    assert len(server.called("sendMessage")) == 1


def test_a_server_that_is_not_there_certainly_took_nothing() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(SendFailed, match="not_reached") as failed:
        made(f"http://127.0.0.1:{port}").send(outbound())

    assert failed.value.retry == "backoff"


def test_an_address_of_another_kind_is_not_tried(
    telegram: Telegram, server: TelegramServer
) -> None:
    for address in ("+447700900123", "@somebody", "-100", "٣", ""):
        with pytest.raises(SendFailed, match="telegram_no_chat"):
            telegram.send(outbound(chat=address))

    assert server.calls == []


def test_one_message_a_second_into_one_chat(
    telegram: Telegram, server: TelegramServer, seconds: Seconds
) -> None:
    telegram.send(outbound())
    with pytest.raises(SendFailed, match="telegram_flood") as early:
        telegram.send(outbound())
    telegram.send(outbound(chat=CHAT + 1))
    seconds.now += 1.0
    telegram.send(outbound())

    assert early.value.retry_after == pytest.approx(1.0)
    assert [each.chat for each in server.sent] == [str(CHAT), str(CHAT + 1), str(CHAT)]


def test_thirty_a_second_in_all(seconds: Seconds) -> None:
    flood = Flood(seconds)

    waits = [flood.enter(str(chat)) for chat in range(31)]
    seconds.now += 0.4
    later = flood.enter("31")
    seconds.now += 0.6

    assert waits[:30] == [0.0] * 30
    assert waits[30] == pytest.approx(1.0)
    assert later == pytest.approx(0.6)
    assert flood.enter("31") == 0.0


@pytest.mark.parametrize("wait_s", [1, 30, 300])
def test_nothing_goes_to_a_chat_before_telegram_allows_it(
    telegram: Telegram, server: TelegramServer, seconds: Seconds, wait_s: int
) -> None:
    server.fail("sendMessage", Fault(429, "Too Many Requests", retry_after=wait_s))
    with pytest.raises(SendFailed) as refused:
        telegram.send(outbound())
    seconds.now += wait_s - 0.5
    with pytest.raises(SendFailed) as early:
        telegram.send(outbound())
    telegram.show_typing(str(CHAT))
    telegram.send(outbound(chat=CHAT + 1))
    seconds.now += 0.5
    telegram.send(outbound())

    assert refused.value.retry_after == wait_s
    assert early.value.retry_after == pytest.approx(0.5)
    assert len(server.called("sendMessage")) == 3
    assert server.called("sendChatAction") == []


def test_when_a_second_chat_is_refused_all_are_quiet(
    telegram: Telegram, server: TelegramServer, seconds: Seconds
) -> None:
    server.fail("sendMessage", *[Fault(429, "Too Many Requests", retry_after=20)] * 2)
    for chat in (CHAT, CHAT + 1):
        with pytest.raises(SendFailed):
            telegram.send(outbound(chat=chat))
    with pytest.raises(SendFailed) as early:
        telegram.send(outbound(chat=CHAT + 2))
    seconds.now += 20
    telegram.send(outbound(chat=CHAT + 2))

    assert early.value.retry_after == pytest.approx(20)


def test_typing_buttons_and_groups_never_raise(telegram: Telegram, server: TelegramServer) -> None:
    for method in ("sendChatAction", "answerCallbackQuery", "leaveChat"):
        server.fail(method, Fault(500), Fault(reset="before"), Fault(400))
    for _ in range(4):
        telegram.show_typing(str(CHAT))
        telegram.answer_button("4382")
        telegram.leave(-100)
    telegram.show_typing("+447700900123")

    assert server.called("sendChatAction")[-1] == {"chat_id": str(CHAT), "action": "typing"}
    assert server.called("answerCallbackQuery")[-1]["callback_query_id"] == "4382"
    assert server.called("leaveChat")[-1]["chat_id"] == "-100"


def states(telegram: Telegram) -> dict[str, str]:
    return {each.code: each.state for each in telegram.check()}


def test_a_webhook_that_is_right(telegram: Telegram, server: TelegramServer) -> None:
    telegram.set_webhook(SITE, SECRET)

    assert states(telegram) == {
        "credentials": "ok",
        "groups": "ok",
        "webhook": "ok",
        "allowed_updates": "ok",
        "arrives": "ok",
        "secret": "unknown",
    }
    assert server.webhook["url"] == "https://listen.example.org/webhooks/telegram"
    assert server.webhook["secret_token"] == SECRET
    assert server.webhook["max_connections"] == "16"
    assert server.webhook["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert not any(SECRET in each.says or TOKEN in each.says for each in telegram.check())


def test_a_webhook_that_was_moved_is_wrong(telegram: Telegram, server: TelegramServer) -> None:
    assert [each.state for each in telegram.drift()] == ["wrong"]
    telegram.set_webhook("https://elsewhere.example.org", SECRET)

    (found,) = telegram.drift()
    assert (found.code, found.state) == ("webhook", "wrong")
    assert "elsewhere" not in found.says


def test_updates_that_are_not_asked_for_are_noticed(
    telegram: Telegram, server: TelegramServer
) -> None:
    telegram.set_webhook(SITE, SECRET)
    server.webhook["allowed_updates"] = ["message"]

    assert states(telegram)["allowed_updates"] == "wrong"


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("Wrong response from the webhook: 403 Forbidden", "it answered 403"),
        ("Connection timed out", "it took too long"),
        ("SSL error {self-signed certificate}", "its certificate is refused"),
        ("canary words of a stranger", "something else"),
    ],
)
def test_why_the_webhook_fails_in_our_own_words(
    telegram: Telegram, server: TelegramServer, message: str, why: str
) -> None:
    telegram.set_webhook(SITE, SECRET)
    server.last_error = (int(datetime.now(UTC).timestamp()), message)
    server.write("hello")

    (found,) = [each for each in telegram.drift() if each.code == "arrives"]
    assert found.state == "wrong"
    assert why in found.says
    assert "canary" not in found.says
    assert "1 updates wait" in found.says


def test_while_updates_are_fetched_no_webhook_may_be_set(server: TelegramServer) -> None:
    telegram = Telegram(TOKEN, site=SITE, name_chat=str, api_url=server.url, polling=True)
    telegram.set_webhook(SITE, SECRET)
    assert [each.state for each in telegram.drift()] == ["wrong"]
    with pytest.raises(SendFailed, match="telegram_conflict"):
        telegram.updates(None, 0)

    telegram.delete_webhook()
    assert [each.state for each in telegram.drift()] == ["ok"]


def test_a_wrong_token_is_named(server: TelegramServer) -> None:
    (found,) = made(server.url, "1:wrong").check()

    assert (found.code, found.state) == ("credentials", "wrong")


def test_a_bot_that_can_be_put_into_groups_is_told(
    telegram: Telegram, server: TelegramServer
) -> None:
    server.can_join_groups = True

    assert states(telegram)["groups"] == "unknown"


def test_when_telegram_cannot_be_asked_nothing_is_claimed(
    telegram: Telegram, server: TelegramServer
) -> None:
    server.fail("getWebhookInfo", Fault(500))

    (found,) = telegram.drift()
    assert (found.code, found.state) == ("asked", "unknown")
