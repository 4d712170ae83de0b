from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.nations import NATIONS
from dialogs.numbers import (
    ENGLISH_NOTES,
    LONDON,
    WEEKDAYS,
    NumbersError,
    all_numbers,
    facts_for,
    longest_facts,
    parse,
    unverified,
)
from dialogs.sms import is_gsm7

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)

MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
TIMES = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))


def entry(hours: str = '"always"', nations: str = '["england"]', **more: str) -> str:
    given_fields = {"last_verified": '""', "verified_by": '""', **more}
    lines = [f"{key} = {value}" for key, value in given_fields.items()]
    named = ['number = "116 000"', 'name = "A line"', f"nations = {nations}", f"hours = {hours}"]
    return "\n".join(["[numbers.line]", *named, *lines])


def said(hours: str, now: datetime | None) -> str:
    (number,) = parse(entry(hours))
    return number.said(now)


def london(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


# --- which numbers, and where ---


def test_england_has_every_number() -> None:
    facts = facts_for("england", NOW)

    assert facts["emergency"] == "999"
    assert facts["silent_code"] == "55"
    assert facts["childline"] == "0800 1111"
    assert facts["shout"] == "85258"
    assert facts["mental_health"] == "111, option 2"
    assert facts["missing_line"].startswith("116 000")


def test_a_number_that_is_not_known_to_hold_is_left_out() -> None:
    facts = facts_for("northern_ireland", NOW)

    assert not {"silent_code", "shout"} & set(facts)
    assert {"emergency", "childline", "missing_line", "mental_health"} <= set(facts)


@pytest.mark.parametrize("name", NATIONS)
def test_emergency_and_childline_are_everywhere(name: str) -> None:
    assert {"emergency", "childline"} <= set(facts_for(name, None))


def test_the_crisis_number_is_the_nations_own() -> None:
    said_in = {name: facts_for(name, NOW)["mental_health"] for name in NATIONS}

    assert said_in["wales"] == "111, press 2"
    assert said_in["scotland"] == "111"
    assert said_in["northern_ireland"].startswith("0808 808 8000")


def test_there_is_no_other_nation() -> None:
    with pytest.raises(NumbersError, match="france"):
        facts_for("france")


@pytest.mark.parametrize("name", NATIONS)
@pytest.mark.parametrize("now", [None, NOW])
def test_every_value_is_short_and_fits_a_text(name: str, now: datetime | None) -> None:
    longest = longest_facts()
    for key, value in facts_for(name, now).items():
        assert is_gsm7(value)
        assert len(value) <= len(longest[key]) <= 29


# --- never closed without saying so ---


def test_nobody_may_answer_and_the_value_says_so() -> None:
    by_day = '{ friday = ["09:00-17:00"] }'

    assert said(by_day, london(2026, 11, 20, 16)) == "116 000"
    assert said(by_day, london(2026, 11, 20, 17)) == "116 000 (shut now)"
    assert said(by_day, london(2026, 11, 21, 16)) == "116 000 (shut now)"
    assert said(by_day, None) == "116 000 (may be shut)"
    assert said('"unknown"', NOW) == "116 000 (may be shut)"
    assert said('"always"', None) == "116 000"


def test_the_missing_line_says_that_it_may_be_shut_while_nobody_knows_its_hours() -> None:
    assert facts_for("england", NOW)["missing_line"] == "116 000 (may be shut)"


def test_hours_past_midnight_belong_to_the_day_they_began_on() -> None:
    friday_night = '{ friday = ["18:00-02:00"] }'

    assert said(friday_night, london(2026, 11, 20, 23)) == "116 000"
    assert said(friday_night, london(2026, 11, 21, 1, 59)) == "116 000"
    assert said(friday_night, london(2026, 11, 21, 2)).endswith(ENGLISH_NOTES.shut_now)
    assert said(friday_night, london(2026, 11, 20, 1)).endswith(ENGLISH_NOTES.shut_now)
    assert said(friday_night, london(2026, 11, 21, 19)).endswith(ENGLISH_NOTES.shut_now)


def test_sunday_night_runs_into_monday() -> None:
    assert said('{ sunday = ["22:00-03:00"] }', london(2026, 11, 23, 2)) == "116 000"


def test_until_midnight_ends_at_midnight() -> None:
    to_midnight = '{ friday = ["09:00-00:00"] }'

    assert said(to_midnight, london(2026, 11, 20, 23, 59)) == "116 000"
    assert said(to_midnight, london(2026, 11, 21, 0)).endswith(ENGLISH_NOTES.shut_now)


@pytest.mark.parametrize(
    ("utc_hour", "month", "day", "is_open"),
    [
        (8, 10, 23, True),  # Friday in summer time: nine o'clock in London
        (7, 10, 23, False),
        (16, 10, 23, False),
        (9, 10, 30, True),  # the Friday after the clocks went back
        (8, 10, 30, False),
        (16, 10, 30, True),
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(
    utc_hour: int, month: int, day: int, is_open: bool
) -> None:
    moment = datetime(2026, month, day, utc_hour, 0, tzinfo=UTC)

    assert (said('{ friday = ["09:00-17:00"] }', moment) == "116 000") is is_open


def test_the_hour_that_happens_twice_is_open_both_times() -> None:
    night = '{ sunday = ["01:00-02:00"] }'
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))

    assert said(night, first) == said(night, second) == "116 000"


@given(moment=MOMENTS, start=TIMES, end=TIMES)
def test_open_means_between_two_times_of_the_wall_clock(
    moment: datetime, start: time, end: time
) -> None:
    if start == end:
        return
    week = ", ".join(f'{day} = ["{start:%H:%M}-{end:%H:%M}"]' for day in WEEKDAYS)
    at = moment.astimezone(LONDON).time()
    inside = start <= at < end if start < end else at >= start or at < end

    assert said(f"{{ {week} }}", moment) == (
        "116 000" if inside else "116 000" + ENGLISH_NOTES.shut_now
    )


@given(moment=MOMENTS, day=st.sampled_from(WEEKDAYS), start=TIMES, length=st.integers(1, 1439))
def test_a_span_is_open_for_as_long_as_it_is_and_no_longer(
    moment: datetime, day: str, start: time, length: int
) -> None:
    """Against another way to count: minutes of the week since the span began."""
    minutes = start.hour * 60 + start.minute
    end = (minutes + length) % 1440
    span = f"{start:%H:%M}-{end // 60:02d}:{end % 60:02d}"
    local = moment.astimezone(LONDON)
    of_week = local.weekday() * 1440 + local.hour * 60 + local.minute
    since = (of_week - WEEKDAYS.index(day) * 1440 - minutes) % (7 * 1440)

    assert (said(f'{{ {day} = ["{span}"] }}', moment) == "116 000") is (since < length)


@given(moment=st.none() | MOMENTS, name=st.sampled_from(NATIONS))
def test_no_number_is_sent_plain_unless_somebody_is_known_to_answer(
    moment: datetime | None, name: str
) -> None:
    facts = facts_for(name, moment)
    for number in all_numbers():
        if name in number.nations:
            plain = facts[number.key] == number.number
            assert plain is (number.hours.open_at(moment) is True)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(NumbersError, match="zone"):
        said('{ friday = ["09:00-17:00"] }', NOW.replace(tzinfo=None))


# --- who checked it, and when ---


def test_nobody_has_verified_anything_yet() -> None:
    assert all(number.last_verified is None for number in all_numbers())
    found = unverified(["emergency", "childline", "name"], TODAY)

    assert [(each.key, each.number, each.why) for each in found] == [
        ("emergency", "999", "was never verified"),
        ("childline", "0800 1111", "was never verified"),
    ]


def test_only_the_numbers_of_the_nation_are_asked_for() -> None:
    assert [each.number for each in unverified(["mental_health"], TODAY, nation="wales")] == [
        "111, press 2"
    ]
    assert len(unverified(["mental_health"], TODAY)) == len(NATIONS)
    assert unverified(["silent_code"], TODAY, nation="northern_ireland") == []


@pytest.mark.parametrize(
    ("days_ago", "why"),
    [(0, None), (180, None), (181, "more than 180 days ago"), (-1, "has not come")],
)
def test_a_check_holds_for_180_days(
    monkeypatch: pytest.MonkeyPatch, days_ago: int, why: str | None
) -> None:
    checked = TODAY - timedelta(days=days_ago)
    numbers = parse(entry(last_verified=f'"{checked}"', verified_by='"Dee Okafor"'))
    monkeypatch.setattr("dialogs.numbers.all_numbers", lambda: numbers)
    found = unverified(["line"], TODAY)

    assert [each.last_verified for each in found] == ([checked] if why else [])
    assert all(why and why in each.why for each in found)


# --- the data ---


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("[numbers", "cannot be read"),
        (entry(nations='["france"]'), "nation"),
        (entry().replace('name = "A line"', ""), "name"),
        (entry(open_note='"at night"'), "unknown open_note"),
        (entry('"sometimes"'), "always, unknown or given by day"),
        (entry('{ someday = ["09:00-17:00"] }'), "monday to sunday"),
        (entry('{ monday = ["09:00"] }'), "Invalid isoformat"),
        (entry('{ monday = ["09:00-09:00"] }'), "no length"),
        (entry(last_verified='"2026-11-01"'), "a day and a person"),
        (entry(verified_by='"Dee Okafor"'), "a day and a person"),
        (entry(last_verified='"soon"', verified_by='"Dee Okafor"'), "isoformat"),
        (entry() + "\n" + entry(fact='"line"').replace(".line]", ".other]"), "two numbers"),
    ],
)
def test_broken_data_is_refused_as_a_whole(source: str, says: str) -> None:
    with pytest.raises(NumbersError, match=says):
        parse(source)


def test_one_placeholder_may_have_another_number_in_another_nation() -> None:
    other = entry(nations='["wales"]', fact='"line"').replace(".line]", ".other]")

    assert [each.key for each in parse(entry() + "\n" + other)] == ["line", "line"]


def test_the_note_is_said_in_few_words() -> None:
    assert max(len(ENGLISH_NOTES.shut_now), len(ENGLISH_NOTES.may_be_shut)) <= 15
