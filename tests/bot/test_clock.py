"""Hours of London over both changes of the clocks (docs/practice.md PR-07; G-15)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import (
    ChosenTimes,
    SystemClock,
    Window,
    after_quiet,
    age_on,
    in_words,
    is_prompt_time,
    is_quiet,
    is_school_time,
    next_prompt_time,
    next_working_time,
)
from dialogs.nations import NATIONS


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-20T20:59:59Z", None),
        ("2026-11-20T21:00:00Z", "2026-11-21T08:00:00Z"),
        ("2026-11-21T07:59:59Z", "2026-11-21T08:00:00Z"),
        ("2026-11-21T08:00:00Z", None),
        ("2026-07-20T19:59:59Z", None),
        ("2026-07-20T20:00:00Z", "2026-07-21T07:00:00Z"),
        # The clocks go on in the night to 29 March, and back in the night to 25 October.
        ("2026-03-28T21:00:00Z", "2026-03-29T07:00:00Z"),
        ("2026-03-29T01:30:00Z", "2026-03-29T07:00:00Z"),
        ("2026-10-24T20:00:00Z", "2026-10-25T08:00:00Z"),
        ("2026-10-25T00:30:00Z", "2026-10-25T08:00:00Z"),
        ("2026-10-25T01:30:00Z", "2026-10-25T08:00:00Z"),
    ],
)
def test_quiet_hours(at: str, until: str | None) -> None:
    assert is_quiet(moment(at)) is (until is not None)
    assert after_quiet(moment(at)) == moment(until or at)


def test_every_minute_of_both_nights_ends_outside_the_quiet_hours() -> None:
    for start in ("2026-03-28T12:00Z", "2026-10-24T12:00Z"):
        for minute in range(0, 26 * 60, 7):
            then = moment(start) + timedelta(minutes=minute)
            after = after_quiet(then)
            assert not is_quiet(after)
            assert timedelta(0) <= after - then <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("now", "at", "found"),
    [
        ("2026-11-20T08:00Z", time(9), "2026-11-20T09:00Z"),
        ("2026-11-20T09:00Z", time(9), "2026-11-23T09:00Z"),
        ("2026-11-20T16:00Z", time(12), "2026-11-23T12:00Z"),
        ("2026-11-21T08:00Z", time(12), "2026-11-23T12:00Z"),
        ("2026-11-22T23:59Z", time(12), "2026-11-23T12:00Z"),
        ("2026-10-23T12:00Z", time(9), "2026-10-26T09:00Z"),
        ("2026-03-27T12:00Z", time(9), "2026-03-30T08:00Z"),
    ],
)
def test_the_next_working_time(now: str, at: time, found: str) -> None:
    assert next_working_time(moment(now), at, "england") == moment(found)


@pytest.mark.parametrize(
    ("now", "at", "nation", "found"),
    [
        # Christmas Eve 2026 is a Thursday; Boxing Day is a Saturday, so Monday stands in for it.
        ("2026-12-24T13:00Z", time(12), "england", "2026-12-29T12:00Z"),
        ("2026-12-24T08:00Z", time(9), "wales", "2026-12-24T09:00Z"),
        # Easter: Monday is free everywhere but in Scotland.
        ("2027-03-25T10:00Z", time(9), "england", "2027-03-30T08:00Z"),
        ("2027-03-25T10:00Z", time(9), "scotland", "2027-03-29T08:00Z"),
        ("2026-12-31T10:00Z", time(9), "england", "2027-01-04T09:00Z"),
        ("2026-12-31T10:00Z", time(9), "scotland", "2027-01-05T09:00Z"),
        ("2026-11-27T10:00Z", time(9), "england", "2026-11-30T09:00Z"),
        ("2026-11-27T10:00Z", time(9), "scotland", "2026-12-01T09:00Z"),
        ("2027-03-16T17:00Z", time(9), "northern_ireland", "2027-03-18T09:00Z"),
        # Beyond the list, only weekends are free: 25 December 2029 is a Tuesday.
        ("2029-12-24T10:00Z", time(9), "england", "2029-12-25T09:00Z"),
    ],
)
def test_nobody_works_on_a_bank_holiday_of_their_nation(
    now: str, at: time, nation: str, found: str
) -> None:
    assert next_working_time(moment(now), at, nation) == moment(found)


@pytest.mark.parametrize(
    ("at", "nation", "lessons"),
    [
        ("2026-11-30T10:00Z", "england", True),
        ("2026-11-30T10:00Z", "scotland", False),
        ("2026-12-28T10:00Z", "england", False),
        ("2027-03-17T10:00Z", "northern_ireland", False),
        ("2027-03-17T10:00Z", "wales", True),
        ("2026-05-25T07:45Z", "wales", False),
    ],
)
def test_there_are_no_lessons_on_a_bank_holiday(at: str, nation: str, lessons: bool) -> None:
    assert is_school_time(moment(at), nation) is lessons
    assert next_prompt_time(moment(at), ChosenTimes(), nation) == (
        moment(at).replace(hour=15, minute=30) if lessons else moment(at)
    )


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T09:00Z", "9am on Monday"),
        ("2026-11-20T16:30Z", "4:30pm on Friday"),
        ("2026-07-20T23:05Z", "12:05am on Tuesday"),
        ("2026-07-20T11:00Z", "12pm on Monday"),
    ],
)
def test_a_moment_in_words(at: str, words: str) -> None:
    assert in_words(moment(at)) == words


def test_a_live_service_has_one_time_and_it_is_utc() -> None:
    clock = SystemClock()
    ahead = clock.service_now() - clock.machine_now()
    assert abs(ahead) < timedelta(seconds=5)
    assert clock.machine_now().tzinfo is UTC


# --- prompts: quiet hours, school time, chosen times ---

EVENING = ChosenTimes((time(16, 0), time(19, 0)))
LATE = ChosenTimes((time(22, 0), time(1, 0)))
LUNCH = ChosenTimes((time(12, 0), time(13, 0)))
LUNCH_AT_SCHOOL = ChosenTimes((time(12, 0), time(13, 0)), school_time_ok=True)
AT_SCHOOL = ChosenTimes(school_time_ok=True)


@pytest.mark.parametrize(
    ("now", "chosen", "leaves"),
    [
        # 20 November 2026 is a Friday.
        ("2026-11-20T08:29Z", ChosenTimes(), "2026-11-20T08:29Z"),
        ("2026-11-20T08:30Z", ChosenTimes(), "2026-11-20T15:30Z"),
        ("2026-11-20T15:29Z", ChosenTimes(), "2026-11-20T15:30Z"),
        ("2026-11-20T15:30Z", ChosenTimes(), "2026-11-20T15:30Z"),
        ("2026-11-20T21:00Z", ChosenTimes(), "2026-11-21T08:00Z"),
        ("2026-11-21T10:00Z", ChosenTimes(), "2026-11-21T10:00Z"),
        ("2026-11-20T10:00Z", AT_SCHOOL, "2026-11-20T10:00Z"),
        ("2026-11-20T22:00Z", AT_SCHOOL, "2026-11-21T08:00Z"),
        ("2026-11-20T10:00Z", EVENING, "2026-11-20T16:00Z"),
        ("2026-11-20T19:00Z", EVENING, "2026-11-21T16:00Z"),
        # What they chose comes before the quiet hours, and may pass midnight.
        ("2026-11-20T19:00Z", LATE, "2026-11-20T22:00Z"),
        ("2026-11-21T00:59Z", LATE, "2026-11-21T00:59Z"),
        ("2026-11-21T01:00Z", LATE, "2026-11-21T22:00Z"),
        # Lunch at school is chosen apart; without it, the first lunch is on Saturday.
        ("2026-11-16T09:00Z", LUNCH, "2026-11-21T12:00Z"),
        ("2026-11-22T13:00Z", LUNCH, "2026-11-28T12:00Z"),
        ("2026-11-16T09:00Z", LUNCH_AT_SCHOOL, "2026-11-16T12:00Z"),
        # London is an hour ahead of UTC in summer, and the clocks change on two Sundays.
        ("2026-07-20T08:00Z", ChosenTimes(), "2026-07-20T14:30Z"),
        ("2026-03-28T21:30Z", ChosenTimes(), "2026-03-29T07:00Z"),
        ("2026-10-24T20:30Z", ChosenTimes(), "2026-10-25T08:00Z"),
        # Half past one does not come on 29 March, and comes twice on 25 October.
        ("2026-03-29T00:00Z", ChosenTimes((time(1, 30), time(2, 30))), "2026-03-29T01:00Z"),
        ("2026-03-29T00:00Z", ChosenTimes((time(1, 10), time(1, 50))), "2026-03-30T00:10Z"),
        ("2026-10-25T00:40Z", ChosenTimes((time(1, 30), time(1, 40))), "2026-10-25T01:30Z"),
        ("2026-10-25T00:50Z", ChosenTimes((time(0, 0), time(1, 40))), "2026-10-25T01:00Z"),
    ],
)
def test_the_next_time_for_a_prompt(now: str, chosen: ChosenTimes, leaves: str) -> None:
    assert next_prompt_time(moment(now), chosen, "england") == moment(leaves)


times_of_day = st.times().map(lambda each: each.replace(second=0, microsecond=0))
windows = st.none() | st.tuples(times_of_day, times_of_day).filter(lambda both: both[0] != both[1])
near_a_change = st.sampled_from(["2026-03-28T12:00Z", "2026-10-24T12:00Z"]).flatmap(
    lambda start: st.integers(0, 60 * 24 * 3).map(
        lambda minutes: moment(start) + timedelta(minutes=minutes)
    )
)
near_a_holiday = st.sampled_from(["2026-11-29T12:00Z", "2026-12-23T12:00Z"]).flatmap(
    lambda start: st.integers(0, 60 * 24 * 6).map(
        lambda minutes: moment(start) + timedelta(minutes=minutes)
    )
)
any_minute = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: moment("2026-01-01T00:00Z") + timedelta(minutes=minutes)
)


@given(
    near_a_change | near_a_holiday | any_minute, windows, st.booleans(), st.sampled_from(NATIONS)
)
@settings(max_examples=200)
def test_a_prompt_waits_no_longer_than_it_must(
    now: datetime, window: Window | None, school_time_ok: bool, nation: str
) -> None:
    """The answer is the same as that of somebody who looks at the clock every minute."""
    chosen = ChosenTimes(window, school_time_ok)
    leaves = next_prompt_time(now, chosen, nation)

    assert is_prompt_time(leaves, chosen, nation)
    assert timedelta(0) <= leaves - now <= timedelta(days=8)
    minutes = int((leaves - now) / timedelta(minutes=1))
    looked = (now + timedelta(minutes=each) for each in range(minutes))
    assert not any(is_prompt_time(each, chosen, nation) for each in looked)
    if window is None:
        assert not is_quiet(leaves)
    if not school_time_ok:
        assert not is_school_time(leaves, nation)


@pytest.mark.parametrize(
    ("born_on", "at", "age"),
    [
        ("2008-11-20", "2026-11-19T23:59Z", 17),
        ("2008-11-20", "2026-11-20T00:00Z", 18),
        # In summer the day begins an hour earlier in London than in UTC.
        ("2008-07-20", "2026-07-19T23:00Z", 18),
        ("2008-02-29", "2026-02-28T12:00Z", 17),
        ("2008-02-29", "2026-03-01T00:00Z", 18),
    ],
)
def test_age_is_counted_by_the_date_in_london(born_on: str, at: str, age: int) -> None:
    assert age_on(date.fromisoformat(born_on), moment(at)) == age
