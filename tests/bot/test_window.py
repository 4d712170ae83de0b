"""WhatsApp takes free words for a day; after it a template, another phone, or a person (F-31)."""

from datetime import timedelta

import pytest

from bot.prompts import prompt
from bot.window import FREE_WORDS_FOR
from dialogs.texts import load, reply
from storage.contacts import contact_of
from storage.tables import Offer, RelatedMessage
from tests.bot.cast import ade, amina, make_guarded, put_question, staff
from tests.bot.entering import AGREED, enter
from tests.bot.phone import FakePhone, Fault
from tests.bot.prompting import put_in
from tests.bot.sending import other_address, send, states, with_channels, wrote_at
from tests.bot.world import START, Child, World

HELLO = reply("whatsapp_hello", {"service": "the Listen Line"}).body
SMS = "+447700900155"
CLOSED = Fault("refuse", retry="template", trouble="outside_window", code="63016")


def on_whatsapp(world: World, *, template: bool, sms: bool = False) -> Child:
    """Amina writes by WhatsApp; ``sms``: a number of hers was checked too."""
    with_channels(world, FakePhone("whatsapp"), FakePhone("sms"), template=template)
    child = _on_whatsapp(world)
    wrote_at(world, child, START)
    if sms:
        other_address(world, child, "sms", SMS)
    return child


def _on_whatsapp(world: World) -> Child:
    whatsapp = world.service.channels["whatsapp"]
    both = world.service.channels
    object.__setattr__(world.service, "channels", {"whatsapp": whatsapp})
    child = amina(world)
    object.__setattr__(world.service, "channels", both)
    return child


def text_phone(world: World) -> FakePhone:
    phone = world.service.channels["sms"]
    assert isinstance(phone, FakePhone)
    return phone


def channel_now(world: World, child: Child) -> str:
    with world.reading() as session:
        return contact_of(session, world.conversation(child)).channel


def remind(world: World, child: Child) -> None:
    """A day of silence has passed, so that a reminder is due; outside the day of free words."""
    ade(world)
    with world.service.database.write() as session:
        interview = world.interview(child)
        interview.invited_at = START
        session.add(interview)
    world.wait(days=1, seconds=1)


def test_inside_the_day_free_words_go(sqlite_world: World) -> None:
    world = sqlite_world
    child = on_whatsapp(world, template=True)
    put_question(world, child, "going_on")
    world.clock.move(FREE_WORDS_FOR - timedelta(seconds=1))
    send(world)
    assert len(world.heard(child)) == 1
    assert world.phone.accepted[0].outbound.template is False


def test_outside_it_a_prompt_is_the_template_word_for_word(world: World) -> None:
    child = on_whatsapp(world, template=True, sms=True)
    # With nobody on duty, an alarm would go to those who manage it by text.
    staff(world, "Dee Okafor", "duty_worker", "+447700900901")
    remind(world, child)

    (sent,) = world.phone.accepted
    assert (sent.body, sent.outbound.template) == (HELLO, True)
    message = world.messages(child, "out")[-1]
    assert (message.text_key, message.question) == ("whatsapp_hello", "hello")
    (offer,) = world.rows(Offer)
    assert (offer.kind, offer.message_id, offer.outcome) == ("reminder", message.id, None)
    assert text_phone(world).tried == []


@pytest.mark.parametrize(("said", "state"), [("yes", "just_you"), ("no", "declined")])
def test_a_yes_and_a_no_to_the_template_are_heard_as_to_any_invitation(
    sqlite_world: World, said: str, state: str
) -> None:
    world = sqlite_world
    child = on_whatsapp(world, template=True)
    remind(world, child)
    world.text(child.address, said, channel="whatsapp")
    world.wait(seconds=25)
    assert world.interview(child).state == state


def test_without_a_template_a_prompt_goes_to_a_checked_number(sqlite_world: World) -> None:
    world = sqlite_world
    child = on_whatsapp(world, template=False, sms=True)
    remind(world, child)

    assert world.phone.tried == []
    assert len(text_phone(world).bodies(SMS)) == 1
    assert channel_now(world, child) == "sms"
    assert world.conversation(child).contact == "open"


def test_without_both_it_is_a_task_and_an_offer_that_did_not_leave(sqlite_world: World) -> None:
    world = sqlite_world
    child = on_whatsapp(world, template=False)
    remind(world, child)

    assert world.tasks(child) == ["outside_window"]
    assert world.phone.tried == []
    (offer,) = world.rows(Offer)
    assert (offer.message_id, offer.outcome) == (None, "outside_window")


def test_a_prompt_whose_day_ends_while_it_waits_becomes_the_template_once(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    with_channels(world, FakePhone("whatsapp"), template=True)
    ade(world)
    child = enter(world, AGREED, channel="whatsapp")
    wrote_at(world, child, START)
    send(world)
    assert len(world.phone.accepted) == 1

    put_in(world, child, "not_started")
    with world.service.database.write() as session:
        texts = [reply("hello", {}), reply("m2", {}), reply("hello_plain", {})]
        conversation = world.conversation(child)
        interview = world.interview(child)
        now = world.clock.now
        prompt(world.service, session, conversation, interview, "invitation", texts, now, "test")
    wrote_at(world, child, START - timedelta(days=1))
    send(world)
    send(world)
    assert [each.body for each in world.phone.accepted[1:]] == [HELLO]
    newest = world.messages(child, "out")[-1]
    assert sorted(world.rows(Offer), key=lambda each: each.seq)[-1].message_id == newest.id


@pytest.mark.parametrize("sms", [True, False])
def test_what_whatsapp_refuses_takes_another_way_once(sqlite_world: World, sms: bool) -> None:
    world = sqlite_world
    child = on_whatsapp(world, template=True, sms=sms)
    world.phone.always = CLOSED
    put_question(world, child, "going_on")
    text_phone(world).always = CLOSED
    world.run()
    world.wait(hours=5)

    assert len(world.phone.tried) == 1
    assert len(text_phone(world).tried) == (1 if sms else 0)
    assert world.tasks(child) == ["outside_window"]
    assert set(states(world, child)) == {"failed"}


def test_a_template_that_is_refused_goes_as_a_text_and_comes_not_back(sqlite_world: World) -> None:
    world = sqlite_world
    child = on_whatsapp(world, template=True, sms=True)
    world.phone.always = CLOSED
    remind(world, child)

    assert world.phone.tried == [HELLO]
    assert text_phone(world).bodies(SMS) == [HELLO]
    assert world.rows(Offer)[0].message_id == world.messages(child, "out")[-1].id


def test_a_safety_reply_outside_the_day_goes_by_text_or_to_a_person(sqlite_world: World) -> None:
    world = sqlite_world
    lonely = on_whatsapp(world, template=True)
    wrote_at(world, lonely, None)
    put_question(world, lonely, "danger")
    send(world)
    assert world.kinds(world.escalation(lonely))[0] == "undelivered"
    assert world.tasks(lonely) == ["outside_window"]
    assert world.phone.tried == []

    other_address(world, lonely, "sms", SMS)
    put_question(world, lonely, "numbers")
    world.run()
    assert len(text_phone(world).bodies(SMS)) == 1


def test_a_guarded_conversation_goes_nowhere_else(sqlite_world: World) -> None:
    world = sqlite_world
    child = on_whatsapp(world, template=False, sms=True)
    put_question(world, child, "bland_close")
    make_guarded(world, child)
    wrote_at(world, child, None)
    send(world)

    assert text_phone(world).tried == []
    assert channel_now(world, child) == "whatsapp"
    assert world.rows(RelatedMessage) == []
    assert world.tasks(child) == ["outside_window"]


def test_the_template_says_what_the_invitation_asks() -> None:
    line, hello = load().lines["whatsapp_hello"], load().lines["hello_plain"]
    assert (line.asks, line.exposure) == (hello.asks, "bland")
