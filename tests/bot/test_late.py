"""A text that comes hours late is screened like any other, and answered with care."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.receive import Receipt, receive
from storage.tables import OutboxEntry
from tests.bot.cast import AMINA_NUMBER, MAX_NUMBER, amina, dee, outsider, put_question
from tests.bot.detector import DANGER, HARM
from tests.bot.world import Child, World, inbound

NIGHT = timedelta(hours=6)
"""From the afternoon at which a world begins to ten in the evening."""


def late(world: World, words: str, sender: str = AMINA_NUMBER, **ago: float) -> Receipt:
    """A text that was written so long ago comes now, and all that is due is done."""
    written = world.clock.machine_now() - timedelta(**ago)
    receipt = receive(world.service, replace(inbound(sender, words), sent_at=written))
    world.run()
    world.clock.move(timedelta(seconds=61))
    world.run()
    return receipt


def words_for_her(world: World, child: Child) -> list[str]:
    return [key for key in world.keys_sent(child) if key != "not_yet"]


@pytest.mark.parametrize("minutes", [5, 30, 180, 240])
def test_by_day_a_text_of_up_to_four_hours_is_answered(world: World, minutes: float) -> None:
    child = amina(world)

    late(world, "i went to a friends house", minutes=minutes)

    assert world.dispositions(child) == ["turn"]
    assert words_for_her(world, child)
    assert world.tasks(child) == []


def test_an_older_text_is_held_for_a_person_and_nothing_is_sent(world: World) -> None:
    child = amina(world)

    late(world, "i went to a friends house", hours=20)

    assert world.dispositions(child) == ["held"]
    assert world.keys_sent(child) == []
    assert world.tasks(child) == ["late_text"]
    assert world.escalations() == []


def test_an_old_disclosure_is_escalated_at_once_and_nothing_is_sent(world: World) -> None:
    child = amina(world)
    dee(world)

    late(world, DANGER, hours=20)
    world.wait(minutes=11)

    found = world.escalation(child)
    assert (found.priority, found.state) == (1, "raised")
    assert world.kinds(found)[0] == "hit"
    assert all(each.alert_id for each in world.rows(OutboxEntry)), "texts to Dee alone"
    assert world.keys_sent(child) == []
    assert world.tasks(child) == ["late_text"]


def test_who_writes_again_is_told_that_nobody_has_answered(world: World) -> None:
    child = amina(world)
    dee(world)
    late(world, DANGER, hours=20)

    world.wait(minutes=21)
    world.says(child, "hello?")

    assert "not_yet" in world.keys_sent(child)


def test_a_live_risk_that_is_older_than_a_late_text_still_makes_us_say_so(world: World) -> None:
    child = amina(world)
    dee(world)
    world.text(child, DANGER)
    world.wait(seconds=60)
    late(world, HARM, hours=20)

    world.wait(minutes=10)

    assert "not_yet" in world.keys_sent(child)


def test_at_night_half_an_hour_is_the_limit(world: World) -> None:
    child = amina(world)
    world.clock.move(NIGHT)

    late(world, "i went to a friends house", minutes=29)
    assert world.dispositions(child) == ["turn"]

    late(world, "it was ok there", minutes=31)
    assert world.dispositions(child) == ["turn", "held"]
    assert world.tasks(child) == ["late_text"]


def test_at_night_a_risk_of_up_to_four_hours_is_answered(world: World) -> None:
    child = amina(world)
    dee(world)
    world.clock.move(NIGHT)

    late(world, DANGER, hours=3)

    assert world.dispositions(child) == ["turn"]
    assert world.keys_sent(child)
    assert world.escalation(child).priority == 1


def test_a_text_that_could_not_be_screened_is_held_too_when_it_is_old(world: World) -> None:
    child = amina(world)
    dee(world)

    def broken() -> None:
        raise ZeroDivisionError

    world.detector.fault = broken
    late(world, "blah", hours=20)

    assert world.dispositions(child) == ["held"]
    assert world.kinds(world.escalation(child))[0] == "not_screened"
    assert world.keys_sent(child) == []


def test_an_old_text_of_somebody_unknown_is_to_be_linked(world: World) -> None:
    late(world, "hi its me", sender=MAX_NUMBER, hours=20)

    child = outsider(world)
    assert world.dispositions(child) == ["held"]
    assert world.tasks(child) == ["late_text", "link_sender"]
    assert world.heard(MAX_NUMBER) == []


def test_a_late_text_answers_the_question_that_stood_when_it_was_written(world: World) -> None:
    child = amina(world, "safe_now")
    put_question(world, child, "safe_now")
    world.run()
    world.wait(minutes=5)
    put_question(world, child, "going_on")
    world.run()
    world.wait(minutes=5)

    receive(
        world.service,
        replace(
            inbound(AMINA_NUMBER, "yes"),
            sent_at=world.clock.machine_now() - timedelta(minutes=7),
        ),
    )
    world.text(child, "i was out")

    first, second = world.messages(child)
    assert (first.question, first.question_in_flight) == ("safe_now", None)
    assert second.question == "going_on"
