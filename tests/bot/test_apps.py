"""Young people with several addresses: the same phone on another app, shared phones, links."""

from datetime import date
from uuid import UUID

import pytest

from bot.addresses import contacts_list, ending_of, enter_contact, mark_reachable, use_contact
from bot.escalations import NotPossible
from bot.links import link_sender
from storage import people
from storage.bindings import add_token
from storage.person_details import Details, save_details
from storage.tables import AuditEntry, ContactAddress, Message, SenderLink, YoungPerson
from tests.bot.apps import (
    CHANNELS,
    STRANGER,
    add_contact,
    contact_at,
    contacts_of,
    in_use,
    three,
    who_wrote,
    write,
)
from tests.bot.cast import AMINA_NUMBER, ade, amina, dee, make_guarded, put_question
from tests.bot.detector import DANGER
from tests.bot.together import at_once
from tests.bot.world import Child, World

CHAT = STRANGER["telegram"]


def token_for(world: World, child: Child, token: str, *, by: UUID | None = None) -> None:
    now = world.service.clock.machine_now()
    with world.service.database.write() as session:
        expires_at = now.replace(year=now.year + 1)
        add_token(session, token, child.id, "telegram", by, now, expires_at)


def everybody(world: World) -> list[YoungPerson]:
    return world.rows(YoungPerson)


# --- the same number on another app ---


def test_the_same_number_on_another_app_goes_on_as_somebody_unchecked(world: World) -> None:
    phones = three(world)
    child = amina(world, "safe_now", check_word="marigold")

    write(world, "whatsapp", AMINA_NUMBER, "yes")
    world.wait(seconds=90)

    assert [each.id for each in everybody(world)] == [child.id]
    assert world.conversation(child).contact == "unverified"
    assert in_use(world, child).channel == "whatsapp"
    exposures = {each.exposure for each in world.messages(child, "out")}
    assert exposures
    assert "case" not in exposures
    assert phones["whatsapp"].bodies(AMINA_NUMBER) != []
    assert phones["sms"].bodies(AMINA_NUMBER) == []


@pytest.mark.parametrize("channel", CHANNELS[1:])
def test_guarded_stays_guarded_wherever_they_write(world: World, channel: str) -> None:
    phones = three(world)
    dee(world)
    child = amina(world)
    address = AMINA_NUMBER if channel == "whatsapp" else CHAT
    if channel == "telegram":
        add_contact(world, child, channel, address)
    make_guarded(world, child)

    write(world, channel, address, DANGER)
    world.wait(seconds=90)

    assert world.conversation(child).contact == "guarded"
    exposures = {each.exposure for each in world.messages(child, "out")}
    assert exposures <= {"bland"}
    assert "999" not in " ".join(phones[channel].bodies(address))
    assert phones["sms"].bodies(AMINA_NUMBER) == []


def test_back_on_the_number_that_was_confirmed_they_are_known_again(sqlite_world: World) -> None:
    three(sqlite_world)
    child = amina(sqlite_world)
    write(sqlite_world, "whatsapp", AMINA_NUMBER)
    assert sqlite_world.conversation(child).contact == "unverified"

    write(sqlite_world, "sms", AMINA_NUMBER)

    assert sqlite_world.conversation(child).contact == "open"
    assert in_use(sqlite_world, child).channel == "sms"


def test_a_shared_phone_on_another_app_is_whoever_was_in_touch_on_it_and_still_shared(
    world: World,
) -> None:
    three(world)
    child = amina(world)
    sister = amina(world)
    with world.service.database.write() as session:
        for each in world.rows(ContactAddress):
            each.shared = True
            session.add(session.merge(each))
    write(world, "whatsapp", "+447700900188", "not from the shared phone")
    put_question(world, sister, "safe_now")
    # She writes from a phone of her own, which says nothing about the shared one.
    add_contact(world, child, "sms", "+447700900177")
    write(world, "sms", "+447700900177", "hi")

    write(world, "whatsapp", AMINA_NUMBER, "hi")

    contact = contact_at(world, "whatsapp", AMINA_NUMBER)
    assert (contact.young_person_id, contact.shared, contact.confirmed) == (sister.id, True, False)
    assert world.conversation(sister).contact == "unverified"


def test_two_first_messages_at_once_on_two_apps_are_one_person(world: World) -> None:
    three(world)
    at_once(4, lambda number: write(world, ("sms", "whatsapp")[number % 2], "+447700900150"))

    assert len(everybody(world)) == 1
    assert len(world.rows(ContactAddress)) == 2
    assert len(world.rows(Message, Message.direction == "in")) == 4


def test_two_apps_of_somebody_known_at_once_stay_one_person(world: World) -> None:
    three(world)
    child = amina(world)
    at_once(4, lambda number: write(world, ("sms", "whatsapp")[number % 2], AMINA_NUMBER))

    assert [each.id for each in everybody(world)] == [child.id]
    assert len(world.messages(child)) == 4


# --- links that a worker gave ---


def test_a_link_binds_a_chat_and_what_was_written_there_before(world: World) -> None:
    three(world)
    staff = ade(world)
    child = amina(world)
    write(world, "telegram", CHAT, "hello?")
    world.run()
    before = who_wrote(world, "telegram", CHAT)
    token_for(world, child, "good", by=staff.id)

    write(world, "telegram", CHAT, "/start", token="good")

    (link,) = world.rows(SenderLink)
    assert (link.provisional_id, link.young_person_id) == (before.id, child.id)
    assert contact_at(world, "telegram", CHAT).young_person_id == child.id
    assert in_use(world, child).channel == "telegram"
    assert world.conversation(child).contact == "open"


def test_a_link_that_was_used_binds_no_stranger(world: World) -> None:
    three(world)
    child = amina(world)
    token_for(world, child, "good", by=ade(world).id)
    write(world, "telegram", CHAT, "/start", token="good")

    write(world, "telegram", "700900199", "/start", token="good")

    stranger = who_wrote(world, "telegram", "700900199")
    assert stranger.id != child.id
    assert world.conversation(stranger).contact == "unverified"
    assert in_use(world, child).id == contact_at(world, "telegram", CHAT).id


def test_a_link_that_many_use_at_once_binds_one(world: World) -> None:
    three(world)
    child = amina(world)
    token_for(world, child, "good", by=ade(world).id)

    at_once(4, lambda number: write(world, "telegram", f"70090018{number}", "/start", token="good"))

    assert len(contacts_of(world, child)) == 2
    assert len(everybody(world)) == 4


def test_a_link_that_another_child_uses_makes_the_phone_a_shared_one(world: World) -> None:
    three(world)
    child, sister = amina(world), amina(world, number="+447700900103")
    add_contact(world, sister, "telegram", CHAT)
    write(world, "telegram", CHAT, "hi")
    assert world.conversation(sister).contact == "open"
    token_for(world, child, "good", by=ade(world).id)

    write(world, "telegram", CHAT, "/start", token="good")

    both = [each for each in world.rows(ContactAddress) if each.channel == "telegram"]
    assert [each.shared for each in both] == [True, True]
    assert world.conversation(child).contact == world.conversation(sister).contact == "unverified"


def test_a_link_for_an_unknown_sender_follows_them_when_they_are_known(world: World) -> None:
    three(world)
    staff = ade(world)
    child = amina(world)
    write(world, "sms", STRANGER["sms"], "hi")
    world.run()
    sender = who_wrote(world, "sms", STRANGER["sms"])
    token_for(world, sender, "good", by=staff.id)
    link_sender(
        world.service, sender.id, child.id, staff, confirmed=False, reason="She told me in person"
    )

    write(world, "telegram", CHAT, "/start", token="good")

    assert contact_at(world, "telegram", CHAT).young_person_id == child.id


def test_a_conversation_that_moved_has_its_next_texts_there(world: World) -> None:
    phones = three(world)
    child = amina(world, "safe_now")
    token_for(world, child, "good", by=ade(world).id)
    put_question(world, child, "busy")
    put_question(world, child, "safe_now")

    write(world, "telegram", CHAT, "/start", token="good")
    world.wait(seconds=90)
    write(world, "telegram", CHAT, "yes")
    world.wait(seconds=90)

    assert phones["telegram"].bodies(CHAT) != []
    later = [each for each in world.messages(child, "out")[2:] if each.channel != "telegram"]
    assert later == []
    # What was queued for the old phone went there, or was dropped because it asks.
    states = {entry.message_id: entry.state for entry in world.outbox(child)}
    said, asked = world.messages(child, "out")[:2]
    assert states[said.id] in ("sent", "dropped")
    assert states[asked.id] in ("sent", "dropped")


# --- what people enter ---


def born(world: World, child: Child, year: int) -> None:
    with world.service.database.write() as session:
        person = people.young_person(session, child.id)
        save_details(session, world.service.vault, person, Details(born_on=date(year, 5, 30)))


def test_addresses_are_listed_without_being_shown(world: World) -> None:
    child = amina(world)
    staff = ade(world)
    world.wait(minutes=1)
    contact_id = enter_contact(world.service, child.id, "sms", "07700 900188", "command", staff)
    world.text("+447700900188", "hi")

    first, second = contacts_list(world.service, child.id)

    assert (first.ending, first.is_used, first.heard_at) == ("101", False, None)
    assert (second.id, second.ending, second.confirmed) == (contact_id, "188", True)
    assert second.is_used
    assert second.heard_at is not None
    (entry,) = world.rows(AuditEntry, AuditEntry.action == "enter contact")
    assert entry.detail == {"young_person": str(child.id), "confirmed_by": str(staff.id)}


@pytest.mark.parametrize(
    ("address", "ending"),
    [("+447700900101", "101"), ("12345", "45"), ("123", "3"), ("7", ""), ("", "")],
)
def test_never_half_of_an_address_is_shown(address: str, ending: str) -> None:
    assert ending_of(address) == ending


def test_whatsapp_is_from_13_on(world: World) -> None:
    child = amina(world)
    for year, said in ((None, "date of birth"), (2015, "younger")):
        if year is not None:
            born(world, child, year)
        with pytest.raises(NotPossible, match=said):
            enter_contact(world.service, child.id, "whatsapp", AMINA_NUMBER, "command", None)
    born(world, child, 2012)

    enter_contact(world.service, child.id, "whatsapp", AMINA_NUMBER, "command", None)
    assert [each.channel for each in contacts_of(world, child)].count("whatsapp") == 1

    # Entered too old by mistake, and put right: it is not used.
    born(world, child, 2015)
    contact = contact_at(world, "whatsapp", AMINA_NUMBER)
    with pytest.raises(NotPossible, match="younger"):
        use_contact(world.service, child.id, contact.id, "command")


def test_what_cannot_be_entered_is_said(world: World) -> None:
    child = amina(world)
    for channel, phone, said in (
        ("sms", AMINA_NUMBER, "already"),
        ("sms", "0800", "number"),
        ("telegram", "700900152", "sms or whatsapp"),
    ):
        with pytest.raises(NotPossible, match=said):
            enter_contact(world.service, child.id, channel, phone, "command", None)
    assert len(contacts_of(world, child)) == 1


def test_a_number_that_is_entered_for_two_is_shared(world: World) -> None:
    child, sister = amina(world), amina(world, number="+447700900103")

    enter_contact(world.service, child.id, "sms", "+447700900103", "command", ade(world))

    assert [each.shared for each in contacts_of(world, sister)] == [True]
    assert world.conversation(sister).contact == "unverified"
    assert world.conversation(child).contact == "open"


@pytest.mark.parametrize(
    ("confirmed", "contact", "after"),
    [
        (True, "open", "open"),
        (False, "open", "unverified"),
        (True, "unverified", "open"),
        (True, "guarded", "guarded"),
    ],
)
def test_a_conversation_is_moved_by_a_person_and_stays_as_safe(
    world: World, confirmed: bool, contact: str, after: str
) -> None:
    child = amina(world, contact=contact)
    other = add_contact(world, child, "sms", "+447700900188", confirmed=confirmed)

    use_contact(world.service, child.id, other.id, "command")

    assert in_use(world, child).id == other.id
    assert world.conversation(child).contact == after
    with pytest.raises(NotPossible, match="not an address"):
        use_contact(world.service, child.id, child.id, "command")


def test_a_person_notes_what_cannot_be_reached_and_what_can_again(world: World) -> None:
    child = amina(world)
    (contact,) = contacts_of(world, child)
    for reachable in (False, True):
        mark_reachable(world.service, child.id, contact.id, "command", reachable=reachable)
        (found,) = contacts_list(world.service, child.id)
        assert found.reachable is reachable
