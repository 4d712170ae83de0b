"""An escalation of an unknown sender, and what is sent, once somebody knows who it is."""

import pytest

from bot.escalations import acknowledge
from bot.inbox import escalation_version, list_version, read_escalation, summaries
from storage.escalations import risk_is_open
from storage.tables import (
    Staff,
)
from tests.bot.cast import (
    MAX_NUMBER,
    ade,
    amina,
    dee,
    make_guarded,
)
from tests.bot.detector import DANGER, HARM
from tests.bot.linking import link, stranger
from tests.bot.world import World


@pytest.fixture
def advocate(world: World) -> Staff:
    return ade(world)


def test_an_open_escalation_keeps_its_life_and_says_whose_it_is(
    world: World, advocate: Staff
) -> None:
    duty = dee(world)
    child, sender = amina(world), stranger(world, DANGER)
    (before,) = summaries(world.service)
    version = escalation_version(world.service, before.id)
    assert not before.linked

    link(world, sender, child, advocate)
    world.text(child, "he is still here")
    world.run()

    detail = read_escalation(world.service, before.id, "command")
    assert detail is not None
    assert detail.summary.linked
    assert detail.young_person == "Amina Yusuf"
    assert detail.because[0].message == DANGER
    texts = [each.text for each in detail.messages if each.direction == "in"]
    assert texts == [DANGER, "he is still here"]
    assert escalation_version(world.service, before.id) != version
    with world.reading() as session:
        assert risk_is_open(session, child.id)

    acknowledge(world.service, before.id, duty)
    # They are told where their conversation is now, in their interview.
    told = world.messages(child, "out")[-1]
    assert (told.text_key, told.interview_id) == ("person_read", world.interview(child).id)


def test_an_escalation_of_theirs_shows_what_they_wrote_before(
    world: World, advocate: Staff
) -> None:
    dee(world)
    child, sender = amina(world), stranger(world, "its me")
    link(world, sender, child, advocate)
    world.text(child, HARM)

    (found,) = summaries(world.service)
    detail = read_escalation(world.service, found.id, "command")

    assert detail is not None
    assert not detail.summary.linked
    seen = [(each.text, each.written) for each in detail.messages if each.direction == "in"]
    assert seen == [("its me", "before_known"), (HARM, "")]


def test_while_the_young_person_is_not_safe_nothing_is_told_anywhere(
    world: World, advocate: Staff
) -> None:
    duty = dee(world)
    child, sender = amina(world), stranger(world, DANGER)
    (found,) = summaries(world.service)
    before = list_version(world.service)
    link(world, sender, child, advocate)
    make_guarded(world, child)
    heard = world.heard(MAX_NUMBER)

    (summary,) = summaries(world.service)
    assert not summary.contact_is_safe
    assert list_version(world.service) != before
    world.wait(minutes=11)
    acknowledge(world.service, found.id, duty)
    world.run()

    assert world.heard(MAX_NUMBER) == heard
    assert world.heard(child) == []


def test_linking_to_somebody_who_is_not_safe_stops_what_still_waits(
    world: World, advocate: Staff
) -> None:
    child, sender = amina(world), stranger(world)
    make_guarded(world, child)

    link(world, sender, child, advocate)

    assert world.conversation(sender).contact == "guarded"
    world.text(MAX_NUMBER, "hi")
    assert world.conversation(child).contact == "guarded"
