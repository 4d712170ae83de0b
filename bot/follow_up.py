"""News for a young person: what came of something they asked for, in a person's words.

They are asked first whether it is a good time; the words leave only after YES and the check word
(docs/practice.md, the lines). What was not told by text within three days is told by a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from bot.escalations import NotPossible
from bot.facts import situation_of
from bot.prompts import is_room, prompt
from bot.reach import add_task
from bot.reminders import can_be_prompted
from bot.service import Service
from dialogs.position import Position
from dialogs.sms import is_gsm7
from dialogs.turn import is_open, open_follow_up
from storage import follow_ups, people, unanswered
from storage.database import lock_row
from storage.tables import FollowUp, ReturnInterview

LONGEST = 300
TOLD_WITHIN = timedelta(days=3)
TEXTS_REST = timedelta(hours=1)
PROMPTS_REST = timedelta(hours=24)
"""How long the conversation is quiet before news is spoken of: one thing at a time."""


def offer_news(service: Service, interview_id: UUID, words: str, staff_id: UUID) -> UUID:
    """Keep news for a young person; the worker asks them as soon as they may be asked.

    Where no text may speak of it, a person has a task instead.

    Args:
        service: the process's service.
        interview_id: the interview in which they asked for something.
        words: what they will read, exactly so: at most 300 signs of the text message alphabet.
        staff_id: who wrote it.

    Returns:
        The id of the follow-up.

    Raises:
        NotPossible: there is no such interview, or the words cannot be sent as they are.
    """
    words = words.strip()
    _check(words)
    now = service.clock.service_now()
    with service.database.write() as session:
        interview = session.get(ReturnInterview, interview_id)
        if interview is None:
            raise NotPossible("there is no interview with that id: see interviews list")
        row = follow_ups.add(session, service.vault, interview, words, staff_id, now)
        subject = f"return_interview:{interview_id}"
        service.audit.append(session, now, f"staff:{staff_id}", "offer news", subject)
        if people.conversation_of(session, interview.young_person_id).contact == "guarded":
            add_task(service, session, "tell_news", interview.young_person_id)
    return row.id


def ask_about_news(service: Service) -> int:
    """Ask whoever there is news for whether it is a good time; returns how much was done.

    At a time that is allowed and chosen, inside the limit of prompts, and only once an interview
    has ended: one thing at a time. Two workers may do this at once.
    """
    now = service.clock.service_now()
    with service.database.read() as session:
        waiting = unanswered.untold_news(session)
        due = [each for each in waiting if _step_for(service, session, each[0], now)]
    for follow_up_id, person_id in due:
        with service.database.write() as session:
            lock_row(session, "conversation", "young_person_id", person_id)
            step = _step_for(service, session, follow_up_id, now)
            if step == "tell_news":
                add_task(service, session, step, person_id)
            elif step == "follow_up":
                _ask(service, session, follow_up_id, now)
    return len(due)


def _check(words: str) -> None:
    if not words:
        raise NotPossible("the news is empty: write what the young person will read")
    if len(words) > LONGEST:
        raise NotPossible(f"the news is {len(words)} signs long: {LONGEST} are the most")
    if not is_gsm7(words):
        raise NotPossible(
            "the news has signs that a plain text message cannot carry "
            "(emoji, curly quotes, long dashes): write it without them"
        )


def _step_for(service: Service, session: Session, follow_up_id: UUID, now: datetime) -> str | None:
    """What is next for news that was not told: "follow_up", "tell_news", or nothing yet."""
    row = session.get_one(FollowUp, follow_up_id)
    if row.told_at is not None:
        return None
    person_id = row.young_person_id
    if now - row.at >= TOLD_WITHIN:
        told = unanswered.has_task(session, person_id, "tell_news", row.at)
        return None if told else "tell_news"
    waiting = follow_ups.waiting_of(session, person_id)
    if waiting[0].id != row.id or any(each.asked_at is not None for each in waiting):
        return None
    return "follow_up" if _may_ask(service, session, person_id, now) else None


def _may_ask(service: Service, session: Session, person_id: UUID, now: datetime) -> bool:
    interview = people.current_interview(session, person_id)
    conversation = people.conversation_of(session, person_id)
    return (
        interview is not None
        and not is_open(interview.state)
        and conversation.contact != "guarded"
        and unanswered.is_quiet(session, person_id, now - TEXTS_REST, now - PROMPTS_REST)
        and can_be_prompted(service, session, person_id, now)
        and is_room(session, person_id, now)
    )


def _ask(service: Service, session: Session, follow_up_id: UUID, now: datetime) -> None:
    """Put the question; what it is about is not in it."""
    row = session.get_one(FollowUp, follow_up_id)
    interview = people.current_interview(session, row.young_person_id)
    if interview is None:
        return
    conversation = people.conversation_of(session, row.young_person_id)
    situation = situation_of(service, session, conversation, interview)
    turn = open_follow_up(Position.from_json(interview.position), situation, now)
    follow_ups.mark_asked(session, row.id, now)
    if not turn.replies:
        # The dialogue says nothing there, after two wrong words for example: a person does.
        add_task(service, session, "tell_news", row.young_person_id)
        return
    people.save_position(session, interview, turn.position.to_json())
    by = f"staff:{row.written_by}"
    prompt(service, session, conversation, interview, "follow_up", turn.replies, now, by)
