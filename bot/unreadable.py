"""Requests that certainly were a provider's and that nobody can read: kept, and told of."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

from bot.alarms import note_alarm
from bot.service import Service
from storage import alarms

MOST_A_DAY: Final = 100
"""Whoever has one signed request can cut it up in any number of ways: more are only counted."""
DAY: Final = timedelta(days=1)


def keep_unreadable(
    service: Service, source: str, reason: str, raw: bytes, content_type: str | None
) -> bool:
    """Keep a request byte for byte, sealed, and raise the alarm; False when it was not kept.

    One that was kept before is not kept again, and neither is one after the hundredth within 24
    hours; the alarm counts them all.

    Args:
        service: the process's service.
        source: which provider's it is.
        reason: why it could not be read, in fixed words.
        raw: the request body.
        content_type: what it says that it is.
    """
    now = service.clock.machine_now()
    with service.database.read() as session:
        known = alarms.is_kept(session, service.vault, source, raw)
        full = alarms.kept_since(session, source, now - DAY) >= MOST_A_DAY
    if known or full:
        with service.database.write() as session:
            note_alarm(service, session, "unreadable", source)
        return False
    owner_id = uuid4()
    service.vault.new_owner(owner_id)
    with service.database.write() as session:
        note_alarm(service, session, "unreadable", source)
        return alarms.keep_unreadable(
            session, service.vault, owner_id, source, reason, raw, content_type, now
        )
