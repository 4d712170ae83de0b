"""Prompts: texts that answer nothing. When one may go out, and how many.

At most three in seven days go to one child, whatever they are about: every one is noted in the
commit that queues it, and this is the one place that counts them (docs/practice.md PR-06, PR-07).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session

from bot.clock import ChosenTimes
from bot.outbox import queue_replies
from bot.service import Service
from bot.window import TASK, replies_of_prompt
from dialogs.position import Reply
from storage.offers import add_offer, offers_since
from storage.tables import Conversation, ReturnInterview, YoungPerson
from storage.unanswered import last_outbound_id

MOST = 3
WITHIN = timedelta(days=7)


def chosen_times(person: YoungPerson) -> ChosenTimes:
    """When this young person chose to be prompted."""
    if person.prompts_from is None or person.prompts_until is None:
        return ChosenTimes(None, person.school_time_ok)
    window = (time.fromisoformat(person.prompts_from), time.fromisoformat(person.prompts_until))
    return ChosenTimes(window, person.school_time_ok)


def is_room(session: Session, young_person_id: UUID, due_at: datetime) -> bool:
    """Whether one more prompt at ``due_at`` keeps to three in any seven days."""
    since = due_at - WITHIN
    recent = offers_since(session, young_person_id, since)
    return sum(each.due_at > since for each in recent) < MOST


def prompt(
    service: Service,
    session: Session,
    conversation: Conversation,
    interview: ReturnInterview,
    kind: str,
    replies: Sequence[Reply],
    due_at: datetime,
    made_by: str,
) -> None:
    """Queue the texts of one prompt for ``due_at``, and note it, in the caller's commit.

    Args:
        service: the process's service.
        session: a write transaction.
        conversation: whose; its row should be held, so that two workers do not both count to two.
        interview: what it is about.
        kind: "invitation", "reminder", "follow_up" or "chat_was".
        replies: texts that may leave.
        due_at: service time at which they may go out.
        made_by: who or what decided it.
    """
    now = service.clock.service_now()
    wanted, replies = replies, replies_of_prompt(service, session, conversation, replies)
    queued = queue_replies(
        service, session, conversation, interview.id, replies, now, due_at, prompt=True
    )
    add_offer(
        session,
        conversation.young_person_id,
        kind,
        due_at,
        now,
        made_by,
        interview_id=interview.id,
        message_id=(
            last_outbound_id(session, conversation.young_person_id) if replies and queued else None
        ),
        outcome=TASK if wanted and not replies else None,
    )
