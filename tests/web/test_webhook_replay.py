"""A signed request is good for ever, so it may come again whenever: once is enough (T-07, F-20)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import select

from bot.clock import SetClock
from bot.service import Service
from storage.tables import HumanTask, Message, ProviderReport
from tests.fakes.twilio_requests import Fixture, fixtures, post_fixture
from tests.web.conftest import both_kinds

FIRST = [fixtures(kind)[0] for kind in ("message", "status", "call", "key")]
LATER = (timedelta(0), timedelta(days=8), timedelta(days=392))


def rows(service: Service, fixture: Fixture) -> list[object]:
    """What is there once of it: the words, the report, the call, the wish to be called."""
    with service.database.read() as session:
        if fixture.kind == "status":
            return [*session.exec(select(ProviderReport)).all()]
        if fixture.kind == "key":
            wanted = select(HumanTask).where(HumanTask.kind == "call_wanted")
            return [*session.exec(wanted).all()]
        return [*session.exec(select(Message).where(Message.direction == "in")).all()]


@both_kinds
@pytest.mark.slow
@pytest.mark.parametrize("fixture", FIRST, ids=lambda each: each.kind)
def test_twenty_times_at_once_and_8_and_400_days_later_is_once(
    app: Flask, service: Service, clock: SetClock, fixture: Fixture
) -> None:
    def answer(_: int) -> int:
        return post_fixture(app.test_client(), service.settings.site, fixture).status_code

    for wait in LATER:
        clock.move(wait)
        with ThreadPoolExecutor(16) as threads:
            statuses = set(threads.map(answer, range(20)))

        assert statuses == {204 if fixture.kind == "status" else 200}
        assert len(rows(service, fixture)) == 1
