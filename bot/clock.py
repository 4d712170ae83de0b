"""Two clocks. A function takes one of them, never both, unless it starts a transaction.

*Service time* rules what people experience: settling, reminders, quiet hours, deadlines, the
ladder. In a demo it can be moved forward. *Machine time* rules what machines owe each other:
leases, sends in doubt, retries, sessions, throttles, signatures. Nobody moves it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from storage.database import Database
from storage.installation import clock_offset

LONDON = ZoneInfo("Europe/London")
QUIET_FROM = time(21, 0)
QUIET_UNTIL = time(8, 0)


class Clock(Protocol):
    """Where a process gets both times from; always aware, always UTC."""

    def service_now(self) -> datetime:
        """Service time."""
        ...

    def machine_now(self) -> datetime:
        """Machine time."""
        ...


class SystemClock:
    """The machine's clock; in a demo, service time runs ahead of it by the stored offset."""

    def __init__(self, demo: Database | None = None) -> None:
        """Read the offset from ``demo`` when this is a rehearsal, from nowhere otherwise."""
        self._demo = demo

    def service_now(self) -> datetime:
        """Machine time, plus the demo's offset."""
        now = self.machine_now()
        if self._demo is None:
            return now
        with self._demo.read() as session:
            return now + clock_offset(session)

    def machine_now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved: for the terminal and for tests."""

    def __init__(self, start: datetime) -> None:
        """Start both clocks at ``start``."""
        self.now = start

    def service_now(self) -> datetime:
        """The moment it was set to."""
        return self.now

    def machine_now(self) -> datetime:
        """The moment it was set to."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Move both clocks on."""
        self.now += by


def in_london(moment: datetime) -> datetime:
    """The moment as people here see it."""
    return moment.astimezone(LONDON)


def is_quiet(moment: datetime) -> bool:
    """Whether prompts must wait: between 21:00 and 08:00 (docs/practice.md, safe contact)."""
    local = in_london(moment).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def after_quiet(moment: datetime) -> datetime:
    """``moment``, or the end of the quiet hours that it falls into."""
    if not is_quiet(moment):
        return moment
    return _next_at(moment, QUIET_UNTIL)


def next_working_time(moment: datetime, at: time) -> datetime:
    """The next time of day ``at`` after ``moment`` that falls on Monday to Friday."""
    found = _next_at(moment, at)
    while in_london(found).weekday() >= 5:
        found = _next_at(found, at)
    return found


def in_words(moment: datetime) -> str:
    """A moment in a child's words: "9am on Monday", "4:30pm on Friday"."""
    local = in_london(moment)
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02d}" if local.minute else ""
    half = "am" if local.hour < 12 else "pm"
    return f"{hour}{minutes}{half} on {local:%A}"


def _next_at(moment: datetime, at: time) -> datetime:
    local = in_london(moment)
    found = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if found <= local:
        found += timedelta(days=1)
    return found.astimezone(UTC)
