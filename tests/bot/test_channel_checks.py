"""What `channels check` looks at beside the providers."""

from datetime import UTC, datetime

import pytest

from bot.channel_checks import Answer, check_line
from tests.bot.world import World


@pytest.mark.parametrize(
    ("today", "state", "says"),
    [
        (datetime(2026, 11, 22, tzinfo=UTC), "ok", "known until 31 December"),
        (datetime(2040, 1, 1, tzinfo=UTC), "wrong", "install a newer release"),
    ],
)
def test_a_list_of_bank_holidays_that_runs_out_is_said_in_time(
    sqlite_world: World, today: datetime, state: str, says: str
) -> None:
    sqlite_world.clock.now = today
    nobody = Answer(0, trouble="nothing answers there")

    found = check_line(sqlite_world.service, lambda *_request: nobody)

    (finding,) = [each for each in found if each.code == "bank_holidays"]
    assert finding.state == state
    assert says in finding.says
