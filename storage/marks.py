"""Marks on the screening, the copies of their words that may leave, and which ones have left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, col, func, select

from storage.encryption import Vault
from storage.tables import Message, ScreeningMark, ScreeningMarkCopy, ScreeningMarkExport


def add_mark(
    session: Session,
    vault: Vault,
    kind: str,
    message: Message,
    staff_id: UUID,
    now: datetime,
    detail: dict[str, Any],
    *,
    priority: int = 0,
    interview_id: UUID | None = None,
    escalation_id: UUID | None = None,
) -> ScreeningMark:
    """Keep what a person says of the screening of a message, sealed under the young person's key.

    Raises:
        IntegrityError: somebody has marked this message in this way, as urgent, before.
    """
    mark_id = uuid4()
    mark = ScreeningMark(
        id=mark_id,
        kind=kind,
        priority=priority,
        young_person_id=message.young_person_id,
        interview_id=interview_id,
        escalation_id=escalation_id,
        message_id=message.id,
        staff_id=staff_id,
        detail_sealed=vault.seal_json(
            message.young_person_id, "screening_mark.detail", mark_id, detail
        ),
        at=now,
    )
    session.add(mark)
    session.flush()
    return mark


def detail_of(vault: Vault, mark: ScreeningMark) -> dict[str, Any]:
    """What a mark says, opened."""
    opened = vault.open_json(
        mark.young_person_id, "screening_mark.detail", mark.id, mark.detail_sealed
    )
    return dict(opened)


def mark(session: Session, mark_id: UUID) -> ScreeningMark | None:
    """One mark, None when there is none."""
    return session.exec(select(ScreeningMark).where(ScreeningMark.id == mark_id)).first()


def marks_on(session: Session, message_ids: Collection[UUID]) -> Sequence[ScreeningMark]:
    """The marks on these messages, the first first."""
    statement = select(ScreeningMark).where(col(ScreeningMark.message_id).in_(list(message_ids)))
    return session.exec(statement.order_by(col(ScreeningMark.seq))).all()


def marks_of(session: Session, escalation_id: UUID) -> Sequence[ScreeningMark]:
    """The marks that belong to an escalation, the first first."""
    statement = select(ScreeningMark).where(ScreeningMark.escalation_id == escalation_id)
    return session.exec(statement.order_by(col(ScreeningMark.seq))).all()


def unexported(session: Session) -> Sequence[ScreeningMark]:
    """The marks whose words have not left, the first first."""
    left = select(ScreeningMarkExport.mark_id)
    statement = select(ScreeningMark).where(col(ScreeningMark.id).not_in(left))
    return session.exec(statement.order_by(col(ScreeningMark.seq))).all()


def number_exported(session: Session) -> int:
    """How many marks have left."""
    return session.exec(select(func.count()).select_from(ScreeningMarkExport)).one()


def is_exported(session: Session, mark_id: UUID) -> bool:
    """Whether the words of a mark have left."""
    return session.get(ScreeningMarkExport, mark_id) is not None


def add_copy(
    session: Session,
    vault: Vault,
    found: ScreeningMark,
    decision: str,
    staff_id: UUID,
    now: datetime,
    detail: dict[str, Any],
) -> ScreeningMarkCopy:
    """Keep what a person decided about the words of a mark; earlier decisions stay as they were."""
    copy_id = uuid4()
    copy = ScreeningMarkCopy(
        id=copy_id,
        mark_id=found.id,
        decision=decision,
        staff_id=staff_id,
        detail_sealed=vault.seal_json(
            found.young_person_id, "screening_mark_copy.detail", copy_id, detail
        ),
        at=now,
    )
    session.add(copy)
    session.flush()
    return copy


def copy_detail(vault: Vault, found: ScreeningMark, copy: ScreeningMarkCopy) -> dict[str, Any]:
    """What a copy says, opened."""
    opened = vault.open_json(
        found.young_person_id, "screening_mark_copy.detail", copy.id, copy.detail_sealed
    )
    return dict(opened)


def newest_copies(session: Session, mark_ids: Collection[UUID]) -> dict[UUID, ScreeningMarkCopy]:
    """What was decided last about each of these marks, where anything was."""
    statement = select(ScreeningMarkCopy).where(col(ScreeningMarkCopy.mark_id).in_(list(mark_ids)))
    rows = session.exec(statement.order_by(col(ScreeningMarkCopy.seq))).all()
    return {each.mark_id: each for each in rows}


def note_export(session: Session, mark_id: UUID, by: str, now: datetime) -> None:
    """Note that the words of a mark leave now.

    Raises:
        IntegrityError: they have left before.
    """
    session.add(ScreeningMarkExport(mark_id=mark_id, by=by, at=now))
    session.flush()


def texts_of_thought(
    session: Session, message: Message, since: datetime, most: int
) -> Sequence[Message]:
    """A message with what the young person wrote right before it, nothing of ours in between."""
    before = (
        Message.young_person_id == message.young_person_id,
        col(Message.seq) <= message.seq,
        col(Message.at) >= since,
    )
    newest_of_ours = select(func.coalesce(func.max(col(Message.seq)), 0)).where(
        *before, Message.direction == "out"
    )
    statement = (
        select(Message)
        .where(
            *before,
            Message.direction == "in",
            col(Message.seq) > newest_of_ours.scalar_subquery(),
        )
        .order_by(col(Message.seq).desc())
        .limit(most)
    )
    return session.exec(statement).all()[::-1]
