"""Whose message it is: unknown numbers, shared phones, pictures, pins and opt-outs (F-23, F-30)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.channels import Media, Pin
from bot.receive import receive
from bot.sweep import sweep_unread
from storage import contacts, people
from storage import messages as words
from storage.tables import ContactAddress, YoungPerson
from tests.bot.cast import AMINA_NUMBER, MAX_NUMBER, amina, dee, outsider, put_question
from tests.bot.detector import DANGER, HARM
from tests.bot.together import at_once
from tests.bot.world import START, World, inbound

PIN = Pin("51.5007", "-0.1246", "by the bridge")


def test_an_unknown_sender_becomes_a_provisional_person_with_a_key_of_their_own(
    world: World,
) -> None:
    child = amina(world)
    world.text(MAX_NUMBER, "who is this")

    max_ = outsider(world)
    (message,) = world.messages(max_)
    (person,) = world.rows(YoungPerson, YoungPerson.id == max_.id)
    assert person.provisional
    assert words.body_of(world.service.vault, message) == "who is this"
    assert world.conversation(max_).contact == "unverified"
    assert world.service.vault.store.cipher(max_.id) is not world.service.vault.store.cipher(
        child.id
    )


def test_an_unknown_sender_hears_one_neutral_text_a_day_and_a_person_is_to_look(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    amina(world)
    for hours in (0, 1, 22):
        world.wait(hours=hours)
        world.text(MAX_NUMBER, "hello?")
        world.run()
    max_ = outsider(world)

    (told,) = world.heard(MAX_NUMBER)
    assert "999" in told
    assert not {"Amina", "missing", "interview"} & set(told.split())
    assert world.dispositions(max_) == ["unknown_sender"] * 3
    assert world.tasks(max_) == ["link_sender"]

    world.wait(hours=2)
    world.text(MAX_NUMBER, "hello?")
    world.run()
    assert len(world.heard(MAX_NUMBER)) == 2


def test_an_unknown_sender_is_screened_like_anybody(world: World) -> None:
    dee(world)
    world.text(MAX_NUMBER, DANGER)
    world.run()

    found = world.escalation(outsider(world))
    assert (found.priority, found.interview_id) == (1, None)
    assert "999" in world.heard(MAX_NUMBER)[0]


def test_two_first_messages_at_once_make_one_person(world: World) -> None:
    at_once(4, lambda number: world.text(MAX_NUMBER, f"text {number}"))

    assert len(world.rows(YoungPerson)) == len(world.rows(ContactAddress)) == 1
    assert len(world.messages(outsider(world))) == 4


def test_a_text_from_a_shared_phone_belongs_to_whoever_was_written_to_last(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    first = amina(world, "going_on")
    second = amina(world, "going_on", contact="unverified")
    put_question(world, first, "going_on")
    put_question(world, second, "recheck")
    world.text(AMINA_NUMBER, "hello")
    assert (len(world.messages(first)), len(world.messages(second))) == (0, 1)

    put_question(world, first, "going_on")
    world.text(AMINA_NUMBER, "hello")
    assert (len(world.messages(first)), len(world.messages(second))) == (1, 1)


@pytest.mark.parametrize(
    ("media", "key"), [("picture", "picture"), ("voice", "voice"), ("other", "media_other")]
)
def test_media_is_told_to_a_person_and_never_opened(
    sqlite_world: World, media: Media, key: str
) -> None:
    world = sqlite_world
    child = amina(world)
    dee(world)
    world.text(child, "", media=(media,))
    world.run()

    found = world.escalation(child)
    assert (found.priority, world.codes(found)) == (2, {"TEC"})
    assert key in world.keys_sent(child)
    assert world.dispositions(child) == ["media"]
    (message,) = world.messages(child)
    assert (message.kind, message.media) == ("media", media)


def test_words_beside_a_picture_are_screened_and_obeyed(world: World) -> None:
    child = amina(world)
    dee(world)
    world.text(child, "busy", media=("picture",))
    world.run()

    assert world.conversation(child).contact == "guarded"
    assert world.keys_sent(child) == ["busy"]

    world.text(child, HARM, media=("picture",))
    assert world.codes(world.escalation(child)) == {"TEC", "ABU"}


def test_words_beside_a_picture_answer_the_question(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    world.text(child, "")
    receipt = world.text(child, "we went to the sea", media=("picture",))
    world.run()
    from storage.answers import answers_of

    with world.reading() as session:
        answers = answers_of(session, world.interview(child).id)
    assert receipt.message_id in {each.id for _, found in answers for each in found}
    assert world.dispositions(child)[1] == "media"


@pytest.mark.parametrize(("risk_is_open", "priority"), [(False, 2), (True, 1)])
def test_a_pin_is_kept_as_words_and_pages_sooner_with_a_risk_open(
    world: World, risk_is_open: bool, priority: int
) -> None:
    child = amina(world)
    dee(world)
    if risk_is_open:
        world.text(child, HARM)
    world.text(child, "here", pin=PIN)

    message = world.messages(child)[-1]
    found = world.escalation(child)
    assert words.body_of(world.service.vault, message) == ("here\n51.5007, -0.1246\nby the bridge")
    assert message.kind == "pin"
    assert found.priority == priority
    assert "TEC" in world.codes(found)
    world.run()
    assert world.dispositions(child)[-1] == "media"


@pytest.mark.parametrize("risk_is_open", [False, True])
def test_an_opt_out_is_a_persons_task_and_never_the_end_of_an_interview(
    world: World, risk_is_open: bool
) -> None:
    child = amina(world)
    dee(world)
    if risk_is_open:
        world.text(child, HARM)
        world.run()
    world.text(child, "STOP", opt_out=True)
    world.run()

    assert "opted_out" in world.tasks(child)
    assert world.interview(child).state != "finished"
    with world.reading() as session:
        contact = contacts.contact_of(session, people.conversation_of(session, child.id))
    assert contact.unreachable_at == START
    kinds = [kind for found in world.escalations(child) for kind in world.kinds(found)]
    assert ("opted_out" in kinds) is risk_is_open


def test_somebody_who_writes_again_can_be_reached_again(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    world.text(child, "STOP", opt_out=True)
    world.text(child, "hi")

    with world.reading() as session:
        contact = contacts.contact_of(session, people.conversation_of(session, child.id))
    assert contact.unreachable_at is None


def test_a_text_after_the_end_is_screened_kept_and_answered(world: World) -> None:
    child = amina(world, "finished", goodbye_said=True)
    dee(world)
    world.text(child, "thanks")
    world.run()
    assert world.dispositions(child) == ["after_end"]

    world.text(child, DANGER)
    world.run()
    assert world.escalation(child).priority == 1
    assert "danger" in world.keys_sent(child)


@pytest.mark.parametrize(
    "state",
    ["not_started", "hello", "check_word", "just_you", "way", "safe_now", "going_on", "busy",
     "paused", "recheck", "declined", "finished", "closed_unsafe", "after_disclosure"],
)  # fmt: skip
def test_every_state_is_screened(sqlite_world: World, state: str) -> None:
    child = amina(sqlite_world, state)
    sqlite_world.text(child, DANGER)

    assert sqlite_world.escalation(child).priority == 1


def test_an_answer_is_screened_with_the_question_that_was_accepted(world: World) -> None:
    child = amina(world, "safe_now")
    put_question(world, child, "safe_now")
    world.run()
    world.text(child, "no")

    assert world.detector.heard[-1][1] == {"safe_now"}
    assert world.codes(world.escalation(child)) == {"IMM"}


def test_an_answer_during_a_send_is_screened_against_both_questions(world: World) -> None:
    child = amina(world, "going_on")
    put_question(world, child, "safe_now")
    world.run()
    put_question(world, child, "going_on")
    said = list[UUID]()
    world.phone.meanwhile = lambda: said.append(world.text(child, "no").message_id)
    world.run()

    assert world.detector.heard[-1][1] == {"safe_now", "going_on"}
    message = world.messages(child)[-1]
    assert (message.question, message.question_in_flight) == ("safe_now", "going_on")


def test_after_a_risk_the_detector_is_told_so(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    sqlite_world.text(child, HARM)
    sqlite_world.text(child, "help")

    assert [after_risk for _, _, after_risk in sqlite_world.detector.heard] == [False, True]


def test_a_message_without_a_disposition_is_escalated_once_after_two_minutes(world: World) -> None:
    child = amina(world)
    dee(world)
    world.text(child, "hm")
    assert isinstance(START, type(world.clock.machine_now()))
    world.clock.move(timedelta(seconds=120))
    assert sweep_unread(world.service) == 0
    world.clock.move(timedelta(seconds=1))

    at_once(2, lambda _: sweep_unread(world.service))
    sweep_unread(world.service)

    found = world.escalation(child)
    assert (found.priority, world.kinds(found)) == (2, ["unread"])
    world.run()
    assert world.dispositions(child) == ["turn"]


def test_sixteen_young_people_at_once_are_all_kept_apart(world: World) -> None:
    numbers = [f"+4477009003{index:02}" for index in range(16)]
    children = [amina(world, number=number) for number in numbers]
    at_once(16, lambda index: receive(world.service, inbound(numbers[index], DANGER)))
    world.run()

    assert [world.dispositions(child) for child in children] == [["turn"]] * 16
    assert len({world.escalation(child).reference for child in children}) == 16


def test_a_call_says_nothing_of_where_they_want_to_read(sqlite_world: World) -> None:
    world = sqlite_world
    child = amina(world)
    world.text(child, "hello from the app", channel="whatsapp")
    there = world.conversation(child).contact_address_id

    world.text(child, "", media=("call",))

    assert world.conversation(child).contact_address_id == there
    assert "call_back" in world.tasks(child)


def test_a_text_that_was_fetched_late_does_not_bring_the_conversation_back(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    child = amina(world)
    world.text(child, "hello from the app", channel="whatsapp")
    there = world.conversation(child).contact_address_id

    an_hour_ago = START - timedelta(hours=1)
    receive(world.service, replace(inbound(child.address, "earlier"), sent_at=an_hour_ago))

    assert world.conversation(child).contact_address_id == there
    (contact,) = world.rows(ContactAddress, ContactAddress.channel == "sms")
    assert contact.last_in_at == an_hour_ago
