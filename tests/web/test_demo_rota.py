"""The demo's rota: Dee is on duty when it starts, and nobody is missing for the weeks after."""

from datetime import UTC, datetime

import pytest

from bot.clock import SetClock
from bot.rota import on_duty
from bot.rota_alarm import sweep_rota
from bot.rota_gaps import outlooks
from bot.service import Service
from web.demo_people import STAFF, _colleague
from web.demo_rota import give_rota


@pytest.mark.slow
@pytest.mark.parametrize("hour", [3, 12, 20])
def test_somebody_is_always_on_duty_and_dee_at_first(
    service: Service, clock: SetClock, hour: int
) -> None:
    clock.now = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
    for each in STAFF:
        _colleague(service, each)

    give_rota(service)

    with service.database.read() as session:
        there = on_duty(service, session, "main", clock.now)
    assert [each.name for each in there] == ["Dee Okafor", "Sam Whitlock"]
    main, independent = outlooks(service)
    assert (main.gaps, main.doubts, independent.doubts) == ((), (), ())
    assert [each.kind for each in independent.gaps] == ["alone"]
    assert sweep_rota(service) == 0
