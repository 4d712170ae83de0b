"""The words in and out: keeping them exactly, and reading them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.asked import prompts_for, prompts_pressed, written_before
from storage.encryption import Vault
from storage.links import ids_of
from storage.tables import (
    Disposition,
    Message,
    RelatedMessage,
    ScreeningResult,
)

LIVE = ("waiting", "claimed", "in_doubt")


@dataclass(frozen=True, slots=True)
class Words:
    """One inbound message as received, ready to be sealed."""

    channel: str
    account: str
    provider_id: str
    body: str
    exact: bool
    raw: bytes
    content_type: str
    kind: str
    media: str
    edit_of: str | None = None
    pressed: str | None = None
    sent_at: datetime | None = None


def keep_inbound(
    session: Session,
    vault: Vault,
    words: Words,
    young_person_id: UUID,
    interview_id: UUID | None,
    contact_address_id: UUID,
    now: datetime,
    machine_now: datetime,
    deadline: datetime,
) -> Message:
    """Keep an inbound message and start its screening deadline.

    Raises:
        IntegrityError: this provider id was kept before (docs/reliability.md F-08).
    """
    message_id = uuid4()
    prompts = prompts_pressed(
        session, young_person_id, words.channel, words.pressed
    ) or prompts_for(session, young_person_id, written_before(words.sent_at, machine_now))
    message = Message(
        id=message_id,
        young_person_id=young_person_id,
        interview_id=interview_id,
        contact_address_id=contact_address_id,
        direction="in",
        channel=words.channel,
        account=words.account,
        provider_id=words.provider_id,
        kind=words.kind,
        media=words.media,
        body_sealed=vault.seal(young_person_id, "message.body", message_id, words.body),
        exact=words.exact,
        raw_sealed=vault.seal(young_person_id, "message.raw", message_id, words.raw),
        content_type=words.content_type,
        question=prompts.accepted,
        question_in_flight=prompts.in_flight,
        sent_at=words.sent_at,
        at=now,
        machine_at=machine_now,
    )
    session.add(message)
    session.flush()
    session.add(ScreeningResult(message_id=message_id, deadline_at=deadline))
    session.flush()
    if words.edit_of is not None:
        _relate_edit(session, message, words.edit_of)
    return message


def _relate_edit(session: Session, message: Message, edit_of: str) -> None:
    """Note what this is a later version of; what was written before our time is not known."""
    first = find_inbound(session, message.channel, message.account, edit_of)
    if first is not None and first.young_person_id in ids_of(session, message.young_person_id):
        relate(session, message.id, "edit", first.id)


def relate(session: Session, message_id: UUID, kind: str, of_message_id: UUID) -> None:
    """Note that a message is an ``edit``, or a ``copy`` on another channel, of an earlier one."""
    session.add(RelatedMessage(message_id=message_id, kind=kind, of_message_id=of_message_id))
    session.flush()


def is_edit(session: Session, message_id: UUID) -> bool:
    """Whether it is a later version of another message."""
    related = session.get(RelatedMessage, message_id)
    return related is not None and related.kind == "edit"


def last_message_seq(session: Session, young_person_id: UUID) -> int:
    """The place of the young person's newest message; 0 when there is none."""
    statement = select(func.max(col(Message.seq))).where(Message.young_person_id == young_person_id)
    return session.exec(statement).one() or 0


def times_queued(session: Session, young_person_id: UUID, text_key: str) -> int:
    """How often a line of the script was queued for this young person."""
    statement = select(func.count()).where(
        col(Message.young_person_id) == young_person_id, col(Message.text_key) == text_key
    )
    return session.exec(statement).one()


def find_inbound(session: Session, channel: str, account: str, provider_id: str) -> Message | None:
    """The message that was kept under this provider id, if one was."""
    statement = select(Message).where(
        Message.channel == channel,
        Message.account == account,
        Message.provider_id == provider_id,
    )
    return session.exec(statement).first()


def body_of(vault: Vault, message: Message) -> str:
    """The exact words of a message."""
    return vault.open(message.young_person_id, "message.body", message.id, message.body_sealed)


def raw_of(vault: Vault, message: Message) -> bytes:
    """The request body of an inbound message, byte for byte."""
    if message.raw_sealed is None:
        return b""
    return vault.open_bytes(message.young_person_id, "message.raw", message.id, message.raw_sealed)


def unanswered(
    session: Session, young_person_id: UUID
) -> Sequence[tuple[Message, ScreeningResult]]:
    """Inbound messages without a disposition, in order, with their screening."""
    statement = (
        select(Message, ScreeningResult)
        .join(ScreeningResult, col(ScreeningResult.message_id) == col(Message.id))
        .join(Disposition, col(Disposition.message_id) == col(Message.id), isouter=True)
        .where(
            Message.young_person_id == young_person_id,
            Message.direction == "in",
            col(Disposition.message_id).is_(None),
        )
        .order_by(col(Message.seq))
    )
    return session.exec(statement).all()


def thought_of(
    session: Session, message: Message, since: datetime, most: int
) -> Sequence[tuple[Message, ScreeningResult]]:
    """The unanswered messages that may be one thought with ``message``, up to and with it."""
    statement = (
        select(Message, ScreeningResult)
        .join(ScreeningResult, col(ScreeningResult.message_id) == col(Message.id))
        .join(Disposition, col(Disposition.message_id) == col(Message.id), isouter=True)
        .where(
            Message.young_person_id == message.young_person_id,
            Message.direction == "in",
            col(Message.seq) <= message.seq,
            col(Message.at) >= since,
            col(Disposition.message_id).is_(None),
        )
        .order_by(col(Message.seq).desc())
        .limit(most)
    )
    return session.exec(statement).all()[::-1]


def unread_since(session: Session, before: datetime) -> Sequence[Message]:
    """Inbound messages that came before ``before`` (machine time) and have no disposition."""
    statement = (
        select(Message)
        .join(Disposition, col(Disposition.message_id) == col(Message.id), isouter=True)
        .where(
            Message.direction == "in",
            col(Message.machine_at) < before,
            col(Disposition.message_id).is_(None),
        )
        .order_by(col(Message.seq))
    )
    return session.exec(statement).all()


def dispose(session: Session, message_ids: Iterable[UUID], kind: str, now: datetime) -> None:
    """Say what became of these inbound messages."""
    session.add_all(Disposition(message_id=each, kind=kind, at=now) for each in message_ids)
    session.flush()


def conversation_messages(
    session: Session, young_person_id: UUID, until: datetime | None = None
) -> Sequence[Message]:
    """All messages of a conversation in order, up to and including ``until`` (service time)."""
    statement = select(Message).where(Message.young_person_id == young_person_id)
    if until is not None:
        statement = statement.where(col(Message.at) <= until)
    return session.exec(statement.order_by(col(Message.seq))).all()


def interview_messages(session: Session, interview_id: UUID) -> Sequence[Message]:
    """The messages of one interview in order."""
    statement = select(Message).where(Message.interview_id == interview_id)
    return session.exec(statement.order_by(col(Message.seq))).all()


def unflagged_since(session: Session, interview_id: UUID, since: datetime) -> Sequence[Message]:
    """Inbound texts of an interview from ``since`` (service time) on that screening passed over."""
    statement = (
        select(Message)
        .join(ScreeningResult, col(ScreeningResult.message_id) == col(Message.id))
        .where(
            Message.interview_id == interview_id,
            Message.direction == "in",
            Message.kind == "text",
            col(Message.at) >= since,
            ScreeningResult.state == "screened",
            col(ScreeningResult.priority).is_(None),
        )
        .order_by(col(Message.seq))
    )
    return session.exec(statement).all()


def messages_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Some messages, by their ids."""
    wanted = list(ids)
    rows = session.exec(select(Message).where(col(Message.id).in_(wanted))).all()
    return {message.id: message for message in rows}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text of the script as it will be seen, with where it came from."""

    body: str
    text_key: str
    exposure: str
    question: str | None
    readback: bool
    script_version: str | None
    choices: tuple[tuple[str, str], ...] = ()


def keep_outbound(
    session: Session,
    vault: Vault,
    outgoing: Outgoing,
    young_person_id: UUID,
    interview_id: UUID | None,
    contact_address_id: UUID,
    channel: str,
    now: datetime,
    machine_now: datetime,
) -> Message:
    """Keep a text to a young person exactly as it will be sent, with its script version."""
    message_id = uuid4()
    message = Message(
        id=message_id,
        young_person_id=young_person_id,
        interview_id=interview_id,
        contact_address_id=contact_address_id,
        direction="out",
        channel=channel,
        body_sealed=vault.seal(young_person_id, "message.body", message_id, outgoing.body),
        question=outgoing.question,
        text_key=outgoing.text_key,
        exposure=outgoing.exposure,
        readback=outgoing.readback,
        script_version=outgoing.script_version,
        choices=[list(each) for each in outgoing.choices] or None,
        at=now,
        machine_at=machine_now,
    )
    session.add(message)
    session.flush()
    return message
