"""Bank holidays of each nation: GOV.UK's own list, as the installed package carries it.

Nothing is fetched. The list ends with a year; after that only weekends are known to be free, and
`known_until` lets whoever looks after the service see that coming.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from dialogs.nations import NationsError

if TYPE_CHECKING:  # imported when it is first asked, with the HTTP client in it
    from govuk_bank_holidays.bank_holidays import BankHolidays

DIVISIONS: Mapping[str, str] = {
    "england": "england-and-wales",
    "wales": "england-and-wales",
    "scotland": "scotland",
    "northern_ireland": "northern-ireland",
}
"""GOV.UK's name for the list of each nation (dialogs/nations.toml)."""


def is_bank_holiday(day: date, nation: str) -> bool:
    """Whether a day is a bank holiday in a nation; False for every day after the list ends.

    Args:
        day: by the calendar in London.
        nation: one of `dialogs.nations.NATIONS`.

    Raises:
        NationsError: there is no such nation.
    """
    return day in _days_of(nation)


def known_until(nation: str) -> date:
    """The last day for which it is known: the list is published by whole years.

    Raises:
        NationsError: there is no such nation.
    """
    return date(max(_days_of(nation)).year, 12, 31)


@cache
def _days_of(nation: str) -> frozenset[date]:
    division = DIVISIONS.get(nation)
    if division is None:
        raise NationsError(f"{nation} is no nation: give one of {', '.join(DIVISIONS)}")
    return frozenset(each["date"] for each in _list().get_holidays(division=division))


@cache
def _list() -> BankHolidays:
    from govuk_bank_holidays.bank_holidays import BankHolidays

    return BankHolidays(use_cached_holidays=True)
