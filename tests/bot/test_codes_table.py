"""Every row of the table of codes, refused at the call and reported later (reliability.md 2.4)."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.channels.codes import policies, policy
from bot.undelivered import RETRY_FOR
from storage.tables import DeliveryAttempt
from tests.bot.cast import amina, put_question
from tests.bot.phone import FakePhone, Fault
from tests.bot.sending import alarms, report, send, states, with_channels, wrote_at
from tests.bot.world import START, Child, World

MANY = 99


@dataclass(frozen=True, slots=True)
class Fate:
    """How often it is sent, which tasks that makes in turn, and what the operators hear."""

    tries: int
    task: str
    alarm: str | None = None


PASSING = Fate(MANY, "undelivered")
OURS_AGAIN = Fate(MANY, "undelivered", "our_fault")
OURS = Fate(1, "undelivered", "our_fault")
WRONG = Fate(1, "wrong_address")
CUT = Fate(1, "opted_out")
FILTERED = Fate(1, "undelivered", "filtered")
UNHEARD = Fate(1, "unreachable")
FATES = {
    "20429": PASSING, "429": PASSING, "21611": PASSING, "30001": PASSING, "30008": PASSING,
    "63012": PASSING, "63018": PASSING, "not_reached": PASSING, "telegram_flood": PASSING,
    "30036": Fate(1, "undelivered"),
    "30003": Fate(3, "unreachable"),
    "call_busy": UNHEARD, "call_no-answer": UNHEARD, "call_canceled": UNHEARD,
    "call_failed": UNHEARD, "call_machine": UNHEARD,
    "21211": WRONG, "21614": WRONG, "21612": WRONG, "30005": WRONG, "30006": WRONG,
    "63003": WRONG, "63024": WRONG,
    "21610": CUT, "63014": CUT, "telegram_blocked": CUT, "telegram_no_chat": CUT,
    "30004": FILTERED, "30007": FILTERED, "63013": FILTERED,
    "63016": Fate(1, "outside_window"), "no_template": Fate(1, "outside_window"),
    "20003": OURS_AGAIN, "20005": OURS_AGAIN, "30002": OURS_AGAIN, "20404": OURS_AGAIN,
    "401": OURS_AGAIN, "403": OURS_AGAIN, "404": OURS_AGAIN, "301": OURS_AGAIN,
    "302": OURS_AGAIN, "303": OURS_AGAIN, "307": OURS_AGAIN, "308": OURS_AGAIN,
    "no_channel": OURS_AGAIN, "21606": OURS_AGAIN, "63007": OURS_AGAIN, "21703": OURS_AGAIN,
    "21408": OURS, "21608": OURS, "21602": OURS, "21617": OURS, "30034": OURS,
    "30009": Fate(1, "undelivered"),
    "11200": Fate(1, "undelivered", "webhooks_missed"),
    "11205": Fate(1, "undelivered", "webhooks_missed"),
    "telegram_token": OURS_AGAIN, "telegram_conflict": OURS_AGAIN, "telegram_refused": OURS,
    "no_reason": PASSING, "no_signal": Fate(MANY, "undelivered unreachable"),
}  # fmt: skip
"""Written down apart from the table, so that a slip in it is found; a new row needs a fate here."""
ROWS = sorted(policies())


def channel_of(row: tuple[str, str]) -> str:
    code, channel = row
    if channel:
        return channel
    if code.startswith("telegram"):
        return "telegram"
    return "whatsapp" if code.startswith("63") or code == "no_template" else "sms"


def someone(world: World, row: tuple[str, str]) -> Child:
    """Amina on the channel of this row, where free words may go."""
    with_channels(world, FakePhone(channel_of(row)))
    child = amina(world)
    wrote_at(world, child, START)
    put_question(world, child, "going_on")
    return child


def refuse(world: World, row: tuple[str, str]) -> None:
    known = policy(row[0], channel_of(row))
    world.phone.always = Fault("refuse", retry=known.retry, trouble=known.trouble, code=row[0])


def next_try(world: World, child: Child, tries: int) -> None:
    """To the moment of the next try; after some, to the last minutes of the four hours."""
    (entry,) = world.outbox(child)
    assert entry.retry_at is not None
    assert world.clock.now < entry.retry_at <= START + RETRY_FOR
    world.clock.now = max(entry.retry_at, START + RETRY_FOR - timedelta(minutes=4, seconds=tries))
    if tries < 3:
        world.clock.now = entry.retry_at


def check(world: World, child: Child, row: tuple[str, str], tries: int) -> None:
    fate = FATES[row[0]]
    assert states(world, child) == ["failed"]
    assert tries == fate.tries or (fate.tries == MANY and tries > 3)
    assert world.tasks(child) == fate.task.split()
    expected = [] if fate.alarm in (None, "filtered") else [fate.alarm]
    assert [kind for kind, _ in alarms(world)] == expected
    assert world.escalations() == []
    assert world.interview(child).ended_at is None
    numbers = [each.number for each in world.rows(DeliveryAttempt)]
    assert sorted(numbers) == list(range(1, tries + 1))


@pytest.mark.parametrize("row", ROWS, ids="-".join)
def test_a_code_that_comes_as_the_answer_to_a_call(
    sqlite_world: World, row: tuple[str, str]
) -> None:
    world = sqlite_world
    child = someone(world, row)
    refuse(world, row)
    send(world)
    tries = 1
    while states(world, child) == ["waiting"]:
        next_try(world, child, tries)
        send(world)
        tries += 1

    assert len(world.phone.tried) == tries
    check(world, child, row, tries)


@pytest.mark.parametrize("row", ROWS, ids="-".join)
def test_a_code_that_comes_later_in_a_report(sqlite_world: World, row: tuple[str, str]) -> None:
    world = sqlite_world
    child = someone(world, row)
    send(world)
    tries = 1
    while report(world, world.phone.accepted[-1].provider_id, "failed", row[0]):
        if states(world, child) != ["waiting"]:
            break
        next_try(world, child, tries)
        send(world)
        tries += 1

    assert len(world.phone.accepted) == tries
    assert world.phone.asked == [], "a report of a failure leaves no doubt"
    check(world, child, row, tries)


@pytest.mark.parametrize("row", [each for each in ROWS if FATES[each[0]] is FILTERED])
def test_two_filtered_texts_within_the_hour_are_an_alarm(
    sqlite_world: World, row: tuple[str, str]
) -> None:
    world = sqlite_world
    refused_at = [timedelta(), timedelta(minutes=61), timedelta(minutes=62)]
    seen = []
    for number, moment in enumerate(refused_at):
        world.clock.now = START + moment
        if number == 0:
            someone(world, row)
        else:
            child = amina(world, number=f"+44770090010{number + 2}")
            wrote_at(world, child, world.clock.now)
            put_question(world, child, "going_on")
        refuse(world, row)
        send(world)
        seen.append(alarms(world))

    assert seen == [[], [], [("filtered", channel_of(row))]]


def test_every_row_of_the_table_has_a_fate() -> None:
    assert {code for code, _ in ROWS} == set(FATES)
