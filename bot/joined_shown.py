"""Who is in the conversation, for the page of an escalation: names and times, no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from storage import escalations as records
from storage import holds
from storage.links import conversation_now
from storage.people import young_person
from storage.staff import staff_by_id
from storage.tables import ConversationHold, Staff


@dataclass(frozen=True, slots=True)
class Joined:
    """Who is in a conversation, for whoever looks at it.

    ``hold_id`` is what a text of theirs has to name. ``waiting_since``: they have an unanswered
    text since then. ``until``: so long without a sign they are taken to be there.
    """

    hold_id: UUID
    staff_id: UUID
    name: str
    is_mine: bool
    since: datetime
    has_begun: bool
    waiting_since: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """What the page says about joining: who is there, and whether one can; their language.

    ``left_how``: the reader was there for this escalation and is no more.
    """

    joined: Joined | None
    left_how: str | None
    contact: str
    may_join: bool
    language: str


def place_of(service: Service, escalation_id: UUID, staff: Staff) -> Place | None:
    """Who is in the conversation of an escalation, as ``staff`` may see it."""
    with service.database.read() as session:
        found = records.escalation(session, escalation_id)
        if found is None:
            return None
        conversation = conversation_now(session, found.young_person_id)
        hold = holds.open_hold(session, found.young_person_id)
        last = holds.last_hold(session, found.young_person_id)
        mine = last is not None and last.staff_id == staff.id and last.escalation_id == found.id
        return Place(
            joined=_shown(session, hold, staff) if hold else None,
            left_how=last.ended_how if last and mine and hold is None else None,
            contact=conversation.contact,
            may_join=found.state == "acknowledged" and conversation.contact != "guarded",
            language=young_person(session, conversation.young_person_id).language,
        )


def _shown(session: Session, hold: ConversationHold, staff: Staff) -> Joined:
    holder = staff_by_id(session, hold.staff_id)
    return Joined(
        hold_id=hold.id,
        staff_id=hold.staff_id,
        name=holder.name if holder else "",
        is_mine=hold.staff_id == staff.id,
        since=hold.since,
        has_begun=hold.began_at is not None,
        waiting_since=hold.waiting_since,
        until=hold.lease_until,
    )
