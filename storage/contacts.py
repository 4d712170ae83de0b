"""Addresses: the numbers and chat ids of young people, and whether they may be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.tables import ContactAddress, Conversation, SenderLink


def address_index(vault: Vault, address: str) -> str:
    """The blind index of an address; the same number gives the same index on every channel."""
    return vault.blind_index("address", address)


def contacts_at(session: Session, channel: str, index: str) -> Sequence[ContactAddress]:
    """Everyone who is reached at one address, the longest known first.

    An unknown sender who has been linked to somebody is left out: their address is theirs now.
    """
    linked = select(SenderLink.provisional_id)
    statement = (
        select(ContactAddress)
        .where(
            ContactAddress.channel == channel,
            ContactAddress.address_index == index,
            col(ContactAddress.young_person_id).not_in(linked),
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


def open_address(vault: Vault, contact: ContactAddress) -> str:
    """The address itself, for sending."""
    return vault.open(
        contact.young_person_id, "contact_address.address", contact.id, contact.address_sealed
    )


def contact_of(session: Session, conversation: Conversation) -> ContactAddress:
    """The address that the conversation uses now."""
    return session.get_one(ContactAddress, conversation.contact_address_id)
