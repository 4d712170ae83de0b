"""When a turn is due: an open question settles, everything else is answered at once.

Young people send one thought as three texts. After an open question the turn waits for a silence,
reset by each further text and bounded from the first; a closed question, a command, a disclosure
or a picture is answered at once (docs/practice.md, dialogue). In a guarded conversation everything
is: how long an answer took would otherwise tell whoever looks what the text was about.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from bot.service import Service
from dialogs.position import Position
from dialogs.turn import settles
from storage.database import lock_row
from storage.holds import open_hold
from storage.messages import body_of
from storage.people import conversation_of, current_interview, young_person
from storage.tables import Message


def plan_turn(service: Service, session: Session, message: Message, *, at_once: bool) -> None:
    """Say when the conversation of ``message`` takes its next turn, in the caller's commit."""
    lock_row(session, "conversation", "young_person_id", message.young_person_id)
    conversation = conversation_of(session, message.young_person_id)
    session.refresh(conversation)  # as it is under the lock, not as it was when first read
    now = service.clock.service_now()
    waiting_since = conversation.waiting_since or now
    due_now = conversation.turn_due_at is not None and conversation.turn_due_at <= now
    guarded = conversation.contact == "guarded"
    # Whoever has joined sees at once that they are waited for: no dialogue answers.
    joined = open_hold(session, message.young_person_id) is not None
    if at_once or due_now or guarded or joined or not _waits(service, session, message):
        conversation.turn_due_at = min(now, conversation.turn_due_at or now)
    else:
        settings = service.settings
        silence = now + timedelta(seconds=settings.settle_seconds)
        at_most = waiting_since + timedelta(seconds=settings.settle_at_most_seconds)
        conversation.turn_due_at = min(silence, at_most)
    conversation.waiting_since = waiting_since
    session.add(conversation)
    session.flush()


def _waits(service: Service, session: Session, message: Message) -> bool:
    interview = current_interview(session, message.young_person_id)
    if interview is None:
        return False
    language = young_person(session, message.young_person_id).language
    words = body_of(service.vault, message)
    return settles(Position.from_json(interview.position), words, language)
