"""Who has joined a conversation: at most one person at a time, each change a conditional one.

Whoever changes a hold has the conversation locked, as senders and turns do; so a text is either
claimed before somebody joins, and they wait for it, or it finds the hold and stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from storage.again import drop_waiting
from storage.database import lock_row
from storage.links import ids_of, person_of
from storage.tables import ConversationHold, HoldText, Message, OutboxEntry, RelatedMessage


def open_hold(session: Session, young_person_id: UUID) -> ConversationHold | None:
    """The hold of whoever is in this young person's conversation now."""
    statement = select(ConversationHold).where(
        _is_of(session, young_person_id), col(ConversationHold.ended_at).is_(None)
    )
    return session.exec(statement).first()


def last_hold(session: Session, young_person_id: UUID) -> ConversationHold | None:
    """The newest hold of a conversation, open or ended."""
    statement = select(ConversationHold).where(_is_of(session, young_person_id))
    return session.exec(statement.order_by(col(ConversationHold.seq).desc())).first()


def _is_of(session: Session, young_person_id: UUID) -> ColumnElement[bool]:
    """Also under the id of a sender who turned out to be them while somebody was there."""
    ids = ids_of(session, person_of(session, young_person_id))
    return col(ConversationHold.young_person_id).in_(ids)


def open_holds(session: Session) -> Sequence[ConversationHold]:
    """Everybody who is in a conversation now."""
    statement = select(ConversationHold).where(col(ConversationHold.ended_at).is_(None))
    return session.exec(statement.order_by(col(ConversationHold.seq))).all()


def held_by(session: Session, staff_id: UUID) -> Sequence[ConversationHold]:
    """Every conversation that a member of staff is in now."""
    return [each for each in open_holds(session) if each.staff_id == staff_id]


def lock(session: Session, young_person_id: UUID) -> tuple[UUID, ...]:
    """Hold the conversation until the transaction ends; returns every id that texts go to."""
    ids = ids_of(session, person_of(session, young_person_id))
    for each in ids:
        lock_row(session, "conversation", "young_person_id", each)
    return ids


def add(
    session: Session,
    young_person_id: UUID,
    staff_id: UUID,
    escalation_id: UUID,
    now: datetime,
    lease_until: datetime,
) -> ConversationHold:
    """Somebody joins; the database refuses a second one beside them (IntegrityError)."""
    hold = ConversationHold(
        id=uuid4(),
        young_person_id=young_person_id,
        staff_id=staff_id,
        escalation_id=escalation_id,
        since=now,
        lease_until=lease_until,
    )
    session.add(hold)
    session.flush()
    return hold


def begin(session: Session, hold: ConversationHold, now: datetime) -> bool:
    """Nothing of the computer is on its way any more; False when it had begun, or is over."""
    return _change(session, hold, col(ConversationHold.began_at).is_(None), began_at=now)


def renew(session: Session, hold: ConversationHold, lease_until: datetime) -> bool:
    """The worker is still there; False when they no longer have the conversation."""
    return _change(session, hold, lease_until=lease_until)


def note_wrote(
    session: Session,
    hold: ConversationHold,
    staff_id: UUID,
    now: datetime,
    lease_until: datetime,
) -> bool:
    """The worker writes; False when they do not have the conversation under this hold."""
    return _change(
        session,
        hold,
        col(ConversationHold.staff_id) == staff_id,
        col(ConversationHold.began_at).is_not(None),
        last_wrote_at=now,
        lease_until=lease_until,
        waiting_since=None,
    )


def note_waiting(session: Session, hold: ConversationHold, since: datetime) -> bool:
    """The young person wrote and waits for the worker; False when they waited already."""
    waits = col(ConversationHold.waiting_since).is_(None)
    return _change(session, hold, waits, waiting_since=since)


def end(session: Session, hold: ConversationHold, how: str, now: datetime) -> bool:
    """The worker is out of the conversation; False when they were already."""
    ids = ids_of(session, person_of(session, hold.young_person_id))
    newest = select(func.max(col(Message.seq))).where(col(Message.young_person_id).in_(ids))
    until = session.exec(newest).one() or 0
    return _change(session, hold, ended_at=now, ended_how=how, until_seq=until)


def _change(
    session: Session, hold: ConversationHold, *only_if: ColumnElement[bool], **values: Any
) -> bool:
    statement = (
        update(ConversationHold)
        .where(
            col(ConversationHold.id) == hold.id,
            col(ConversationHold.ended_at).is_(None),
            *only_if,
        )
        .values(**values)
    )
    changed = session.connection().execute(statement).rowcount == 1
    session.refresh(hold)
    return changed


def add_text(session: Session, message_id: UUID, hold_id: UUID, staff_id: UUID | None) -> None:
    """A text belongs to a hold; ``staff_id`` is who wrote it, None for one that tells of them."""
    session.add(HoldText(message_id=message_id, hold_id=hold_id, staff_id=staff_id))
    session.flush()


def writers_of(session: Session, message_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """By message, which member of staff wrote it."""
    statement = select(HoldText.message_id, HoldText.staff_id).where(
        col(HoldText.message_id).in_(list(message_ids)), col(HoldText.staff_id).is_not(None)
    )
    return {message_id: staff_id for message_id, staff_id in session.exec(statement) if staff_id}


def has_to_stay(session: Session, message: Message) -> bool:
    """Whether a text must not leave, because a person is or was in the conversation since.

    While somebody is there only what belongs to their hold leaves. Afterwards whatever the
    computer had queued until they left stays for ever, and so does what an earlier one wrote.
    """
    last = last_hold(session, message.young_person_id)
    if last is None:
        return False
    text = _text_of(session, message.id)
    if text is not None:
        withdrawn = last.ended_how == "withdrawn" and text.staff_id is not None
        return withdrawn or text.hold_id != last.id
    return last.ended_at is None or (message.seq or 0) <= (last.until_seq or 0)


def _text_of(session: Session, message_id: UUID) -> HoldText | None:
    """Also of a text that is the same once more, another way."""
    text = session.get(HoldText, message_id)
    related = None if text else session.get(RelatedMessage, message_id)
    if related is not None and related.kind == "copy":
        return session.get(HoldText, related.of_message_id)
    return text


def drop_queued(session: Session, ids: Collection[UUID], now: datetime, code: str) -> None:
    """Take back every text to these that nobody is sending at this moment."""
    statement = select(OutboxEntry.id).where(
        col(OutboxEntry.young_person_id).in_(ids),
        col(OutboxEntry.message_id).is_not(None),
        OutboxEntry.state == "waiting",
    )
    for each in session.exec(statement).all():
        drop_waiting(session, each, now, code)


def is_on_its_way(session: Session, ids: Collection[UUID], machine_now: datetime) -> bool:
    """Whether a sender may be handing a text to these to a provider at this moment."""
    statement = select(OutboxEntry.id).where(
        col(OutboxEntry.young_person_id).in_(ids),
        col(OutboxEntry.message_id).is_not(None),
        OutboxEntry.state == "claimed",
        col(OutboxEntry.lease_until) >= machine_now,
    )
    return session.exec(statement.limit(1)).first() is not None
