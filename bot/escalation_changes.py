"""What every act on an escalation shares: one writer at a time, refused in words, audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from storage import escalations as records
from storage.database import lock_row
from storage.tables import Escalation, Staff


class NotPossible(Exception):
    """The escalation is not in a state in which this can be done; the message says why."""


NOT_THERE: Final = "There is no such escalation."
REFUSED: Final = {
    "raised": "Nobody has acknowledged this yet: do that first.",
    "acknowledged": "Somebody has already acknowledged this escalation.",
    "closed": "This escalation is closed. Its timeline cannot change any more.",
}
"""Why an act is refused in a state that it is not made for."""


@dataclass(frozen=True, slots=True)
class Change:
    """One act under way: the transaction, the escalation as it stands now, who acts, and when."""

    service: Service
    session: Session
    found: Escalation
    staff: Staff
    now: datetime

    def note(self, kind: str, priority: int | None = None, **detail: Any) -> None:
        """Add a line to the timeline, in the name of who acts."""
        records.add_event(
            self.session,
            self.service.vault,
            self.found,
            kind,
            self.now,
            priority=priority,
            staff_id=self.staff.id,
            detail=detail,
        )

    def save(self) -> None:
        """Write the fields of the escalation that were set."""
        self.session.add(self.found)
        self.session.flush()


@contextmanager
def changing(
    service: Service, escalation_id: UUID, staff: Staff, action: str, *states: str
) -> Iterator[Change]:
    """One audited act on an escalation that is in one of ``states``; nobody else acts meanwhile.

    Raises:
        NotPossible: there is no such escalation, or it is in another state.
    """
    now = service.clock.service_now()
    with service.database.write() as session:
        lock_row(session, "escalation", "id", escalation_id)
        found = records.escalation(session, escalation_id)
        if found is None:
            raise NotPossible(NOT_THERE)
        if found.state not in states:
            raise NotPossible(REFUSED[found.state])
        yield Change(service, session, found, staff, now)
        audit(service, session, staff, action, found)


def audit(service: Service, session: Session, staff: Staff, action: str, found: Escalation) -> None:
    """Enter an act in the audit trail, by ids."""
    now = service.clock.service_now()
    service.audit.append(session, now, f"staff:{staff.id}", action, f"escalation:{found.id}")
