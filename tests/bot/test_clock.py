"""Hours of London over both changes of the clocks (docs/practice.md PR-07; G-15)."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.clock import SystemClock, after_quiet, in_words, is_quiet, next_working_time


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
    assert next_working_time(moment(now), at) == moment(found)


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
