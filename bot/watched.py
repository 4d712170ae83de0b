"""What is wrong with the worker's work, as two sweepers see it that do not depend on each other.

The worker looks before it says outside that all is well; `return-interview watch`, a process of its
own, looks with eyes of its own (docs/reliability.md section 4, 4 and 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from storage.beats import last_beat
from storage.watching import overdue_timers, unsent_alerts

OVERDUE_AFTER: Final = timedelta(seconds=60)
SILENT_AFTER: Final = timedelta(seconds=60)
"""A worker says every fifteen seconds that it is there (bot.worker)."""
MOST_REFERENCES: Final = 5


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: a code, and a sentence free of content."""

    code: str
    says: str


def what_is_wrong(
    session: Session, now: datetime, machine_now: datetime, patience: timedelta
) -> list[Wrong]:
    """Everything wrong now; empty after a clean sweep.

    Args:
        session: a transaction; a read is enough.
        now: service time.
        machine_now: machine time.
        patience: how long an alert may wait until somebody tries to send it.
    """
    found = []
    if overdue := overdue_timers(session, now - OVERDUE_AFTER):
        found.append(Wrong("overdue", f"Nobody was alerted in time for {_listed(overdue)}."))
    if unsent := unsent_alerts(session, now - patience, machine_now):
        found.append(Wrong("unsent", f"Alerts are not sent for {_listed(unsent)}."))
    last = last_beat(session)
    if last is None or machine_now - last > SILENT_AFTER:
        found.append(Wrong("no_worker", "No worker is running: start it at once."))
    return found


def _listed(references: Sequence[str]) -> str:
    shown = ", ".join(references[:MOST_REFERENCES])
    more = len(references) - MOST_REFERENCES
    return f"{shown} and {more} more" if more > 0 else shown
