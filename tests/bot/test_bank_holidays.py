"""Bank holidays against a table copied by hand from GOV.UK's page, nation by nation."""

import socket
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from bot import bank_holidays
from bot.bank_holidays import is_bank_holiday, known_until
from dialogs.nations import NATIONS, NationsError

EVERYWHERE = {
    2026: ("01-01", "04-03", "05-04", "05-25", "12-25", "12-28"),
    2027: ("01-01", "03-26", "05-03", "05-31", "12-27", "12-28"),
}
NOT_IN_SCOTLAND = {2026: ("04-06", "08-31"), 2027: ("03-29", "08-30")}
SCOTLAND = {2026: ("01-02", "08-03", "11-30"), 2027: ("01-04", "08-02", "11-30")}
NORTHERN_IRELAND = {2026: ("03-17", "07-13"), 2027: ("03-17", "07-12")}
TABLE: Mapping[str, tuple[Mapping[int, tuple[str, ...]], ...]] = {
    "england": (EVERYWHERE, NOT_IN_SCOTLAND),
    "wales": (EVERYWHERE, NOT_IN_SCOTLAND),
    "scotland": (EVERYWHERE, SCOTLAND),
    "northern_ireland": (EVERYWHERE, NOT_IN_SCOTLAND, NORTHERN_IRELAND),
}


@pytest.mark.parametrize("year", [2026, 2027])
@pytest.mark.parametrize("nation", NATIONS)
def test_every_day_of_two_years_is_as_gov_uk_says(nation: str, year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for part in TABLE[nation] for day in part[year]}
    days = (date(year, 1, 1) + timedelta(days=each) for each in range(365))

    assert {day for day in days if is_bank_holiday(day, nation)} == expected


def test_every_nation_has_a_list_that_reaches_beyond_this_year() -> None:
    assert set(bank_holidays.DIVISIONS) == set(NATIONS)
    for nation in NATIONS:
        end = known_until(nation)
        assert (end.month, end.day) == (12, 31)
        assert end.year >= 2028
        assert not any(
            is_bank_holiday(end + timedelta(days=each), nation) for each in range(1, 366)
        )


def test_another_nation_is_refused() -> None:
    with pytest.raises(NationsError, match="narnia is no nation"):
        is_bank_holiday(date(2026, 12, 25), "narnia")


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_args: object) -> None:
        raise AssertionError("asked the network")

    bank_holidays._list.cache_clear()
    bank_holidays._days_of.cache_clear()
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert is_bank_holiday(date(2026, 12, 25), "england")
