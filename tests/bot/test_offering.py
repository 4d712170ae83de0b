"""Offering again, several at once, and by which channel (docs/practice.md, offer and clock)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.first_text import Invitation, NotInvited, offer_again
from bot.invitations import NewEpisode, NotEntered, Wish, enter_episodes
from storage.tables import ContactAddress, MissingEpisode, Offer, ReturnInterview, YoungPerson
from tests.bot.cast import AMINA_NUMBER, MAX_NUMBER, ade
from tests.bot.entering import AGREED, AT_ONCE, at, enter, episode
from tests.bot.phone import FakePhone
from tests.bot.world import START, Child, World

TEEN: dict[str, Any] = {"born_on": date(2012, 5, 30)}


def outcomes(world: World) -> list[str | None]:
    return [each.outcome for each in sorted(world.rows(Offer), key=lambda each: each.seq)]


def with_whatsapp(world: World) -> FakePhone:
    whatsapp = FakePhone("whatsapp")
    channels = {**world.service.channels, "whatsapp": whatsapp}
    template = {"twilio_whatsapp_template_sid": f"HX{'0' * 32}"}
    settings = world.service.settings.model_copy(update=template)
    world.service = replace(world.service, channels=channels, settings=settings)
    return whatsapp


# --- every attempt is an offer ---


@pytest.mark.parametrize(
    ("details", "invitation", "settings", "outcome"),
    [
        ({}, Invitation(None), {}, "texting_not_agreed"),
        ({}, AGREED, {"allow_draft_script": False}, "draft_texts"),
        ({"born_on": date(2015, 1, 1)}, AGREED, {}, "person_first"),
        ({"needs_support": True}, AGREED, {}, "person_first"),
        ({"born_on": date(2008, 1, 1)}, AGREED, {}, "is_adult"),
    ],
)
def test_an_attempt_that_became_no_text_is_kept_with_its_reason(
    sqlite_world: World,
    details: dict[str, Any],
    invitation: Invitation,
    settings: dict[str, Any],
    outcome: str,
) -> None:
    world = sqlite_world
    ade(world)
    world.service = replace(world.service, settings=world.settings.model_copy(update=settings))
    with pytest.raises(NotInvited) as refused:
        enter(world, invitation, **details)

    (offer,) = world.rows(Offer)
    assert (offer.kind, offer.outcome, offer.message_id) == ("invitation", outcome, None)
    assert refused.value.refusal.code == outcome
    assert offer.interview_id == refused.value.interview_id


def test_one_that_joins_a_conversation_under_way_is_kept_too(sqlite_world: World) -> None:
    ade(sqlite_world)
    child = enter(sqlite_world, AGREED)
    enter(sqlite_world, AGREED, young_person_id=child.id, name=None, phone=None)

    assert outcomes(sqlite_world) == [None, "under_way"]


# --- offering again ---


def test_what_nobody_was_invited_to_is_offered_again(world: World) -> None:
    ade(world)
    child = enter(world)
    offer_again(world.service, world.interview(child).id, AGREED, "staff:x")
    world.run()

    assert world.keys_sent(child) == ["hello"]
    assert world.conversation(child).contact == "open", "somebody spoke with them"
    assert outcomes(world) == [None]


def test_offering_again_keeps_the_rules(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world, needs_support=True)
    interview = world.interview(child).id
    with pytest.raises(NotInvited):
        offer_again(world.service, interview, AGREED, "command")
    offer_again(world.service, interview, AGREED, "command", text_wanted=True)
    assert outcomes(world) == ["person_first", None]

    with pytest.raises(NotEntered, match="invited already"):
        offer_again(world.service, interview, AGREED, "command")
    with pytest.raises(NotEntered, match="no interview"):
        offer_again(world.service, uuid4(), AGREED, "command")
    with pytest.raises(NotEntered, match="nobody on the staff"):
        offer_again(world.service, interview, Invitation("who@example.org"), "command")


# --- several at once ---


def test_several_are_entered_together_and_invited_each_by_its_own_rules(world: World) -> None:
    ade(world)
    wishes = [
        Wish(episode(), AGREED),
        Wish(episode(name="Sami", phone=MAX_NUMBER, needs_support=True), AGREED),
        Wish(episode(name="Leo", phone="07700 900103")),
    ]
    entered = enter_episodes(world.service, wishes, "command")
    world.run()

    refusals = [each.refusal.code if each.refusal else None for each in entered]
    assert refusals == [None, "person_first", None]
    assert [bool(world.heard(number)) for number in (AMINA_NUMBER, MAX_NUMBER)] == [True, False]
    assert len(world.rows(MissingEpisode)) == 3
    assert world.audit_is_sound()


def test_one_that_cannot_be_entered_keeps_all_out(world: World) -> None:
    """The second row has the number of the first: that shows only while both are being written."""
    ade(world)
    wishes = [Wish(episode(), AGREED), Wish(episode(name="Sami"))]
    with pytest.raises(NotEntered, match="number is known"):
        enter_episodes(world.service, wishes, "command")

    tables = (YoungPerson, MissingEpisode, ReturnInterview, Offer)
    assert [world.rows(each) for each in tables] == [[]] * 4


def test_nothing_is_kept_of_somebody_who_was_refused(sqlite_world: World) -> None:
    """Not even a key: it is made when all that can be checked before is checked."""
    made: list[object] = []
    vault = sqlite_world.service.vault
    create = vault.store.create
    vault.store.create = made.append  # type: ignore[assignment,method-assign]
    try:
        with pytest.raises(NotEntered):
            enter(sqlite_world, phone="nonsense")
    finally:
        vault.store.create = create  # type: ignore[method-assign]
    assert made == []


# --- WhatsApp ---


def test_who_chose_whatsapp_is_invited_there(sqlite_world: World) -> None:
    world = sqlite_world
    whatsapp = with_whatsapp(world)
    ade(world)
    child = enter(world, AGREED, channel="whatsapp", **TEEN)
    world.run()

    (contact,) = world.rows(ContactAddress)
    assert contact.channel == "whatsapp"
    assert (len(whatsapp.bodies(AMINA_NUMBER)), world.heard(child)) == (1, [])


@pytest.mark.parametrize(
    ("born_on", "refused"),
    [(date(2013, 11, 20), False), (date(2013, 11, 21), True), (None, False)],
)
def test_whatsapp_is_for_thirteen_and_older(
    sqlite_world: World, born_on: date | None, refused: bool
) -> None:
    with_whatsapp(sqlite_world)
    if refused:
        with pytest.raises(NotEntered, match="13 and older"):
            enter(sqlite_world, channel="whatsapp", born_on=born_on)
        assert sqlite_world.rows(YoungPerson) == []
    else:
        enter(sqlite_world, channel="whatsapp", born_on=born_on)


def test_whatsapp_that_is_not_set_up_is_refused(sqlite_world: World) -> None:
    with pytest.raises(NotEntered, match="not set up"):
        enter(sqlite_world, channel="whatsapp", **TEEN)


def test_a_number_is_known_whatever_the_channel(sqlite_world: World) -> None:
    with_whatsapp(sqlite_world)
    child = enter(sqlite_world, channel="whatsapp", **TEEN)
    with pytest.raises(NotEntered, match=str(child.id)):
        enter(sqlite_world, name="Sami")


def test_the_channel_of_a_known_child_is_not_changed_in_passing(sqlite_world: World) -> None:
    with_whatsapp(sqlite_world)
    child = enter(sqlite_world, **TEEN)
    known: dict[str, Any] = {"young_person_id": child.id, "name": None, "phone": None}
    with pytest.raises(NotEntered, match="another channel"):
        enter(sqlite_world, channel="whatsapp", **known)
    enter(sqlite_world, channel="sms", **known)


# --- bank holidays, by service time ---


def test_boxing_days_substitute_is_a_day_without_lessons(sqlite_world: World) -> None:
    """Monday 28 December 2026, by a clock that was moved there: no need to wait for 15:30."""
    world = at(sqlite_world, "2026-12-28T10:00:00+00:00")
    ade(world)
    world.run()
    child = enter(world, AGREED)
    world.run()

    assert len(world.heard(child)) == 1


def test_st_andrews_day_is_scotlands(sqlite_world: World) -> None:
    world = at(sqlite_world, "2026-11-30T10:00:00+00:00")
    ade(world)
    child = enter(world, AGREED)
    (entry,) = world.outbox(child)
    assert entry.due_at - world.clock.now == timedelta(hours=5, minutes=30)

    scotland = world.settings.model_copy(update={"nation": "scotland"})
    world.service = replace(world.service, settings=scotland)
    second = enter(world, AGREED, name="Sami", phone=MAX_NUMBER)
    (entry,) = world.outbox(Child(second.id, MAX_NUMBER))
    assert entry.due_at == world.clock.now
    assert entry.due_at > START


def test_at_once_is_at_once(sqlite_world: World) -> None:
    world = at(sqlite_world, "2026-11-30T10:00:00+00:00")
    ade(world)
    child = enter(world, AT_ONCE)
    assert world.outbox(child)[0].due_at == world.clock.now


def test_a_new_episode_of_nobody_is_refused(sqlite_world: World) -> None:
    with pytest.raises(NotEntered, match="no young person"):
        enter_episodes(
            sqlite_world.service, [Wish(NewEpisode(START, young_person_id=uuid4()))], "command"
        )
