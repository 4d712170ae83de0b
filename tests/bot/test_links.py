"""Finding out who an unknown sender is: their words are read with the record they belong to."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from bot.escalations import NotPossible
from bot.tasks import open_tasks
from storage import messages as words
from storage import people
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
    MAX_NUMBER,
    ade,
    amina,
)
from tests.bot.linking import link, stranger, transcript
from tests.bot.together import at_once
from tests.bot.world import Child, World


@pytest.fixture
def advocate(world: World) -> Staff:
    return ade(world)


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
