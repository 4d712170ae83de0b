"""A year of local times, with both changes of the clocks: every minute has somebody or is a gap."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rota_hours import Duty, days_of, gaps, hours_of, in_words, moment_of
from tests.bot.rotas import duty, kinds

BEGINS = datetime(2027, 1, 1, tzinfo=UTC)
ENDS = datetime(2028, 1, 1, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MINUTES = (ENDS - BEGINS) // MINUTE
OTHERWISE = bytes([1, 0]) + bytes(254)
TIMES = st.integers(0, 24 * 12 - 1).map(lambda fives: time(fives // 12, fives % 12 * 5))
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def year_of(start: time, end: time, weekdays: set[int], position: int, who: int) -> list[Duty]:
    """A pattern that holds all year, and begins in the days before."""
    days = days_of(date(2026, 12, 28), weekdays, 54)
    spans = (hours_of(day, start, end) for day in days)
    return [duty(a, b, position, who) for a, b in spans if a < b]


PATTERNS = st.builds(
    year_of,
    TIMES,
    TIMES,
    st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from([1, 2]),
    st.integers(1, 4),
)
ROTAS = st.lists(PATTERNS, max_size=4).map(lambda found: [each for year in found for each in year])


def minutes(spans: list[tuple[datetime, datetime]]) -> bytearray:
    """One byte for each minute of the year: whether it lies in any of these."""
    found = bytearray(MINUTES)
    for start, end in spans:
        first = max((start - BEGINS) // MINUTE, 0)
        last = max(min((end - BEGINS) // MINUTE, MINUTES), first)
        found[first:last] = b"\1" * (last - first)
    return found


@settings(max_examples=20)
@given(ROTAS)
def test_every_minute_of_a_year_has_somebody_or_is_a_gap(rota: list[Duty]) -> None:
    there = minutes([(each.starts_at, each.ends_at) for each in rota])
    first = minutes([(each.starts_at, each.ends_at) for each in rota if each.position == 1])
    found = gaps(rota, BEGINS, ENDS)

    def missing(*kinds: str) -> bytearray:
        return minutes([(each.starts_at, each.ends_at) for each in found if each.kind in kinds])

    assert missing("nobody") == there.translate(OTHERWISE)
    assert missing("nobody", "nobody_first") == first.translate(OTHERWISE)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))


@settings(max_examples=20)
@given(st.lists(TIMES, min_size=2, max_size=4, unique=True).map(sorted))
def test_shifts_that_meet_on_the_wall_clock_leave_no_minute_of_a_year_without_anybody(
    changes: list[time],
) -> None:
    pairs = zip(changes, [*changes[1:], changes[0]], strict=True)
    rota = [each for start, end in pairs for each in year_of(start, end, set(range(7)), 1, 1)]

    assert {each.kind for each in gaps(rota, BEGINS, ENDS)} == {"alone"}


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (SPRING, time(0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (SPRING, time(1, 30), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (SPRING, time(2, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (AUTUMN, time(1, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (AUTUMN, time(2, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_as_the_clocks_change(day: date, at: time, moment: datetime) -> None:
    assert moment_of(day, at) == moment


def test_a_shift_that_ends_when_it_begins_lasts_a_day() -> None:
    start, end = hours_of(date(2027, 6, 1), time(8), time(8))
    assert end - start == timedelta(days=1)
    assert in_words(start, end) == "Tuesday 1 June, 08:00 to 08:00"
    assert in_words(start, end + 2 * HOUR) == "Tuesday 1 June, 08:00 to Wednesday 2 June, 10:00"


def test_the_days_of_a_pattern_begin_with_the_first_day() -> None:
    friday = date(2027, 1, 1)
    assert days_of(friday, (), 2) == [friday, date(2027, 1, 8)]
    assert [each.day for each in days_of(friday, {0, 4}, 1)] == [1, 4]


def test_what_counts_as_missing() -> None:
    at = BEGINS
    both = [duty(at, at + 4 * HOUR), duty(at + HOUR, at + 3 * HOUR, 2, 2)]
    assert kinds(both, at, at + 5 * HOUR) == ["alone", "alone", "nobody"]
    assert kinds([duty(at, at + HOUR, 2)], at, at + HOUR) == ["nobody_first"]
    assert kinds([duty(at, at + HOUR), duty(at, at + HOUR, 2)], at, at + HOUR) == ["alone"], (
        "one person in both places is one person"
    )
