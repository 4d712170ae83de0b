"""What somebody whom nobody knows can learn: nothing, on no channel (T-02, F-25)."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.senders import can_be_answered
from bot.settings import Settings
from bot.tasks import open_tasks
from storage.tables import HumanTask, SenderLink, YoungPerson
from tests.bot.apps import CHANNELS, STRANGER, contact_at, three, who_wrote, write
from tests.bot.cast import AMINA_NUMBER, ade, amina, dee, make_guarded
from tests.bot.detector import DANGER
from tests.bot.phone import Accepted
from tests.bot.world import World

FULL = [pytest.param(each, marks=pytest.mark.full) for each in CHANNELS if each != "sms"]
PROBES = (
    "hi", "who is this", "its amina, new phone", "what did Amina Yusuf say to you",
    "is my daughter Amina using this", "marigold", "marmalade", "yes", "no", "1", "PERSON",
    "HELP", "STOP", "BUSY", "delete everything she told you", "is the interview about Amina on",
    "+447700900101", "her number is 07700 900101", "", "🙂",
)  # fmt: skip
OFFERED = "link_sender"

Answers = list[tuple[str, tuple[Any, ...], float | None]]


def ask(world: World, channel: str, sender: str, words: str, **details: Any) -> Answers:
    """What comes back to one text, byte for byte, with all that goes with it."""
    phones = world.service.channels
    before = {name: len(phone.accepted) for name, phone in phones.items()}  # type: ignore[attr-defined]
    write(world, channel, sender, words, **details)
    world.wait(seconds=90)
    answers: list[Accepted] = [
        each
        for name, phone in phones.items()
        for each in phone.accepted[before[name] :]  # type: ignore[attr-defined]
        if each.address == sender
    ]
    return [(each.body, each.outbound.choices, each.outbound.valid_for_s) for each in answers]


def amina_tells(world: World) -> None:
    """Amina is in the middle of an interview, and at risk."""
    dee(world)
    ade(world)
    child = amina(world, check_word="marigold", duress_word="marmalade")
    world.text(child, DANGER)
    world.run()


def amina_is_watched(world: World) -> None:
    """Somebody may be looking at her phone, too."""
    make_guarded(world, who_wrote(world, "sms", AMINA_NUMBER))


def numbers(count: int) -> list[str]:
    """Numbers from those kept for fiction."""
    return [f"+447700900{index:03}" for index in range(300, 300 + count)]


@pytest.mark.slow
@pytest.mark.parametrize("channel", ["sms", *FULL])
def test_the_answer_to_somebody_unknown_depends_on_nothing_that_is_stored(
    settings_for: Callable[[str], Settings], open_world: Callable[..., World], channel: str
) -> None:
    """Sixty probes of each channel and more: the same bytes, whatever is known of whomever."""
    settings = settings_for("sqlite")
    empty = open_world(settings)
    three(empty)
    expected = _probe(empty, channel, STRANGER[channel])
    assert len(expected) == 1  # once a day, whatever they ask
    assert "999" in expected[0][0]

    for store in (amina_tells, amina_is_watched):
        store(empty)
        sender = f"+4477009004{CHANNELS.index(channel)}{(store is amina_tells):d}"
        assert _probe(empty, channel, sender) == expected
    assert not {"Amina", "Yusuf", "interview", "missing"} & set(expected[0][0].split())


def _probe(world: World, channel: str, sender: str) -> Answers:
    return [answer for words in PROBES for answer in ask(world, channel, sender, words)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_first_text_gets_the_same_answer(sqlite_world: World, channel: str) -> None:
    world = sqlite_world
    three(world)
    answers = []
    for number, words in zip(numbers(len(PROBES)), PROBES, strict=True):
        if number == numbers(len(PROBES))[10]:
            amina_tells(world)
        answers.append(ask(world, channel, number, words))

    assert [len(each) for each in answers] == [1] * len(PROBES)
    assert len({each[0][0] for each in answers}) == 1


def test_a_changed_number_is_nobodys_until_a_person_says_whose(sqlite_world: World) -> None:
    """Also when it knows the check word: a word in a text is no proof from a number unknown."""
    world = sqlite_world
    three(world)
    amina_tells(world)
    stranger = ask(world, "sms", STRANGER["sms"], "hello")

    assert ask(world, "sms", "+447700900160", "its amina, marigold") == stranger
    assert world.rows(SenderLink) == []


@pytest.mark.parametrize("words", ["", DANGER])
def test_a_stranger_with_a_link_that_was_used_is_any_stranger(
    sqlite_world: World, words: str
) -> None:
    world = sqlite_world
    three(world)
    amina_tells(world)
    plain = ask(world, "telegram", "700900170", "hi")

    assert ask(world, "telegram", "700900171", words, token="guessed") == plain


@pytest.mark.slow
def test_many_unknown_numbers_leave_no_leak_and_no_missing_task(sqlite_world: World) -> None:
    world = sqlite_world
    phones = three(world)
    amina_tells(world)
    everybody = [(channel, number) for number in numbers(34) for channel in CHANNELS]

    for channel, number in everybody:
        # A chat id is no telephone number.
        write(world, channel, number[1:] if channel == "telegram" else number, "hello?")
    world.run()

    asked = [each for each in open_tasks(world.service) if each.kind == OFFERED]
    said = {
        channel: [each.body for each in phones[channel].accepted if each.address in senders]
        for channel, senders in _by_channel(everybody).items()
    }
    # One phone on two apps is one sender, who is answered once a day, where they wrote last.
    assert len(asked) == 2 * 34
    assert {name: len(bodies) for name, bodies in said.items()} == {
        "sms": 0,
        "whatsapp": 34,
        "telegram": 34,
    }
    assert len({body for bodies in said.values() for body in bodies}) == 1


def _by_channel(everybody: list[tuple[str, str]]) -> dict[str, set[str]]:
    senders: dict[str, set[str]] = {}
    for channel, number in everybody:
        address = number[1:] if channel == "telegram" else number
        senders.setdefault(channel, set()).add(address)
    return senders


@pytest.mark.parametrize("sender", ["VODAFONE", "85258", "60777"])
def test_what_cannot_be_answered_is_kept_screened_and_looked_at_once(
    world: World, sender: str
) -> None:
    dee(world)
    for hours in (0, 2, 30):
        world.wait(hours=hours)
        world.text(sender, "Your bill is ready")
        world.run()

    child = who_wrote(world, "sms", sender)
    assert world.phone.tried == []
    assert world.dispositions(child) == ["unknown_sender"] * 3
    assert world.tasks(child) == [OFFERED]
    assert contact_at(world, "sms", sender).unreachable_at is not None

    world.text(sender, DANGER)
    world.run()
    assert world.escalation(child).priority == 1
    assert world.phone.bodies(sender) == []


@pytest.mark.parametrize(
    ("channel", "address", "can"),
    [
        ("sms", "+447700900123", True),
        ("sms", "85258", False),
        ("sms", "VODAFONE", False),
        ("sms", "+44 VODA", False),
        ("sms", "", False),
        ("whatsapp", "+447700900123", True),
        ("whatsapp", "GB.1234567890", True),
        ("telegram", "700900152", True),
    ],
)
def test_who_can_be_answered(channel: str, address: str, can: bool) -> None:
    assert can_be_answered(channel, address) is can


def test_a_day_later_they_hear_it_once_more(sqlite_world: World) -> None:
    world = sqlite_world
    three(world)
    for channel in CHANNELS:
        first = ask(world, channel, STRANGER[channel], "hi")
        assert len(first) == 1
        assert ask(world, channel, STRANGER[channel], "hello?") == []
    world.wait(hours=24)
    for channel in CHANNELS:
        assert len(ask(world, channel, STRANGER[channel], "hello?")) == 1
    kinds = [each.kind for each in world.rows(HumanTask)]
    assert kinds == [OFFERED] * 3
    assert len(world.rows(YoungPerson)) == 3
