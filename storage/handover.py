"""Hand-over notes: what somebody on duty leaves for whoever comes next (service time)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from storage.database import add_once
from storage.encryption import Vault
from storage.tables import HandoverNote, HandoverReading

LISTED_FOR = timedelta(days=14)
SHOWN_FOR = timedelta(hours=24)
"""How long a note is still shown to others once somebody has read it."""


def add_note(
    session: Session,
    vault: Vault,
    ladder: str,
    staff_id: UUID,
    shift_id: UUID | None,
    words: str,
    now: datetime,
) -> HandoverNote:
    """Keep a note, sealed under the key of who wrote it; it is never changed."""
    note_id = uuid4()
    note = HandoverNote(
        id=note_id,
        ladder=ladder,
        staff_id=staff_id,
        shift_id=shift_id,
        words_sealed=vault.seal(staff_id, "handover_note.words", note_id, words),
        at=now,
    )
    session.add(note)
    session.flush()
    return note


def words_of(vault: Vault, note: HandoverNote) -> str:
    """What the note says."""
    return vault.open(note.staff_id, "handover_note.words", note.id, note.words_sealed)


def note(session: Session, note_id: UUID) -> HandoverNote | None:
    """One note."""
    return session.exec(select(HandoverNote).where(HandoverNote.id == note_id)).first()


def unread_notes(
    session: Session, ladder: str, staff_id: UUID, now: datetime
) -> Sequence[HandoverNote]:
    """The notes of a ladder that this person neither wrote nor has read, the oldest first.

    One that nobody has read yet is never too old: it would be lost.
    """
    mine = select(HandoverReading.note_id).where(HandoverReading.staff_id == staff_id)
    anybody = select(HandoverReading.note_id)
    statement = select(HandoverNote).where(
        HandoverNote.ladder == ladder,
        HandoverNote.staff_id != staff_id,
        col(HandoverNote.id).not_in(mine),
        (col(HandoverNote.at) > now - SHOWN_FOR) | col(HandoverNote.id).not_in(anybody),
    )
    return session.exec(statement.order_by(col(HandoverNote.seq))).all()


def note_read(session: Session, note_id: UUID, staff_id: UUID, now: datetime) -> None:
    """Somebody says that they have read a note; saying it twice changes nothing."""
    reading = HandoverReading(note_id=note_id, staff_id=staff_id, at=now)
    key = (note_id, staff_id)
    add_once(session, reading, lambda: session.get(HandoverReading, key) is not None)


def recent_notes(session: Session, ladder: str, now: datetime) -> Sequence[HandoverNote]:
    """The notes of a ladder that are not older than two weeks, the newest first."""
    statement = select(HandoverNote).where(
        HandoverNote.ladder == ladder, col(HandoverNote.at) > now - LISTED_FOR
    )
    return session.exec(statement.order_by(col(HandoverNote.seq).desc())).all()


def readers(session: Session, note_id: UUID) -> Sequence[UUID]:
    """Who has said that they read a note, the first first."""
    statement = select(HandoverReading.staff_id).where(HandoverReading.note_id == note_id)
    return session.exec(statement.order_by(col(HandoverReading.at))).all()
