"""A worker joins the conversation: from then on the computer is silent, and they write themselves.

Joining is two commits. The first takes the conversation: nothing of the computer leaves any more,
and what waits is taken back. What a sender was just handing to a provider is let through; only when
nothing is on its way any more, the second commit tells the young person who is there. So a reply
that was queued before somebody joined never leaves after they are there (docs/practice.md 5.4).

Whoever writes says under which hold, so that two people never write to one young person at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.concerns import may_be_alerted
from bot.escalation_changes import NOT_THERE, REFUSED, NotPossible, audit
from bot.handing_back import end, is_kept_from_them, tell
from bot.outbox import PERSON_JOINED, PERSON_WROTE, HoldOf, may_leave, queue_replies
from bot.reach import has_opted_out
from bot.service import Service
from bot.window import is_open
from dialogs.position import Reply
from storage import escalation_acts as acts
from storage import escalations as records
from storage import holds
from storage.contacts import contact_of
from storage.database import lock_row
from storage.links import conversation_now
from storage.people import current_interview
from storage.staff import staff_by_id
from storage.tables import Conversation, ConversationHold, Escalation, Staff

LEASE: Final = timedelta(minutes=60)
"""So long a worker is taken to be there after they joined, wrote or said so."""
LOOK_EVERY_S: Final = 0.05
WAIT_FOR_S: Final = 40.0
"""Longer than any lease of a sender."""
MOST_SIGNS: Final = 1_000
"""More no provider takes as one text, with room to spare."""

UNSAFE: Final = "Contact is not safe. Say first how you know that it is safe again."
NO_WAY: Final = "Joining is not possible on this phone now. Reach them another way."
NOT_YOURS: Final = "You are not in this conversation any more. Nothing was sent."
BUSY: Final = "A text of the computer is still on its way. Try again in a moment."


_TO_JOIN: Final = ("acknowledged",)
"""Only who can act joins; an escalation that climbs again takes nobody out of the conversation."""


def holder_of(session: Session, young_person_id: UUID) -> UUID | None:
    """The member of staff who is in this young person's conversation now."""
    hold = holds.open_hold(session, young_person_id)
    return None if hold is None else hold.staff_id


def join(
    service: Service, escalation_id: UUID, staff: Staff, instead_of: UUID | None = None
) -> UUID:
    """Join the conversation, or take it over from a colleague; gives the hold.

    Args:
        service: the process's service.
        escalation_id: acknowledged; what they join for.
        staff: who joins.
        instead_of: the hold of the colleague, whom they have seen there and take over from.

    Raises:
        NotPossible: the escalation is in another state, contact is not safe, somebody else is
            there (or has come since), or there is no way to this phone.
    """
    with _at(service, escalation_id, staff, "join conversation", _TO_JOIN) as at:
        before = holds.open_hold(at.session, at.found.young_person_id)
        if before is not None and before.staff_id == staff.id:
            hold = before
        else:
            _make_room(service, at, before, instead_of)
            hold = _take(service, at)
        hold_id, ids = hold.id, at.ids
        changed = instead_of is not None
    _let_finish(service, ids)
    return _begin(service, escalation_id, staff, hold_id, changed=changed)


@dataclass(frozen=True, slots=True)
class _At:
    """One act in a conversation: the transaction, what it is for, and every id that texts go to."""

    session: Session
    found: Escalation
    conversation: Conversation
    ids: tuple[UUID, ...]
    staff: Staff
    now: datetime


@contextmanager
def _at(
    service: Service,
    escalation_id: UUID,
    staff: Staff,
    action: str,
    states: tuple[str, ...] = ("raised", "acknowledged"),
) -> Iterator[_At]:
    """The conversation held, then the escalation, as everybody does; audited at the end."""
    with service.database.write() as session:
        found = records.escalation(session, escalation_id)
        if found is None or not may_be_alerted(session, staff, found):
            raise NotPossible(NOT_THERE)
        ids = holds.lock(session, found.young_person_id)
        lock_row(session, "escalation", "id", escalation_id)
        session.refresh(found)
        if found.state not in states:
            raise NotPossible(REFUSED[found.state])
        conversation = conversation_now(session, found.young_person_id)
        yield _At(session, found, conversation, ids, staff, service.clock.service_now())
        audit(service, session, staff, action, found)


def _make_room(
    service: Service, at: _At, before: ConversationHold | None, instead_of: UUID | None
) -> None:
    """Refuse where nobody may join, and end the hold of who is taken over from, if it is theirs."""
    if at.conversation.contact == "guarded":
        raise NotPossible(UNSAFE)
    contact = contact_of(at.session, at.conversation)
    reachable = contact.unreachable_at is None and is_open(service, contact)
    if not reachable or has_opted_out(at.session, contact) or _is_kept(at):
        raise NotPossible(NO_WAY)
    if before is None:
        if instead_of is not None:
            raise NotPossible("They have left the conversation: look again, then join.")
        return
    if before.id != instead_of:
        holder = staff_by_id(at.session, before.staff_id)
        name = holder.name if holder else "Somebody else"
        raise NotPossible(f"{name} is in this conversation: look again, then take over.")
    end(service, at.session, before, "taken_over")


def _is_kept(at: _At) -> bool:
    return is_kept_from_them(at.session, at.staff, at.found.young_person_id)


def _take(service: Service, at: _At) -> ConversationHold:
    person_id = at.conversation.young_person_id
    hold = holds.add(at.session, person_id, at.staff.id, at.found.id, at.now, at.now + LEASE)
    holds.drop_queued(at.session, at.ids, at.now, PERSON_JOINED)
    return hold


def _let_finish(service: Service, ids: tuple[UUID, ...]) -> None:
    """Wait until no sender has a text of the computer in its hands, or its lease has run out."""
    ends, pause = time.monotonic() + WAIT_FOR_S, Event()
    while True:
        with service.database.read() as session:
            if not holds.is_on_its_way(session, ids, service.clock.machine_now()):
                return
        if time.monotonic() > ends:
            raise NotPossible(BUSY)
        pause.wait(LOOK_EVERY_S)


def _begin(
    service: Service, escalation_id: UUID, staff: Staff, hold_id: UUID, *, changed: bool
) -> UUID:
    with _at(service, escalation_id, staff, "join conversation") as at:
        hold = holds.open_hold(at.session, at.found.young_person_id)
        if hold is None or hold.id != hold_id:
            raise NotPossible("Somebody else has taken the conversation: look again.")
        if not holds.begin(at.session, hold, at.now):
            return hold_id
        tell(service, at.session, hold, "person_changed" if changed else "person_joined", staff)
        acts.note_first_action(at.session, at.found.id, at.now)
        detail = {"how": "taken_over" if changed else "joined"}
        records.add_event(
            at.session,
            service.vault,
            at.found,
            "joined",
            at.now,
            staff_id=staff.id,
            detail=detail,
        )
    return hold_id


def write(service: Service, escalation_id: UUID, staff: Staff, hold_id: UUID, words: str) -> None:
    """Send the young person what a worker typed, exactly, in the same conversation.

    Raises:
        NotPossible: nothing was sent: there are no words or too many, they do not have the
            conversation under this hold any more, or contact is not safe.
    """
    if not words.strip():
        raise NotPossible("Write something first.")
    if len(words) > MOST_SIGNS:
        raise NotPossible(
            f"This is too long for one text: at most {MOST_SIGNS} characters. It has {len(words)}."
        )
    with _at(service, escalation_id, staff, "write to young person") as at:
        hold = _own(at, hold_id)
        reply = Reply(PERSON_WROTE, words.strip(), "private", safety=True)
        if not may_leave(at.conversation.contact, reply.exposure):
            raise NotPossible(UNSAFE)
        if _is_kept(at):
            raise NotPossible(NOT_YOURS)
        if not holds.note_wrote(at.session, hold, staff.id, at.now, at.now + LEASE):
            raise NotPossible(NOT_YOURS)
        interview = current_interview(at.session, at.conversation.young_person_id)
        queue_replies(
            service,
            at.session,
            at.conversation,
            interview.id if interview else None,
            [reply],
            at.now,
            of=HoldOf(hold.id, staff.id),
        )


def renew(service: Service, escalation_id: UUID, staff: Staff, hold_id: UUID) -> None:
    """Say "I am still here": nobody takes them to have left for another while.

    The wait of a young person who has written is not shortened by it: they have heard nothing.

    Raises:
        NotPossible: they do not have the conversation under this hold any more.
    """
    with _at(service, escalation_id, staff, "stay in conversation") as at:
        if not holds.renew(at.session, _own(at, hold_id), at.now + LEASE):
            raise NotPossible(NOT_YOURS)


def hand_back(service: Service, escalation_id: UUID, staff: Staff, hold_id: UUID) -> None:
    """Leave the conversation to the computer; the young person is told, and nothing is repeated.

    Raises:
        NotPossible: they do not have the conversation under this hold any more.
    """
    with _at(service, escalation_id, staff, "hand back conversation") as at:
        hold = _own(at, hold_id)
        if not end(service, at.session, hold, "handed_back", says="handed_back"):
            raise NotPossible(NOT_YOURS)


def _own(at: _At, hold_id: UUID) -> ConversationHold:
    """The hold, if it is still theirs."""
    hold = holds.open_hold(at.session, at.found.young_person_id)
    if hold is not None and hold.id == hold_id and hold.staff_id == at.staff.id:
        return hold
    if hold is None or hold.staff_id == at.staff.id:
        raise NotPossible(NOT_YOURS)
    holder = staff_by_id(at.session, hold.staff_id)
    name = holder.name if holder else "Somebody else"
    raise NotPossible(f"{name} has taken over this conversation. Nothing was sent.")
