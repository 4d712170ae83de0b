"""Which question a text answers: the one that stood on the phone when it was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from storage.attempts import entry_with
from storage.tables import Message, OutboxEntry

LATE_AFTER = timedelta(minutes=1)
"""What took longer from the provider to us may answer a question from before."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The questions that a text may answer: the last accepted, and one that was being sent."""

    accepted: str | None
    in_flight: str | None

    @property
    def states(self) -> frozenset[str]:
        """Both, without the absent ones."""
        return frozenset(state for state in (self.accepted, self.in_flight) if state)


def written_before(sent_at: datetime | None, machine_now: datetime) -> datetime | None:
    """When a text was written that reached us late; None for one that has just been written."""
    if sent_at is None or machine_now - sent_at <= LATE_AFTER:
        return None
    return sent_at


def prompts_for(
    session: Session, young_person_id: UUID, written_at: datetime | None = None
) -> Prompts:
    """The last prompt that the provider had accepted, and one in flight (design: receive).

    Args:
        session: a transaction.
        young_person_id: who was asked.
        written_at: of a text that comes late: what was accepted after it is not asked yet.
    """
    statement = (
        select(Message.question, OutboxEntry.accepted_at)
        .join(OutboxEntry, col(OutboxEntry.message_id) == col(Message.id))
        .where(
            Message.young_person_id == young_person_id,
            Message.direction == "out",
            col(Message.question).is_not(None),
            col(OutboxEntry.state).in_(("claimed", "in_doubt", "sent")),
        )
        .order_by(col(Message.seq).desc())
        .limit(10)
    )
    if written_at is not None:
        statement = statement.where(col(OutboxEntry.accepted_at) <= written_at)
    rows = session.exec(statement).all()
    in_flight = next((question for question, accepted_at in rows if accepted_at is None), None)
    # By acceptance, not by place in the queue: a safety reply overtakes what waited before it.
    accepted = [(accepted_at, question) for question, accepted_at in rows if accepted_at]
    last = max(accepted, key=lambda each: each[0], default=None)
    return Prompts(last[1] if last else None, in_flight)


def prompts_pressed(
    session: Session, young_person_id: UUID, channel: str, pressed: str | None
) -> Prompts | None:
    """The question that a pressed button answers, however old it is.

    A button stays on the phone for ever: an old one that is pressed, or one that is pressed twice,
    must not answer a question that they may not have seen.

    Args:
        session: a transaction.
        young_person_id: who pressed it.
        channel: where.
        pressed: the provider's id of the message that the button hangs on.

    Returns:
        None for no button, or one that hangs on nothing of ours that we can find.
    """
    entry = entry_with(session, channel, pressed) if pressed is not None else None
    if entry is None or entry.message_id is None:
        return None
    message = session.exec(select(Message).where(Message.id == entry.message_id)).first()
    if message is None or message.young_person_id != young_person_id:
        return None
    question = message.question or _asked_around(session, message)
    return Prompts(question, None) if question else None


def _asked_around(session: Session, message: Message) -> str | None:
    """The question beside a text that asks none: of the same turn, else the last one before it."""
    questions = (
        select(Message.question)
        .where(
            Message.young_person_id == message.young_person_id,
            Message.direction == "out",
            col(Message.question).is_not(None),
        )
        .limit(1)
    )
    seq = col(Message.seq)
    after = questions.where(seq > message.seq, Message.at == message.at).order_by(seq)
    before = questions.where(seq < message.seq).order_by(seq.desc())
    return session.exec(after).first() or session.exec(before).first()
