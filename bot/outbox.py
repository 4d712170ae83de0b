"""Queueing what is to be sent, and the one rule on what may be sent to whom.

Contact safety outranks everything: while somebody else may be holding the phone, only bland texts
leave (docs/practice.md, safe contact). The rule is applied here when a message is queued and
applied again when it is sent, because the conversation may have become guarded in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from dialogs.position import SCRIPT_VERSION, Reply
from dialogs.texts import reply
from storage.messages import Outgoing, keep_outbound, times_queued
from storage.outbox import queue_entry
from storage.people import contact_of, young_person
from storage.tables import Alert, Conversation

ALERT_RANK, SAFETY_RANK, ORDINARY_RANK = 0, 1, 2

_ALLOWED = {
    "guarded": frozenset({"bland"}),
    "unverified": frozenset({"bland", "general", "private"}),
    "open": frozenset({"bland", "general", "private", "case"}),
}


def may_leave(contact: str, exposure: str) -> bool:
    """Whether a text of this exposure may go to a conversation in this contact state."""
    return exposure in _ALLOWED[contact]


def queue_replies(
    service: Service,
    session: Session,
    conversation: Conversation,
    interview_id: UUID | None,
    replies: Sequence[Reply],
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Keep the replies that may leave and put them in the outbox, in order.

    Replies of one turn share a rank, so that a safety reply brings its own turn's texts along and
    overtakes those of earlier turns.
    """
    allowed = [each for each in replies if may_leave(conversation.contact, each.exposure)]
    rank = SAFETY_RANK if any(each.safety for each in allowed) else ORDINARY_RANK
    contact = contact_of(session, conversation)
    for each in allowed:
        message = keep_outbound(
            session,
            service.vault,
            Outgoing(
                body=each.body,
                text_key=each.key,
                exposure=each.exposure,
                question=each.asks,
                readback=each.readback,
                script_version=SCRIPT_VERSION,
            ),
            conversation.young_person_id,
            interview_id,
            contact.id,
            contact.channel,
            now,
            service.clock.machine_now(),
        )
        queue_entry(
            session,
            rank,
            contact.channel,
            due_at or now,
            now,
            young_person_id=conversation.young_person_id,
            message_id=message.id,
        )


def standing_text(
    session: Session, young_person_id: UUID, key: str, facts: Mapping[str, str]
) -> Reply:
    """A text that is sent outside a turn, in the young person's language.

    Its two wordings take turns, so that the same one never comes twice running
    (docs/practice.md, disclosure).
    """
    language = young_person(session, young_person_id).language
    again = times_queued(session, young_person_id, key) % 2 == 1
    return reply(key, facts, language, again=again)


def queue_alert(service: Service, session: Session, alert: Alert, now: datetime) -> None:
    """Put one alert to a member of staff in front of everything else."""
    queue_entry(session, ALERT_RANK, service.phone_channel, now, now, alert_id=alert.id)
