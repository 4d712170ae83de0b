"""One service on three channels, and whoever writes on one of them."""

from dataclasses import replace
from typing import Any

from bot.channels import Inbound
from bot.receive import Receipt, receive
from storage import contacts, people
from storage.tables import ContactAddress
from tests.bot.phone import FakePhone
from tests.bot.world import Child, World, inbound

CHANNELS = ("sms", "whatsapp", "telegram")
STRANGER = {"sms": "+447700900150", "whatsapp": "+447700900151", "telegram": "700900152"}
"""An address on each channel that nobody knows."""

Phones = dict[str, FakePhone]


def three(world: World) -> Phones:
    """Give this world all three channels."""
    phones = {"sms": world.phone} | {name: FakePhone(name) for name in CHANNELS[1:]}
    world.service = replace(world.service, channels=phones)
    return phones


def message(channel: str, sender: str, words: str = "hi", **details: Any) -> Inbound:
    """One message on this channel; `token` is of a link that was given to somebody."""
    token = details.pop("token", None)
    edit_of = details.pop("edit_of", None)
    return replace(inbound(sender, words, **details), channel=channel, token=token, edit_of=edit_of)


def write(world: World, channel: str, sender: str, words: str = "hi", **details: Any) -> Receipt:
    return receive(world.service, message(channel, sender, words, **details))


def who_wrote(world: World, channel: str, sender: str) -> Child:
    """Whoever the next message from there would belong to."""
    return Child(contact_at(world, channel, sender).young_person_id, sender)


def contact_at(world: World, channel: str, sender: str) -> ContactAddress:
    with world.reading() as session:
        index = contacts.address_index(world.service.vault, sender)
        (found,) = contacts.contacts_at(session, channel, index)
    return found


def contacts_of(world: World, child: Child) -> list[ContactAddress]:
    with world.reading() as session:
        return list(contacts.contacts_of(session, child.id))


def add_contact(
    world: World, child: Child, channel: str, address: str, **details: Any
) -> ContactAddress:
    known = {"confirmed": True} | details
    with world.service.database.write() as session:
        return contacts.add_contact(
            session,
            world.service.vault,
            child.id,
            channel,
            address,
            world.service.clock.service_now(),
            **known,
        )


def in_use(world: World, child: Child) -> ContactAddress:
    """The address that their conversation uses."""
    with world.reading() as session:
        return contacts.contact_of(session, people.conversation_of(session, child.id))
