"""How a conversation stood before a message that is kept from somebody: what they still see.

Codes and times only, never words: how far the interview was, whether the phone was safe.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from dialogs.position import Position
from storage import links
from storage.concerns import last_heard, standing_rows
from storage.holds import open_hold

INTERVIEW = ("position", "started_at", "way", "accepted_at", "length", "ended_at")
CONVERSATION = ("contact", "contact_address_id", "waiting_since", "unknown_told_at")
ADDRESS = ("confirmed", "unreachable_at")
HOLD = ("began_at", "lease_until", "last_wrote_at", "waiting_since", "ended_at", "ended_how")
NEW = "new"
"""Stands for interviews that are opened later: they look as if nobody had answered yet."""


def as_it_stands(session: Session, young_person_id: UUID, from_seq: int) -> dict[str, Any]:
    """By table and row: the columns that a conversation changes, as they are now.

    ``from_seq``: the message that is kept from somebody. It has moved on when its address was last
    heard from before anybody could know what it says.
    """
    person = links.person_of(session, young_person_id)
    ids = links.ids_of(session, person)
    interviews, conversations, addresses = standing_rows(session, ids)
    hold = open_hold(session, person)
    unopened: dict[str, Any] = dict.fromkeys(INTERVIEW)
    unopened["position"] = Position("not_started").to_json()
    return {
        "return_interview": {
            NEW: unopened,
            **{str(each.id): _columns(each, INTERVIEW) for each in interviews},
        },
        "conversation": {
            str(each.young_person_id): _columns(each, CONVERSATION) for each in conversations
        },
        "conversation_hold": {str(hold.id): _columns(hold, HOLD)} if hold else {},
        "contact_address": {
            str(each.id): {
                **_columns(each, ADDRESS),
                "last_in_at": _plain(last_heard(session, each.id, from_seq)),
            }
            for each in addresses
        },
    }


def _columns(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"id": str(value)} if isinstance(value, UUID) else value
