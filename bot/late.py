"""A text that reached us long after it was written: screened at once, answered with care.

A webhook was missed and the text was fetched from the provider, or it was kept for us while we were
away. Screening and escalation never depend on its age, and a person is always told of a risk. What
depends on it is whether the dialogue answers:

- up to half an hour: as any text. It answers the question that stood when it was written
  (storage.asked), not one that was asked since;
- up to four hours: by day as any text; in the quiet hours only when it tells of a risk, because a
  phone that lights up at night with the next question helps nobody;
- older: never. What was so then may be over, and somebody else may hold the phone now: an answer as
  if it had just come would be wrong or dangerous. The text is held, and a task asks a person to
  read it and to write or ring in their own words.

Nor is a young person told after ten minutes that nobody has answered yet when all that anybody
could answer is such an old text: the ladder goes on calling people, and they decide.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from bot.clock import is_quiet
from bot.reach import add_task
from bot.service import Service
from storage import messages as words
from storage.people import current_interview
from storage.tables import Escalation, Message

AS_IF_NOW = timedelta(minutes=30)
ANSWERED_WITHIN = timedelta(hours=4)


def is_for_a_person(service: Service, message: Message, *, pressing: bool) -> bool:
    """Whether the dialogue leaves this text to a person, because it came so late.

    Args:
        service: the process's service.
        message: an inbound message; without the provider's time it counts as new.
        pressing: screening found a P1 or P2 in it, or could not look at it.
    """
    if message.sent_at is None:
        return False
    age = message.machine_at - message.sent_at
    if age <= AS_IF_NOW:
        return False
    if age > ANSWERED_WITHIN:
        return True
    return is_quiet(service.clock.service_now()) and not pressing


def leave_to_a_person(service: Service, session: Session, message: Message) -> None:
    """Hold the text and make a task of it, in the caller's commit; nothing is sent."""
    words.dispose(session, [message.id], "held", service.clock.service_now())
    add_task(service, session, "late_text", message.young_person_id)
    if current_interview(session, message.young_person_id) is None:
        add_task(service, session, "link_sender", message.young_person_id)


def say_nothing_yet(service: Service, session: Session, found: Escalation) -> None:
    """Let the ladder not tell the young person that nobody has answered, if this began it.

    Once they write again they hear it like everybody else (bot.ladder.not_yet_is_due).
    """
    now = service.clock.service_now()
    if found.raised_at == now and found.child_told_at is None:
        found.child_told_at = now
        session.add(found)
        session.flush()
