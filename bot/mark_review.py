"""Marks on the screening: a person takes out what could tell who it is, then they may leave.

A computer helps to look and decides nothing. What it finds has to go, or the person says of each
find that it tells nobody who it is; and they have to say that they looked themselves, because
nicknames, schools and villages are known to no computer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.escalations import NotPossible
from bot.marks_shown import ShownMark, marks_beside
from bot.service import Service
from bot.shown import ShownMessage, shown
from bot.transcripts import log_reading
from dialogs.identifiers import Sign, signs
from dialogs.practice_examples import example
from storage import links, marks, people
from storage import messages as words
from storage.staff import list_staff, staff_by_id
from storage.tables import Message, ScreeningMark, ScreeningMarkCopy, Staff

STATES: Final = ("to_clean", "cleaned", "left_out")
_GONE: Final = "There is no such mark, or its words have left already."


class StillThere(Exception):
    """Something in the copy could still tell who it is: ``signs`` says what."""

    def __init__(self, found: Sequence[Sign]) -> None:
        """Carry what was found; the message holds no words."""
        super().__init__(f"{len(found)} finds")
        self.signs = tuple(found)


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One mark in a list: no words. ``state`` is one of `STATES`; ``decided_by`` says who."""

    id: UUID
    kind: str
    priority: int | None
    who: str
    at: datetime
    state: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToClean:
    """One mark with the exact words, and the copy as it was saved last, or the words once more."""

    line: MarkLine
    mark: ShownMark
    texts: tuple[ShownMessage, ...]
    copy: tuple[str, ...]
    others: tuple[ShownMark, ...]


def mark_lines(service: Service) -> list[MarkLine]:
    """The marks whose words have not left: those to be cleaned first, the oldest first."""
    with service.database.read() as session:
        found = marks.unexported(session)
        copies = marks.newest_copies(session, [each.id for each in found])
        lines = [_line(session, each, copies.get(each.id)) for each in found]
    return sorted(lines, key=lambda line: STATES.index(line.state))


def number_exported(service: Service) -> int:
    """How many marks have left."""
    with service.database.read() as session:
        return marks.number_exported(session)


def read_to_clean(service: Service, mark_id: UUID, actor: str) -> ToClean | None:
    """One mark with its words, the reading logged before; None when there is none to clean.

    Args:
        service: the process's service.
        mark_id: the mark.
        actor: who reads, as the access log names them.
    """
    with service.database.read() as session:
        if _unexported(session, mark_id) is None:
            return None
    log_reading(service, actor, "read screening mark", f"screening_mark:{mark_id}")
    with service.database.read() as session:
        found = _unexported(session, mark_id)
        if found is None:
            return None
        copy = marks.newest_copies(session, [mark_id]).get(mark_id)
        texts = shown(service, session, _messages(service, session, found))
        beside = marks_beside(service, session, [found.message_id])
        own = next(each for each in beside if (each.kind, each.priority or 0) == _key(found))
        return ToClean(
            line=_line(session, found, copy),
            mark=own,
            texts=texts,
            copy=_copy(service, found, copy) or tuple(each.text for each in texts),
            others=tuple(each for each in beside if each != own),
        )


def save_copy(
    service: Service,
    mark_id: UUID,
    staff: Staff,
    texts: Sequence[str],
    *,
    cleared: Collection[Sign] = (),
    looked: bool,
) -> None:
    """Keep a copy without what could tell who it is, sealed, with who made it and when.

    Args:
        service: the process's service.
        mark_id: whose words.
        staff: who took it out.
        texts: what is left of each text; empty ones are dropped.
        cleared: finds of which this person says that they tell nobody who it is.
        looked: they have looked themselves, a second time.

    Raises:
        StillThere: something was found that is not among ``cleared``; nothing was kept.
        NotPossible: nothing is left of the words, they did not look, or the words have left.
    """
    kept = [each.strip() for each in texts if each.strip()]
    if not kept:
        raise NotPossible("Nothing is left of the words. Leave them out instead.")
    with service.database.read() as session:
        mark = _unexported(session, mark_id)
        if mark is None:
            raise NotPossible(_GONE)
        found = signs(kept, _names(service, session, mark))
    if still := [each for each in found if each not in cleared]:
        raise StillThere(still)
    if not looked:
        raise NotPossible("Look once more, then tick that you removed what could tell who it is.")
    detail = {"texts": kept, "cleared": [[each.kind, each.text] for each in found]}
    _decide(service, mark_id, staff, "cleaned", detail)


def leave_out(service: Service, mark_id: UUID, staff: Staff) -> None:
    """Decide that the words of a mark never leave, whatever is taken out of them.

    Raises:
        NotPossible: they have left already.
    """
    _decide(service, mark_id, staff, "left_out", {})


def export(service: Service, actor: str, write: Callable[[list[dict[str, Any]]], None]) -> int:
    """Write the cleaned copies that have not left, and note in the same commit that they have.

    Each gets a random reference that is kept nowhere, and they come in a random order: nothing
    leads from a line back to a young person.

    Args:
        service: the process's service.
        actor: who asks for it, as the access log names them.
        write: puts the lines where they belong, for good; what it raises undoes the export.

    Returns:
        How many there were; with none ``write`` is not called.

    Raises:
        NotPossible: another export takes the same ones at this moment.
    """
    now = service.clock.service_now()
    with service.database.write() as session:
        found = marks.unexported(session)
        copies = marks.newest_copies(session, [each.id for each in found])
        chosen = [each for each in found if _is_clean(copies.get(each.id))]
        if not chosen:
            return 0
        lines = [_example(service, session, each, copies[each.id]) for each in chosen]
        try:
            for each in chosen:
                marks.note_export(session, each.id, actor, now)
        except IntegrityError:
            raise NotPossible("Somebody else exports them at this moment.") from None
        service.audit.append(
            session, now, actor, "export screening marks", "screening_marks", lines=str(len(lines))
        )
        secrets.SystemRandom().shuffle(lines)
        write(lines)
    return len(lines)


def _example(
    service: Service, session: Session, mark: ScreeningMark, copy: ScreeningMarkCopy
) -> dict[str, Any]:
    detail = marks.detail_of(service.vault, mark)
    message = words.messages_by_id(session, [mark.message_id])[mark.message_id]
    return example(
        secrets.token_hex(8),
        marks.copy_detail(service.vault, mark, copy)["texts"],
        mark.priority or None,
        detail.get("categories", ()),
        detail.get("about", "none"),
        message.question,
        people.young_person(session, links.person_of(session, mark.young_person_id)).language,
    )


def _is_clean(copy: ScreeningMarkCopy | None) -> bool:
    return copy is not None and copy.decision == "cleaned"


def _decide(
    service: Service, mark_id: UUID, staff: Staff, decision: str, detail: dict[str, Any]
) -> None:
    now = service.clock.service_now()
    with service.database.write() as session:
        found = _unexported(session, mark_id)
        if found is None:
            raise NotPossible(_GONE)
        marks.add_copy(session, service.vault, found, decision, staff.id, now, detail)
        service.audit.append(
            session,
            now,
            f"staff:{staff.id}",
            "clean screening mark" if decision == "cleaned" else "leave out screening mark",
            f"screening_mark:{mark_id}",
        )


def _unexported(session: Session, mark_id: UUID) -> ScreeningMark | None:
    found = marks.mark(session, mark_id)
    return None if found is None or marks.is_exported(session, mark_id) else found


def _key(mark: ScreeningMark) -> tuple[str, int]:
    return mark.kind, mark.priority


def _messages(service: Service, session: Session, mark: ScreeningMark) -> list[Message]:
    ids = [UUID(each) for each in marks.detail_of(service.vault, mark)["message_ids"]]
    found = words.messages_by_id(session, ids)
    return [found[each] for each in ids]


def _copy(service: Service, mark: ScreeningMark, copy: ScreeningMarkCopy | None) -> tuple[str, ...]:
    if copy is None or copy.decision != "cleaned":
        return ()
    return tuple(marks.copy_detail(service.vault, mark, copy)["texts"])


def _names(service: Service, session: Session, mark: ScreeningMark) -> dict[str, list[str]]:
    """The names and agreed words that the service itself knows of."""
    ids = {mark.young_person_id, links.person_of(session, mark.young_person_id)}
    known = [people.young_person(session, each) for each in ids]
    agreed = (people.check_word_of, people.duress_word_of)
    return {
        "the young person's name": [
            people.name_of(service.vault, each) for each in known if not each.provisional
        ],
        "a word agreed with the young person": [
            word for each in known for opened in agreed if (word := opened(service.vault, each))
        ],
        "the name of a member of staff": [each.name for each in list_staff(session)],
    }


def _line(session: Session, mark: ScreeningMark, copy: ScreeningMarkCopy | None) -> MarkLine:
    staff = staff_by_id(session, mark.staff_id)
    decider = staff_by_id(session, copy.staff_id) if copy else None
    return MarkLine(
        id=mark.id,
        kind=mark.kind,
        priority=mark.priority or None,
        who=staff.name if staff else "",
        at=mark.at,
        state=copy.decision if copy else "to_clean",
        decided_by=decider.name if decider else "",
        decided_at=copy.at if copy else None,
    )
