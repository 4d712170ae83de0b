"""Links that were wrong, senders who are nobody's, and who wrote before they were entered."""

from datetime import timedelta

import pytest

from bot.escalations import NotPossible
from bot.links import set_sender_aside, unlink_sender
from bot.tasks import open_tasks
from bot.turns import take_due_turns
from storage import links
from storage import messages as words
from storage.links import linked_to
from storage.tables import (
    AuditEntry,
    SenderLink,
    Staff,
)
from tests.bot.apps import add_contact, contact_at, contacts_of, in_use
from tests.bot.cast import (
    AMINA_NUMBER,
    MAX_NUMBER,
    ade,
    amina,
    dee,
)
from tests.bot.detector import DANGER
from tests.bot.entering import AGREED, enter
from tests.bot.linking import REASON, link, manager, stranger, transcript
from tests.bot.world import World


@pytest.fixture
def advocate(world: World) -> Staff:
    return ade(world)


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
    assert {each.kind: each.sender_id for each in open_tasks(world.service)} == {
        "link_sender": sender.id,
        "not_theirs": None,
    }
    assert world.tasks(child) == ["not_theirs"], "a person sees what it did to her interview"
    assert transcript(world, world.interview(child).id) == [("who is this", "not_theirs")]
    (entry,) = world.rows(AuditEntry, AuditEntry.action == "unlink sender")
    assert entry.detail == {"young_person": str(child.id), "reason": "given"}

    world.text(MAX_NUMBER, "hello?")
    world.run()
    assert len(world.messages(sender)) == 2
    link(world, sender, child, advocate)


def test_a_link_by_which_nothing_came_or_went_asks_nobody_to_look(
    world: World, advocate: Staff
) -> None:
    child, sender = amina(world), stranger(world)
    link(world, sender, child, advocate)

    unlink_sender(world.service, sender.id, manager(world), reason="It is her cousin writing")

    assert world.tasks(child) == []


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
