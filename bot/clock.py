"""Two clocks. A function takes one of them, never both, unless it starts a transaction.

*Service time* rules what people experience: settling, reminders, quiet hours, deadlines, the
ladder. In a demo it can be moved forward. *Machine time* rules what machines owe each other:
leases, sends in doubt, retries, sessions, throttles, signatures. Nobody moves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.bank_holidays import is_bank_holiday
from dialogs.texts import moment_in_words
from storage.database import Database
from storage.installation import clock_offset

LONDON = ZoneInfo("Europe/London")
QUIET_FROM = time(21, 0)
QUIET_UNTIL = time(8, 0)
SCHOOL_FROM = time(8, 30)
SCHOOL_UNTIL = time(15, 30)
CLOCKS_CHANGE_AT = time(1, 0, tzinfo=UTC)
LONGEST_WAIT_DAYS = 8
"""From the end of one Sunday's chosen times to those of the next Saturday, and a day to spare."""

Window = tuple[time, time]
"""Times of day, from (included) and until (not included), in London; it may pass midnight."""


@dataclass(frozen=True, slots=True)
class ChosenTimes:
    """When a young person chose to be prompted; nothing chosen keeps the ordinary hours."""

    window: Window | None = None
    school_time_ok: bool = False


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


def is_working_day(day: date, nation: str) -> bool:
    """Whether people are at work in this nation: Monday to Friday, and no bank holiday."""
    return day.weekday() < 5 and not is_bank_holiday(day, nation)


def is_school_time(moment: datetime, nation: str) -> bool:
    """Whether lessons may be on: working days, 08:30 to 15:30 (docs/practice.md, PR-07).

    School holidays are not known here: they count as school, which only makes a prompt come later.
    """
    local = in_london(moment)
    return is_working_day(local.date(), nation) and _within(
        local.time(), (SCHOOL_FROM, SCHOOL_UNTIL)
    )


def is_prompt_time(moment: datetime, chosen: ChosenTimes, nation: str) -> bool:
    """Whether a text that answers nothing may go to this young person at this moment.

    Their own times of day come before the quiet hours; school time needs a choice of its own.
    """
    if is_school_time(moment, nation) and not chosen.school_time_ok:
        return False
    if chosen.window is not None:
        return _within(in_london(moment).time(), chosen.window)
    return not is_quiet(moment)


def next_prompt_time(moment: datetime, chosen: ChosenTimes, nation: str) -> datetime:
    """``moment``, or the first moment after it at which a prompt may go out (UTC).

    Args:
        moment: service time.
        chosen: what the young person chose.
        nation: where they go to school; bank holidays differ.
    """
    if is_prompt_time(moment, chosen, nation):
        return moment
    return min(
        each
        for each in _beginnings(moment, chosen)
        if each > moment and is_prompt_time(each, chosen, nation)
    )


def _beginnings(moment: datetime, chosen: ChosenTimes) -> Iterator[datetime]:
    """Every moment of the next days at which prompts may begin to be allowed.

    Times of day that pass twice are there twice; and when the clocks change, the time of day jumps.
    """
    times = {QUIET_UNTIL, SCHOOL_UNTIL} | ({chosen.window[0]} if chosen.window else set())
    today = in_london(moment).date()
    for day in (today + timedelta(days=number) for number in range(LONGEST_WAIT_DAYS + 1)):
        yield datetime.combine(day, CLOCKS_CHANGE_AT)
        for at in times:
            for fold in (0, 1):
                local = datetime.combine(day, at.replace(fold=fold), LONDON)
                yield local.astimezone(UTC)


def age_on(born_on: date, moment: datetime) -> int:
    """Age in full years, by the date in London; who was born on a leap day waits until March."""
    today = in_london(moment).date()
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def next_working_time(moment: datetime, at: time, nation: str) -> datetime:
    """The next time of day ``at`` after ``moment`` that falls on a working day of ``nation``."""
    found = _next_at(moment, at)
    while not is_working_day(in_london(found).date(), nation):
        found = _next_at(found, at)
    return found


def in_words(moment: datetime, language: str = "en") -> str:
    """A moment in a child's words and language: "9am on Monday", "4:30pm on Friday"."""
    local = in_london(moment)
    return moment_in_words(local.hour, local.minute, local.weekday(), language)


def _within(at: time, window: Window) -> bool:
    start, end = window
    if start < end:
        return start <= at < end
    return at >= start or at < end


def _next_at(moment: datetime, at: time) -> datetime:
    local = in_london(moment)
    found = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if found <= local:
        found += timedelta(days=1)
    return found.astimezone(UTC)
