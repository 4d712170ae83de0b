"""Whoever is signed in sees what they may know of: the reader of every read, the row of every page.

The role says which pages there are (web/access.py); the authority, the assignment and the conflict
rule say which rows (storage/visibility.py). A page about a row that its reader may not know of
answers 404, as one about no row at all does: 403 would say that there is something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, abort
from sqlmodel import col, select

from bot.service import Service
from storage.tables import (
    Escalation,
    HumanTask,
    Message,
    ReturnInterview,
    ScreeningMark,
    Staff,
    YoungPerson,
)
from storage.visibility import look_as, viewer_of

OBJECTS: Final[Mapping[str, Any]] = {
    "escalation_id": Escalation,
    "interview_id": ReturnInterview,
    "mark_id": ScreeningMark,
    "message_id": Message,
    "sender_id": YoungPerson,
    "task_id": HumanTask,
    "young_person_id": YoungPerson,
}
"""What a part of an address names that not everybody of a role may know of."""

NO_SECRET: Final = frozenset(
    {
        "address_id",
        "alarm_id",
        "alias_id",
        "authority_id",
        "filename",
        "hidden_id",
        "ladder",
        "line_id",
        "note_id",
        "owner_id",
        "passkey_id",
        "priority",
        "reference",
        "session_id",
        "shift_id",
        "staff_id",
    }
)
"""Parts of addresses that name nothing of a young person, or only beside one that does."""


def prepare(app: Flask) -> None:
    """Let nobody's sight outlive their request: threads are used again."""
    app.before_request(_look_as_nobody)
    app.teardown_request(_look_away)


def look(service: Service, staff: Staff) -> None:
    """From here on, every read in this request shows what this member of staff may know of."""
    with service.database.read() as session:
        viewer = viewer_of(session, staff)
    look_as(viewer)


def check(service: Service, arguments: Mapping[str, Any]) -> None:
    """Answer 404 where the address names a row that whoever is signed in may not know of."""
    named = [(OBJECTS[name], value) for name, value in arguments.items() if name in OBJECTS]
    if not named:
        return
    with service.database.read() as session:
        for table, value in named:
            if session.exec(select(col(table.id)).where(table.id == value)).first() is None:
                abort(404)


def _look_as_nobody() -> None:
    look_as(None)


def _look_away(_error: BaseException | None) -> None:
    look_as(None)
