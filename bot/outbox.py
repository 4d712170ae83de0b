"""Queueing what is to be sent, and the one rule on what may be sent to whom.

Contact safety outranks everything: while somebody else may be holding the phone, only bland texts
leave (docs/practice.md, safe contact). The rule is applied here when a message is queued and
applied again when it is sent, because the conversation may have become guarded in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.approvals import is_reviewed
from bot.service import Service
from dialogs.numbers import facts_for
from dialogs.position import SCRIPT_VERSION, Reply
from dialogs.texts import DEFAULT_LANGUAGE, load, notes_of, reply
from storage import holds
from storage.contacts import contact_of
from storage.messages import Outgoing, keep_outbound, times_queued
from storage.outbox import ALERT_RANK as ALERT_RANK
from storage.outbox import ORDINARY_RANK as ORDINARY_RANK
from storage.outbox import SAFETY_RANK as SAFETY_RANK
from storage.outbox import queue_entry
from storage.people import young_person
from storage.tables import Alert, Conversation

PERSON_JOINED: Final = "person_joined"
"""Why a text of the computer is dropped: a person has joined the conversation."""
PERSON_WROTE: Final = "person_wrote"
"""What stands in place of a line of the script for words that a person typed."""

_ALLOWED = {
    "guarded": frozenset({"bland"}),
    "unverified": frozenset({"bland", "general", "private"}),
    "open": frozenset({"bland", "general", "private", "case"}),
}


@dataclass(frozen=True, slots=True)
class HoldOf:
    """Whose hold texts belong to; ``staff_id``: who typed them, None for texts about it."""

    hold_id: UUID
    staff_id: UUID | None = None


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
    *,
    prompt: bool = False,
    of: HoldOf | None = None,
) -> bool:
    """Keep the replies that may leave and put them in the outbox, in order.

    Replies of one turn share a rank, so that a safety reply brings its own turn's texts along and
    overtakes those of earlier turns. ``prompt``: they answer nothing that the young person wrote.
    ``of``: the hold that they belong to; while a person is in the conversation nothing else is
    queued, and the answer is False.
    """
    if of is None and holds.open_hold(session, conversation.young_person_id) is not None:
        return False
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
                script_version=None if each.key == PERSON_WROTE else SCRIPT_VERSION,
                choices=each.choices,
            ),
            conversation.young_person_id,
            interview_id,
            contact.id,
            contact.channel,
            now,
            service.clock.machine_now(),
        )
        if of is not None:
            holds.add_text(session, message.id, of.hold_id, of.staff_id)
        queue_entry(
            session,
            rank,
            contact.channel,
            due_at or now,
            now,
            young_person_id=conversation.young_person_id,
            message_id=message.id,
            prompt=prompt,
        )
    return True


def standing_texts(
    service: Service,
    session: Session,
    young_person_id: UUID,
    key: str,
    more: Callable[[str], Mapping[str, str]] = lambda _language: {},
) -> list[Reply]:
    """A text that is sent outside a turn, in the young person's language.

    Its two wordings take turns, so that the same one never comes twice running. In a language that
    no person has reviewed, English goes beside a safety text (docs/practice.md PR-34, PR-41).

    Args:
        service: the process's service.
        session: of the transaction that queues it.
        young_person_id: whose.
        key: the line.
        more: further facts, in a language.
    """
    language = young_person(session, young_person_id).language
    languages = [language]
    is_safety = load().lines[key].safety
    if is_safety and load(language).language != DEFAULT_LANGUAGE:
        languages += [] if is_reviewed(session, language) else [DEFAULT_LANGUAGE]
    times = times_queued(session, young_person_id, key) // len(languages)
    return [
        reply(key, {**facts_for_anybody(service, each), **more(each)}, each, again=times % 2 == 1)
        for each in languages
    ]


def facts_for_anybody(service: Service, language: str) -> dict[str, str]:
    """What is known whoever writes: our name, and the numbers that hold in this nation now."""
    now, notes = service.clock.service_now(), notes_of(language)
    numbers = facts_for(service.settings.nation, now, notes)
    return {**numbers, "service": service.settings.service_name}


def queue_alert(service: Service, session: Session, alert: Alert, now: datetime) -> None:
    """Put one alert to a member of staff in front of everything else."""
    queue_entry(session, ALERT_RANK, service.phone_channel, now, now, alert_id=alert.id)
