"""Finding out who an unknown sender is: their words are read with the record they belong to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.escalations import NotPossible, acknowledge
from bot.inbox import escalation_version, list_version, read_escalation, summaries
from bot.links import link_sender, set_sender_aside, unlink_sender
from bot.tasks import open_tasks
from bot.transcripts import read_transcript
from bot.turns import take_due_turns
from storage import links, people
from storage import messages as words
from storage.escalations import risk_is_open
from storage.links import ids_of, linked_to
from storage.tables import (
    Answer,
    AuditEntry,
    HumanTask,
    Message,
    RelatedMessage,
    SenderLink,
    Staff,
)
from tests.bot.apps import add_contact, contact_at, contacts_of, in_use, three, write
from tests.bot.cast import (
    AMINA_NUMBER,
    MAX_NUMBER,
    _staff,
    ade,
    amina,
    dee,
    make_guarded,
    outsider,
)
from tests.bot.detector import DANGER, HARM
from tests.bot.entering import AGREED, enter
from tests.bot.together import at_once
from tests.bot.world import Child, World

REASON = "Her key worker knows the number"


@pytest.fixture
def advocate(world: World) -> Staff:
    return ade(world)


def manager(world: World) -> Staff:
    return _staff(world, "Mo Lindqvist", "manager", None)


def stranger(world: World, *said: str) -> Child:
    """Max's phone has written this, a minute apart, and everything was answered."""
    for each in said or ("its me",):
        world.text(MAX_NUMBER, each)
        world.run()
        world.wait(minutes=1)
    return outsider(world)


def link(
    world: World, sender: Child | UUID, child: Child | UUID, staff: Staff, **details: Any
) -> None:
    given: dict[str, Any] = {"confirmed": False, "reason": REASON} | details
    ids = [each if isinstance(each, UUID) else each.id for each in (sender, child)]
    link_sender(world.service, ids[0], ids[1], staff, **given)


def transcript(world: World, interview_id: UUID) -> list[tuple[str, str]]:
    """Inbound words of a transcript with what stands beside them."""
    found = read_transcript(world.service, interview_id, "command")
    assert found is not None
    return [(each.text, each.written) for each in found.messages if each.direction == "in"]


def test_linked_words_stand_in_order_of_time_in_the_interview(
    world: World, advocate: Staff
) -> None:
    child = amina(world)
    world.text(child, "first")
    world.run()
    world.wait(minutes=1)
    sender = stranger(world, "from a friends phone")
    world.text(child, "third")
    world.run()

    link(world, sender, child, advocate)

    assert transcript(world, world.interview(child).id) == [
        ("first", ""),
        ("from a friends phone", "before_known"),
        ("third", ""),
    ]
    with world.reading() as session:
        assert ids_of(session, child.id) == (child.id, sender.id)
        assert linked_to(session, sender.id) == child.id
        (message,) = words.conversation_messages(session, sender.id)[:1]
    # Nothing was moved: it opens under the key that it was sealed under.
    assert message.young_person_id == sender.id
    assert words.body_of(world.service.vault, message) == "from a friends phone"


def test_linked_words_answer_nothing_and_the_next_text_does(world: World, advocate: Staff) -> None:
    child = amina(world, "safe_now")
    sender = stranger(world, "yes im ok")
    link(world, sender, child, advocate)
    world.run()
    assert world.rows(Answer) == []

    world.text(MAX_NUMBER, "yes")
    world.run()

    assert [each.young_person_id for each in world.rows(Message)][-1] == child.id
    assert world.dispositions(child) == ["turn"]
    assert world.conversation(child).contact == "unverified"
    assert in_use(world, child).id == contact_at(world, "sms", MAX_NUMBER).id
    assert len(world.rows(Answer)) == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_only_what_a_person_confirmed_with_them_is_open(
    world: World, advocate: Staff, confirmed: bool
) -> None:
    child = amina(world)
    link(world, stranger(world), child, advocate, confirmed=confirmed)
    world.text(MAX_NUMBER, "hi")

    assert contact_at(world, "sms", MAX_NUMBER).confirmed is confirmed
    assert world.conversation(child).contact == ("open" if confirmed else "unverified")


def test_the_task_is_done_and_the_log_says_who_and_no_reason(world: World, advocate: Staff) -> None:
    child = amina(world)
    sender = stranger(world)
    assert [each.sender_id for each in open_tasks(world.service)] == [sender.id]

    link(world, sender, child, advocate, confirmed=True)

    (task,) = world.rows(HumanTask)
    assert (task.kind, task.done_by) == ("link_sender", advocate.id)
    assert open_tasks(world.service) == []
    (entry,) = world.rows(AuditEntry, AuditEntry.action == "link sender")
    assert entry.actor == f"staff:{advocate.id}"
    assert entry.subject == f"young_person:{sender.id}"
    assert entry.detail == {
        "young_person": str(child.id),
        "confirmed": "yes",
        "reason": "given",
    }
    assert world.audit_is_sound()


def test_words_belong_to_the_interview_that_was_current_then(
    sqlite_world: World, new_interview: Callable[[World, Child], UUID]
) -> None:
    world = sqlite_world
    staff = ade(world)
    sender = stranger(world, "before any")
    child = amina(world)
    first = world.interview(child).id
    world.wait(hours=1)
    stranger(world, "in the first")
    world.wait(hours=1)
    second = new_interview(world, child)
    world.wait(hours=1)
    stranger(world, "in the second")

    link(world, sender, child, staff)

    before = "before_known"
    assert transcript(world, first) == [("before any", before), ("in the first", before)]
    assert transcript(world, second) == [("in the second", before)]


def test_what_cannot_be_linked_is_said_and_changes_nothing(world: World, advocate: Staff) -> None:
    child, sender = amina(world), stranger(world)
    write(world, "sms", "+447700900109", "another")
    world.run()
    other = Child(contact_at(world, "sms", "+447700900109").young_person_id, "+447700900109")

    for sender_id, child_id, said in (
        (sender, sender, "to themselves"),
        (sender, other, "unknown sender too"),
        (sender, uuid4(), "no such young person"),
        (uuid4(), child, "no such sender"),
        (child, child, "who is known"),
    ):
        with pytest.raises(NotPossible, match=said):
            link(world, sender_id, child_id, advocate)
    with pytest.raises(NotPossible, match="how you know"):
        link(world, sender, child, advocate, reason="its her")
    assert world.rows(SenderLink) == []

    link(world, sender, child, advocate)
    with pytest.raises(NotPossible, match="already"):
        link(world, sender, child, advocate)


def test_nobody_is_linked_while_a_text_is_being_dealt_with(world: World, advocate: Staff) -> None:
    child, sender = amina(world), stranger(world)
    world.text(MAX_NUMBER, "and another thing")

    with pytest.raises(NotPossible, match="just now"):
        link(world, sender, child, advocate)

    world.run()
    link(world, sender, child, advocate)


def test_two_people_at_once_link_once(world: World, advocate: Staff) -> None:
    child, sender = amina(world), stranger(world)

    def try_to(_: int) -> bool:
        try:
            link(world, sender, child, advocate)
        except NotPossible:
            return False
        return True

    assert sorted(at_once(4, try_to)) == [False, False, False, True]
    assert len(world.rows(SenderLink)) == 1
    assert len(contacts_of(world, child)) == 2


def test_a_text_and_a_link_at_once_lose_nothing(world: World, advocate: Staff) -> None:
    child, sender = amina(world), stranger(world)

    def act(number: int) -> None:
        if number:
            world.text(MAX_NUMBER, f"text {number}")
            return
        try:
            link(world, sender, child, advocate)
        except NotPossible:
            return

    at_once(4, act)
    world.run()
    world.wait(seconds=90)

    assert "" not in world.dispositions(child) + world.dispositions(sender)
    assert len(world.messages(child) + world.messages(sender)) == 4


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


def test_a_number_that_another_child_has_is_shared_by_both(world: World, advocate: Staff) -> None:
    sender = stranger(world)
    child, sister = amina(world), amina(world, number="+447700900103")
    world.wait(minutes=1)
    # Entered for her sister after it wrote: a worker has said whose number it is.
    add_contact(world, sister, "sms", MAX_NUMBER)

    link(world, sender, child, advocate, confirmed=True)

    assert [each.shared for each in contacts_of(world, child)] == [False, True]
    assert [each.shared for each in contacts_of(world, sister)] == [False, True]
    # Both still have numbers of their own.
    assert world.conversation(sister).contact == world.conversation(child).contact == "open"


def test_every_app_of_the_sender_is_theirs(world: World, advocate: Staff) -> None:
    three(world)
    child = amina(world)
    sender = stranger(world)
    write(world, "whatsapp", MAX_NUMBER, "me again")
    world.run()

    link(world, sender, child, advocate)

    channels = sorted(each.channel for each in contacts_of(world, child))
    assert channels == ["sms", "sms", "whatsapp"]


def test_an_edit_of_what_was_written_before_is_an_edit(world: World, advocate: Staff) -> None:
    child = amina(world)
    write(world, "telegram", "700900152", "hi", provider_id="1")
    world.run()
    sender = Child(contact_at(world, "telegram", "700900152").young_person_id, "700900152")
    link(world, sender, child, advocate)

    write(world, "telegram", "700900152", "hii", edit_of="1")
    world.run()

    assert len(world.rows(RelatedMessage)) == 1
    assert world.dispositions(child) == ["edit"]


def test_a_manager_takes_a_wrong_link_back(world: World, advocate: Staff) -> None:
    child, sender = amina(world), stranger(world)
    link(world, sender, child, advocate, confirmed=True)
    world.text(MAX_NUMBER, "who is this")
    world.run()
    world.wait(seconds=30)

    unlink_sender(world.service, sender.id, manager(world), reason="It is her cousin writing")

    assert world.rows(SenderLink) == []
    assert [each.address_index for each in contacts_of(world, child)] == [
        contact_at(world, "sms", AMINA_NUMBER).address_index
    ]
    assert in_use(world, child).id == contacts_of(world, child)[0].id
    assert [each.sender_id for each in open_tasks(world.service)] == [sender.id]
    assert transcript(world, world.interview(child).id) == [("who is this", "not_theirs")]
    (entry,) = world.rows(AuditEntry, AuditEntry.action == "unlink sender")
    assert entry.detail == {"young_person": str(child.id), "reason": "given"}

    world.text(MAX_NUMBER, "hello?")
    world.run()
    assert len(world.messages(sender)) == 2
    link(world, sender, child, advocate)


def test_what_waits_for_a_number_that_is_not_theirs_never_leaves(
    world: World, advocate: Staff
) -> None:
    child, sender = amina(world), stranger(world)
    link(world, sender, child, advocate, confirmed=True)
    world.text(MAX_NUMBER, "hi")
    heard = world.heard(MAX_NUMBER)
    world.clock.move(timedelta(seconds=61))
    take_due_turns(world.service, "worker")
    assert [each.state for each in world.outbox(child)][-1] == "waiting"

    unlink_sender(world.service, sender.id, manager(world), reason="It is her cousin writing")
    world.run()

    assert world.heard(MAX_NUMBER) == heard
    assert {each.state for each in world.outbox(child)} == {"dropped"}


def test_a_number_that_was_entered_for_them_stays_theirs(world: World, advocate: Staff) -> None:
    sender, child = stranger(world), amina(world)
    add_contact(world, child, "sms", MAX_NUMBER, confirmed=False)
    world.wait(minutes=1)
    link(world, sender, child, advocate)
    unlink_sender(world.service, sender.id, manager(world), reason="Linked by a slip")

    assert contact_at(world, "sms", MAX_NUMBER).young_person_id == child.id


def test_only_a_manager_unlinks_and_only_what_is_linked(world: World, advocate: Staff) -> None:
    child, sender, mo = amina(world), stranger(world), manager(world)
    with pytest.raises(NotPossible, match="not linked"):
        unlink_sender(world.service, sender.id, mo, reason=REASON)
    link(world, sender, child, advocate)
    with pytest.raises(NotPossible, match="manager"):
        unlink_sender(world.service, sender.id, advocate, reason=REASON)
    with pytest.raises(NotPossible, match="why"):
        unlink_sender(world.service, sender.id, mo, reason="wrong")
    assert len(world.rows(SenderLink)) == 1


def test_an_advert_asks_nobody_again_until_it_says_something_to_look_at(world: World) -> None:
    staff = ade(world)
    dee(world)
    sender = stranger(world, "50% off")
    with pytest.raises(NotPossible, match="what this is"):
        set_sender_aside(world.service, sender.id, staff, reason="ad")

    set_sender_aside(world.service, sender.id, staff, reason="Adverts of a shop")
    stranger(world, "70% off")
    assert open_tasks(world.service) == []
    with world.reading() as session:
        assert links.is_set_aside(session, sender.id)

    stranger(world, DANGER)
    assert [each.sender_id for each in open_tasks(world.service)] == [sender.id]
    assert world.escalation(sender).priority == 1


def test_a_young_person_is_not_linked_and_set_aside(world: World, advocate: Staff) -> None:
    child, sender = amina(world), stranger(world)
    with pytest.raises(NotPossible, match="who is known"):
        set_sender_aside(world.service, child.id, advocate, reason=REASON)
    link(world, sender, child, advocate)
    with pytest.raises(NotPossible, match="already"):
        set_sender_aside(world.service, sender.id, advocate, reason=REASON)


def test_somebody_who_wrote_first_and_is_entered_then_is_who_was_entered(world: World) -> None:
    sender = stranger(world)
    child = amina(world, number=MAX_NUMBER)

    world.text(MAX_NUMBER, "hi")

    assert len(world.messages(child)) == 1
    assert [each.sender_id for each in open_tasks(world.service)] == [sender.id]


@pytest.fixture
def new_interview() -> Callable[[World, Child], UUID]:
    """Begins another interview of a young person."""

    def begin(world: World, child: Child) -> UUID:
        now = world.service.clock.service_now()
        with world.service.database.write() as session:
            old = people.current_interview(session, child.id)
            assert old is not None
            old.ended_at = now
            session.add(old)
            session.flush()
            episode = people.add_episode(session, child.id, now, now, "command")
            return people.interview_for(session, episode, old.position, now).id

    return begin


def test_somebody_who_wrote_before_they_were_entered_is_found_in_their_record(
    world: World, advocate: Staff
) -> None:
    sender = stranger(world, "its me i came back")

    child = enter(world, AGREED, phone=MAX_NUMBER, name="Max")

    with world.reading() as session:
        assert linked_to(session, sender.id) == child.id
        kept = links.all_words(session, child.id)
        said = [words.body_of(world.service.vault, each) for each in kept]
    assert "its me i came back" in said
    assert "link_sender" not in {each.kind for each in open_tasks(world.service)}


def test_what_they_wrote_from_another_phone_counts_as_an_answer_to_a_prompt(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    her_advocate = ade(world)
    child = enter(world, AGREED)
    world.run()
    world.wait(hours=20)
    sender = stranger(world, "its me, i got a new phone")
    link(world, sender.id, child.id, her_advocate)

    world.wait(hours=6)
    assert world.keys_sent(child) == ["hello"]
    world.wait(hours=20)
    assert world.keys_sent(child) == ["hello", "reminder"]
