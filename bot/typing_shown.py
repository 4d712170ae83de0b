"""While a turn waits for the rest of a thought, the young person sees that somebody is there."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists
from sqlmodel import Session, col, select

from bot.channels import Provider
from bot.service import Service
from storage.contacts import open_address
from storage.tables import ContactAddress, Conversation, ConversationHold

SHOWN_ON: Final = ("telegram",)
"""Channels that can show it for somebody who has not been answered yet."""
EVERY_S: Final = 5.0
"""As long as one showing lasts."""


def show_typing(service: Service) -> int:
    """Show it to everybody whose turn is settling; never where the phone may be watched.

    Returns:
        To how many young people it was shown.
    """
    providers = [service.channels.get(name) for name in SHOWN_ON]
    able = {each.name: each for each in providers if isinstance(each, Provider)}
    if not able:
        return 0
    with service.database.read() as session:
        settling = [
            (each.channel, open_address(service.vault, each))
            for each in _settling(service, session)
            if each.channel in able
        ]
    for channel, address in settling:
        able[channel].show_typing(address)
    return len(settling)


def _settling(service: Service, session: Session) -> list[ContactAddress]:
    """A turn is only planned for a later moment while an interview's open question settles."""
    joined = exists().where(
        col(ConversationHold.young_person_id) == col(Conversation.young_person_id),
        col(ConversationHold.ended_at).is_(None),
    )
    statement = (
        select(ContactAddress)
        .join(Conversation, col(Conversation.contact_address_id) == col(ContactAddress.id))
        .where(
            col(Conversation.turn_due_at) > service.clock.service_now(),
            col(Conversation.contact) != "guarded",
            col(ContactAddress.unreachable_at).is_(None),
            ~joined,
        )
    )
    return list(session.exec(statement))
