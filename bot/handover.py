"""Hand-over notes: written at the end of a shift, read by whoever comes next on the same ladder.

The words may name young people: they are sealed, each reading is logged before it is shown, and a
note of the independent ladder is for independent people alone (docs/practice.md 6.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.escalations import NotPossible
from bot.rota import on_duty
from bot.service import Service
from bot.transcripts import log_reading
from storage import handover, rota
from storage.keys import KeyDestroyed
from storage.staff import staff_by_id
from storage.tables import HandoverNote, Staff

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note with its words; None when the key of who wrote it is gone."""

    id: UUID
    who: str
    at: datetime
    words: str | None


@dataclass(frozen=True, slots=True)
class ListedNote:
    """A note in a list: who wrote it, when, and who has read it. No words."""

    id: UUID
    who: str
    at: datetime
    read_by: tuple[str, ...]


def write(service: Service, staff: Staff, words: str) -> None:
    """Leave a note for whoever comes next.

    Raises:
        NotPossible: it is empty or too long.
    """
    words = words.strip()
    if not words:
        raise NotPossible("Write what the next person needs to know.")
    if len(words) > LONGEST:
        raise NotPossible(f"A note is at most {LONGEST} characters: {len(words)} were written.")
    now = service.clock.service_now()
    with service.database.write() as session:
        shift = rota.shift_of(session, staff.id, now)
        ladder = ladder_of(session, staff)
        note = handover.add_note(
            session, service.vault, ladder, staff.id, shift.id if shift else None, words, now
        )
        actor = f"staff:{staff.id}"
        service.audit.append(session, now, actor, "write hand-over note", _subject(note.id))


def waiting(service: Service, staff: Staff) -> list[ShownNote]:
    """The notes that somebody who comes on duty has not read yet, each reading logged before.

    Nothing for somebody who is off duty, unless nobody at all is on duty: then for whoever looks.
    """
    now = service.clock.service_now()
    with service.database.read() as session:
        ladder = ladder_of(session, staff)
        there = [each.id for each in on_duty(service, session, ladder, now)]
        if there and staff.id not in there:
            return []
        found = handover.unread_notes(session, ladder, staff.id, now)
    return _opened(service, staff, found)


def read_one(service: Service, staff: Staff, note_id: UUID) -> ShownNote | None:
    """One note again; None when there is none for this person."""
    with service.database.read() as session:
        found = _theirs(session, staff, note_id)
    return _opened(service, staff, [found])[0] if found else None


def mark_read(service: Service, staff: Staff, note_id: UUID) -> bool:
    """They say that they have read it; False when there is none for this person."""
    with service.database.write() as session:
        found = _theirs(session, staff, note_id)
        if found is not None:
            handover.note_read(session, note_id, staff.id, service.clock.service_now())
    return found is not None


def recent(service: Service, staff: Staff) -> list[ListedNote]:
    """The notes of the last two weeks, the newest first."""
    now = service.clock.service_now()
    with service.database.read() as session:
        found = handover.recent_notes(session, ladder_of(session, staff), now)
        return [
            ListedNote(
                each.id,
                _name(session, each.staff_id),
                each.at,
                tuple(_name(session, reader) for reader in handover.readers(session, each.id)),
            )
            for each in found
        ]


def ladder_of(session: Session, staff: Staff) -> str:
    """Whose notes these are: an independent person's are for independent people."""
    return "independent" if rota.is_independent(session, staff) else "main"


def _opened(service: Service, staff: Staff, notes: Sequence[HandoverNote]) -> list[ShownNote]:
    for each in notes:
        log_reading(service, f"staff:{staff.id}", "read hand-over note", _subject(each.id))
    with service.database.read() as session:
        return [
            ShownNote(each.id, _name(session, each.staff_id), each.at, _words(service, each))
            for each in notes
        ]


def _words(service: Service, note: HandoverNote) -> str | None:
    try:
        return handover.words_of(service.vault, note)
    except KeyDestroyed:
        return None


def _theirs(session: Session, staff: Staff, note_id: UUID) -> HandoverNote | None:
    found = handover.note(session, note_id)
    return found if found is not None and found.ladder == ladder_of(session, staff) else None


def _name(session: Session, staff_id: UUID) -> str:
    staff = staff_by_id(session, staff_id)
    return staff.name if staff else "Somebody"


def _subject(note_id: UUID) -> str:
    return f"handover_note:{note_id}"
