"""What holds for drills: to whom, when, how fast (docs/reliability.md section 4, 6).

By night and between announced weeks a drill goes to nobody. To a person it goes by day only, in a
week that a manager announced, and never while a real P1 or P2 is open: nobody may be taken from a
child for a test.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.clock import LONDON, in_london, is_working_day, next_working_time
from bot.concerns import MAIN, Verdict
from bot.inbox_list import ACKNOWLEDGE_WITHIN
from bot.settings import Settings
from storage.drills import LADDER
from storage.tables import Drill

EVERY: Final = timedelta(hours=1)
LATE_AFTER: Final = timedelta(minutes=10)
"""A drill that nobody has begun by then is missed: no worker was there."""
ALERTED_WITHIN: Final = timedelta(seconds=60)
ANSWERED_WITHIN: Final = ACKNOWLEDGE_WITHIN[1]
POSTPONED_BY: Final = timedelta(hours=1)
DAY_FROM: Final = time(8, 0)
DAY_UNTIL: Final = time(18, 0)
A_WEEK: Final = timedelta(days=7)


def ladder_of(drill: Drill) -> Verdict:
    """Who is asked; it concerns none of our own, so the conflict rule has nothing to decide."""
    return Verdict(LADDER if drill.target == "sink" else MAIN)


def every(settings: Settings) -> timedelta | None:
    """How often a drill goes to the sink; None: never by itself, as in a rehearsal."""
    minutes = settings.drill_every_minutes
    if minutes is None:
        return None if settings.is_demo else EVERY
    return timedelta(minutes=minutes) if minutes else None


def is_by_day(moment: datetime, nation: str) -> bool:
    """Whether a person may be tested at this moment, and has the time to answer by day."""
    local, ends = in_london(moment), in_london(moment + ANSWERED_WITHIN)
    by_day = local.time() >= DAY_FROM and ends.time() < DAY_UNTIL
    return by_day and is_working_day(local.date(), nation)


def next_by_day(moment: datetime, nation: str) -> datetime:
    """``moment``, or the first one after it at which a person may be tested."""
    return moment if is_by_day(moment, nation) else next_working_time(moment, DAY_FROM, nation)


def is_in_week(moment: datetime, week: date | None) -> bool:
    """Whether a moment falls into the week that begins on this Monday."""
    return week is not None and week <= in_london(moment).date() < week + A_WEEK


def monday_of(moment: datetime) -> date:
    """The Monday of a moment's week, by the date in London."""
    today = in_london(moment).date()
    return today - timedelta(days=today.weekday())


def moments_in(week: date, now: datetime, nation: str) -> Sequence[datetime]:
    """Every quarter of an hour of a week that is still to come and at which somebody may be tested.

    Args:
        week: its Monday.
        now: service time.
        nation: bank holidays differ.
    """
    begins = datetime.combine(week, DAY_FROM, LONDON)
    quarters = (begins + timedelta(minutes=15 * number) for number in range(7 * 24 * 4))
    return [each for each in quarters if each > now and is_by_day(each, nation)]


def chosen_from(moments: Sequence[datetime]) -> datetime:
    """One of them that nobody can foresee."""
    return secrets.choice(moments)
