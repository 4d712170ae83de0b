"""The people of these tests, all of them made up, and where a conversation with one of them is."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bot.outbox import queue_replies
from dialogs.position import Position
from dialogs.texts import reply
from storage import contacts, people
from storage.staff import add_staff
from storage.tables import Staff
from tests.bot.world import Child, World

AMINA_NUMBER = "+447700900101"
MAX_NUMBER = "+447700900102"
DEE_NUMBER = "+447700900201"
UNDER_WAY = ("way", "safe_now")
"""What was explained before the first question (dialogs.position.Position.told)."""
FIRST_QUESTIONS = ("safe_now", "going_on", "help")
"""Who stands at one of these was asked those before it (dialogs.position.Position.asked)."""


def amina(world: World, state: str = "going_on", **details: Any) -> Child:
    """A young person in the middle of her interview, on a phone of her own.

    `contact`, `number`, `check_word` and `duress_word` describe her; everything else is her
    position.
    """
    contact = details.pop("contact", "open")
    number = details.pop("number", AMINA_NUMBER)
    new = people.NewYoungPerson(
        id=uuid4(),
        channel=world.service.phone_channel,
        address=number,
        name="Amina Yusuf",
        check_word=details.pop("check_word", None),
        duress_word=details.pop("duress_word", None),
        confirmed=True,
    )
    now = world.service.clock.service_now()
    asked = FIRST_QUESTIONS[: FIRST_QUESTIONS.index(state) + 1] if state in FIRST_QUESTIONS else ()
    known: dict[str, Any] = {"checked": True, "last_at": now, "told": UNDER_WAY, "asked": asked}
    position = Position(state, **(known | details))
    world.service.vault.new_owner(new.id)
    with world.service.database.write() as session:
        people.add_young_person(session, world.service.vault, new, now)
        people.conversation_of(session, new.id).contact = contact
        episode = people.add_episode(session, new.id, now - timedelta(hours=3), now, "command")
        people.interview_for(session, episode, position.to_json(), now)
    return Child(new.id, number)


def dee(world: World, name: str = "Dee Okafor", phone: str | None = DEE_NUMBER) -> Staff:
    """A duty worker with a number to alert."""
    return _staff(world, name, "duty_worker", phone)


def staff(world: World, name: str, role: str, phone: str | None = None) -> Staff:
    """Somebody of another role."""
    return _staff(world, name, role, phone)


def ade(world: World) -> Staff:
    """An advocate, who is never alerted."""
    return _staff(world, "Ade Bello", "advocate", "+447700900202")


def outsider(world: World) -> Child:
    """Max, whom nobody knows: the provisional young person that his first text made."""
    with world.reading() as session:
        index = contacts.address_index(world.service.vault, MAX_NUMBER)
        (contact,) = contacts.contacts_at(session, world.service.phone_channel, index)
    return Child(contact.young_person_id, MAX_NUMBER)


def put_question(world: World, child: Child, key: str) -> UUID:
    """Queue a line of the script for this young person, as an earlier turn would have."""
    now = world.service.clock.service_now()
    interview = world.interview(child)
    with world.service.database.write() as session:
        conversation = people.conversation_of(session, child.id)
        queue_replies(
            world.service, session, conversation, interview.id, [reply(key, {})], now
        )  # fmt: skip
    return world.outbox(child)[-1].id


def make_guarded(world: World, child: Child, contact: str = "guarded") -> None:
    """Somebody may be looking at this phone from now on."""
    with world.service.database.write() as session:
        conversation = people.conversation_of(session, child.id)
        conversation.contact = contact
        session.add(conversation)


def _staff(world: World, name: str, role: str, phone: str | None) -> Staff:
    staff_id = uuid4()
    vault = world.service.vault
    vault.new_owner(staff_id)
    email = f"{name.split()[0].lower()}@example.org"
    now = world.service.clock.machine_now()
    with world.service.database.write() as session:
        return add_staff(session, vault, staff_id, name, email, role, phone, "no-hash", now)
