"""No reply to every text of a flood, and no loop with another machine (F-24, G-06)."""

from datetime import timedelta

import pytest

from bot.budget import ANSWERS, FLOOD, is_automatic, plain
from bot.sweep import UNREAD_AFTER, sweep_unread
from tests.bot.cast import amina, dee
from tests.bot.detector import DANGER
from tests.bot.prompting import put_in
from tests.bot.world import START, Child, World

DRIVING = "I'm driving - I'll text you back"
OTHER = "+447700900103"


def flood(world: World, child: Child, texts: int, seconds: float) -> None:
    """So many texts, evenly over so many seconds, with a worker at work."""
    for number in range(texts):
        world.text(child, f"and then number {number}")
        if number % 25 == 0:
            world.run()
        world.clock.move(timedelta(seconds=seconds / texts))
    world.run()


@pytest.mark.slow
def test_a_flood_is_kept_and_answered_together(sqlite_world: World) -> None:
    """F-24, scaled: all are kept and read, at most one answer a minute, one task, nobody waits."""
    world = sqlite_world
    child, other = amina(world), amina(world, number=OTHER)
    flood(world, child, 300, 20)
    answers = {each.at for each in world.messages(child, "out")}
    assert len(answers) <= 2
    assert world.says(other, "skip")
    for _ in range(6):
        world.wait(seconds=20)

    assert len(world.messages(child)) == 300
    assert set(world.dispositions(child)) == {"turn"}
    moments = sorted({each.at for each in world.messages(child, "out")})
    assert len(moments) <= 3
    assert world.tasks(child) == ["many_texts"]
    assert world.escalations() == []


def test_what_waits_on_purpose_is_not_unread(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    flood(world, child, FLOOD + 10, 10)
    while world.clock.now < START + 2 * UNREAD_AFTER:
        world.clock.move(timedelta(seconds=5))
        world.run()
        assert sweep_unread(world.service) == 0
    assert "" not in world.dispositions(child)
    assert world.escalations() == []


def test_a_finding_in_a_flood_is_answered_at_once(sqlite_world: World) -> None:
    world = sqlite_world
    dee(world)
    child = amina(world)
    flood(world, child, FLOOD + 10, 10)
    before = len(world.heard(child))
    world.text(child, DANGER)
    world.run()

    assert len(world.heard(child)) > before
    assert world.escalation(child).priority == 1
    assert "" not in world.dispositions(child)


def test_very_many_answers_are_spread_out(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    for _ in range(ANSWERS + 1):
        put_in(world, child, "going_on")
        world.text(child, "later")
        world.run()
        world.clock.move(timedelta(seconds=10))
    answered = len(world.heard(child))
    world.text(child, "later")
    world.run()
    assert len(world.heard(child)) == answered
    world.wait(seconds=50)
    assert len(world.heard(child)) > answered


def test_the_same_text_again_and_again_is_a_machine_until_something_else_comes(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child = amina(world)
    replies = [world.says(child, "The person you texted is away") for _ in range(8)]
    assert [bool(each) for each in replies] == [True] * 5 + [False] * 3
    assert world.tasks(child) == ["maybe_a_machine"]
    assert world.dispositions(child)[5:] == ["over_budget"] * 3
    assert len(world.detector.heard) == 8, "every one is screened"

    assert world.says(child, "sorry that was my phone")
    assert world.escalations() == []


def test_an_automatic_reply_is_answered_twice(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    replies = [world.says(child, DRIVING) for _ in range(4)]
    assert [bool(each) for each in replies] == [True, True, False, False]
    assert world.says(child, "was on the bus, what did u ask")


def test_a_finding_breaks_the_loop(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    for _ in range(4):
        world.says(child, DRIVING)
    assert world.says(child, DANGER)


def test_a_child_who_comes_back_later_is_answered(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    for _ in range(4):
        world.says(child, DRIVING)
    world.wait(hours=2)
    assert world.says(child, DRIVING)


@pytest.mark.parametrize("answer", ["no", "dont know", "not really", "nothing", "yeah"])
def test_plain_answers_may_come_as_often_as_they_like(sqlite_world: World, answer: str) -> None:
    world = sqlite_world
    child = amina(world)
    for _ in range(8):
        put_in(world, child, "going_on")
        world.says(child, answer)
    assert "over_budget" not in world.dispositions(child)
    assert world.tasks(child) == []


@pytest.mark.parametrize(
    ("said", "automatic"),
    [("I’m Driving!", True), ("AUTOMATIC REPLY: I am out of the office", True),
     ("Auto-reply", True), ("my dad was driving", False), ("hes driving me mad", False),
     ("", False)],
)  # fmt: skip
def test_what_reads_as_automatic(said: str, automatic: bool) -> None:
    assert is_automatic(plain(said)) is automatic
