"""The heartbeat outwards: "all is well", said once a minute to somebody who alarms when it stops.

It is said only after a clean sweep: no timer overdue, no alert unsent, the database writable. So
silence is the alarm, also when this whole machine is off (docs/reliability.md section 4, 5).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from bot.alarms import clear_alarm, note_worker, raise_alarm
from bot.service import Service
from bot.watched import what_is_wrong

log = structlog.get_logger()

ALARM: Final = "heartbeat"
TIMEOUTS_S: Final = (3.0, 5.0)
PATIENCE: Final = timedelta(seconds=60)


def say_all_is_well(service: Service) -> bool:
    """Tell the watch outside, if there is one and all is well; whether it was told."""
    address = service.settings.watch_url
    if not address:
        return False
    note_worker(service)
    with service.database.read() as session:
        wrong = what_is_wrong(
            session, service.clock.service_now(), service.clock.machine_now(), PATIENCE
        )
    if wrong:
        log.error("no heartbeat", codes=[each.code for each in wrong])
        return False
    if not _told(address):
        raise_alarm(service, ALARM, "watch")
        return False
    clear_alarm(service, ALARM, "watch")
    return True


def _told(address: str) -> bool:
    import requests  # slow to load, and most processes never ask

    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(address, timeout=TIMEOUTS_S, allow_redirects=False, stream=True)
            answer.close()
    except requests.exceptions.RequestException as error:
        log.error("heartbeat not taken", error=type(error).__name__)
        return False
    return 200 <= answer.status_code < 300
