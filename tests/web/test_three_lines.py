"""The same interview by text message, WhatsApp and Telegram, in calm and in a storm of faults."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

import pytest
from sqlmodel import select

from bot.clock import SetClock
from bot.service import Service
from bot.undelivered import RETRY_FOR
from storage.tables import DeliveryAttempt, ReturnInterview
from tests.fakes import telegram_handler, twilio_handler
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import SECRET, TOKEN
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_texts import WHATSAPP_NUMBER
from tests.web.cast import gather
from tests.web.conftest import MakeService
from tests.web.lines import Fakes, Name, Phone, kept

pytestmark = pytest.mark.slow
TALK = (
    "yes", "yes", "text", "yes", "we had a row", "more time with nan", "2",
    "how much does this cost", "my mate's house", "finish",
)  # fmt: skip
PRICE: dict[Name, str] = {
    "sms": "costs the same as any text",
    "whatsapp": "uses a bit of data",
    "telegram": "uses a bit of data",
}
Fault = TypeVar("Fault")
AT_TWILIO = (
    twilio_handler.Fault(),
    twilio_handler.Fault(429, 20429, retry_after="7"),
    twilio_handler.Fault(500),
    twilio_handler.Fault(503),
    twilio_handler.Fault(reset="before"),
    twilio_handler.Fault(reset="after"),
    twilio_handler.Fault(answer=b"{"),
)
LISTS_OF_TWILIO = (
    twilio_handler.Fault(),
    twilio_handler.Fault(503),
    twilio_handler.Fault(reset="before"),
)
AT_TELEGRAM = (
    telegram_handler.Fault(),
    telegram_handler.Fault(429, retry_after=7),
    telegram_handler.Fault(500),
    telegram_handler.Fault(502),
    telegram_handler.Fault(reset="before"),
    telegram_handler.Fault(reset="after"),
    telegram_handler.Fault(answer=b"{"),
)
NAMES: tuple[Name, ...] = ("sms", "whatsapp", "telegram")


@pytest.fixture
def fakes(clock: SetClock) -> Iterator[Fakes]:
    with TwilioServer() as twilio, TelegramServer() as telegram:
        yield Fakes(twilio, telegram, clock)


def phone(name: Name, make_service: MakeService, fakes: Fakes) -> Phone:
    made = make_service(
        twilio_whatsapp_from=WHATSAPP_NUMBER,
        telegram_bot_token=TOKEN,
        telegram_webhook_secret=SECRET,
        allow_draft_script=True,
    )
    return Phone(name, fakes.join(made), fakes)


def storm(chance: Random, faults: Sequence[Fault]) -> list[Fault]:
    """What the next calls meet: now and then five of one kind in a row."""
    times = chance.choice((1, 1, 2, 5))
    return [chance.choice(faults)] * times + chance.choices(faults, k=2)


def doubts(service: Service) -> int:
    """How many attempts nobody could tell the result of."""
    with service.database.read() as session:
        found = session.exec(
            select(DeliveryAttempt).where(DeliveryAttempt.result == "in_doubt")
        ).all()
    return len(found)


def hold(each: Phone) -> list[list[str]]:
    """The whole interview; what the bot said at each step."""
    return [each.begin(gather(each.service)), *(each.write(words) for words in TALK)]


def state(service: Service) -> str:
    with service.database.read() as session:
        return session.exec(select(ReturnInterview)).one().state


def test_the_three_lines_say_the_same_but_for_the_price(
    make_service: MakeService, fakes: Fakes
) -> None:
    said = {}
    start = fakes.clock.now
    for name in NAMES:
        fakes.clock.now = start
        each = phone(name, make_service, fakes)
        said[name] = hold(each)
        assert kept(each.service, "in")[1:] == list(TALK)
        assert kept(each.service, "out") == [text for answer in said[name] for text in answer]
        assert state(each.service) == "finished"

    for name in NAMES:
        priced = [text for answer in said[name] for text in answer if PRICE[name] in text]
        assert len(priced) == 2, "when it is explained, and asked"
    same = {
        name: [[one.replace(PRICE[name], "...") for one in answer] for answer in said[name]]
        for name in NAMES
    }
    assert same["sms"] == same["whatsapp"] == same["telegram"]
    assert all(same["sms"]), "every text has an answer"


STORMS = [
    pytest.param("telegram", 0, TALK[:2]),
    *(pytest.param(name, seed, TALK, marks=pytest.mark.full) for name in NAMES for seed in (4, 5)),
]


@pytest.mark.parametrize(("name", "seed", "talk"), STORMS)
def test_a_storm_loses_nothing_and_repeats_only_what_cannot_be_asked_for(
    name: Name, seed: int, talk: Sequence[str], make_service: MakeService, fakes: Fakes
) -> None:
    """Refusals, silence and cut lines at every second call; webhooks late, out of order, again."""
    chance = Random(seed)
    each = phone(name, make_service, fakes)
    each.begin(gather(each.service))
    for words in talk:
        if name == "telegram":
            fakes.telegram.fail("sendMessage", *storm(chance, AT_TELEGRAM))
        else:
            fakes.twilio.faults.extend(storm(chance, AT_TWILIO))
            fakes.twilio.list_faults.extend(storm(chance, LISTS_OF_TWILIO)[:2])
        each.write(words)
        each.again(chance)
        each.report(chance)
    fakes.clock.move(RETRY_FOR)
    each.settle()

    out, heard = kept(each.service, "out"), each.heard
    assert kept(each.service, "in")[1:] == list(talk)
    assert list(dict.fromkeys(heard)) == list(dict.fromkeys(out)), "in order, and none missing"
    assert (state(each.service) == "finished") == (talk == TALK)
    repeats = len(heard) - len(out)
    assert 0 <= repeats <= (doubts(each.service) if name == "telegram" else 0)
