"""Addresses: the numbers and chat ids of young people, and whether they may be trusted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.outbox import add_event
from storage.tables import (
    ContactAddress,
    Conversation,
    Message,
    OutboxEntry,
    SenderLink,
    YoungPerson,
)

_RETIRED = "retired:"


def address_index(vault: Vault, address: str) -> str:
    """The blind index of an address; the same number gives the same index on every channel."""
    return vault.blind_index("address", address)


def contacts_at(session: Session, channel: str, index: str) -> Sequence[ContactAddress]:
    """Everyone who is reached at one address, the longest known first.

    An unknown sender who has been linked to somebody is left out: their address is theirs now. So
    is one whose address has been entered for somebody since.
    """
    found = everybody_at(session, index, channel)
    known = [contact for contact, provisional in found if not provisional]
    return known or [contact for contact, _ in found]


def everybody_at(
    session: Session, index: str, channel: str | None = None
) -> Sequence[tuple[ContactAddress, bool]]:
    """All who are reached at one address, on one channel or on any, unknown senders too.

    Returns:
        Each contact with whether it is that of an unknown sender, the longest known first.
    """
    linked = select(SenderLink.provisional_id)
    statement = (
        select(ContactAddress, YoungPerson.provisional)
        .join(YoungPerson, col(YoungPerson.id) == col(ContactAddress.young_person_id))
        .where(
            ContactAddress.address_index == index,
            col(ContactAddress.young_person_id).not_in(linked),
        )
        .order_by(col(ContactAddress.created_at), col(ContactAddress.id))
    )
    if channel is not None:
        statement = statement.where(ContactAddress.channel == channel)
    return session.exec(statement).all()


def contacts_of(session: Session, young_person_id: UUID) -> Sequence[ContactAddress]:
    """All addresses of one young person that are theirs, the longest known first."""
    statement = (
        select(ContactAddress)
        .where(
            ContactAddress.young_person_id == young_person_id,
            col(ContactAddress.address_index).not_like(f"{_RETIRED}%"),
        )
        .order_by(col(ContactAddress.created_at), col(ContactAddress.id))
    )
    return session.exec(statement).all()


def add_contact(
    session: Session,
    vault: Vault,
    young_person_id: UUID,
    channel: str,
    address: str,
    now: datetime,
    *,
    confirmed: bool,
    shared: bool = False,
) -> ContactAddress:
    """Enter one more address of a young person; ``confirmed``: a person checked it with them."""
    row_id = uuid4()
    contact = ContactAddress(
        id=row_id,
        young_person_id=young_person_id,
        channel=channel,
        address_sealed=vault.seal(young_person_id, "contact_address.address", row_id, address),
        address_index=address_index(vault, address),
        confirmed=confirmed,
        shared=shared,
        created_at=now,
    )
    session.add(contact)
    session.flush()
    return contact


def contact_state(contact: ContactAddress) -> str:
    """What may be sent there before anybody has been seen to look: "open" or "unverified"."""
    return "open" if contact.confirmed and not contact.shared else "unverified"


def use(session: Session, contact: ContactAddress) -> None:
    """Let the conversation go on at this address; a guarded conversation stays guarded."""
    conversation = session.get_one(Conversation, contact.young_person_id)
    conversation.contact_address_id = contact.id
    if conversation.contact != "guarded":
        conversation.contact = contact_state(contact)
    session.add(conversation)
    session.flush()


def confirm(session: Session, contact: ContactAddress) -> None:
    """A named person confirmed the address with the young person; guarded stays guarded."""
    contact.confirmed = True
    conversation = session.get_one(Conversation, contact.young_person_id)
    is_used = conversation.contact_address_id == contact.id
    if is_used and conversation.contact == "unverified" and not contact.shared:
        conversation.contact = "open"
    session.add_all((contact, conversation))
    session.flush()


def share(session: Session, contact: ContactAddress) -> None:
    """A shared phone is never proof of who is writing: every use of it is unverified."""
    contact.shared = True
    conversation = session.get_one(Conversation, contact.young_person_id)
    if conversation.contact_address_id == contact.id and conversation.contact == "open":
        conversation.contact = "unverified"
    session.add_all((contact, conversation))
    session.flush()


def retire(session: Session, contact: ContactAddress, now: datetime) -> None:
    """It is not theirs after all: nothing is taken from it or sent to it for them any more.

    The row stays, because messages name it; what waits in the outbox for it is taken back.
    """
    contact.address_index = f"{_RETIRED}{contact.id}"
    contact.confirmed = False
    contact.unreachable_at = now
    session.add(contact)
    session.flush()
    waiting = select(Message.id).where(Message.contact_address_id == contact.id)
    statement = (
        update(OutboxEntry)
        .where(col(OutboxEntry.message_id).in_(waiting), col(OutboxEntry.state) == "waiting")
        .values(state="dropped")
        .returning(col(OutboxEntry.id))
    )
    for outbox_id in session.connection().execute(statement).scalars().all():
        add_event(session, outbox_id, "dropped", now)


def retired_among(session: Session, contact_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these addresses turned out not to be theirs."""
    statement = select(ContactAddress.id).where(
        col(ContactAddress.id).in_(list(contact_ids)),
        col(ContactAddress.address_index).like(f"{_RETIRED}%"),
    )
    return frozenset(session.exec(statement))


def last_seq_at(session: Session, contact: ContactAddress) -> int:
    """The place of the newest message that came from this address or goes there; 0 for none."""
    statement = select(func.max(col(Message.seq))).where(
        Message.young_person_id == contact.young_person_id,
        Message.contact_address_id == contact.id,
    )
    return session.exec(statement).one() or 0


def open_address(vault: Vault, contact: ContactAddress) -> str:
    """The address itself, for sending."""
    return vault.open(
        contact.young_person_id, "contact_address.address", contact.id, contact.address_sealed
    )


def contact_of(session: Session, conversation: Conversation) -> ContactAddress:
    """The address that the conversation uses now."""
    return session.get_one(ContactAddress, conversation.contact_address_id)
