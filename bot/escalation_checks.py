"""Checks that somebody promised for a time: when it has come, people are told until it is done.

An escalation that was made safe for the night, or handed to a colleague, is open and nobody pages
for it. Its next check is what keeps it from waiting unseen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.escalation_people import alert_by_name, on_duty_or_all
from bot.service import Service
from storage import escalation_acts as acts
from storage import escalations as records
from storage.database import lock_row

REMIND_EVERY: Final = timedelta(minutes=15)


def remind_of_checks(service: Service) -> int:
    """Alert everybody on duty for each check that is due and not done; again every 15 minutes.

    Returns:
        For how many escalations somebody was alerted.
    """
    now = service.clock.service_now()
    with service.database.read() as session:
        due = [each.id for each in acts.checks_due(session, now, now - REMIND_EVERY)]
    alerted = 0
    for escalation_id in due:
        with service.database.write() as session:
            lock_row(session, "escalation", "id", escalation_id)
            still = {each.id for each in acts.checks_due(session, now, now - REMIND_EVERY)}
            found = records.escalation(session, escalation_id)
            if found is None or found.id not in still:
                continue
            workers = on_duty_or_all(service, session, found, now) if service.channels else []
            for each in workers:
                alert_by_name(service, session, found, each, now, check=True)
            if not workers and not records.has_event(session, found.id, "nobody_reachable"):
                records.add_event(session, service.vault, found, "nobody_reachable", now)
            alerted += bool(workers)
    return alerted
