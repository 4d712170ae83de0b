"""What a young person writes while one of us is in the conversation: it is for that person.

It is kept, screened and escalated as always, and no dialogue answers it. Only signs that somebody
else may be looking are heard: they end the hold, and the conversation is guarded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlmodel import Session

from bot.facts import situation_of
from bot.handing_back import end, is_kept_from_them
from bot.pending import Pending, heard_in
from bot.service import Service
from dialogs.beside_person import looks_unsafe
from dialogs.position import Position, Situation
from storage import holds
from storage import messages as words
from storage.people import young_person
from storage.staff import staff_by_id
from storage.tables import Conversation, ReturnInterview

Fate = Literal["held", "unsafe", "answered"]


def held_for_person(
    service: Service,
    session: Session,
    conversation: Conversation,
    interview: ReturnInterview | None,
    pending: Sequence[Pending],
) -> Fate:
    """Hold these messages for whoever has joined, if somebody has.

    Returns:
        "held"; or "answered", where the dialogue answers them; or "unsafe", where it does and the
        conversation has to be guarded from now on.
    """
    hold = holds.open_hold(session, conversation.young_person_id)
    if hold is None:
        return "answered"
    staff = staff_by_id(session, hold.staff_id)
    if staff is None or is_kept_from_them(session, staff, conversation.young_person_id):
        # What they tell may be about whoever joined (docs/conflicts.md).
        end(service, session, hold, "withdrawn")
        return "answered"
    if _looks_unsafe(service, session, conversation, interview, pending):
        end(service, session, hold, "guarded")
        return "unsafe"
    now = service.clock.service_now()
    words.dispose(session, [each.message.id for each in pending], "held", now)
    holds.note_waiting(session, hold, min(each.message.at for each in pending))
    return "held"


def make_guarded(session: Session, conversation: Conversation) -> None:
    """Somebody may be looking: nothing but bland texts leaves from now on."""
    conversation.contact = "guarded"
    session.add(conversation)
    session.flush()


def _looks_unsafe(
    service: Service,
    session: Session,
    conversation: Conversation,
    interview: ReturnInterview | None,
    pending: Sequence[Pending],
) -> bool:
    now, heard = service.clock.service_now(), heard_in(pending)
    if interview is None:
        language = young_person(session, conversation.young_person_id).language
        nobody = Situation("unverified", language=language)
        return looks_unsafe(Position("after_disclosure"), heard, nobody, now)
    situation = situation_of(service, session, conversation, interview)
    return looks_unsafe(Position.from_json(interview.position), heard, situation, now)
