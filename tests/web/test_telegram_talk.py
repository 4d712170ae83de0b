"""A whole interview by Telegram, by webhook and by fetching, inside one process."""

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from sqlmodel import col, select

from bot.binding import new_link
from bot.channels import SendFailed
from bot.clock import SetClock
from bot.service import Service
from bot.telegram_polling import poll_once
from bot.telegram_receive import take_update
from storage.alarms import raw_of, unreadable
from storage.messages import body_of
from storage.tables import Message, ReturnInterview
from tests.fakes.telegram_handler import Fault
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import CHAT, SECRET, TOKEN, member_update, message_update
from tests.web.cast import gather
from tests.web.conftest import MakeService
from tests.web.telegram_line import Line, with_telegram

How = Literal["webhook", "polling"]


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as running:
        yield running


@pytest.fixture(params=["webhook", "polling"])
def line(
    make_service: MakeService,
    server: TelegramServer,
    clock: SetClock,
    request: pytest.FixtureRequest,
) -> Line:
    how: How = request.param
    made = make_service(
        telegram_bot_token=TOKEN,
        telegram_webhook_secret=SECRET if how == "webhook" else None,
        telegram_receive=how,
        allow_draft_script=True,
    )
    return Line(with_telegram(made, server, clock), server, clock, how)


def state(service: Service) -> str:
    with service.database.read() as session:
        (interview,) = session.exec(select(ReturnInterview)).all()
    return interview.state


def inbound(service: Service) -> list[str]:
    with service.database.read() as session:
        statement = select(Message).where(Message.direction == "in").order_by(col(Message.seq))
        return [body_of(service.vault, each) for each in session.exec(statement)]


@pytest.mark.slow
def test_an_interview_with_buttons_and_words(line: Line) -> None:
    cast = gather(line.service)
    link = new_link(line.service, cast.amina.young_person_id, cast.ade)

    hello = line.write(f"/start {link.partition('=')[2]}")
    assert "Is now a good time" in hello[-1]
    assert "just you" in line.press("Yes")[-1]
    assert "TEXT, TALK or MEET" in line.press("Yes")[-1]
    assert "safe where you are" in line.press("Text")[-1]
    assert "going on" in line.press("Yes")[-1]
    assert "What would help" in line.write("we had a row")[-1]
    halfway = line.write("more time with nan")
    assert any("Pick one if you like" in each for each in halfway)
    assert "while you were away" in line.press("Being away")[-1]
    assert any("Childline" in each for each in line.write("finish"))

    assert state(line.service) == "finished"
    assert inbound(line.service) == [
        "/start", "YES", "YES", "TEXT", "YES", "we had a row", "more time with nan", "2", "finish",
    ]  # fmt: skip
    assert line.server.waiting() == []
    assert len(line.heard) == len(set(line.heard)), "something was said twice"


@pytest.mark.slow
@pytest.mark.parametrize("line", ["webhook"], indirect=True)
def test_a_button_answers_the_question_that_it_hangs_on(line: Line) -> None:
    """It stays on the phone for ever, and a thumb is often quicker than we are."""
    cast = gather(line.service)
    link = new_link(line.service, cast.amina.young_person_id, cast.ade)
    line.write(f"/start {link.partition('=')[2]}")
    line.press("Yes")
    assert "TEXT, TALK or MEET" in line.press("Yes")[-1]
    assert line.press("No") == [], "this one hangs on the question before"
    assert state(line.service) == "way"
    assert "safe where you are" in line.press("Text")[-1]
    assert "going on" in line.press("Skip")[-1]
    assert line.press("Skip") == [], "a thumb that shakes skips one question only"
    assert state(line.service) == "going_on"

    safety = line.press("No")
    assert any("999" in each for each in safety), "no longer safe, and it says so of that question"


def test_a_disclosure_is_answered_and_a_button_says_they_are_safe(line: Line) -> None:
    gather(line.service)

    answer = line.write("my dad hits me with a belt")
    assert any("999" in each for each in answer)
    assert inbound(line.service) == ["my dad hits me with a belt"]


@pytest.mark.parametrize("line", ["polling"], indirect=True)
def test_an_update_is_fetched_again_until_it_is_stored(
    line: Line, server: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("one", "two", "three"):
        server.write(words)

    def full(_service: Service, raw: bytes) -> None:
        raise OSError("no space left") if b"two" in raw else RuntimeError

    from bot import telegram_polling

    real = take_update
    monkeypatch.setattr(
        telegram_polling,
        "take_update",
        lambda service, raw: full(service, raw) if b"two" in raw else real(service, raw),
    )
    with pytest.raises(OSError, match="no space"):
        poll_once(line.service, 0)
    assert inbound(line.service) == ["one"]
    assert len(server.waiting()) == 2

    monkeypatch.undo()
    assert poll_once(line.service, 0) == 2
    assert inbound(line.service) == ["one", "two", "three"]
    assert server.waiting() == []


@pytest.mark.parametrize("line", ["polling"], indirect=True)
def test_what_cannot_be_said_to_be_stored_comes_again_and_is_one(
    line: Line, server: TelegramServer
) -> None:
    server.write("hello")
    server.fail("getUpdates", Fault(), Fault(500))
    with pytest.raises(Exception, match="http_500"):
        poll_once(line.service, 0)
    assert len(server.waiting()) == 1

    assert poll_once(line.service, 0) == 1
    assert inbound(line.service) == ["hello"]


@pytest.mark.parametrize("line", ["polling"], indirect=True)
def test_fetching_takes_whatever_there_is(line: Line, server: TelegramServer) -> None:
    server.put({"update_id": 1, "message": {"chat": []}})
    server.put({"update_id": 7, "odd": "zebra"})
    server.put({**message_update(3, 4, "after a quiet week"), "update_id": 9})
    server.put({**member_update(10, "member", {"id": -5, "type": "group", "title": "t"})})

    assert poll_once(line.service, 0) == 4
    assert poll_once(line.service, 0) == 0
    assert inbound(line.service) == ["after a quiet week"]
    assert server.called("leaveChat")[0]["chat_id"] == "-5"
    with line.service.database.read() as session:
        raws = [raw_of(line.service.vault, each) for each in unreadable(session)]
    assert [json.loads(each)["update_id"] for each in raws] == [1, 7]


@pytest.mark.parametrize("line", ["polling"], indirect=True)
def test_a_fetched_button_is_answered(line: Line, server: TelegramServer) -> None:
    line.write("hello")
    gather(line.service)
    server.put(
        {
            "update_id": 9_999_999,
            "callback_query": {
                "id": "77",
                "from": {"id": CHAT, "is_bot": False, "first_name": "A"},
                "chat_instance": "1",
                "data": "YES",
                "message": message_update(1, 3, "x")["message"],
            },
        }
    )
    poll_once(line.service, 0)

    assert server.called("answerCallbackQuery")[0]["callback_query_id"] == "77"


@pytest.mark.parametrize("line", ["polling"], indirect=True)
def test_while_a_webhook_is_set_nothing_can_be_fetched(line: Line, server: TelegramServer) -> None:
    server.webhook = {"url": "https://elsewhere.example"}

    with pytest.raises(SendFailed, match="telegram_conflict"):
        poll_once(line.service, 0)


def test_without_telegram_nothing_is_fetched(make_service: MakeService) -> None:
    assert poll_once(make_service(), 0) == 0
