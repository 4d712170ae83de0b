"""Words as a reader sees them: exact, with what became of each message.

Nothing here logs a reading: whoever calls has entered it before (docs/reliability.md I-09).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.channels.codes import is_known, policy
from bot.service import Service
from storage import answers
from storage import messages as words
from storage.contacts import retired_among
from storage.holds import writers_of
from storage.links import linked_among
from storage.offers import fates_of
from storage.outbox import delivery_of
from storage.related import related_among
from storage.staff import staff_by_id
from storage.tables import Message, RelatedMessage


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message as a reader sees it.

    ``text`` is exact; where ``exact`` is False, U+FFFD stands for bytes that no text can hold.
    ``question`` is the prompt it answers or asks; ``delivery`` of an inbound one is "received".
    ``text_key`` and ``script_version`` say which line of which script an outbound one is.
    ``written`` is "before_known" for what an unknown sender wrote or got who turned out to be this
    young person, "not_theirs" for what came from an address that turned out not to be theirs.
    ``channel`` is the one that it came or went by. ``why`` says in plain words, of an outbound one
    that did not arrive, what the provider's code means. ``edit_of`` is the message that this is a
    later version of, ``copy_of`` the one of ours that was sent again another way. ``by`` is the
    member of staff who typed it, empty for the computer.
    """

    id: UUID
    direction: str
    text: str
    question: str | None
    at: datetime
    delivery: str
    kind: str
    media: str
    exact: bool
    is_readback: bool
    text_key: str | None = None
    script_version: str | None = None
    written: str = ""
    channel: str = ""
    why: str = ""
    edit_of: UUID | None = None
    copy_of: UUID | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """The words that answer one question, and the messages that hold them."""

    question: str
    text: str
    message_ids: tuple[UUID, ...]


def shown(
    service: Service, session: Session, messages: Sequence[Message]
) -> tuple[ShownMessage, ...]:
    """Messages opened for a reader whose reading is logged already."""
    fates = delivery_of(session, [each.id for each in messages if each.direction == "out"])
    reasons = _reasons(session, [each for each, fate in fates.items() if fate == "failed"])
    related = related_among(session, [each.id for each in messages])
    linked = linked_among(session, {each.young_person_id for each in messages})
    writers = _writers(session, [each.id for each in messages if each.direction == "out"])
    retired = retired_among(session, {each.contact_address_id for each in messages})
    return tuple(
        ShownMessage(
            id=each.id,
            direction=each.direction,
            text=words.body_of(service.vault, each),
            question=each.question,
            at=each.at,
            delivery="received" if each.direction == "in" else fates.get(each.id, "queued"),
            kind=each.kind,
            media=each.media,
            exact=each.exact,
            is_readback=each.readback,
            text_key=each.text_key,
            script_version=each.script_version,
            written=_written(each, linked, retired),
            channel=each.channel,
            why=reasons.get(each.id, ""),
            edit_of=_earlier(related.get(each.id), "edit"),
            copy_of=_earlier(related.get(each.id), "copy"),
            by=writers.get(each.id, ""),
        )
        for each in messages
    )


def _reasons(session: Session, failed: Collection[UUID]) -> dict[UUID, str]:
    """Why these texts did not arrive, in plain words; nothing of one that is tried again."""
    return {
        message_id: policy(fate.failed, fate.channel).why
        for message_id, fate in fates_of(session, failed).items()
        if fate.failed is not None and is_known(fate.failed)
    }


def _writers(session: Session, message_ids: Collection[UUID]) -> dict[UUID, str]:
    """By message, the name of whoever of ours typed it."""
    wrote = writers_of(session, message_ids)
    people = {each: staff_by_id(session, each) for each in set(wrote.values())}
    names = {each: person.name for each, person in people.items() if person is not None}
    return {message: names.get(each, "") for message, each in wrote.items()}


def _earlier(related: RelatedMessage | None, kind: str) -> UUID | None:
    return related.of_message_id if related is not None and related.kind == kind else None


def _written(message: Message, linked: Collection[UUID], retired: Collection[UUID]) -> str:
    if message.young_person_id in linked:
        return "before_known"
    return "not_theirs" if message.contact_address_id in retired else ""


def shown_answers(
    service: Service, session: Session, interview_id: UUID
) -> tuple[ShownAnswer, ...]:
    """The answers of an interview, for a reader whose reading is logged already."""
    return tuple(
        ShownAnswer(
            question=answer.question,
            text="\n".join(words.body_of(service.vault, each) for each in messages),
            message_ids=tuple(each.id for each in messages),
        )
        for answer, messages in answers.answers_of(session, interview_id)
    )
