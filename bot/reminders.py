"""Reminders of an interview that nobody answers, and "how was this chat" on a later day.

Silence is never a refusal: the interview stays where it is, and when the texts are used up a person
tries another way. Nothing here knows how many episodes there were before: the effort is the same
for the first and the thirtieth (docs/practice.md PR-05, PR-06).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from bot.clock import age_on, in_london, is_prompt_time
from bot.facts import ADULT_FROM, situation_of
from bot.outbox import standing_texts
from bot.prompts import MOST, chosen_times, is_room, prompt
from bot.reach import add_task
from bot.service import Service
from dialogs.interview import ENDED, PHASES
from dialogs.position import Position
from dialogs.turn import ask_chat_was, open_interview
from storage import contacts, people, unanswered
from storage.database import lock_row
from storage.escalations import risk_is_open
from storage.tables import ReturnInterview

SILENT_FOR = timedelta(hours=24)
CHAT_WAS_AFTER = timedelta(hours=20)
CHAT_WAS_WITHIN = timedelta(days=7)
MADE_BY = "reminders"
NOT_REMINDED = ENDED | frozenset(PHASES["safety"]) | {"not_started", "busy"}
"""Who has somebody near starts again by themselves; after a disclosure a person is there."""


def remind(service: Service) -> int:
    """Send the prompts that are due by themselves; returns how many texts and tasks that made.

    Two workers may do this at once: each looks again while it holds the conversation.
    """
    now = service.clock.service_now()
    with service.database.read() as session:
        silent = unanswered.silent_interviews(session, now - SILENT_FOR)
        due = [each for each in silent if _step_for(service, session, each[0], now)]
        ended = unanswered.finished_interviews(session, *_lately(now))
        unasked = [each for each in ended if _may_ask(service, session, each[0], now)]
    for each in due:
        _remind(service, *each, now)
    for each in unasked:
        _ask_how_it_was(service, *each, now)
    return len(due) + len(unasked)


def can_be_prompted(service: Service, session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether a text that answers nothing may go to this young person now.

    Not while a person looks into a risk, not to a phone that cannot be reached or refuses us, not
    to somebody who has turned 18, and only at a time that is allowed and chosen.
    """
    person = people.young_person(session, person_id)
    contact = contacts.contact_of(session, people.conversation_of(session, person_id))
    return (
        contact.unreachable_at is None
        and is_prompt_time(now, chosen_times(person), service.settings.nation)
        and not risk_is_open(session, person_id)
        and not _is_adult(service, session, person_id, now)
    )


def _step_for(service: Service, session: Session, interview_id: UUID, now: datetime) -> str | None:
    """What is next for a silent interview: "reminder", a kind of task, or nothing yet."""
    interview = session.get_one(ReturnInterview, interview_id)
    position = Position.from_json(interview.position)
    person_id = interview.young_person_id
    if position.state in NOT_REMINDED or position.said_no or risk_is_open(session, person_id):
        return None
    if _is_adult(service, session, person_id, now):
        since = interview.opened_at
        told = unanswered.has_task(session, person_id, "is_adult", since)
        return None if told else "is_adult"
    contact = contacts.contact_of(session, people.conversation_of(session, person_id))
    if contact.unreachable_at is not None:
        return None
    used = unanswered.prompts_since_they_wrote(session, interview_id)
    if used >= MOST or not is_room(session, person_id, now):
        return "no_reply"
    return "reminder" if can_be_prompted(service, session, person_id, now) else None


def _remind(service: Service, interview_id: UUID, person_id: UUID, now: datetime) -> None:
    with service.database.write() as session:
        lock_row(session, "conversation", "young_person_id", person_id)
        # They may have written, or another worker reminded them, in between.
        if not unanswered.silent_interviews(session, now - SILENT_FOR, interview_id):
            return
        step = _step_for(service, session, interview_id, now)
        if step == "reminder":
            _send_reminder(service, session, interview_id, now)
        elif step is not None:
            add_task(service, session, step, person_id)


def _send_reminder(service: Service, session: Session, interview_id: UUID, now: datetime) -> None:
    """One bland line that asks whether now is a good time; the question that stood comes after.

    A yes to it must not be heard as a word, or as "just me", and a no must be heard as a no.
    """
    interview = session.get_one(ReturnInterview, interview_id)
    conversation = people.conversation_of(session, interview.young_person_id)
    situation = situation_of(service, session, conversation, interview)
    texts = standing_texts(service, session, interview.young_person_id, "reminder")
    turn = open_interview(Position.from_json(interview.position), situation, now)
    people.save_position(session, interview, turn.position.to_json())
    prompt(service, session, conversation, interview, "reminder", texts, now, MADE_BY)


def _ask_how_it_was(service: Service, interview_id: UUID, person_id: UUID, now: datetime) -> None:
    with service.database.write() as session:
        lock_row(session, "conversation", "young_person_id", person_id)
        if not unanswered.finished_interviews(session, *_lately(now), interview_id):
            return
        if not _may_ask(service, session, interview_id, now):
            return
        interview = session.get_one(ReturnInterview, interview_id)
        conversation = people.conversation_of(session, person_id)
        situation = situation_of(service, session, conversation, interview)
        turn = ask_chat_was(Position.from_json(interview.position), situation, now)
        people.save_position(session, interview, turn.position.to_json())
        prompt(service, session, conversation, interview, "chat_was", turn.replies, now, MADE_BY)


def _may_ask(service: Service, session: Session, interview_id: UUID, now: datetime) -> bool:
    """Whether this is the day to ask how the chat was, of somebody who held it to the end."""
    interview = session.get_one(ReturnInterview, interview_id)
    person_id = interview.young_person_id
    current = people.current_interview(session, person_id)
    return (
        interview.state == "finished"
        and interview.ended_at is not None
        and in_london(interview.ended_at).date() < in_london(now).date()
        and current is not None
        and current.id == interview_id
        and can_be_prompted(service, session, person_id, now)
        and is_room(session, person_id, now)
    )


def _lately(now: datetime) -> tuple[datetime, datetime]:
    return now - CHAT_WAS_WITHIN, now - CHAT_WAS_AFTER


def _is_adult(service: Service, session: Session, person_id: UUID, now: datetime) -> bool:
    born_on = people.born_on_of(service.vault, people.young_person(session, person_id))
    return born_on is not None and age_on(born_on, now) >= ADULT_FROM
