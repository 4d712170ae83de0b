"""The worker is dead: somebody is alerted within a minute all the same, by the second sweeper."""

import time

import pytest

from tests.fakes.alert_servers import Letters, mail_server
from tests.journeys.conftest import DEE, FIRST_SQLITE
from tests.journeys.service import RunningService, eventually
from tests.journeys.test_webhook_to_person import AMINA, invited

pytestmark = pytest.mark.slow

DANGER = "he has a knife and hes outside my window"


@pytest.mark.parametrize("database_kind", FIRST_SQLITE)
def test_with_the_worker_killed_the_first_alert_comes_within_a_minute(
    service: RunningService,
) -> None:
    letters = Letters()
    invited(service, "--length", "short")
    with mail_server(letters) as port:
        service.environment |= {
            "WATCH_EMAIL_TO": "lead@northmoor.example",
            "WATCH_SMTP_HOST": "127.0.0.1",
            "WATCH_SMTP_PORT": str(port),
            "WATCH_SMTP_TLS": "none",
            "WATCH_SMTP_FROM": "watch@listen.example",
            # Shorter than a minute allows, so that the test is.
            "WATCH_EVERY_SECONDS": "0.2",
            "WATCH_PATIENCE_SECONDS": "1",
        }
        service.start("serve")
        service.start("worker")
        eventually(lambda: service.received(AMINA))
        service.start("watch")
        service.kill("worker")
        began = time.monotonic()
        assert service.text(DANGER, AMINA) == 200
        eventually(lambda: any("not sent" in str(letter) for _, letter in letters.got), 55)
        assert time.monotonic() - began < 60
        assert service.received(DEE) == []

        # And whoever starts it again finds that nothing was lost.
        service.start("worker")
        eventually(lambda: service.received(DEE))
        eventually(lambda: any("well again" in str(letter) for _, letter in letters.got))
    assert all("knife" not in str(letter) for _, letter in letters.got)
