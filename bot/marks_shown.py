"""Marks on the screening as readers of the words see them.

Nothing here logs a reading: whoever calls has entered it before (docs/reliability.md I-09).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from storage import marks
from storage.staff import staff_by_id
from storage.tables import ScreeningMark


@dataclass(frozen=True, slots=True)
class ShownMark:
    """What a person said of the screening of a message.

    ``kind`` is "not_a_disclosure", with a ``reason``, or "missed", with how soon somebody should
    have looked (``priority``), what it is about (``categories``) and whom (``about``: "self" or
    "other_child").
    """

    kind: str
    message_id: UUID
    who: str
    at: datetime
    reason: str
    priority: int | None
    categories: tuple[str, ...]
    about: str


def marks_of_escalation(
    service: Service, session: Session, escalation_id: UUID
) -> tuple[ShownMark, ...]:
    """The marks that belong to an escalation, the first first."""
    return _shown(service, session, marks.marks_of(session, escalation_id))


def marks_beside(
    service: Service, session: Session, message_ids: Collection[UUID]
) -> tuple[ShownMark, ...]:
    """The marks on these messages, the first first."""
    return _shown(service, session, marks.marks_on(session, message_ids))


def _shown(
    service: Service, session: Session, found: Sequence[ScreeningMark]
) -> tuple[ShownMark, ...]:
    return tuple(_one(service, session, each) for each in found)


def _one(service: Service, session: Session, mark: ScreeningMark) -> ShownMark:
    detail = marks.detail_of(service.vault, mark)
    staff = staff_by_id(session, mark.staff_id)
    return ShownMark(
        kind=mark.kind,
        message_id=mark.message_id,
        who=staff.name if staff else "",
        at=mark.at,
        reason=detail.get("reason", ""),
        priority=mark.priority or None,
        categories=tuple(detail.get("categories", ())),
        about=detail.get("about", ""),
    )
